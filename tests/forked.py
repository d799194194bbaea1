"""Python programs that are forked from a process which has imported them, and so are up in a fifth of the time.

They are what `python -m` would be: a session, an environment and an output of their own, and nothing that an earlier
one has left. The process that they are forked from is begun with the first of them.
"""

import asyncio
import multiprocessing
import os
import runpy
import signal
import ssl
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import FileIO
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import aiohttp.connector

from sandbox.child import LONGEST_LINE, Program, launch

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "sandbox.host.__main__",
        "sandbox.services",
        "shared.app",
        # What those import later, when they are asked for the first time.
        "azure.functions",
        "azurefunctions.extensions.bindings.blob",
        "anyio._backends._asyncio",
        "httpcore",
    ]
)
STDOUT = 1
PROGRAMS = ("sandbox.host", "sandbox.services")


class Forked:
    """One program, with what asyncio's `Process` has. It writes into `output`."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path, output: Connection
    ) -> None:
        """Begin the command, whose first word is a module, in that folder."""
        self.stdout: asyncio.StreamReader | None = None
        self._ended = asyncio.Event()
        self._process: ForkServerProcess = FORKS.Process(target=_run, args=(command, dict(environment), folder, output))
        self._process.start()
        asyncio.get_running_loop().add_reader(self._process.sentinel, self._end)

    @property
    def pid(self) -> int:
        """The process's id, and that of its group."""
        return self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        """Its exit code, or the negative number of the signal that ended it; None while it runs."""
        return self._process.exitcode if self._ended.is_set() else None

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Wait for its end; the exit code."""
        await self._ended.wait()
        return self._process.exitcode or 0

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def _end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._process.join()
        self._ended.set()


async def launch_forked(command: Sequence[str | Path], environment: Mapping[str, str], folder: Path) -> Program:
    """Fork what can be forked, and start anything else; see `sandbox.child.launch`."""
    python, *rest = map(str, command)
    if python != sys.executable or rest[0] != "-m" or rest[1] not in PROGRAMS:
        return await launch(command, environment, folder)
    reader, writer = FORKS.Pipe(duplex=False)
    with writer:
        program = Forked(rest[1:], environment, folder, writer)
    program.stdout = await _stream(reader)
    return program


def fork(command: Sequence[str], environment: Mapping[str, str], output: FileIO | None = None) -> Forked:
    """Begin the command, which writes into the file, or else where this process writes."""
    with Connection(os.dup(output.fileno() if output else STDOUT), readable=False) as writer:
        return Forked(command, environment, Path.cwd(), writer)


async def _stream(reader: Connection) -> asyncio.StreamReader:
    stream, loop = asyncio.StreamReader(limit=LONGEST_LINE), asyncio.get_running_loop()
    with reader:
        pipe = os.fdopen(os.dup(reader.fileno()), "rb", buffering=0)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), pipe)
    return stream


def _run(command: Sequence[str], environment: Mapping[str, str], folder: Path, output: Connection) -> None:
    """Be the program, in the process that was made for it."""
    os.setsid()
    os.chdir(folder)
    with output:
        become(command, environment, output.fileno())
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)


def become(command: Sequence[str], environment: Mapping[str, str], output: int) -> None:
    """Take on a command line and an environment, and write to this file."""
    sys.argv = [*command]
    os.environ.clear()
    os.environ.update(environment)
    sys.stdout.flush()
    for stream in (sys.stdout, sys.stderr):
        os.dup2(output, stream.fileno())
    # aiohttp reads what to trust when it is imported, which was before.
    aiohttp.connector._SSL_CONTEXT_VERIFIED = ssl.create_default_context()
