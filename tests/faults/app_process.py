"""The Functions host with the app in a process of its own, which may die at any moment and is started again."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Self
from unittest.mock import patch

import httpx

from sandbox.host import __main__ as host
from sandbox.host.timers import Clock
from sandbox.loopback import loopback_client
from tests.faults.crash import Orders, watch_calls
from tests.forked import FORKS, become

HASTE = 2
LOOK_SECONDS = 0.02


class HastyClock(Clock):
    """A clock for timers alone, on which a second takes half of one: a run need not wait for ticks."""

    def __init__(self) -> None:
        self._began = super().now()

    def now(self) -> datetime:
        """The time that has passed, twice over."""
        return self._began + HASTE * (super().now() - self._began)

    async def sleep(self, seconds: float) -> None:
        """Wait half of it."""
        await super().sleep(seconds / HASTE)


@dataclass(frozen=True)
class Command:
    """How the host is started: its arguments, its whole environment, and the file for its log."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path


class AppProcess:
    """One host, on the address `url`; `master_key` is its own. It is ended at the end of the `async with`.

    The app's clock is the machine's, and ahead of it by as much as the test has let pass.
    """

    def __init__(self, command: Command, url: str, master_key: str) -> None:
        self._command = command
        self._ahead = FORKS.Value("d", 0.0)
        self._client = loopback_client(base_url=url, headers={"x-functions-key": master_key})
        self._process: ForkServerProcess | None = None

    async def __aenter__(self) -> Self:
        """Nothing runs yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it for good."""
        await self.kill()
        await self._client.aclose()

    async def start(self, orders: Orders) -> None:
        """Start it, and return when it answers or has died already."""
        self._process = FORKS.Process(target=_serve, args=(self._command, orders, self._ahead))
        self._process.start()
        while self._alive and not await self._answers():  # noqa: ASYNC110 - it does not say when it is up
            await asyncio.sleep(LOOK_SECONDS)

    def set_clock_right(self) -> None:
        """Let the app's clock be the machine's again, for the next process."""
        self._ahead.value = 0.0

    def let_pass(self, time: timedelta) -> None:
        """Put the app's clock forward, for this process and those that follow."""
        self._ahead.value += time.total_seconds()

    async def ended(self) -> None:
        """Return when it has ended."""
        while self._alive:  # noqa: ASYNC110 - another process ends it
            await asyncio.sleep(LOOK_SECONDS)

    async def kill(self) -> None:
        """End it in the midst of whatever it does."""
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.join)

    @property
    def _alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    async def _answers(self) -> bool:
        try:
            return (await self._client.get("/admin/host/status")).is_success
        except httpx.TransportError:
            return False


def _serve(command: Command, orders: Orders, ahead: "Synchronized[float]") -> None:
    """Be the host, in the process that was made for it."""
    with command.log.open("ab") as log:
        become(["sandbox.host", *command.arguments], command.environment, log.fileno())
    watch_calls(orders)

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=ahead.value)

    with patch("sandbox.host.host.Clock", HastyClock), patch("shared.app.now", now):
        sys.exit(host.main())
