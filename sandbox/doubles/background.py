"""The work that a double does after it has answered."""

import asyncio
import logging
from collections.abc import Coroutine

log = logging.getLogger(__name__)


class Background:
    """Tasks that outlive the request which began them, and end with the double."""

    def __init__(self) -> None:
        """Begin with no task."""
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run `work` beside everything else. An error that it lets out is logged."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("work in the background broke", exc_info=error)

    async def stop(self) -> None:
        """Cancel whatever still runs, and wait until it has ended."""
        await end(*self._tasks)


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel these, and wait until they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
