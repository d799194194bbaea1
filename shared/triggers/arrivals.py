"""An event has told of a file: accept it, and outlast trouble that passes.

The host calls a blob function again at once when it fails, five times within half a second, and then gives the event
up. So what takes longer, such as a role that is not known everywhere yet, is waited for in here.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from shared.errors import BabeldropError

log = logging.getLogger(__name__)
#: Seconds between tries; a minute in all, which is less than the host gives a function, and little to pay for.
WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


class Arrivals:
    """What the blob function calls. `accept` does the work; `pause` waits for so many seconds."""

    def __init__(
        self,
        accept: Callable[[str], Awaitable[None]],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._accept, self._pause = accept, pause

    async def accept(self, name: str) -> None:
        """Accept the file of that name; raises what lasts, so that the host tells of it."""
        for wait in WAITS:
            try:
                await self._accept(name)
            except BabeldropError as error:
                if not error.retryable:
                    raise
                log.warning("%s is tried again in %s s: %s", name, wait, error.reason)
                await self._pause(wait)
            else:
                return
        await self._accept(name)
