"""One tick of the timer: everything that is due moves a step, and now and then what was missed is found.

Polls come first, and results that storage copies. Then the slices of services that answer at once are taken in turns,
beside them results are brought home by way of this app, and files that no event told of are looked for, until the
tick's share of the period is spent. What is paid for runs to its own end then; a result that is still coming goes on
with the next tick.
"""

import asyncio
import logging
import zlib
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Collection, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from shared import telemetry
from shared.engine.ask import Answer, Troubled, ask
from shared.engine.context import Context
from shared.engine.engine import Engine
from shared.engine.schedule import due_age, is_due
from shared.errors import BabeldropError, NotFound
from shared.jobs.ledger import Heartbeat
from shared.jobs.summary import JobSummary, TranslationSummary
from shared.jobs.translation import State
from shared.providers.outcome import Running
from shared.storage.container import Versioned
from shared.triggers.edits import Edits
from shared.triggers.intake import Intake
from shared.triggers.rescan import Rescan

log = logging.getLogger(__name__)
AT_ONCE = 32
SLICED_AT_ONCE = 4  # jobs; each takes slices of several languages side by side
DELIVERIES_AT_ONCE = 16  # jobs whose results come by way of this app
TURN = 8  # slices of a job, before another job that waits has its turn
ROUNDS = timedelta(minutes=5)  # between the beginnings of two rounds through the inbox
#: The share of the period in which a tick begins something new, and the longest that this may be.
SHARE, LONGEST = 0.75, timedelta(seconds=45)


class Tick:
    """The timer's work. An idle tick is one listing and no write."""

    def __init__(self, context: Context, engine: Engine, intake: Intake, rescan: Rescan, edits: Edits) -> None:
        self._context, self._engine, self._intake, self._rescan, self._edits = context, engine, intake, rescan, edits
        self.last: datetime | None = None  #: when the last whole tick of this process ended
        self._begun: datetime | None = None  #: when the last one began that moved what was due
        self._heartbeat: Heartbeat | None = None  #: as this process left it

    async def run(self) -> None:
        """Move what is due; find what was missed every five minutes."""
        now = self._context.clock()
        may_begin = self._budget(now)
        summaries = [summary async for summary in self._context.ledger.summaries()]
        released = await self._context.quotas.release(summaries)
        telemetry.show_jobs(_counts(summaries, now), due_age(summaries, now))
        due = [summary for summary in summaries if summary.key in released or is_due(summary, now, self._begun)]
        later = _Later()
        await _side_by_side(sorted(due, key=_is_to_begin), AT_ONCE, lambda due: self._try(due, later, may_begin))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._slices(later.sliced, may_begin))
            group.create_task(self._deliveries(_mixed(later.coming, now), may_begin))
        self._begun = now
        if self._is_to_look(now):
            await self._look_for_missed(now, {summary.key for summary in summaries}, may_begin)
        self.last = self._context.clock()

    def _is_to_look(self, now: datetime) -> bool:
        """Whether missed files are to be looked for: every five minutes, and for as long as a round is not finished."""
        left = self._heartbeat
        return left is None or bool(left.cursor) or left.round is None or now - left.round >= ROUNDS

    def _budget(self, now: datetime) -> Callable[[], bool]:
        """Whether the tick may still begin something."""
        period = now - self._begun if self._begun else LONGEST
        ends = now + min(period * SHARE, LONGEST)
        return lambda: self._context.clock() <= ends

    async def _try(self, summary: JobSummary, later: "_Later", may_begin: Callable[[], bool]) -> None:
        """Move one; what goes wrong with it disturbs no other. What has not begun waits where there is no time left."""
        if _is_to_begin(summary) and not may_begin():
            return
        with telemetry.labelled(job=summary.key, blob=summary.name, operation="tick"):
            try:
                await self._one(summary, later)
            except BabeldropError as error:
                log.warning("job %s: %s", summary.key, error.reason)
            except Exception:
                log.exception("job %s could not be moved", summary.key)

    async def _one(self, summary: JobSummary, later: "_Later") -> None:
        """Move a job but for what takes long: its slices, and results that come by way of this app."""
        answers = await self._answers(summary)
        if self._needs_no_write(summary, answers):
            if any(self._is_sliced(line) and not line.is_held(self._context.clock()) for line in summary.translations):
                later.sliced.append(summary)
            return
        read = await self._context.ledger.read_listed(summary)
        if read is None:
            return
        if read.value.waits:
            await self._intake.reconsider(read)
            return
        if read.etag != summary.etag:
            answers = {}  # the record has changed since the listing, so they may be about an earlier step or attempt
        opened = self._context.open(read, may_go_on=lambda: False)
        await self._engine.advance(opened, answers, slices=0)
        if self._engine.wants_slice(opened):
            later.sliced.append(summary)
        if opened.is_interrupted:
            later.coming.append(summary)

    async def _answers(self, summary: JobSummary) -> dict[str, Answer]:
        """What the providers say of the running translations, asked from the listing alone."""
        answers: dict[str, Answer] = {}
        for line in summary.translations:
            provider = self._context.providers.get(line.provider or "")
            if line.is_asked_about and provider:
                scratch = self._context.scratch(summary, line.target, provider.name)
                answers[line.target] = await ask(provider, summary.work(line), scratch, summary.name)
        return answers

    def _needs_no_write(self, summary: JobSummary, answers: dict[str, Answer]) -> bool:
        """Whether the listing alone shows that there is nothing to write: all run on, or have slices left."""
        now = self._context.clock()
        unfinished = [line for line in summary.translations if not line.has_ended]
        return bool(unfinished) and all(
            (self._is_sliced(line) or _says_nothing_new(answers.get(line.target), line))
            and (line.deadline is None or now <= line.deadline)
            for line in unfinished
        )

    def _is_sliced(self, line: TranslationSummary) -> bool:
        """Whether its next step is a slice, which is taken in turns."""
        provider = self._context.providers.get(line.provider or "")
        return line.pending is not None and provider is not None and provider.lease_of(line.pending) is not None

    async def _slices(self, sliced: Sequence[JobSummary], may_begin: Callable[[], bool]) -> None:
        """Take slices in turns, the longest unserved first."""
        turns = deque(sorted(sliced, key=lambda summary: summary.unserved_since))

        async def serve() -> None:
            is_first = True  # taken even if polls and deliveries used up the time, so that slices never starve
            while turns and (is_first or may_begin()):
                is_first, summary = False, turns.popleft()
                with telemetry.labelled(job=summary.key, blob=summary.name, operation="slice"):
                    if await self._turn(summary, _turn_of(may_begin, turns)):
                        turns.append(summary)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(SLICED_AT_ONCE, len(turns))):
                group.create_task(serve())

    async def _deliveries(self, coming: Sequence[JobSummary], may_begin: Callable[[], bool]) -> None:
        """Bring results home side by side, until the time is up. The first of them always come a little further."""

        async def bring(summary: JobSummary) -> None:
            if summary in coming[:DELIVERIES_AT_ONCE] or may_begin():
                with telemetry.labelled(job=summary.key, blob=summary.name, operation="deliver"):
                    await self._bring(summary, may_begin)

        await _side_by_side(coming, DELIVERIES_AT_ONCE, bring)

    async def _bring(self, summary: JobSummary, may_go_on: Callable[[], bool]) -> None:
        try:
            read = await self._context.ledger.read_latest(summary.key)
            if read is not None:
                await self._engine.bring(self._context.open(read, may_go_on))
        except BabeldropError as error:
            log.warning("job %s: %s", summary.key, error.reason)
        except Exception:
            log.exception("job %s could not be moved", summary.key)

    async def _turn(self, summary: JobSummary, goes_on: Callable[[], bool]) -> bool:
        """A job's turn; whether it has slices left."""
        try:
            read = await self._context.ledger.read_latest(summary.key)
            if read is None:
                return False
            opened = self._context.open(read)
            return await self._engine.slice(opened, goes_on)
        except BabeldropError as error:
            log.warning("job %s: %s", summary.key, error.reason)
        except Exception:
            log.exception("job %s could not be moved", summary.key)
        return False

    async def _look_for_missed(self, now: datetime, at_work: Set[str], may_begin: Callable[[], bool]) -> None:
        """Find files that no event told of. The heartbeat says how far that has come, and when the tick was over."""
        read = await self._context.ledger.heartbeat() or await self._first_heartbeat(now)
        found = await self._rescan.find(read.value, at_work, may_begin)
        await self._find_missed_edits(read.value.first, may_begin)
        self._heartbeat = found.model_copy(update={"last": self._context.clock()})
        await self._context.ledger.set_heartbeat(self._heartbeat, read.etag)

    async def _first_heartbeat(self, now: datetime) -> Versioned[Heartbeat]:
        """Write down when the app began, before a search can fail: later drops are not older than the app."""
        first = Heartbeat(first=now, last=now)
        return Versioned(first, await self._context.ledger.set_heartbeat(first, None))

    async def _find_missed_edits(self, since: datetime, may_begin: Callable[[], bool]) -> None:
        """Find corrections that no event told of. Trouble with their container does not stop the search for files."""
        try:
            await self._edits.find_missed(since, may_begin)
        except BabeldropError as error:
            log.warning("corrections that no event told of could not be looked for: %s", error.reason)


def _says_nothing_new(answer: Answer | None, line: TranslationSummary) -> bool:
    """Whether it goes on as before: at work, or in the trouble that is written down. A 404 may have lasted by now."""
    if isinstance(answer, Troubled):
        return line.problem == answer.error.code and not isinstance(answer.error, NotFound)
    return isinstance(answer, Running) and line.problem is None


@dataclass(frozen=True, slots=True)
class _Later:
    """Jobs with something that takes long, which is begun when all else has moved."""

    sliced: list[JobSummary] = field(default_factory=list)
    coming: list[JobSummary] = field(default_factory=list)


def _is_to_begin(summary: JobSummary) -> bool:
    """Whether nothing of it has begun: it comes after what is at work."""
    return bool(summary.translations) and all(line.state is State.QUEUED for line in summary.translations)


def _mixed(jobs: Sequence[JobSummary], now: datetime) -> list[JobSummary]:
    """In another order at each tick, so that slow ones do not keep the same others waiting for ever."""
    return sorted(jobs, key=lambda job: zlib.crc32(f"{job.key} {now.isoformat()}".encode()))


def _turn_of(may_begin: Callable[[], bool], others: Collection[JobSummary]) -> Callable[[], bool]:
    """Whether a turn goes on: for TURN slices, and for longer while no other job waits."""
    slices = count()

    def goes_on() -> bool:
        taken = next(slices)
        return taken == 0 or (may_begin() and (taken < TURN or not others))

    return goes_on


async def _side_by_side[Item](items: Sequence[Item], most: int, move: Callable[[Item], Awaitable[None]]) -> None:
    """Move all, at most so many at once."""
    waiting = iter(items)

    async def worker() -> None:
        for item in waiting:
            await move(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(most, len(items))):
            group.create_task(worker())


def _counts(summaries: Sequence[JobSummary], now: datetime) -> Counter[tuple[str, str]]:
    """Translations by state and provider; what is held by a limit or a service is `held`, without a brief `waiting`."""
    lines = [line for summary in summaries for line in summary.translations]
    counts = Counter(("held" if _is_held(line, now) else str(line.state), line.provider or "") for line in lines)
    if waiting := sum(summary.complete and not summary.translations for summary in summaries):
        counts["waiting", ""] = waiting
    return counts


def _is_held(line: TranslationSummary, now: datetime) -> bool:
    return line.state is State.QUEUED and (line.is_limited or line.is_held(now))
