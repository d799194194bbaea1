"""A job: one version of one dropped file with its frozen brief. Pure: no clock, no storage, no service."""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from pydantic import Field

from shared.briefs.brief import options_for, route_for
from shared.errors import NotFound
from shared.jobs.iterations import Edit, Iteration, noted
from shared.jobs.kept import Kept
from shared.jobs.step import Work, work_id_of
from shared.jobs.translation import Problem, State, Translation
from shared.media.facts import MediaFacts

#: How an iteration has ended that a person may want to be made after all.
LOST = (State.FAILED, State.CANCELED)
#: The number of the form in which a job is kept. Raise it only where an older version of the app would harm a record.
SCHEMA = 1


class Job(Kept):
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
    hours: float  #: that each translation has from its first start, and again from each answered step
    generation: int = 1  #: counts the contents that its name has had, up to this one
    attempt: int = 1
    forced: int = 0  #: the last attempt that was to begin from nothing whatever happened before
    replaces: bool = False  #: results of an earlier version or attempt may stand in the outbox
    facts: MediaFacts = Field(default_factory=MediaFacts)
    brief: dict[str, Any] = Field(default_factory=dict)
    translations: tuple[Translation, ...] = ()
    edits: tuple[Edit, ...] = ()  #: that wait, in their order; each has an attempt of its own
    withdrawn: tuple[Edit, ...] = ()  #: that a stop has left unmade; they stay until their receipts say so
    iterations: tuple[Iteration, ...] = ()  #: of all its translations, as they began
    problems: tuple[Problem, ...] = ()
    refused: bool = False  #: whether this attempt began nothing, for the reason in `problems`
    expired: tuple[str, ...] = ()  #: targets that succeeded in attempts of which no record is kept
    missing: tuple[str, ...] = ()  #: while it waits: targets whose results a retry is to bring back to the outbox
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
        is_stopped = any(t.state is State.SUPERSEDED for t in self.translations)
        return is_stopped or any(problem.code == State.SUPERSEDED for problem in self.problems)

    @property
    def state(self) -> str:
        """The whole in a word: waiting, refused, held, running, succeeded, partial, failed, canceled or superseded."""
        if not self.translations:
            return "refused" if self.refused else "waiting"
        if not self.has_ended:
            return "held" if all(t.has_ended or t.is_limited for t in self.translations) else "running"
        states = {t.state for t in self.translations}
        if len(states) == 1:
            return str(*states)
        return "partial" if State.SUCCEEDED in states else "failed"

    @property
    def source(self) -> str | None:
        """The source language; None where the service is to find it out."""
        return self.brief.get("source")

    @property
    def begun(self) -> Mapping[str, int]:
        """The last attempt in which each language was begun from nothing, also of those that it has no more."""
        known = {iteration.target: iteration.begun_in for iteration in self.iterations}
        return known | {translation.target: translation.begun_in for translation in self.translations}

    @property
    def story(self) -> object:
        """What a person reads in the receipt of the drop, to tell whether it has changed."""
        lines = [(t.target, t.state, t.provider, t.problem, t.not_before) for t in self.translations]
        return self.state, self.problems, lines

    def route(self, target: str) -> Sequence[str]:
        """The providers that may translate it into `target`, in order."""
        return route_for(self.brief, self.kind, target)

    def options(self, target: str, provider: str) -> Mapping[str, Any]:
        """What the brief asks of a provider for `target`."""
        return options_for(self.brief, target, provider)

    def deadline(self, target: str) -> datetime | None:
        """When a translation will have used up its time; None for one that was never started, for it may be held."""
        translation = self.translation(target)
        counted_from = translation.answered or translation.started
        return counted_from + timedelta(hours=self.hours) if counted_from else None

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

    def refuse(self, problem: Problem) -> Self:
        """The job without translations, ended, with the reason."""
        return self.model_copy(update={"problems": (problem,), "translations": (), "refused": True})

    def keep(self, earlier: Self) -> Self:
        """An attempt that began nothing, with the translations of an earlier one, and their place in `staging`."""
        return self.model_copy(update={"translations": earlier.translations, "forced": earlier.forced})

    def put(self, translation: Translation) -> Self:
        """The job with that translation in its place."""
        changed = tuple(translation if t.target == translation.target else t for t in self.translations)
        return self.model_copy(update={"translations": changed, "iterations": noted(self.iterations, translation)})

    def edit_of(self, target: str) -> Edit | None:
        """The edit that the present iteration of a translation is made of; None where it is made of none."""
        translation = self.translation(target)
        return next((i.edit for i in self.iterations if i.is_present(translation)), None)

    def standing(self, edit: Edit) -> Edit | None:
        """The upload that was queued or begun for the edit: itself, or the one before it where the content is the same.

        Content counts anew where its iteration has failed, or the translation was begun from nothing since. One that
        waits is replaced also by the same content, so that its receipt tells what becomes of it. One that was withdrawn
        stands until its receipt says so, lest its event, should it come again, queue it anew. Nothing stands that newer
        content has superseded: its iteration is told of in no receipt that anybody waits for.
        """
        begun_in = {t.target: t.begun_in for t in self.translations}.get(edit.target)
        history = [
            (i.edit, i.begun_in == begun_in and i.status not in LOST)
            for i in self.iterations
            if i.edit and i.edit.is_of_same_file(edit) and i.status is not State.SUPERSEDED
        ]
        history += [(other, False) for other in (*self.withdrawn, *self.edits) if other.is_of_same_file(edit)]
        same = [other for other, _ in history if other.etag == edit.etag]
        same += [other for other, counts in history[-1:] if counts and other.version == edit.version]
        return same[0] if same else None

    def knows(self, edit: Edit) -> bool:
        """Whether nothing more is to be made of the edit: see `standing`."""
        return self.standing(edit) is not None

    def made_of(self, edit: Edit) -> dict[str, str]:
        """Of the upload that the edit is of: the ETag of what stands for it, by language in which it counts."""
        targets = [translation.target for translation in self.translations if translation.target not in edit.refused]
        copies = [edit.model_copy(update={"target": target}) for target in targets]
        return {copy.target: standing.etag for copy in copies if (standing := self.standing(copy))}

    def queue(self, edit: Edit) -> Self:
        """The job with an edit that waits; it takes the place of one of the same file that waits, or is held."""
        held = [i for i in self.iterations if i.status is State.QUEUED and i.edit and i.edit.is_of_same_file(edit)]
        if held:
            fresh = tuple(i.model_copy(update={"edit": edit}) if i in held else i for i in self.iterations)
            return self.model_copy(update={"iterations": fresh})
        return self.model_copy(
            update={"edits": (*(other for other in self.edits if not other.is_of_same_file(edit)), edit)}
        )

    def withdraw(self, name: str, targets: Collection[str]) -> Self:
        """The job without the edits of a file that wait, or are held, for these languages."""
        kept = tuple(edit for edit in self.edits if edit.name != name or edit.target not in targets)
        job = self.model_copy(update={"edits": kept})
        for held in self.iterations:
            if held.status is State.QUEUED and held.edit and held.edit.name == name and held.target in targets:
                job = job._give_up(held)
        return job

    def _give_up(self, held: Iteration) -> Self:
        """The job whose translation is again as the iteration before has left it."""
        rest = tuple(i for i in self.iterations if i != held)
        made = [i for i in rest if (i.target, i.begun_in) == (held.target, held.begun_in)]
        before = max(made, key=lambda iteration: iteration.number)
        translation = self.translation(held.target).go_back(before.number, before.status, before.ended, before.problem)
        return self.model_copy(update={"iterations": rest}).put(translation)

    def can_build_on(self, target: str) -> bool:
        """Whether the translation has an iteration at its provider that another one can follow."""
        translation = self.translation(target)
        made = [i.status for i in self.iterations if (i.target, i.begun_in) == (target, translation.begun_in)]
        is_kept = translation.step.is_iteration and not translation.forgotten
        is_wanted = translation.state is not State.SUPERSEDED
        return is_kept and is_wanted and State.SUCCEEDED in (translation.state, *made)

    def stop(self, state: State) -> Self:
        """The job without the edits that wait, which are withdrawn.

        So are those of iterations at work where newer content supersedes them. Where a person cancels such an
        iteration, the receipt of the translation lists it.
        """
        at_work = [self.edit_of(t.target) for t in self.translations if not t.has_ended]
        lost = tuple(filter(None, at_work)) if state is State.SUPERSEDED else ()
        return self.model_copy(update={"edits": (), "withdrawn": (*self.withdrawn, *lost, *self.edits)})

    def again(self, now: datetime) -> Self:
        """The next attempt of an ended job, in which the edits that wait begin their iterations."""
        fresh = {"attempt": self.attempt + 1, "accepted": now, "replaces": True}
        return self.model_copy(update=fresh).iterate(now)

    def iterate(self, now: datetime) -> Self:
        """Begin the next iteration of each ended translation that an edit waits for.

        Edits of a translation follow one another. Those that nothing can be built on are left out.
        """
        job = self
        for edit in self.edits:
            ended = [t for t in job.translations if t.target == edit.target and t.has_ended]
            if any(t.target == edit.target for t in job.translations) and not ended:
                continue
            job = job.model_copy(update={"edits": tuple(other for other in job.edits if other != edit)})
            if ended and job.can_build_on(edit.target):
                job = job._iterate(ended[0], edit, now)
        return job

    def _iterate(self, ended: Translation, edit: Edit, now: datetime) -> Self:
        made = [i.number for i in self.iterations if (i.target, i.begun_in) == (edit.target, ended.begun_in)]
        number = max([ended.step.number, *made]) + 1
        begun = Iteration(target=edit.target, number=number, begun_in=ended.begun_in, edit=edit)
        job = self.model_copy(update={"iterations": (*self.iterations, begun)})
        return job.put(ended.iterate(now, number))

    def lost_edit(self, target: str) -> Edit | None:
        """The edit whose iteration came to nothing, so that a retry makes it again; None where it cannot be made."""
        translation = self.translation(target)
        is_gone = translation.problem is not None and translation.problem.code == NotFound.code
        lost = translation.state in LOST and not is_gone and self.can_build_on(target)
        return self.edit_of(target) if lost else None

    def work_id(self, target: str) -> str:
        """The id that a provider knows a translation by: 3 to 64 of `[a-zA-Z0-9._-]`."""
        return work_id_of(self.key, target, self.translation(target).begun_in)

    def work(self, target: str) -> Work:
        """The present step of the translation into `target`."""
        translation = self.translation(target)
        operation = translation.operation or {}
        return Work(id=self.work_id(target), target=target, step=translation.step, operation=operation)


def is_key(text: str) -> bool:
    """Whether it can be the key of a job, whoever says it."""
    return re.fullmatch(r"[0-9a-f]{24}", text) is not None


def job_key(name: str, version: str) -> str:
    """The key of a job: 24 characters that depend on the blob's name and content version alone."""
    return hashlib.sha256(f"{name}\n{version}".encode()).hexdigest()[:24]
