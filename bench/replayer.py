"""The process that makes the bare calls, as the bench sees it."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.calls import Script
from bench.stage import Stage


class Replayer:
    """Makes the calls of a script when it is told a name."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def run(self, name: str) -> tuple[float, float]:
        """Make the calls for that file; return when they began and when the app's did, in seconds since the epoch."""
        began, handed_over = json.loads(await self.ask(name))
        return float(began), float(handed_over)

    async def ask(self, line: str) -> str:
        """Tell it a line, return its answer."""
        told, heard = self._process.stdin, self._process.stdout
        if told is None or heard is None:
            raise BrokenPipeError("the process was started without pipes")
        told.write(f"{line}\n".encode())
        await told.drain()
        return (await heard.readline()).decode()


@asynccontextmanager
async def replaying(its: Stage, script: Script) -> AsyncIterator[Replayer]:
    """The process, which ends when its standard input does."""
    command = [sys.executable, "-m", "bench.starting"]
    process = await asyncio.create_subprocess_exec(*command, env=its.environment(), stdin=PIPE, stdout=PIPE)
    try:
        replayer = Replayer(process)
        await replayer.ask(json.dumps(script))
        yield replayer
    finally:
        process.terminate()
        await process.wait()
