"""What a tick costs when nothing has happened."""

from datetime import timedelta

from tests.memory_container import Operation
from tests.unit.model.world import Process, World


async def test_a_tick_that_finds_everything_still_running_asks_and_writes_nothing() -> None:
    world = World("findable")
    process = world.process()
    await process.tick()
    world.drop()
    await process.accept(world.name)
    world.service.busy.add(world.service.paid[0][0])
    await process.tick()
    seen: list[Operation] = []

    async def note(operation: Operation) -> None:
        seen.append(operation)

    world.account.before = note
    await process.tick()
    assert "check" in {operation.kind for operation in seen}
    assert [operation for operation in seen if operation.changes] == []


async def test_files_that_wait_for_a_brief_cost_a_tick_no_reads_until_one_comes() -> None:
    world = World("blind")
    process = world.process()
    folder = "/".join(["deep"] * 150)
    for number in range(5):
        world.inbox.put(f"{folder}/talk{number}.mp4", str(number).encode())
        await process.accept(f"{folder}/talk{number}.mp4")
    await process.tick()  # the first of a process looks at everything
    reads = [await _reads_of_a_tick(world, process) for _ in range(21)]  # half a minute each
    assert reads.count(0) >= 11
    assert sum(reads) <= 2 * 5 * (2 * 151 + 5)  # each file is looked at every ten minutes
    world.inbox.put("deep/translate.json", b'{"targets": ["fr-FR"]}')
    await process.accept("deep/translate.json")
    assert len(world.service.paid) == 5


async def test_a_brief_that_comes_while_a_file_is_accepted_starts_it() -> None:
    world = World("blind")
    process = world.process()
    world.inbox.put("talks/talk.mp4", b"film")

    async def meanwhile(operation: Operation) -> None:
        if (
            operation.name.startswith("open/") and operation.changes
        ):  # the briefs are read, the job can be found by nobody
            world.account.before = let_pass
            world.inbox.put("talks/translate.json", b'{"targets": ["fr-FR"]}')
            await world.process().accept("talks/translate.json")

    world.account.before = meanwhile
    await process.accept("talks/talk.mp4")
    assert len(world.service.paid) == 1


async def let_pass(_operation: Operation) -> None:
    """Nothing happens meanwhile."""


async def _reads_of_a_tick(world: World, process: Process) -> int:
    """How many reads of storage a tick costs, half a minute after the last."""
    seen: list[Operation] = []

    async def note(operation: Operation) -> None:
        if operation.kind in ("read", "head") and operation.container == "inbox":
            seen.append(operation)

    world.now += timedelta(seconds=30)
    world.account.before = note
    await process.tick()
    world.account.before = let_pass
    return len(seen)
