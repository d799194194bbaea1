"""Files that no event told of: found by merging the inbox with the names that were accepted."""

import logging
from collections.abc import AsyncIterator, Set

from shared import telemetry
from shared.engine.context import Context
from shared.errors import BabeldropError
from shared.jobs.ledger import GENERATION, SEEN, Heartbeat
from shared.names import is_brief
from shared.storage.container import CLOCK_SKEW, Facts
from shared.triggers.intake import Intake

log = logging.getLogger(__name__)
PAGE = 2000  # names that are looked at in one go
MOST_MISSED = 100  # files that are accepted in one go, for the tick has other work


class Rescan:
    """Looks at a page of the inbox at a time; `start_existing` says whether files older than the first run count.

    A process may end after it made a drop the current one and before it wrote the job. So for every drop that was
    accepted since the previous round began, the job is looked up, once or twice. Older drops are not looked up, because
    the records of ended jobs may have been deleted.
    """

    def __init__(self, context: Context, intake: Intake, *, start_existing: bool) -> None:
        self._context, self._intake, self._start_existing = context, intake, start_existing

    async def find(self, heart: Heartbeat, at_work: Set[str]) -> Heartbeat:
        """Accept every file that differs from what was accepted under its name; says where the next call goes on.

        `at_work` are the keys of open jobs.
        """
        heart = heart if heart.cursor else self._next_round(heart)
        all_seen = _Merge(self._context.ledger.all_seen(heart.cursor))
        left_alone, looked_at, missed = heart.left_alone, 0, 0
        first = heart.first.replace(microsecond=0)  # storage tells whole seconds
        async for facts in self._context.inbox.list(after=heart.cursor):
            looked_at += 1
            seen = await all_seen.facts(facts.name)
            if is_brief(facts.name) or await self._is_accepted(facts, seen, heart, at_work):
                pass
            elif facts.last_modified < first and seen is None and not self._start_existing:
                left_alone += 1
            else:
                missed += 1
                await self._accept_missed(facts.name)
            if looked_at == PAGE or missed == MOST_MISSED:
                return heart.model_copy(update={"cursor": facts.name, "left_alone": left_alone})
        return heart.model_copy(update={"cursor": "", "left_alone": left_alone})

    def _next_round(self, heart: Heartbeat) -> Heartbeat:
        rounds = {"round": self._context.clock(), "round_before": heart.round}
        return heart.model_copy(update=rounds | {"left_alone": 0})

    async def _is_accepted(self, facts: Facts, seen: Facts | None, heart: Heartbeat, at_work: Set[str]) -> bool:
        if seen is None or seen.metadata.get("etag") != facts.etag:
            return False
        key = seen.metadata.get("key")
        if key is None or key in at_work or seen.last_modified < (heart.round_before or heart.first) - CLOCK_SKEW:
            return True
        return await self._context.ledger.is_done(key, int(seen.metadata.get(GENERATION, 1)))

    async def _accept_missed(self, name: str) -> None:
        with telemetry.labelled(operation="accept", blob=name):
            try:
                await self._intake.accept(name)
            except BabeldropError as error:
                log.warning("%s was missed and could not be accepted: %s", name, error.reason)


class _Merge:
    """Walks the accepted names along with the inbox's; both come in the same order."""

    def __init__(self, seen: AsyncIterator[Facts]) -> None:
        self._seen = seen
        self._now: Facts | None = None
        self._begun = False

    async def facts(self, name: str) -> Facts | None:
        """Those of what was accepted under the name, or None."""
        while not self._begun or (self._now is not None and self._now.name.removeprefix(SEEN) < name):
            self._begun = True
            self._now = await anext(self._seen, None)
        here = self._now
        return here if here and here.name.removeprefix(SEEN) == name else None
