"""A provider has called back: ask it once how the translation goes. What the call itself says is only a hint."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from shared.engine.context import Context
from shared.engine.engine import Engine
from shared.errors import BabeldropError
from shared.jobs.open_job import OpenTranslation

log = logging.getLogger(__name__)
LOOK_SECONDS = 2.0


class Callback:
    """Takes callbacks. A burst for one translation becomes one look."""

    def __init__(self, context: Context, engine: Engine) -> None:
        self._context, self._engine = context, engine
        self._looking: set[str] = set()

    async def receive(self, provider: str, token: str, hint: Mapping[str, Any]) -> bool:
        """Look at the translation that the token names; False where we did not make the token.

        A good token of a translation that has ended is good all the same: there is just nothing to look at.
        """
        work_id = self._context.tokens.work_id(provider, token)
        if work_id is None:
            return False
        if work_id not in self._looking:
            self._looking.add(work_id)
            try:
                await self._in_time(work_id, provider, hint)
            finally:
                self._looking.discard(work_id)
        return True

    async def _in_time(self, work_id: str, provider: str, hint: Mapping[str, Any]) -> None:
        """The caller waits for the answer. Nothing is paid for in here, so that the look may be cut off."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._look(work_id, provider, hint)
        except TimeoutError:
            log.warning("%s: %s did not answer within %s s", work_id, provider, LOOK_SECONDS)
        except BabeldropError as error:
            log.warning("%s: the look at %s failed: %s", work_id, provider, error.reason)

    async def _look(self, work_id: str, provider: str, hint: Mapping[str, Any]) -> None:
        key, _, rest = work_id.partition(".")
        target = rest.rpartition(".a")[0]
        read = await self._context.ledger.read_open(key)
        if read is None or all(read.value.work_id(t.target) != work_id for t in read.value.translations):
            return
        await self._engine.look(OpenTranslation(self._context.open(read), target), provider, hint)
