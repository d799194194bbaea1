"""One tick of the timer: everything that is due moves a step, and now and then what was missed is found."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from itertools import count

from pydantic import AwareDatetime

from shared.check import check
from shared.draft import Draft
from shared.due import is_due
from shared.engine import Engine
from shared.errors import BabeldropError
from shared.intake import Intake
from shared.job import ENDED, Frozen, State
from shared.ledger import SEEN, Glance
from shared.parts import Parts
from shared.providers.base import Outcome, Running
from shared.storage import Container, Facts

log = logging.getLogger(__name__)
AT_ONCE = 32
HEARTBEAT = "heartbeat"
BEAT = timedelta(minutes=5)
PAGE = 2000


class Heartbeat(Frozen):
    """What one tick leaves for the next, and for `health`. `cursor` is the last inbox name that was looked at."""

    first: AwareDatetime
    last: AwareDatetime
    cursor: str = ""
    left_alone: int = 0  #: files older than the first run, counted and not started


class Sweep:
    """The timer's work. An idle tick is one listing and no write."""

    def __init__(self, parts: Parts, engine: Engine, intake: Intake, jobs: Container, *, start_existing: bool) -> None:
        self._parts, self._engine, self._intake, self._jobs = parts, engine, intake, jobs
        self._start_existing = start_existing
        self._last_tick: datetime | None = None
        self._last_beat: datetime | None = None

    async def tick(self) -> None:
        """Move what is due; find what was missed every five minutes."""
        now = self._parts.clock()
        glances = [glance async for glance in self._parts.ledger.glances()]
        self._parts.limits.observe(glances)
        due = [glance for glance in glances if is_due(glance, now, self._last_tick)]
        await self._all(due)
        self._last_tick = now
        if self._last_beat is None or now - self._last_beat >= BEAT:
            await self._beat(now)

    async def _all(self, due: Sequence[Glance]) -> None:
        """Move each; what goes wrong with one disturbs no other."""
        waiting = iter(due)

        async def worker() -> None:
            for glance in waiting:
                try:
                    await self._one(glance)
                except BabeldropError as error:
                    log.warning("job %s: %s", glance.key, error.message)
                except Exception:
                    log.exception("job %s could not be moved", glance.key)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, len(due))):
                group.create_task(worker())

    async def _one(self, glance: Glance) -> None:
        answers = await self._answers(glance)
        if answers and len(answers) == _unfinished(glance) and self._all_run_on(glance, answers):
            return
        entry = await self._parts.ledger.read_listed(glance)
        if entry is None:
            return
        if entry.job.waits:
            await self._intake.reconsider(entry)
        else:
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

    async def _beat(self, now: datetime) -> None:
        blob = await self._jobs.read(HEARTBEAT)
        heart = Heartbeat.model_validate_json(blob.data) if blob else Heartbeat(first=now, last=now)
        self._last_beat = now
        heart = (await self._find_missed(heart)).model_copy(update={"last": now})
        await self._jobs.write(HEARTBEAT, heart.model_dump_json().encode(), blob.facts.etag if blob else None)

    async def _find_missed(self, heart: Heartbeat) -> Heartbeat:
        """Merge a page of the inbox with the names that were accepted; accept what is in neither place the same."""
        accepted = _Merge(self._parts.ledger.all_seen(heart.cursor))
        name, left_alone = "", heart.left_alone if heart.cursor else 0
        numbers = count(1)
        async for facts in self._parts.inbox.list(after=heart.cursor):
            if await accepted.etag(facts.name) != facts.etag:
                left_alone += not await self._accept_missed(facts, heart)
            name = facts.name
            if next(numbers) >= PAGE:
                return heart.model_copy(update={"cursor": name, "left_alone": left_alone})
        return heart.model_copy(update={"cursor": "", "left_alone": left_alone})

    async def _accept_missed(self, facts: Facts, heart: Heartbeat) -> bool:
        if facts.last_modified < heart.first and not self._start_existing:
            return False
        if not facts.name.endswith("translate.json"):
            try:
                await self._intake.accept(facts.name)
            except BabeldropError as error:
                log.warning("%s was missed and could not be accepted: %s", facts.name, error.message)
        return True


class _Merge:
    """Walks the accepted names along with the inbox's; both come in the same order."""

    def __init__(self, seen: AsyncIterator[Facts]) -> None:
        self._seen = seen
        self._now: Facts | None = None
        self._begun = False

    async def etag(self, name: str) -> str | None:
        """The ETag of the drop that was accepted under the name, or None."""
        while not self._begun or (self._now is not None and self._now.name.removeprefix(SEEN) < name):
            self._begun = True
            self._now = await anext(self._seen, None)
        here = self._now
        return here.metadata.get("etag") if here and here.name.removeprefix(SEEN) == name else None


def _unfinished(glance: Glance) -> int:
    return sum(1 for glimpse in glance.translations if glimpse.state not in ENDED)
