"""Waiting for what must become true."""

import asyncio
from collections.abc import Awaitable, Callable

#: So long that a busy machine changes no verdict, and a little shorter than what pytest gives to a test.
PATIENCE_SECONDS = 500


async def eventually[T](ask: Callable[[], Awaitable[T | None]], within: float = PATIENCE_SECONDS) -> T:
    """What `ask` answers as soon as that is true. Raises TimeoutError, with its last answer, after `within` seconds."""
    answer = None
    try:
        async with asyncio.timeout(within):
            while not (answer := await ask()):  # noqa: ASYNC110 - another process changes it
                await asyncio.sleep(0.05)
    except TimeoutError as error:
        raise TimeoutError(f"not within {within} s: the last answer was {answer!r}") from error
    return answer
