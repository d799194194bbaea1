"""Ctrl-C and SIGTERM end the work in order."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


async def until_interrupted[T](work: Coroutine[Any, Any, T]) -> T | None:
    """The result of `work`; None when a signal ended it, after it has put its things in order."""
    task = asyncio.create_task(work)
    interrupted = asyncio.Event()

    def interrupt() -> None:
        if not interrupted.is_set():  # A second Ctrl-C must not interrupt the putting in order.
            interrupted.set()
            task.cancel()

    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, interrupt)
    await asyncio.wait([task])
    if interrupted.is_set() and task.cancelled():
        return None
    return task.result()
