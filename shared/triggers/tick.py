"""One tick of the timer: everything that is due moves a step, and now and then what was missed is found."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence, Set
from datetime import datetime, timedelta

from shared import telemetry
from shared.engine.ask import check
from shared.engine.context import Context
from shared.engine.engine import Engine
from shared.engine.schedule import due_age, is_due
from shared.errors import BabeldropError
from shared.jobs.job import ENDED, State
from shared.jobs.ledger import Heartbeat, JobSummary
from shared.jobs.open_job import OpenJob
from shared.providers.base import Outcome, Running
from shared.triggers.intake import Intake
from shared.triggers.rescan import Rescan

log = logging.getLogger(__name__)
AT_ONCE = 32
BEAT = timedelta(minutes=5)


class Tick:
    """The timer's work. An idle tick is one listing and no write."""

    def __init__(self, context: Context, engine: Engine, intake: Intake, rescan: Rescan) -> None:
        self._context, self._engine, self._intake, self._rescan = context, engine, intake, rescan
        self._last_tick: datetime | None = None
        self._last_beat: datetime | None = None

    async def tick(self) -> None:
        """Move what is due; find what was missed every five minutes."""
        now = self._context.clock()
        summaries = [summary async for summary in self._context.ledger.summaries()]
        self._context.limits.observe(summaries)
        telemetry.show_jobs(_counts(summaries), due_age(summaries, now))
        due = [summary for summary in summaries if is_due(summary, now, self._last_tick)]
        await self._all(due)
        self._last_tick = now
        if self._last_beat is None or now - self._last_beat >= BEAT:
            await self._beat(now, {summary.key for summary in summaries})

    async def _all(self, due: Sequence[JobSummary]) -> None:
        """Move each; what goes wrong with one disturbs no other."""
        waiting = iter(due)

        async def worker() -> None:
            for summary in waiting:
                with telemetry.labelled(job=summary.key, blob=summary.name, operation="tick"):
                    await self._try(summary)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, len(due))):
                group.create_task(worker())

    async def _try(self, summary: JobSummary) -> None:
        try:
            await self._one(summary)
        except BabeldropError as error:
            log.warning("job %s: %s", summary.key, error.reason)
        except Exception:
            log.exception("job %s could not be moved", summary.key)

    async def _one(self, summary: JobSummary) -> None:
        answers = await self._answers(summary)
        if answers and len(answers) == _unfinished(summary) and self._all_run_on(summary, answers):
            return
        entry = await self._context.ledger.read_listed(summary)
        if entry is None:
            return
        if entry.job.waits:
            await self._intake.reconsider(entry)
            return
        if entry.etag != summary.etag:
            answers = {}  # they may be about an earlier step, or attempt, than the record is at by now
        await self._engine.advance(OpenJob(self._context.ledger, entry), answers)

    async def _answers(self, summary: JobSummary) -> dict[str, Outcome]:
        """What the providers say of the running translations, asked from the listing alone."""
        answers: dict[str, Outcome] = {}
        for line in summary.translations:
            if line.state is State.RUNNING and line.provider:
                work, providers = summary.work(line), self._context.providers
                answers[line.target] = await check(providers, summary.name, line.provider, work)
        return answers

    def _all_run_on(self, summary: JobSummary, answers: dict[str, Outcome]) -> bool:
        now = self._context.clock()
        in_time = all(line.deadline is None or now <= line.deadline for line in summary.translations)
        return in_time and all(isinstance(answer, Running) for answer in answers.values())

    async def _beat(self, now: datetime, at_work: Set[str]) -> None:
        heart, etag = await self._context.ledger.heartbeat() or (Heartbeat(first=now, last=now), None)
        self._last_beat = now
        heart = (await self._rescan.find(heart, at_work)).model_copy(update={"last": now})
        await self._context.ledger.set_heartbeat(heart, etag)


def _counts(summaries: Sequence[JobSummary]) -> Counter[tuple[str, str]]:
    """Translations by state and provider."""
    return Counter((line.state, line.provider or "") for summary in summaries for line in summary.translations)


def _unfinished(summary: JobSummary) -> int:
    return sum(1 for line in summary.translations if line.state not in ENDED)
