"""One file into one language: its states and the moves between them. Pure: no clock, no storage, no service.

`docs/states.md` draws the states.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from pydantic import Field

from shared.errors import BabeldropError
from shared.jobs.kept import Kept
from shared.jobs.step import ITERATION, Step

#: The code of a provider that does not take the file.
PASSED_OVER = "passed-over"


class State(StrEnum):
    """Where a translation is."""

    QUEUED = "queued"  #: accepted, not started, or held until `not_before`
    STARTING = "starting"  #: a paid step is written down and being taken, or was, and nobody knows
    RUNNING = "running"  #: the provider is at work, or a step is done and `pending` is to follow
    DELIVERING = "delivering"  #: the provider is done, results are being brought home
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    SUPERSEDED = "superseded"  #: a newer version of the file came


ENDED = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELED, State.SUPERSEDED})
#: The states in which a provider may hold work of ours, done or not.
AT_WORK = frozenset({State.STARTING, State.RUNNING})

#: The code of the problem of a translation that has used up its time.
DEADLINE = "deadline"

#: What the codes of problems begin with that are limits on spending.
LIMITED = "held-"

#: The moves there are. An ended translation moves no more; a retry and an edit are new attempts of the job.
MOVES: Mapping[State, frozenset[State]] = {
    State.QUEUED: ENDED - {State.SUCCEEDED} | {State.QUEUED, State.STARTING},
    State.STARTING: ENDED - {State.SUCCEEDED} | {State.QUEUED, State.STARTING, State.RUNNING, State.DELIVERING},
    State.RUNNING: ENDED - {State.SUCCEEDED} | {State.QUEUED, State.STARTING, State.RUNNING, State.DELIVERING},
    State.DELIVERING: ENDED,
}


class Problem(Kept):
    """What went wrong, in words that may be shown to anybody."""

    code: str
    reason: str
    advice: str

    @classmethod
    def of(cls, error: BabeldropError) -> Self:
        """The error as it is kept on the record and told in receipts."""
        return cls(code=error.code, reason=error.reason, advice=error.advice)


class Output(Kept):
    """One published result: its name in the outbox, size in bytes, MD5 (base64) where storage knows it."""

    name: str
    size: int
    md5: str | None = None


class Translation(Kept):
    """One file into one language."""

    target: str
    state: State = State.QUEUED
    begun_in: int = 1  #: the attempt in which its provider began it from nothing; its ids carry this number
    provider: str | None = None
    admitted: str | None = None  #: the provider at which its start was counted for the day
    step: Step = Step()  #: that was claimed last
    claim: str = ""  #: the mark of the write that claimed it
    pending: Step | None = None  #: the next paid step, which nobody has claimed yet
    operation: dict[str, Any] | None = None  #: what the provider told us to remember of it
    since: datetime  #: of the present state
    not_before: datetime | None = None
    tries: int = 0  #: of the present step or state, those that failed
    lost: int = 0  #: how often the present step was sent and its answer lost
    problem: Problem | None = None
    cause: Problem | None = None  #: why the tries before the present one came to nothing
    called: bool = False  #: whether its provider has called about its work and is at it still, so that it will again
    troubled: datetime | None = None  #: since when its provider gives no answer about it, for the reason in `problem`
    passed_over: dict[str, Problem] = Field(default_factory=dict)  #: providers that said no, and why
    warnings: tuple[str, ...] = ()  #: of the choice of its provider, and of a stop
    delivery_warnings: tuple[str, ...] = ()  #: of the latest delivery; those of an earlier one count no longer
    outputs: tuple[Output, ...] = ()
    units: dict[str, float] = Field(default_factory=dict)  #: what the provider says it charges for, so far
    repeats: int = 0  #: paid requests that were sent again because their answer was lost
    answer: dict[str, Any] | None = None  #: the provider's last words, redacted
    details: dict[str, Any] = Field(default_factory=dict)  #: of how it was made, for the receipt, as its provider tells
    started: datetime | None = None
    answered: datetime | None = None  #: when the last step was answered that has a next one; the time counts from there
    finished: datetime | None = None  #: when its provider was done: what is missing then is the delivery alone
    ended: datetime | None = None
    forgotten: bool = False  #: whether its provider was told to delete what it holds, and did not refuse

    @property
    def has_ended(self) -> bool:
        """Whether there is nothing left to do."""
        return self.state in ENDED

    @property
    def has_begun(self) -> bool:
        """Whether its provider has answered a paid step: the translation stays with that provider then."""
        return self.operation is not None

    @property
    def taken_over_from(self) -> list[str]:
        """The providers that have failed at it; of others that were passed over nothing was asked."""
        return [name for name, problem in self.passed_over.items() if problem.code != PASSED_OVER]

    @property
    def only_delivery_failed(self) -> bool:
        """Whether it was paid for and finished, and then could not be brought home."""
        return self.state is State.FAILED and self.finished is not None

    @property
    def may_be_finished(self) -> bool:
        """Whether its time was up while its provider was at work on it."""
        is_late = self.problem is not None and self.problem.code == DEADLINE
        return self.state is State.FAILED and is_late and self.operation is not None and self.finished is None

    @property
    def next_step(self) -> Step:
        """The paid step to be claimed next."""
        return self.pending or self.step

    @property
    def stage(self) -> object:
        """Which step of which work it is at: the same step at another provider, or begun anew, is another stage."""
        return self.provider, self.begun_in, self.step

    def is_held(self, now: datetime) -> bool:
        """Whether it must wait for a moment that has not come yet."""
        return self.not_before is not None and now < self.not_before and not self.is_limited

    @property
    def is_limited(self) -> bool:
        """Whether a limit on spending holds it: it is let go as soon as there is room, whatever time it was told."""
        return self.state is State.QUEUED and self.problem is not None and self.problem.code.startswith(LIMITED)

    def to(self, state: State, now: datetime, **changes: Any) -> Self:
        """The same translation in another state; tries, waits and problems of the old one are left behind."""
        if state not in MOVES.get(self.state, frozenset()):
            raise ValueError(f"a translation cannot move from {self.state} to {state}")
        fresh = {"state": state, "since": now, "tries": 0, "not_before": None, "problem": None, "pending": None}
        fresh |= {"troubled": None, "cause": None}
        if state is State.DELIVERING:
            fresh["finished"] = now
        if state in ENDED:
            fresh["ended"] = now
        return self.model_copy(update=fresh | changes)

    def begin(self, provider: str, step: Step, now: datetime, claim: str = "") -> Self:
        """A paid step is about to be taken. What was remembered stays: later steps build on it."""
        taken = {"provider": provider, "step": step, "claim": claim, "started": self.started or now}
        cause = None if self.is_limited else self.problem or self.cause
        return self.to(State.STARTING, now, tries=self.tries, cause=cause, **taken)

    def run(self, now: datetime, operation: Mapping[str, Any], units: Mapping[str, float] | None = None) -> Self:
        """The paid step was taken, and the provider is at work on it."""
        return self.to(State.RUNNING, now, operation=dict(operation), lost=0, units=added(self.units, units or {}))

    def follow(
        self,
        now: datetime,
        step: Step,
        operation: Mapping[str, Any] | None,
        units: Mapping[str, float],
        wait: float = 0.0,
    ) -> Self:
        """The paid step is answered, and another one is to follow, after `wait` seconds at the earliest."""
        remembered = dict(operation) if operation is not None else self.operation or {}
        found = {"operation": remembered, "units": added(self.units, units)}
        until = now + timedelta(seconds=wait) if wait else None
        return self.to(State.RUNNING, now, pending=step, answered=now, lost=0, not_before=until, **found)

    def finish(self, now: datetime, units: Mapping[str, float], **found: Any) -> Self:
        """The provider is done: its results are to be brought home. `found`: answer, details, and the operation."""
        return self.to(State.DELIVERING, now, lost=0, units=added(self.units, units), **found)

    def bill(self, answer: dict[str, Any] | None, units: Mapping[str, float]) -> Self:
        """What the provider said last, and charged for work that came to nothing."""
        return self.model_copy(update={"answer": answer or self.answer, "units": added(self.units, units)})

    def hold(self, now: datetime, until: datetime | None, problem: Problem | None, tries: int) -> Self:
        """Wait before the present step is taken, saying why; in the queue where no provider has begun it.

        The iteration of an edit waits there, too: it is admitted like a first start.
        """
        waits = {"not_before": until, "problem": problem, "tries": tries}
        if self.has_begun and not self.step.is_correction:
            return self.to(State.RUNNING, now, pending=self.next_step, **waits)
        return self.to(State.QUEUED, now, **waits)

    def withhold(self, now: datetime, until: datetime | None, problem: Problem) -> Self:
        """Wait for a limit on spending; that uses up none of its time."""
        return self.hold(now, until, problem, self.tries).model_copy(update={"started": None, "answered": None})

    def stand_by(self, now: datetime, problem: Problem) -> Self:
        """Wait for a person. What was never started then uses up none of its time."""
        waiting = self.hold(now, None, problem, 0)
        return waiting.model_copy(update={"started": None}) if waiting.state is State.QUEUED else waiting

    def lose_answer(self, now: datetime, problem: Problem) -> Self:
        """The answer to the present step was lost: it is to be sent again."""
        counted = {"lost": self.lost + 1, "repeats": self.repeats + 1}
        return self.hold(now, None, problem, self.tries).model_copy(update=counted)

    def postpone(self, until: datetime, problem: Problem) -> Self:
        """Try the same again later."""
        return self.model_copy(update={"not_before": until, "tries": self.tries + 1, "problem": problem})

    def trouble(self, now: datetime, problem: Problem) -> Self:
        """Its provider gives no answer about it. Trouble of one kind is told in the words that it began with."""
        if self.troubled and self.problem and self.problem.code == problem.code:
            return self
        return self.model_copy(update={"problem": problem, "troubled": now})

    def calm(self) -> Self:
        """Its provider has answered about it."""
        return self.model_copy(update={"problem": None, "troubled": None}) if self.troubled else self

    def heed(self) -> Self:
        """Its provider has called about it: it need not be asked as often."""
        return self.model_copy(update={"called": True})

    def warn(self, warning: str) -> Self:
        """The same, with another warning, which stays true whatever is delivered later."""
        return self.model_copy(update={"warnings": (*self.warnings, warning)})

    def warn_of_delivery(self, warning: str) -> Self:
        """The same, with another warning about the present delivery."""
        return self.model_copy(update={"delivery_warnings": (*self.delivery_warnings, warning)})

    def reroute(self, now: datetime, passed_over: Mapping[str, Problem], attempt: int) -> Self:
        """Back to the queue, to begin from nothing with another provider than those."""
        fresh: dict[str, Any] = {"step": Step(), "provider": None, "operation": None, "answered": None}
        fresh |= {"lost": 0, "called": False, "begun_in": attempt}
        return self.to(State.QUEUED, now, passed_over=dict(passed_over), **fresh)

    def deliver_again(self, now: datetime) -> Self:
        """In a later attempt: deliver what was paid for and finished, but never came home."""
        fresh = {"state": State.DELIVERING, "since": now, "started": now, "ended": None, "not_before": None, "tries": 0}
        return self.model_copy(update=fresh | {"problem": None, "answered": None, "delivery_warnings": ()})

    def ask_again(self, now: datetime) -> Self:
        """In a later attempt: its time was up before its provider said that it was done, so it may be by now."""
        fresh = {"state": State.RUNNING, "since": now, "started": now, "answered": None, "ended": None, "problem": None}
        return self.model_copy(update=fresh | {"tries": 0, "not_before": None})

    def iterate(self, now: datetime, number: int) -> Self:
        """In a later attempt: an edit begins the next iteration. Its time begins anew, and the start counts anew."""
        step = Step(name=ITERATION, number=number)
        fresh = {"state": State.QUEUED, "since": now, "step": step, "pending": None, "admitted": None}
        fresh |= {"finished": None, "ended": None, "problem": None, "cause": None, "troubled": None, "not_before": None}
        fresh |= {"started": None, "answered": None, "tries": 0, "lost": 0, "delivery_warnings": ()}
        return self.model_copy(update=fresh)

    def go_back(self, number: int, state: State, ended: datetime | None, problem: Problem | None) -> Self:
        """An iteration that has not begun is given up: the end of the one before it, of that number, is the last."""
        before = {"step": Step(name=ITERATION, number=number), "state": state, "ended": ended, "since": ended}
        fresh = {"pending": None, "not_before": None, "cause": None, "troubled": None, "tries": 0, "lost": 0}
        return self.model_copy(update=before | fresh | {"problem": problem})

    def lose_results(self, now: datetime, problem: Problem) -> Self:
        """The end of a delivery whose results are no more: a later attempt begins anew."""
        return self.fail(now, problem).model_copy(update={"finished": None})

    def fail(self, now: datetime, problem: Problem) -> Self:
        """The end, with the reason."""
        return self.to(State.FAILED, now, problem=problem)


def added(units: Mapping[str, float], more: Mapping[str, float]) -> dict[str, float]:
    """The sums of two bills."""
    return {name: units.get(name, 0) + more.get(name, 0) for name in {**units, **more}}
