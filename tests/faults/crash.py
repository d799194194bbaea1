"""What sits in the app's process: it notes every outgoing call, and ends the process where it is told to."""

import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import httpx
from azure.core.pipeline.transport import AioHttpTransport

from tests.faults.calls import Aliases, Calls, Point

type Send = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Orders:
    """Note every call in the file `record`; die at `point`, if there is one."""

    aliases: Aliases
    record: Path
    point: Point | None = None


def watch_calls(orders: Orders) -> None:
    """From now on, every HTTP request of this process is noted, whoever sends it.

    The app's clients stand on two transports: azure-core's (storage, identity) and httpx's (services).
    """
    watch = _Watch(orders)
    patch.object(AioHttpTransport, "send", watch.over(AioHttpTransport.send)).start()
    transport = httpx.AsyncHTTPTransport
    patch.object(transport, "handle_async_request", watch.over(transport.handle_async_request)).start()


class _Watch:
    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._calls = Calls(orders.aliases)

    def over(self, send: Send) -> Send:
        async def watched(transport: object, request: Any, *positional: Any, **named: Any) -> Any:
            url = str(request.url)
            if _is_platform_s(url):
                return await send(transport, request, *positional, **named)
            call = self._calls.name(request.method, url)
            self._note(call)
            self._die_at(Point(call, "before"))
            response = await send(transport, request, *positional, **named)
            self._die_at(Point(call, "after"))
            return response

        return watched

    def _note(self, call: str) -> None:
        with self._orders.record.open("a") as record:
            record.write(f"{call}\n")

    def _die_at(self, point: Point) -> None:
        if point == self._orders.point:
            os.kill(os.getpid(), signal.SIGKILL)


def _is_platform_s(url: str) -> bool:
    """Whether the Functions host asks, which in Azure is another process."""
    return parse_qs(urlsplit(url).query).get("caller") == ["sandbox"]
