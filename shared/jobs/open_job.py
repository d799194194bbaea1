"""A job at work, as it is about to be written: what changes it goes through here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import RecordChanged, RecordGone
from shared.jobs.job import Job
from shared.jobs.ledger import Ledger
from shared.jobs.step import Work
from shared.jobs.translation import Problem, State, Translation
from shared.storage.container import Versioned, until_undisturbed

#: Tells the time, in UTC.
Clock = Callable[[], datetime]
Move = Callable[[Translation], Translation]


class OpenJob:
    """The job as it will be written.

    What a service has answered must not be lost, so it is recorded: written again over whatever somebody else wrote
    meanwhile. What is about to be paid for is claimed: it is ours only if nobody was first. RecordChanged says that
    somebody was, or that this attempt has `ended` and its open record is a leftover.
    """

    def __init__(
        self, ledger: Ledger, read: Versioned[Job], clock: Clock, may_go_on: Callable[[], bool] = lambda: True
    ) -> None:
        """`may_go_on` says whether what takes long and can be interrupted, a delivery, may still go on."""
        self._ledger, self._clock, self.may_go_on = ledger, clock, may_go_on
        self.is_interrupted = False  #: whether a delivery was put off, for it may not go on now
        self.written = read  #: the job as it was last read or written
        self.job = read.value
        self.ended: Job | None = None
        self._is_confirmed = False
        self._moves: list[tuple[str, Move]] = []

    @property
    def is_new(self) -> bool:
        """Whether it was never written."""
        return self.written.etag is None

    @property
    def unfinished(self) -> list["OpenTranslation"]:
        """Its translations that have not ended, each with the way to change it."""
        return [OpenTranslation(self, t.target) for t in self.job.translations if not t.has_ended]

    def now(self) -> datetime:
        """The time."""
        return self._clock()

    async def confirm(self) -> None:
        """Asked before anything is paid for: RecordChanged where this attempt has ended already."""
        if self._is_confirmed:
            return
        self.ended = await self._ledger.ended(self.job)
        if self.ended is not None:
            raise RecordChanged(f"this attempt of {self.job.name} has ended")
        self._is_confirmed = True

    def record(self, target: str, move: Move, *only: State) -> Translation:
        """Change a translation in memory, where it is in one of the states `only`, if any are named.

        `save` writes it: over what somebody else wrote meanwhile only where that is still at the same stage. What a
        service says of a step is nothing that another service has begun since. Gives the changed translation.
        """
        apply = _only(move, self.job.translation(target).stage, only or tuple(State))
        self._moves.append((target, apply))
        self.job = self.job.put(apply(self.job.translation(target)))
        return self.job.translation(target)

    def replace(self, job: Job) -> None:
        """Put another job in its place; it is written only if nobody else writes first."""
        self.job = job

    async def claim(self, moves: Mapping[str, Move]) -> None:
        """Write what was recorded together with claims, by target, in one go.

        RecordChanged where somebody was first: nothing is ours then, but what was recorded is written all the same.
        """
        claimed = self.job
        for target, move in moves.items():
            claimed = claimed.put(move(claimed.translation(target)))
        try:
            self.written = await self._ledger.save(self.written, claimed)
        except RecordChanged:
            if not self.is_new:
                await self.save()
            raise
        self.job, self._moves = claimed, []

    async def insist(self) -> None:
        """Write it as it is; RecordChanged where somebody was first."""
        self.written = await self._ledger.save(self.written, self.job)
        self._moves = []

    async def save(self) -> None:
        """Write what was recorded, if anything was; over a newer version where there is one.

        RecordChanged where the record is gone, belongs to another attempt, or keeps changing.
        """

        async def attempt() -> None:
            if self.job == self.written.value and not self.is_new:
                self._moves = []
                return
            try:
                await self.insist()
            except RecordChanged:
                await self._read_again()
                raise

        await until_undisturbed(attempt, f"the record of {self.job.name}")

    async def _read_again(self) -> None:
        read = None if self.is_new else await self._ledger.read_open(self.job.key)
        if read is None or read.value.attempt != self.job.attempt or not self._has_moved(read.value):
            raise RecordGone(f"the record of {self.job.name} belongs to somebody else")
        self.written, self.job = read, read.value
        for target, move in self._moves:
            self.job = self.job.put(move(self.job.translation(target)))

    def _has_moved(self, job: Job) -> bool:
        """Whether it has the translations that were moved: a job that waited may have been stopped without any."""
        return {translation.target for translation in job.translations}.issuperset(target for target, _ in self._moves)


@dataclass(frozen=True, slots=True)
class OpenTranslation:
    """One translation of an open job, with its job and the way to change it."""

    opened: OpenJob
    target: str

    @property
    def job(self) -> Job:
        """The job as it is now."""
        return self.opened.job

    @property
    def now(self) -> Translation:
        """The translation as it is now."""
        return self.opened.job.translation(self.target)

    @property
    def written(self) -> Translation:
        """The translation as it was last read or written."""
        return self.opened.written.value.translation(self.target)

    @property
    def work(self) -> Work:
        """Its present step."""
        return self.job.work(self.target)

    @property
    def is_late(self) -> bool:
        """Whether it has used up its time."""
        return self.job.is_late(self.target, self.opened.now())

    @property
    def is_held(self) -> bool:
        """Whether it must wait for a moment that has not come yet."""
        return self.now.is_held(self.opened.now())

    def record(self, move: Move, *only: State) -> Translation:
        """See OpenJob.record."""
        return self.opened.record(self.target, move, *only)

    def fail(self, problem: Problem) -> None:
        """Record the end, with the reason; nothing where it has ended already."""
        now = self.opened.now()
        self.record(lambda t: t if t.has_ended else t.fail(now, problem))

    def next_try(self, seconds: float) -> datetime:
        """When to try again after a wait; no wait outlasts the deadline."""
        return self.job.next_try(self.target, self.opened.now() + timedelta(seconds=seconds))


def _only(move: Move, stage: object, states: tuple[State, ...]) -> Move:
    return lambda now: move(now) if now.stage == stage and now.state in states else now
