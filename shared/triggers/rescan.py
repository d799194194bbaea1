"""Files that no event told of: found by merging the inbox with the names that were accepted."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Set

from shared import telemetry
from shared.engine.context import Context
from shared.errors import BabeldropError, NameRefused
from shared.jobs.ledger import GENERATION, SEEN, Heartbeat
from shared.names import BlobName, is_brief
from shared.storage.container import CLOCK_SKEW, Facts
from shared.triggers.intake import Intake

log = logging.getLogger(__name__)
#: What is looked at, and how many missed files are accepted, even where the tick has no time left.
PAGE, AT_ONCE = 2000, 8
#: Begins to accept a file; waits while as many are being accepted as may be at once.
Accept = Callable[[Facts], Awaitable[None]]


class Rescan:
    """Looks through the inbox; `start_existing` says whether files older than the first run count.

    A process may end after it made a drop the current one and before it wrote the job. So for every drop that was
    accepted since the previous round began, the job is looked up, once or twice. Older drops are not looked up, because
    the records of ended jobs may have been deleted.
    """

    def __init__(self, context: Context, intake: Intake, *, start_existing: bool) -> None:
        self._context, self._intake, self._start_existing = context, intake, start_existing

    async def find(self, heartbeat: Heartbeat, at_work: Set[str], may_begin: Callable[[], bool]) -> Heartbeat:
        """Accept every file that differs from what was accepted under its name; says where the next call goes on.

        Files are accepted side by side. `at_work` are the keys of open jobs, `may_begin` tells whether there is time.
        """
        heartbeat = heartbeat if heartbeat.cursor else self._next_round(heartbeat)
        trouble: BabeldropError | None = None
        slots = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:

            async def accept(facts: Facts) -> None:
                await slots.acquire()
                group.create_task(self._accept_missed(facts, slots))

            try:
                heartbeat = await self._look_through(heartbeat, at_work, may_begin, accept)
            except BabeldropError as error:
                trouble = error  # raised in here, it would cut off the requests that are under way
        if trouble is not None:
            raise trouble
        return heartbeat

    async def _look_through(
        self, heartbeat: Heartbeat, at_work: Set[str], may_begin: Callable[[], bool], accept: Accept
    ) -> Heartbeat:
        """Look at files from where the last call stopped, as far as the time goes; `accept` those that were missed."""
        left_alone, looked_at, missed, last = heartbeat.left_alone, 0, 0, ""
        async for facts, seen in self._merged(heartbeat.cursor):
            if (looked_at >= PAGE or missed >= AT_ONCE) and not may_begin():
                break
            looked_at, last = looked_at + 1, facts.name
            if is_brief(facts.name) or await self._is_accepted(facts, seen, heartbeat, at_work):
                continue
            if self._is_older(facts, seen, heartbeat):
                left_alone += 1
                continue
            missed += 1
            await accept(facts)
        else:
            last = ""
        return heartbeat.model_copy(update={"cursor": last, "left_alone": left_alone})

    async def _merged(self, after: str) -> AsyncIterator[tuple[Facts, Facts | None]]:
        """The files of the inbox, each with what was accepted under its name."""
        all_seen = Merge(self._context.ledger.all_seen(after), SEEN)
        async for facts in self._context.inbox.list(after=after):
            yield facts, await all_seen.facts(facts.name)

    def _next_round(self, heartbeat: Heartbeat) -> Heartbeat:
        rounds = {"round": self._context.clock(), "round_before": heartbeat.round}
        return heartbeat.model_copy(update=rounds | {"left_alone": 0})

    def _is_older(self, facts: Facts, seen: Facts | None, heartbeat: Heartbeat) -> bool:
        """Whether the file was there before the app, which is to leave such files alone."""
        first = heartbeat.first.replace(microsecond=0)  # storage tells whole seconds
        return facts.last_modified < first and seen is None and not self._start_existing

    async def _is_accepted(self, facts: Facts, seen: Facts | None, heartbeat: Heartbeat, at_work: Set[str]) -> bool:
        if seen is None or seen.metadata.get("etag") != facts.etag:
            return False
        key, since = seen.metadata.get("key"), heartbeat.round_before or heartbeat.first
        if key is None or key in at_work or seen.last_modified < since - CLOCK_SKEW:
            return True
        return await self._context.ledger.is_done(key, int(seen.metadata.get(GENERATION, 1)))

    async def _accept_missed(self, facts: Facts, slots: asyncio.Semaphore) -> None:
        """Accept it, unless somebody else has done so since the listings were made."""
        with telemetry.labelled(operation="accept", blob=facts.name):
            try:
                if not await self._is_accepted_by_now(facts):
                    await self._intake.accept(facts.name, has_event=False)
            except BabeldropError as error:
                log.warning("%s was missed and could not be accepted: %s", facts.name, error.reason)
            finally:
                slots.release()

    async def _is_accepted_by_now(self, facts: Facts) -> bool:
        try:
            seen = await self._context.ledger.seen(BlobName(facts.name))
        except NameRefused:
            return False
        if seen is None or seen.value.etag != facts.etag:
            return False
        return await self._context.ledger.is_known(seen.value.key, seen.value.generation)


class Merge:
    """Walks what the ledger knows of names along with a container's names; both come in the same order."""

    def __init__(self, known: AsyncIterator[Facts], prefix: str) -> None:
        """`prefix` is what the names in the ledger begin with."""
        self._known, self._prefix = known, prefix
        self._now: Facts | None = None
        self._begun = False

    async def facts(self, name: str) -> Facts | None:
        """Those of what is known of the name, or None."""
        while not self._begun or (self._now is not None and self._now.name.removeprefix(self._prefix) < name):
            self._begun = True
            self._now = await anext(self._known, None)
        here = self._now
        return here if here and here.name.removeprefix(self._prefix) == name else None
