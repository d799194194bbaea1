"""The host as a process of its own, as the tests start, stop and kill it."""

import asyncio
import json
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.ports import free_ports
from tests.forked import Forked, fork
from tests.integration import waiting

APP = Path(__file__).parent / "app"
KEYS = {"default": "function-key", "master": "master-key", "blobs_extension": "blobs-key"}


@dataclass
class HostProcess:
    """A host that said `ready`, where it listens and where its output goes."""

    url: str
    process: Process | Forked
    log: Path

    async def stop(self) -> int:
        """Ask it to end; return its exit code."""
        self.process.terminate()
        return await self.process.wait()

    async def kill(self) -> None:
        """End it hard."""
        self.process.kill()
        await self.process.wait()


async def launch(
    folder: Path, settings: Mapping[str, str], *options: str, app: Path = APP, parent: str = ""
) -> HostProcess:
    """Start a host on the app, on a free port, and return at once; its log is `host-PORT.log` in the folder.

    It waits as long as Azure's does, unless an option shortens that.

    With `parent`, the source of a Python program, that program is started instead, and given the host's command.
    """
    (port,) = free_ports(1)
    keys, log = folder / "keys.json", folder / f"host-{port}.log"
    keys.write_text(json.dumps(KEYS))
    command = ["sandbox.host", "--app", str(app), "--port", str(port), "--keys", str(keys), *options]
    with log.open("wb", buffering=0) as output:
        process = await _child(parent, command, settings, output) if parent else fork(command, settings, output)
    return HostProcess(f"http://127.0.0.1:{port}", process, log)


async def _child(parent: str, command: Sequence[str], settings: Mapping[str, str], output: FileIO) -> Process:
    program = [sys.executable, "-c", parent, sys.executable, "-m", *command]
    return await asyncio.create_subprocess_exec(*program, stdout=output, stderr=output, env=settings)


async def ready(host: HostProcess) -> HostProcess:
    """Wait until the host says `ready`."""
    await eventually(lambda: "ready" in host.log.read_text().splitlines())
    return host


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds."""

    async def ask() -> bool:
        return condition()

    await waiting.eventually(ask)


def listens(host: HostProcess) -> bool:
    """Whether somebody answers at the host's port."""
    address = urlsplit(host.url)
    with socket.socket() as probe:
        return probe.connect_ex((address.hostname, address.port)) == 0


@dataclass(frozen=True)
class Record:
    """What the app wrote down."""

    file: Path

    def calls(self, function: str, **like: Any) -> list[dict[str, Any]]:
        """The calls of one function whose details are these."""
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        calls = [json.loads(line) for line in lines]
        wanted = {"function": function, **like}
        return [call for call in calls if all(call.get(name) == value for name, value in wanted.items())]

    def let_go_on(self) -> None:
        """Have the function `waiting` end."""
        self.file.with_name("go-on").touch()
