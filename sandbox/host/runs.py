"""The runs of functions that are under way."""

import asyncio
import logging
from collections.abc import Coroutine

logger = logging.getLogger(__name__)


class Runs:
    """Holds on to what was started, so that a host that stops can wait for it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, run: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Start a run that outlives whoever started it."""
        task = asyncio.create_task(run)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def settle(self, seconds: float) -> int:
        """Wait this long for all runs to end; return how many have not."""
        if not self._tasks:
            return 0
        _, pending = await asyncio.wait(self._tasks, timeout=seconds)
        return len(pending)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("A run ended unexpectedly", exc_info=error)
