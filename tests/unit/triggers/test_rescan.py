"""Files that no event told of are found; files older than the app are left alone and counted."""

from datetime import timedelta

from shared.jobs.ledger import HEARTBEAT, Heartbeat
from tests.unit.model.world import NAME, WHILE, World


def heartbeat(world: World) -> Heartbeat:
    return Heartbeat.model_validate_json(world.jobs.blobs[HEARTBEAT].data)


async def test_a_file_without_an_event_is_found() -> None:
    world = World("blind")
    process = world.process()
    await process.tick()
    world.now += WHILE
    world.drop()
    await process.tick()
    assert len(world.service.paid) == 1


async def test_a_file_that_is_older_than_the_app_is_counted_and_not_started() -> None:
    world = World("blind")
    world.drop()
    world.now += WHILE
    await world.process().tick()
    assert world.service.paid == []
    assert heartbeat(world).left_alone == 1


async def test_a_file_of_the_second_of_the_very_first_tick_is_found() -> None:
    world = World("blind")
    world.now += timedelta(seconds=0.5)
    process = world.process()
    await process.tick()
    world.now += timedelta(seconds=0.3)
    world.drop()  # storage tells its time in whole seconds, which is before the tick
    world.now += WHILE
    await process.tick()
    assert len(world.service.paid) == 1


async def test_what_was_accepted_already_is_not_accepted_again() -> None:
    world = World("blind")
    process = world.process()
    await process.tick()
    world.now += WHILE
    world.drop()
    await process.accept(NAME)
    world.now += WHILE
    await process.tick()
    assert len(world.service.paid) == 1
