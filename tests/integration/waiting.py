"""Waiting for what must become true."""

import asyncio
from collections.abc import Awaitable, Callable


async def eventually[T](ask: Callable[[], Awaitable[T | None]], within: float = 20) -> T:
    """What `ask` answers as soon as that is true. Raises TimeoutError, with its last answer, after `within` seconds."""
    answer = None
    try:
        async with asyncio.timeout(within):
            while not (answer := await ask()):  # noqa: ASYNC110 - another process changes it
                await asyncio.sleep(0.05)
    except TimeoutError as error:
        raise TimeoutError(f"not within {within} s: the last answer was {answer!r}") from error
    return answer
