"""One tick of the timer: everything that is due moves a step, and now and then what was missed is found."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence, Set
from datetime import datetime, timedelta

from shared import telemetry
from shared.check import check
from shared.draft import Draft
from shared.due import due_age, is_due
from shared.engine import Engine
from shared.errors import BabeldropError
from shared.intake import Intake
from shared.job import ENDED, State
from shared.ledger import Glance, Heartbeat
from shared.missed import Missed
from shared.parts import Parts
from shared.providers.base import Outcome, Running

log = logging.getLogger(__name__)
AT_ONCE = 32
BEAT = timedelta(minutes=5)


class Sweep:
    """The timer's work. An idle tick is one listing and no write."""

    def __init__(self, parts: Parts, engine: Engine, intake: Intake, missed: Missed) -> None:
        self._parts, self._engine, self._intake, self._missed = parts, engine, intake, missed
        self._last_tick: datetime | None = None
        self._last_beat: datetime | None = None

    async def tick(self) -> None:
        """Move what is due; find what was missed every five minutes."""
        now = self._parts.clock()
        glances = [glance async for glance in self._parts.ledger.glances()]
        self._parts.limits.observe(glances)
        telemetry.show_jobs(_counts(glances), due_age(glances, now))
        due = [glance for glance in glances if is_due(glance, now, self._last_tick)]
        await self._all(due)
        self._last_tick = now
        if self._last_beat is None or now - self._last_beat >= BEAT:
            await self._beat(now, {glance.key for glance in glances})

    async def _all(self, due: Sequence[Glance]) -> None:
        """Move each; what goes wrong with one disturbs no other."""
        waiting = iter(due)

        async def worker() -> None:
            for glance in waiting:
                with telemetry.labelled(job=glance.key, blob=glance.name, operation="tick"):
                    await self._try(glance)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, len(due))):
                group.create_task(worker())

    async def _try(self, glance: Glance) -> None:
        try:
            await self._one(glance)
        except BabeldropError as error:
            log.warning("job %s: %s", glance.key, error.message)
        except Exception:
            log.exception("job %s could not be moved", glance.key)

    async def _one(self, glance: Glance) -> None:
        answers = await self._answers(glance)
        if answers and len(answers) == _unfinished(glance) and self._all_run_on(glance, answers):
            return
        entry = await self._parts.ledger.read_listed(glance)
        if entry is None:
            return
        if entry.job.waits:
            await self._intake.reconsider(entry)
            return
        if entry.etag != glance.etag:
            answers = {}  # they may be about an earlier step, or attempt, than the record is at by now
        await self._engine.advance(Draft(self._parts.ledger, entry), answers)

    async def _answers(self, glance: Glance) -> dict[str, Outcome]:
        """What the providers say of the running translations, asked from the listing alone."""
        answers: dict[str, Outcome] = {}
        for glimpse in glance.translations:
            if glimpse.state is State.RUNNING and glimpse.provider:
                work, providers = glance.work(glimpse), self._parts.providers
                answers[glimpse.target] = await check(providers, glance.name, glimpse.provider, work)
        return answers

    def _all_run_on(self, glance: Glance, answers: dict[str, Outcome]) -> bool:
        now = self._parts.clock()
        in_time = all(glimpse.deadline is None or now <= glimpse.deadline for glimpse in glance.translations)
        return in_time and all(isinstance(answer, Running) for answer in answers.values())

    async def _beat(self, now: datetime, at_work: Set[str]) -> None:
        heart, etag = await self._parts.ledger.heartbeat() or (Heartbeat(first=now, last=now), None)
        self._last_beat = now
        heart = (await self._missed.find(heart, at_work)).model_copy(update={"last": now})
        await self._parts.ledger.set_heartbeat(heart, etag)


def _counts(glances: Sequence[Glance]) -> Counter[tuple[str, str]]:
    """Translations by state and provider."""
    return Counter((glimpse.state, glimpse.provider or "") for glance in glances for glimpse in glance.translations)


def _unfinished(glance: Glance) -> int:
    return sum(1 for glimpse in glance.translations if glimpse.state not in ENDED)
