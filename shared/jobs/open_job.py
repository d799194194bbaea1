"""A job being worked on: changes gather in memory and are written by compare and swap."""

from collections.abc import Callable
from datetime import datetime

from shared.errors import RecordChanged
from shared.jobs.job import Job, Problem, State, Step, Translation
from shared.jobs.ledger import Entry, Ledger

#: Makes the next version of a translation from the one that it finds, or gives that back where it does not apply.
Move = Callable[[Translation], Translation]
TRIES = 8


class OpenJob:
    """The job as it will be written.

    What a service has answered must not be lost, so it is `record`ed: written again over whatever somebody else wrote
    meanwhile. What is about to be paid for is `claim`ed: it is ours only if nobody was first.
    """

    def __init__(self, ledger: Ledger, entry: Entry) -> None:
        self._ledger, self._entry = ledger, entry
        self.job = entry.job
        self.ended: Job | None = None
        self._confirmed = False
        self._moves: list[tuple[str, Move]] = []

    @property
    def entry(self) -> Entry:
        """The job as it was last read or written."""
        return self._entry

    @property
    def is_new(self) -> bool:
        """Whether it was never written."""
        return self._entry.etag is None

    async def is_ours(self) -> bool:
        """Asked before anything is paid for: False where this attempt has `ended` already.

        The open record is a leftover then.
        """
        if not self._confirmed:
            self.ended = await self._ledger.ended(self.job)
            self._confirmed = self.ended is None
        return self._confirmed

    def record(self, target: str, move: Move, *only: State) -> Translation:
        """Change a translation in memory, where it is at its present step and in one of the states `only`, if any.

        `save` writes it. Gives the changed translation.
        """
        apply = _only(move, self.job.translation(target).step, only or tuple(State))
        self._moves.append((target, apply))
        self.job = self.job.put(apply(self.job.translation(target)))
        return self.job.translation(target)

    def fail(self, target: str, now: datetime, problem: Problem) -> None:
        """Record the end of a translation that has not ended, with the reason."""
        self.record(target, lambda t: t if t.has_ended else t.fail(now, problem))

    def replace(self, job: Job) -> None:
        """Put another job in its place; it is written only if nobody else writes first."""
        self.job = job

    async def claim(self, target: str, move: Move) -> bool:
        """Write what was recorded together with one claim; False where somebody was first: it is not ours."""
        claimed = self.job.put(move(self.job.translation(target)))
        try:
            self._entry = await self._ledger.save(self._entry, claimed)
        except RecordChanged:
            if not self.is_new:
                await self.save()
            return False
        self.job, self._moves = claimed, []
        return True

    async def insist(self) -> None:
        """Write it as it is; RecordChanged where somebody was first."""
        self._entry = await self._ledger.save(self._entry, self.job)
        self._moves = []

    async def save(self) -> None:
        """Write what was recorded, if anything was; over a newer version where there is one.

        RecordChanged where the record is gone, or keeps changing.
        """
        for _ in range(TRIES):
            if self.job == self._entry.job and not self.is_new:
                self._moves = []
                return
            try:
                self._entry = await self._ledger.save(self._entry, self.job)
            except RecordChanged:
                await self._read_again()
            else:
                self._moves = []
                return
        raise RecordChanged(f"the record of {self.job.name} changes too fast")

    async def _read_again(self) -> None:
        entry = None if self.is_new else await self._ledger.read_open(self.job.key)
        if entry is None or entry.job.attempt != self.job.attempt:
            raise RecordChanged(f"the record of {self.job.name} belongs to somebody else")
        self._entry, self.job = entry, entry.job
        for target, move in self._moves:
            self.job = self.job.put(move(self.job.translation(target)))


def _only(move: Move, step: Step, states: tuple[State, ...]) -> Move:
    return lambda now: move(now) if now.step == step and now.state in states else now
