"""A copy by storage that takes long is told of, and ends with the deadline."""

from datetime import timedelta

import pytest

from shared.engine.deliver import SLOW_WAY
from shared.outbox import publish
from tests.unit.model.world import HOURS, NAME, WHILE, World

RECEIPT = f"{NAME}.es-ES.translation.json"


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which storage is at work on the copy of a result."""
    monkeypatch.setattr(publish, "COPY_PAUSE", 0.0)
    world = World("findable")
    world.account.slow_copies = True
    world.drop()
    process = world.process()
    await process.accept(NAME)
    await process.tick()
    await process.tick()
    return world


async def test_a_long_copy_is_told_of_once_long_before_the_deadline(world: World) -> None:
    assert world.receipt(RECEIPT) == {}
    process = world.process()
    for _ in range(4):
        world.now += WHILE
        await process.tick()
    receipt = world.receipt(RECEIPT)
    assert (receipt["status"], receipt["warnings"]) == ("delivering", [SLOW_WAY])


async def test_nothing_is_left_of_the_warning_once_the_copy_is_whole(world: World) -> None:
    process = world.process()
    for _ in range(4):
        world.now += WHILE
        await process.tick()
    world.outbox.finish_copies()
    await world.settle()
    receipt = world.receipt(RECEIPT)
    assert (receipt["status"], receipt.get("warnings") or []) == ("succeeded", [])


async def test_a_copy_that_never_ends_ends_with_the_deadline(world: World) -> None:
    world.now += timedelta(hours=HOURS) + WHILE
    process = world.process()
    for _ in range(4):
        world.now += WHILE
        await process.tick()
    receipt = world.receipt(RECEIPT)
    assert (receipt["status"], receipt["problem"]["code"]) == ("failed", "result-unavailable")
