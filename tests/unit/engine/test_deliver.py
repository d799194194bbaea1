"""Bringing results home: what newer content has replaced is not published, and what is gone is told."""

from tests.memory_container import Operation
from tests.unit.model.world import NAME, World


async def test_results_of_a_file_that_was_replaced_are_not_published() -> None:
    world = World("blind")
    world.drop(b"first")
    await world.process().accept(NAME)
    world.drop(b"second")
    await world.process().tick()
    assert [name for name in world.outbox.blobs if name.endswith(".mp4")] == []


async def test_a_deleted_file_keeps_its_claim_on_what_was_paid_for() -> None:
    world = World("blind")
    world.drop()
    await world.process().accept(NAME)
    del world.inbox.blobs[NAME]
    await world.process().tick()
    assert "en-US_to_es-ES/talk.es-ES.mp4" in world.outbox.blobs


async def test_staged_results_need_no_write_that_says_they_are_delivered() -> None:
    world = World("sliced")
    world.service.slices = 1  # type: ignore[attr-defined]  # the service of the route
    world.drop()
    writes: list[str] = []

    async def watch(operation: Operation) -> None:
        if operation.kind == "write" and operation.name.startswith("open/"):
            writes.append(operation.name)

    world.account.before = watch
    await world.process().accept(NAME)
    assert len(writes) == 1
