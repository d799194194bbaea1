"""Iterations of a translation, and the edits that wait for theirs. Pure: no clock, no storage, no service.

A service that takes corrections makes one iteration with the translation itself, and another one of each edit: a
corrected file that somebody drops into the container `edits`.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from shared.jobs.kept import Kept
from shared.jobs.translation import Output, Problem, State, Translation


class Edit(Kept):
    """A corrected file, as it was dropped for one translation."""

    name: str  #: in the container `edits`
    etag: str  #: of the drop
    version: str  #: of the content
    target: str
    kind: str  #: which of the translation's files it corrects, in a word of its provider
    pinned: str  #: where its checked copy lies, in the scratch of the translation
    refused: dict[str, Problem] = Field(default_factory=dict)  #: languages that the drop does not count for, and why

    def is_of_same_file(self, other: "Edit") -> bool:
        """Whether both correct the same file of the same translation."""
        return (self.name, self.target) == (other.name, other.target)


class Iteration(Kept):
    """One iteration of one translation. The first one has no edit."""

    target: str
    number: int  #: from 1
    begun_in: int = 1  #: the attempt in which the provider began the translation from nothing
    edit: Edit | None = None
    status: State = State.QUEUED
    started: datetime | None = None
    ended: datetime | None = None
    outputs: tuple[Output, ...] = ()
    problem: Problem | None = None

    def is_present(self, translation: Translation) -> bool:
        """Whether the translation is at this iteration."""
        here = (translation.target, translation.begun_in, translation.step.number)
        return translation.step.is_iteration and (self.target, self.begun_in, self.number) == here


def version_of(data: bytes) -> str:
    """What the content of an edit is known by."""
    return hashlib.sha256(data).hexdigest()[:16]


def noted(iterations: Sequence[Iteration], now: Translation) -> tuple[Iteration, ...]:
    """The iterations of a job once one of its translations has moved."""
    rest = [_closed(iteration, now) for iteration in iterations if not iteration.is_present(now)]
    if not now.step.is_iteration:
        return tuple(rest)
    known = next((iteration for iteration in iterations if iteration.is_present(now)), None)
    here = known or Iteration(target=now.target, number=now.step.number, begun_in=now.begun_in)
    waits = now.pending is not None or now.state is State.QUEUED
    found = {
        "status": State.QUEUED if waits else now.state,
        "started": None if waits else here.started or (now.since if now.state is State.STARTING else None),
        "ended": now.ended,
        "outputs": now.outputs if now.state is State.SUCCEEDED else here.outputs,
        "problem": now.problem if now.has_ended else None,
    }
    return (*rest, here.model_copy(update=found))


def _closed(iteration: Iteration, now: Translation) -> Iteration:
    """One that the translation has left without an end has failed: it begins from nothing with another provider."""
    if iteration.target != now.target or iteration.ended is not None:
        return iteration
    return iteration.model_copy(update={"status": State.FAILED, "ended": now.since})
