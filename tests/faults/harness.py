"""Ends the app before and after each of its outgoing calls in turn, and looks what becomes of the files."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from unittest.mock import patch

from sandbox import samples
from sandbox.app_settings import trust
from sandbox.stack import Stack
from tests.faults.calls import WHENS, Point
from tests.faults.lane import Lane, lane
from tests.faults.pair import AUDIO, VIDEO, Pair
from tests.faults.verdict import Trial, judge

LANES = 4


async def crash_everywhere(folder: Path, lanes: int = LANES) -> list[Trial]:
    """Try every point of a clean run, several at a time, with all state in `folder`."""
    numbers = count()
    contents = await asyncio.to_thread(_contents, folder)
    async with AsyncExitStack() as opened:
        stack = await opened.enter_async_context(_stack(folder / "stack"))
        places = [await opened.enter_async_context(lane(f"lane{number}", stack)) for number in range(lanes)]
        clean = await places[0].run(Pair(next(numbers), contents))
        points = iter([Point(call, when) for call in clean.calls for when in WHENS])
        trials: list[Trial] = []

        async def work(place: Lane) -> None:
            for point in points:
                run = await place.run(Pair(next(numbers), contents), point)
                trials.append(judge(point, run, clean.traces))

        async with asyncio.TaskGroup() as group:
            for place in places:
                group.create_task(work(place))
    return trials


@asynccontextmanager
async def _stack(folder: Path) -> AsyncIterator[Stack]:
    """The stack without its host; each lane has its own."""
    async with Stack(folder, pace=0) as stack:
        await stack.stop_host()
        # aiohttp reads what to trust when it is imported, which is in the process that the hosts are forked from.
        with patch.dict(os.environ, trust(stack.certificate)):
            yield stack


def _contents(folder: Path) -> Mapping[str, bytes]:
    samples.write_samples(folder)
    return {VIDEO: (folder / samples.VIDEO).read_bytes(), AUDIO: (folder / samples.AUDIO).read_bytes()}
