"""Waiting for what must become true."""

import asyncio
from collections.abc import Awaitable, Callable

#: So long that a busy machine changes no verdict, and a little shorter than what pytest gives to a test.
PATIENCE_SECONDS = 500


async def eventually[T](
    ask: Callable[[], Awaitable[T | None]], within: float = PATIENCE_SECONDS, changed: asyncio.Event | None = None
) -> T:
    """What `ask` answers as soon as that is true. It is asked again when something has `changed`, or all the time.

    Raises TimeoutError, with its last answer, after `within` seconds.
    """
    answer = None
    try:
        async with asyncio.timeout(within):
            while not (answer := await ask()):
                await _next_look(changed)
    except TimeoutError as error:
        raise TimeoutError(f"not within {within} s: the last answer was {answer!r}") from error
    return answer


async def _next_look(changed: asyncio.Event | None) -> None:
    if changed is None:
        await asyncio.sleep(0.1)
        return
    await changed.wait()
    changed.clear()
