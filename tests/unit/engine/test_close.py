"""A job that has ended is closed whoever finds it, and nothing of what is kept of it is left out."""

from shared.jobs.ledger import ENDED
from tests.memory_container import Operation
from tests.unit.engine.test_engine import let_pass, started, states
from tests.unit.model.world import World


async def test_the_note_of_an_ended_job_is_written_also_by_who_finds_it_ended() -> None:
    world = await started("sliced")

    async def die(operation: Operation) -> None:
        if operation.kind == "write" and operation.name.startswith(ENDED):
            raise RuntimeError("the process ends here, when it has written `done`")

    world.account.before = die
    await world.process().tick()
    assert (states(world), list(world.done)) == (["starting", "starting"], list(world.records("open/")))
    assert notes(world) == []
    world.account.before = let_pass
    await world.process().tick()
    assert (world.records("open/"), notes(world)) == ({}, list(world.done))


def notes(world: World) -> list[str]:
    """The keys of jobs of which it is kept for ever how they ended."""
    return [name.removeprefix(ENDED) for name in world.jobs.blobs if name.startswith(ENDED)]
