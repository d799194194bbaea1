"""A program that the stack starts: waits until it is ready, keeps its output in a log, ends it."""

import asyncio
import os
import re
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, ClassVar, Protocol

START_SECONDS = 180
STOP_SECONDS = 60
LONGEST_LINE = 16 * 2**20
#: Of what it has printed, so many lines are kept, and the last of them told when it is not up. A traceback is long.
LINES_KEPT, LINES_TOLD = 400, 40


class ChildFailed(Exception):
    """The program ended, or was not ready in time; the message has the last lines that it printed."""


class Program(Protocol):
    """A program that runs: asyncio's `Process`, or what has as much of it."""

    stdout: asyncio.StreamReader | None

    @property
    def pid(self) -> int:
        """The id of its process, and of the group that it leads."""

    @property
    def returncode(self) -> int | None:
        """None while it runs."""

    async def wait(self) -> int:
        """Wait for its end; the return code."""


class Launch(Protocol):
    """A way to start a program, in a session of its own, with a pipe for its output."""

    async def __call__(
        self, command: Sequence[str | Path], environment: Mapping[str, str], folder: Path, /
    ) -> Program: ...


async def launch(command: Sequence[str | Path], environment: Mapping[str, str], folder: Path) -> Process:
    """Start it in `folder`."""
    return await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environment,
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
        start_new_session=True,
        limit=LONGEST_LINE,
    )


class Child:
    """One program. `watch` is called with each line that it prints.

    It runs in a session of its own, so that a Ctrl-C reaches the stack alone, which then stops its parts in order.
    Its standard input is a pipe that closes with this process, for programs that cannot ask for their parent.
    """

    #: Tests have a faster way.
    launch: ClassVar[Launch] = staticmethod(launch)

    def __init__(self, name: str, log: Path, watch: Callable[[str], None] | None = None) -> None:
        """Call it `name` in messages, and append what it prints to `log`."""
        self.name = name
        self._log = log
        self._watch = watch
        self._tail: deque[str] = deque(maxlen=LINES_KEPT)
        self._process: Program | None = None
        self._output: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.returncode is None

    async def start(
        self, command: Sequence[str | Path], ready: re.Pattern[str], environment: Mapping[str, str], folder: Path
    ) -> re.Match[str]:
        """Start it in `folder`; return the match of the first line that `ready` matches. Raises ChildFailed."""
        self._tail.clear()
        self._process = await self.launch(command, environment, folder)
        is_ready: asyncio.Future[re.Match[str] | None] = asyncio.get_running_loop().create_future()
        self._output = asyncio.create_task(self._read(self._process, self._open_log(), ready, is_ready))
        await asyncio.wait([is_ready], timeout=START_SECONDS)
        found = is_ready.result() if is_ready.done() else None
        if found is None:
            failure = self.failure()
            await self.kill()
            raise failure
        return found

    async def ended(self) -> None:
        """Return when it has ended and all of its output is in the log."""
        if self._output is not None:
            await asyncio.shield(self._output)

    async def stop(self) -> None:
        """Ask it to end (SIGTERM), and see to it when it does not in time: the host gives its runs ten seconds."""
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.ended(), STOP_SECONDS)
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it and its own children at once (SIGKILL)."""
        self._signal(signal.SIGKILL)
        await self.ended()

    def last(self, pattern: re.Pattern[str]) -> str | None:
        """What the pattern's group matched in the last lines that it printed, the latest first; None if nothing."""
        found = (pattern.search(line) for line in reversed(self._tail))
        return next((match[1] for match in found if match), None)

    def failure(self) -> ChildFailed:
        """The error to raise when it is not up, with its last lines."""
        told = "\n".join(f"  | {line}" for line in [*self._tail][-LINES_TOLD:]) or "  (it printed nothing)"
        how = "did not answer" if self.alive else "ended"
        return ChildFailed(f"{self.name} {how}. Its last lines ({self._log}):\n{told}")

    def _open_log(self) -> BinaryIO:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        return self._log.open("ab", buffering=0)

    async def _read(
        self,
        process: Program,
        log: BinaryIO,
        ready: re.Pattern[str],
        is_ready: asyncio.Future[re.Match[str] | None],
    ) -> None:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        with log:
            async for raw in process.stdout:
                log.write(raw)
                line = raw.decode(errors="replace").rstrip("\n")
                self._tell(line)
                if not is_ready.done() and (found := ready.search(line)):
                    is_ready.set_result(found)
        await process.wait()
        if not is_ready.done():
            is_ready.set_result(None)

    def _tell(self, line: str) -> None:
        self._tail.append(line)
        if self._watch is not None:
            self._watch(line)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self.alive:
            with suppress(ProcessLookupError):  # It ended meanwhile.
                os.killpg(self._process.pid, number)
