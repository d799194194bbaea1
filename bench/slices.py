"""Storage operations of a file at a service that answers at once: of a small drop, and of each slice of a large one.

They are counted where the app asks storage, on containers in memory, so the counts are exact. The service keeps in
memory what it has written of a file, as a provider does: the reads that a new process needs are not counted.
"""

from collections import Counter
from typing import Any

from bench.reading import Reading
from shared.jobs.step import Work
from shared.providers.outcome import Finished, Next, Result
from shared.providers.task import Scratch, Task
from tests.memory_container import Operation
from tests.unit.model.services import FILM, Sliced
from tests.unit.model.world import WHILE, World

NAME = "en-US_to_es-ES/talk.mp4"
FEW, MANY = 100, 400
MOST_WRITES, MOST_A_SLICE = 10, 3
CHANGES = ("write", "delete", "copy")


class Remembering(Sliced):
    """Keeps every answer in storage before it counts, and does not read again what it has written itself."""

    async def start(self, task: Task) -> Next | Finished:
        """See Provider."""
        await task.media.range(task.step.number, 1)
        await self._send(task)
        await self.keep(task)
        return await self._answered(task, task.scratch)

    async def _answered(self, work: Work, scratch: Scratch, charged: Any = None) -> Next | Finished:  # noqa: ARG002
        if work.step.number + 1 < self.of(work):
            return await super()._answered(work, scratch)
        await scratch.write("result", FILM + b"+" * self.of(work))
        return Finished([Result("mp4", staged=scratch.blob("result"))])


async def measure() -> list[Reading]:
    """Count a drop of one slice, then two of many: what one slice more costs is their difference."""
    small, few, many = await _counted(1), await _counted(FEW), await _counted(MANY)
    writes = sum(count for (kind, container), count in small.items() if kind in CHANGES and container != "outbox")
    print(f"a drop of one slice: {dict(small)}")
    print(f"a drop of {MANY} slices: {dict(many)}")
    a_slice = (many.total() - few.total()) / (MANY - FEW)
    return [
        Reading("slices: writes and deletes of a small drop, less results", writes, MOST_WRITES),
        Reading("slices: storage operations a slice", round(a_slice, 3), MOST_A_SLICE),
    ]


async def _counted(slices: int) -> Counter[tuple[str, str]]:
    """The operations of one drop, from its event to its end, by kind and container."""
    world = World("sliced")
    service = Remembering(world.account)
    service.slices = slices
    world.services["sliced"] = service
    process = world.process()
    await process.tick()
    world.now += WHILE
    world.inbox.put(NAME, b"film", md5="md5-of-film")
    counted: Counter[tuple[str, str]] = Counter()

    async def count(operation: Operation) -> None:
        if operation.container != service.name:
            counted[operation.kind, operation.container] += 1

    world.account.before = count
    await process.accept(NAME)
    await process.tick()
    if not world.done:
        raise AssertionError("the drop has not ended")
    return counted
