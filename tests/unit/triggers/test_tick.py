"""What a tick costs when nothing has happened."""

from tests.memory_container import Operation
from tests.unit.model.world import World


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
