"""A provider has called back: one look at how the translation goes. What the call says is a hint at the most."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from shared import telemetry
from shared.engine.ask import check
from shared.engine.context import Context
from shared.errors import BabeldropError
from shared.jobs.job import State
from shared.jobs.open_job import OpenJob
from shared.providers.base import Finished

log = logging.getLogger(__name__)
LOOK_SECONDS = 2.0


class Callback:
    """Takes callbacks. A burst for one translation becomes one look."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._looking: set[str] = set()

    async def look(self, provider: str, token: str, hint: Mapping[str, Any]) -> bool:
        """Look at the translation that the token names; False where the token is not, or no longer, good."""
        work_id = self._context.callbacks.work_id(provider, token)
        if work_id is None:
            return False
        key, _, rest = work_id.partition(".")
        entry = await self._context.ledger.read_open(key)
        target = rest.rpartition(".a")[0]
        if entry is None or work_id != entry.job.work_id(target):
            return False
        if work_id not in self._looking:
            self._looking.add(work_id)
            try:
                with telemetry.moving("look", entry.job), telemetry.labelled(provider=provider):
                    await self._in_time(OpenJob(self._context.ledger, entry), target, provider, hint)
            finally:
                self._looking.discard(work_id)
        return True

    async def _in_time(self, opened: OpenJob, target: str, provider: str, hint: Mapping[str, Any]) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._once(opened, target, provider, hint)
        except TimeoutError:
            log.warning("%s: %s did not answer within %s s", opened.job.name, provider, LOOK_SECONDS)
        except BabeldropError as error:
            log.warning("%s: the look at %s failed: %s", opened.job.name, provider, error.reason)

    async def _once(self, opened: OpenJob, target: str, provider: str, hint: Mapping[str, Any]) -> None:
        translation = opened.job.translation(target)
        if translation.provider != provider:
            return
        work = opened.job.work(target)
        now = self._context.clock()
        if translation.state is State.STARTING:
            telemetry.label(operation="adopt")
            operation = await self._context.providers[provider].adopt(work, hint)
            if operation is None or await self._is_anothers(opened.job.key, target, operation):
                return
            opened.record(target, lambda t: t.to(State.RUNNING, now, operation=operation), State.STARTING)
        elif translation.state is State.RUNNING:
            outcome = await check(self._context.providers, opened.job.name, provider, work)
            if isinstance(outcome, Finished):
                opened.record(target, lambda t: t.to(State.DELIVERING, now), State.RUNNING)
        await opened.save()

    async def _is_anothers(self, key: str, target: str, operation: Mapping[str, Any]) -> bool:
        async for summary in self._context.ledger.summaries():
            for line in summary.translations:
                if line.operation == operation and (summary.key, line.target) != (key, target):
                    return True
        return False
