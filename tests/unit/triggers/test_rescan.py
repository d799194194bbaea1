"""Files that no event told of are found; files older than the app are left alone and counted."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared.engine.engine import Engine
from shared.errors import StorageTrouble
from shared.jobs.ledger import HEARTBEAT, OPEN, Heartbeat
from shared.storage.container import Facts
from shared.triggers.edits import Edits
from shared.triggers.intake import Intake
from shared.triggers.planner import Planner, Terms
from shared.triggers.rescan import AT_ONCE, Rescan
from shared.triggers.tick import LONGEST, Tick
from tests.memory_container import Operation, Watcher
from tests.unit.model.world import HOURS, NAME, WHILE, World


def heartbeat(world: World) -> Heartbeat:
    return Heartbeat.model_validate_json(world.jobs.blobs[HEARTBEAT].data)


async def test_the_heartbeat_says_when_the_tick_was_over() -> None:
    world = World("blind")
    process = world.process()
    await process.tick()
    world.now += WHILE
    world.drop()

    async def take_long(operation: Operation) -> None:
        if operation.kind == "start":
            world.now += timedelta(minutes=3)

    world.account.after = take_long
    await process.tick()
    assert heartbeat(world).last == world.now


async def test_a_tick_that_cannot_look_for_missed_files_does_not_count_as_one() -> None:
    world = World("blind")
    world.account.before = refuse_to_list("inbox")
    context = world.context()
    engine = Engine(context)
    intake = Intake(context, engine, Planner(context, Terms({}, 10, HOURS)))
    tick = Tick(context, engine, intake, Rescan(context, intake, start_existing=False), Edits(context, engine))
    with pytest.raises(StorageTrouble):
        await tick.run()
    assert tick.last is None


async def test_a_file_that_is_dropped_while_the_inbox_cannot_be_listed_is_not_older_than_the_app() -> None:
    world = World("blind")
    world.account.before = refuse_to_list("inbox")
    with pytest.raises(StorageTrouble):
        await world.process().tick()
    world.now += WHILE
    world.drop()
    world.now += WHILE
    world.account.before = let_pass
    await world.process().tick()
    assert len(world.service.paid) == 1


async def test_without_the_container_of_corrections_files_are_found_and_the_heartbeat_is_written() -> None:
    world = World("blind")
    world.account.before = refuse_to_list("edits")
    process = world.process()
    await process.tick()
    world.now += WHILE
    world.drop()
    world.now += WHILE
    await process.tick()
    assert (len(world.service.paid), heartbeat(world).last) == (1, world.now)


def refuse_to_list(container: str) -> Watcher:
    async def refuse(operation: Operation) -> None:
        if (operation.kind, operation.container) == ("list", container):
            raise StorageTrouble(f"listing {container}: AuthorizationPermissionMismatch")

    return refuse


async def let_pass(_operation: Operation) -> None:
    """Nothing stands in the way."""


async def test_trouble_with_the_listing_cuts_off_nothing_that_is_being_started() -> None:
    world = World("blind")
    process = world.process()
    await process.tick()
    await lost(world, 1)

    async def slowly(operation: Operation) -> None:
        if operation.kind == "start":
            for _ in range(10):
                await asyncio.sleep(0)

    async def broken(**_: str) -> AsyncIterator[Facts]:
        for facts in [stored.facts for stored in world.inbox.blobs.values()]:
            yield facts
        await asyncio.sleep(0)
        raise StorageTrouble("listing inbox: the connection broke")

    world.account.before = slowly
    with pytest.MonkeyPatch.context() as patch, pytest.raises(StorageTrouble):
        patch.setattr(world.inbox, "list", broken)
        await process.tick()
    [job] = world.records(OPEN).values()
    assert (str(job.translations[0].state), len(world.service.paid)) == ("running", 1)


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


async def lost(world: World, number: int) -> list[str]:
    """Files that no event tells of, dropped after the app has begun."""
    names = [f"en-US_to_es-ES/talk{each:04}.mp4" for each in range(number)]
    world.now += WHILE
    for name in names:
        world.drop(name.encode(), name)
    return names


async def test_missed_files_are_accepted_side_by_side() -> None:
    world = World("blind")
    process = world.process()
    await process.tick()
    await lost(world, 2 * AT_ONCE)
    starting, most = 0, 0

    async def begin(operation: Operation) -> None:
        nonlocal starting, most
        if operation.kind == "start":
            starting += 1
            most = max(most, starting)
            for _ in range(100):
                await asyncio.sleep(0)

    async def end(operation: Operation) -> None:
        nonlocal starting
        starting -= operation.kind == "start"

    world.account.before, world.account.after = begin, end
    await process.tick()
    assert (len(world.service.paid), most) == (2 * AT_ONCE, AT_ONCE)


async def test_a_tick_accepts_missed_files_within_its_budget_and_the_next_one_goes_on() -> None:
    world = World("blind")
    process = world.process()
    await process.tick()
    await lost(world, 100)

    async def slow(operation: Operation) -> None:
        if operation.kind == "start":
            world.now += timedelta(seconds=1)

    world.account.after = slow
    found = []
    for _ in range(4):
        world.now += timedelta(minutes=1)
        before, begun = len(world.service.paid), world.now
        await process.tick()
        found.append(len(world.service.paid) - before)
        assert world.now - begun <= LONGEST + AT_ONCE * timedelta(seconds=1)
    assert sum(found) == 100
    assert all(found[:2])


async def test_hundreds_of_lost_events_are_found_in_one_tick_where_there_is_time() -> None:
    world = World("blind")
    process = world.process()
    await process.tick()
    await lost(world, 400)
    await process.tick()
    assert len(world.service.paid) == 400


async def test_a_tick_without_time_left_looks_at_a_page_all_the_same() -> None:
    world = World("blind")
    process = world.process()
    await process.tick()
    await lost(world, 2 * AT_ONCE)

    async def spend(operation: Operation) -> None:
        if operation.kind == "list" and operation.container == "inbox":
            world.now += timedelta(hours=1)

    world.account.after = spend
    await process.tick()
    assert len(world.service.paid) == AT_ONCE
    assert heartbeat(world).cursor != ""
    await process.tick()
    assert len(world.service.paid) == 2 * AT_ONCE


async def test_what_others_accept_during_the_tick_was_not_missed() -> None:
    world = World("blind")
    process, other = world.process(), world.process()
    await process.tick()
    world.now += WHILE
    world.drop()
    seen: list[str] = []

    async def overtake(operation: Operation) -> None:
        if operation.kind == "list" and operation.container == "inbox":
            world.account.before = note
            await other.accept(NAME)
            seen.clear()

    async def note(operation: Operation) -> None:
        seen.append(operation.kind)

    world.account.before = overtake
    await process.tick()
    assert ("check" in seen, len(world.service.paid)) == (False, 1)


@pytest.mark.parametrize("name", ["/talk.mp4", "to_es/talk.mp4/", "to_es//talk.mp4"])
async def test_a_name_whose_event_the_host_loses_has_its_receipt_within_one_rescan(name: str) -> None:
    world = World("blind")
    process = world.process()
    await process.tick()
    world.now += WHILE
    world.drop(name=name)
    await process.tick()
    [receipt] = world.outbox.blobs
    assert receipt.startswith("_refused/")
