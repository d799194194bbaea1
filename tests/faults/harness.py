"""Ends the app before and after each of its outgoing calls in turn, and looks what becomes of the files.

The calls are those of a clean run, so a new call is covered by being made.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from zlib import crc32

from sandbox import document_samples, samples
from sandbox.document_samples import CONTRACT
from sandbox.loopback import loopback_client
from sandbox.stack import Stack
from tests.faults.batch import AUDIO, CAPTIONS, CLIP, FILES, LEASE, REPORT, VIDEO, WAITING, Batch, Traces, files_of
from tests.faults.calls import WHENS, Point
from tests.faults.lane import Lane, lane
from tests.faults.verdict import Trial, Verdict, judge, lost

LANES = 6
SRT = b"1\n00:00:01,000 --> 00:00:02,500\nThe ships came in.\n"
#: Vozo takes a second or so, in which the app is up again to be called back. The other service takes no time.
VOZO_PACE = 0.2


class NotClean(Exception):
    """The run in which nothing dies goes wrong already."""


@dataclass(frozen=True)
class Clean:
    """A run in which nothing died: every point of it, and what it left."""

    points: list[Point]
    traces: Traces

    def points_about(self, dropped: tuple[str, ...]) -> list[Point]:
        """The points at calls that are about nothing else than what was dropped."""
        return [point for point in self.points if set(files_of(point.call)) <= set(dropped)]


#: By what was dropped.
CleanRuns = Mapping[tuple[str, ...], Clean]


@dataclass(frozen=True)
class Batches:
    """Makes batches, each with a number of its own."""

    contents: Mapping[str, bytes]
    _numbers: Iterator[int] = field(default_factory=count)

    def of(self, names: Iterable[str]) -> Batch:
        """A new one of these files."""
        return Batch(next(self._numbers), {name: self.contents[name] for name in names})


def most_telling(point: Point) -> bool:
    """A twentieth of the points after a call that changes something, and far fewer of the others.

    To die before a call, or around a read, mostly leaves the world as it was after the change before it. Of the clip,
    which takes several times as long, a fourth of those.
    """
    share = (20 if point.is_after_change else 120) * (4 if CLIP in files_of(point.call) else 1)
    return crc32(str(point).encode()) % share == 0


async def crash_everywhere(folder: Path, is_chosen: Callable[[Point], bool] = lambda _: True) -> list[Trial]:
    """Try every point of a clean run, or those that are chosen, some at a time, with all state in `folder`."""
    batches = Batches(await asyncio.to_thread(_contents, folder))
    async with _stack(folder / "stack") as stack:
        clean: CleanRuns = {files: await _clean_run(stack, batches.of(files)) for files in (FILES, (CLIP,))}
        todo = filter(is_chosen, [point for files, run in clean.items() for point in run.points_about(files)])
        async with asyncio.TaskGroup() as group:
            tries = [_try(todo, batches, clean, f"lane{number}", stack) for number in range(LANES)]
            tasks = [group.create_task(each) for each in tries]
    return list(chain.from_iterable(task.result() for task in tasks))


async def _try(todo: Iterator[Point], batches: Batches, clean: CleanRuns, name: str, stack: Stack) -> list[Trial]:
    """Try one point after the other, until another lane has taken the last."""
    async with lane(name, stack) as place:
        return [await _trial(point, batches, clean, place) for point in todo]


async def _trial(point: Point, batches: Batches, clean: CleanRuns, place: Lane) -> Trial:
    """Drop the files that the call is about, and all of its clean run where it is not made for those alone."""
    some = files_of(point.call)
    everything = (CLIP,) if CLIP in some else FILES
    traces = clean[everything].traces
    trial = judge(point, await place.run(batches.of(some), point), traces.of(some))
    if trial.verdict is Verdict.NOT_REACHED and some != everything:
        trial = judge(point, await place.run(batches.of(everything), point), traces)
    return trial


async def _clean_run(stack: Stack, batch: Batch) -> Clean:
    async with lane(f"clean{batch.number}", stack) as place:
        run = await place.run(batch)
    if faults := [*lost(run, run.traces)]:
        raise NotClean("; ".join(faults))
    return Clean([Point(call, when) for call in run.calls for when in WHENS], run.traces)


@asynccontextmanager
async def _stack(folder: Path) -> AsyncIterator[Stack]:
    """The stack without its host, for each lane has its own."""
    async with Stack(folder, pace=0) as stack:
        await stack.stop_host()
        async with loopback_client(timeout=120) as client:
            address = stack.settings["VOZO_ENDPOINT"]
            (await client.post(f"{address}/_control/pace", json={"pace": VOZO_PACE})).raise_for_status()
        yield stack


def _contents(folder: Path) -> dict[str, bytes]:
    samples.write_samples(folder)
    names = {VIDEO: samples.VIDEO, AUDIO: samples.AUDIO, LEASE: CONTRACT, REPORT: document_samples.REPORT}
    contents = {name: (folder / sample).read_bytes() for name, sample in names.items()}
    return contents | {WAITING: contents[AUDIO], CAPTIONS: SRT, CLIP: contents[VIDEO]}
