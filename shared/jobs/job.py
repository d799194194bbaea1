"""A job, its translations, their states and the moves between them. Pure: no clock, no storage, no service.

`docs/states.md` draws the states.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.errors import BabeldropError


class State(StrEnum):
    """Where a translation is."""

    QUEUED = "queued"  #: accepted, not started, or held until `not_before`
    STARTING = "starting"  #: a paid step is written down and being taken, or was, and nobody knows
    RUNNING = "running"  #: the provider is at work
    DELIVERING = "delivering"  #: the provider is done, results are being brought home
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    SUPERSEDED = "superseded"  #: a newer version of the file came


ENDED = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELED, State.SUPERSEDED})

#: The moves there are. An ended translation moves no more; a retry is a new attempt of the job.
MOVES: Mapping[State, frozenset[State]] = {
    State.QUEUED: ENDED - {State.SUCCEEDED} | {State.QUEUED, State.STARTING},
    State.STARTING: ENDED - {State.SUCCEEDED} | {State.QUEUED, State.STARTING, State.RUNNING, State.DELIVERING},
    State.RUNNING: ENDED - {State.SUCCEEDED} | {State.QUEUED, State.STARTING, State.DELIVERING},
    State.DELIVERING: ENDED,
}


class Frozen(BaseModel):
    """A value: compared by content, changed only by making another."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Problem(Frozen):
    """What went wrong, in words that may be shown to anybody."""

    code: str
    reason: str
    advice: str

    @classmethod
    def of(cls, error: BabeldropError) -> "Problem":
        """The error as it is kept on the record and told in receipts."""
        return cls(code=error.code, reason=error.reason, advice=error.advice)


class Step(Frozen):
    """One paid step of a translation: the translation itself, or its n-th iteration."""

    name: str = "translation"
    number: int = 0

    @property
    def suffix(self) -> str:
        """How ids of this step end: `t`, or `i01` and so on; services want three characters of an id."""
        return f"i{self.number:02}" if self.number else "t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One step of one translation, as its provider knows it.

    `id` is ours: 3 to 64 of `[a-zA-Z0-9._-]`, unique to translation and attempt. `operation` is what the provider
    wanted remembered.
    """

    id: str
    target: str
    step: Step
    operation: Mapping[str, Any] = field(default_factory=dict)


class Output(Frozen):
    """One published result: its name in the outbox, size in bytes, MD5 (base64) where storage knows it."""

    name: str
    size: int
    md5: str | None = None


class Translation(Frozen):
    """One file into one language."""

    target: str
    state: State = State.QUEUED
    provider: str | None = None
    step: Step = Step()
    operation: dict[str, Any] | None = None  #: what the provider told us to remember of this step
    since: datetime  #: of the present state
    not_before: datetime | None = None
    tries: int = 0  #: of the present state, those that failed
    problem: Problem | None = None
    passed_over: dict[str, Problem] = {}  #: providers that said no, and why
    warnings: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()
    units: dict[str, float] = {}  #: what the provider says it charges for
    answer: dict[str, Any] | None = None  #: the provider's last words, redacted
    started: datetime | None = None
    finished: datetime | None = None  #: when its provider was done: what is missing then is the delivery alone
    ended: datetime | None = None

    @property
    def has_ended(self) -> bool:
        """Whether there is nothing left to do."""
        return self.state in ENDED

    @property
    def only_delivery_failed(self) -> bool:
        """Whether it was paid for and finished, and then could not be brought home."""
        return self.state is State.FAILED and self.finished is not None

    def to(self, state: State, now: datetime, **changes: Any) -> "Translation":
        """The same translation in another state; tries, waits and problems of the old one are left behind."""
        if state not in MOVES.get(self.state, frozenset()):
            raise ValueError(f"a translation cannot move from {self.state} to {state}")
        fresh = {"state": state, "since": now, "tries": 0, "not_before": None, "problem": None}
        if state is State.DELIVERING:
            fresh["finished"] = now
        if state in ENDED:
            fresh["ended"] = now
        return self.model_copy(update=fresh | changes)

    def begin(self, provider: str, step: Step, now: datetime) -> "Translation":
        """A paid step is about to be taken."""
        started = self.started or now
        return self.to(
            State.STARTING, now, provider=provider, step=step, operation=None, started=started, tries=self.tries
        )

    def hold(self, now: datetime, until: datetime | None, problem: Problem, tries: int) -> "Translation":
        """Wait in the queue, saying why."""
        return self.to(State.QUEUED, now, not_before=until, problem=problem, tries=tries, operation=None)

    def postpone(self, until: datetime, problem: Problem) -> "Translation":
        """Stay in this state and try again later, saying why."""
        return self.model_copy(update={"not_before": until, "tries": self.tries + 1, "problem": problem})

    def reroute(self, now: datetime, passed_over: Mapping[str, Problem]) -> "Translation":
        """Back to the queue, to begin with another provider than those."""
        return self.to(State.QUEUED, now, passed_over=dict(passed_over), step=Step(), provider=None, operation=None)

    def take_up(self, now: datetime) -> "Translation":
        """In a later attempt: deliver what was paid for and finished, but never came home."""
        fresh = {"state": State.DELIVERING, "since": now, "started": now, "ended": None, "not_before": None, "tries": 0}
        return self.model_copy(update=fresh | {"problem": None})

    def lose(self, now: datetime, problem: Problem) -> "Translation":
        """The end of a delivery whose results are no more: a later attempt begins anew."""
        return self.fail(now, problem).model_copy(update={"finished": None})

    def fail(self, now: datetime, problem: Problem) -> "Translation":
        """The end, with the reason."""
        return self.to(State.FAILED, now, problem=problem)


class Job(Frozen):
    """One version of one dropped file, with its frozen brief: one translation for each target language.

    A job without translations waits for its brief, or was refused; `problems` says why.
    """

    key: str
    name: str  #: in the inbox
    version: str  #: of the content
    etag: str  #: of the drop that the job answers
    size: int  #: bytes
    kind: str  #: video, audio, document or subtitles; empty when it is none of them
    stem: str  #: what the names of its results begin with
    accepted: datetime
    hours: float  #: that each translation has from its first start
    number: int = 1  #: how many contents its name has had by then
    attempt: int = 1
    replaces: bool = False  #: results of an earlier version or attempt may stand in the outbox
    brief: dict[str, Any] = {}
    translations: tuple[Translation, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: bool = False
    trace: str = ""  #: the W3C traceparent of the span that it was accepted in; every later move joins its trace

    @property
    def waits(self) -> bool:
        """Whether a person must mend the brief first."""
        return not self.translations and not self.refused

    @property
    def has_ended(self) -> bool:
        """Whether every translation has."""
        return not self.waits and all(t.has_ended for t in self.translations)

    @property
    def is_superseded(self) -> bool:
        """Whether a newer version of the file has taken its place, and with it the receipt of the drop."""
        return any(t.state is State.SUPERSEDED for t in self.translations)

    @property
    def state(self) -> str:
        """The whole in a word: waiting, refused, running, succeeded, partial, failed, canceled or superseded."""
        if not self.translations:
            return "refused" if self.refused else "waiting"
        if not self.has_ended:
            return "running"
        states = {t.state for t in self.translations}
        if len(states) == 1:
            return str(*states)
        return "partial" if State.SUCCEEDED in states else "failed"

    @property
    def route(self) -> Sequence[str]:
        """The providers that may translate it, in order."""
        return tuple(self.brief.get("route", {}).get(self.kind, ()))

    @property
    def story(self) -> object:
        """What a person reads in the receipt of the drop, to tell whether it has changed."""
        lines = [(t.target, t.state, t.provider, t.problem, t.not_before) for t in self.translations]
        return self.state, self.problems, lines

    def deadline(self, target: str) -> datetime | None:
        """When a translation will have used up its time; None for one that was never started, for it may be held."""
        started = self.translation(target).started
        return started + timedelta(hours=self.hours) if started else None

    def is_late(self, target: str, now: datetime) -> bool:
        """Whether a translation has used up its time."""
        deadline = self.deadline(target)
        return deadline is not None and now > deadline

    def next_try(self, target: str, moment: datetime) -> datetime:
        """The moment, or the deadline where that comes first: no wait outlasts it."""
        deadline = self.deadline(target)
        return min(moment, deadline) if deadline else moment

    def translation(self, target: str) -> Translation:
        """The translation into `target`; KeyError where there is none."""
        for translation in self.translations:
            if translation.target == target:
                return translation
        raise KeyError(target)

    def refuse(self, problem: Problem) -> "Job":
        """The job without translations, ended, with the reason."""
        return self.model_copy(update={"problems": (problem,), "translations": (), "refused": True})

    def put(self, translation: Translation) -> "Job":
        """The job with that translation in its place."""
        changed = tuple(translation if t.target == translation.target else t for t in self.translations)
        return self.model_copy(update={"translations": changed})

    def work_id(self, target: str) -> str:
        """The id that a provider knows a translation by: 3 to 64 of `[a-zA-Z0-9._-]`."""
        return work_id_of(self.key, target, self.attempt)

    def work(self, target: str) -> Work:
        """The present step of the translation into `target`."""
        translation = self.translation(target)
        operation = translation.operation or {}
        return Work(id=self.work_id(target), target=target, step=translation.step, operation=operation)


def job_key(name: str, version: str) -> str:
    """The key of a job: 24 characters that depend on the blob's name and content version alone."""
    return hashlib.sha256(f"{name}\n{version}".encode()).hexdigest()[:24]


def work_id_of(key: str, target: str, attempt: int) -> str:
    """The id of a translation at its provider."""
    return f"{key}.{target}.a{attempt}"
