"""Limits on spending: only starts count, what is held goes on as soon as it may, and first come is first served."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import AnswerLost, Throttled
from shared.jobs.quotas import Limits
from tests.memory_container import Operation
from tests.unit.model.world import EDIT, HOURS, NAME, TARGET, WHILE, World

FOLDER = "en-US_to_es-ES"
MINUTE = timedelta(minutes=1)


def daily(most: int) -> Limits:
    return Limits(daily_starts={"blind": most})


def drop(world: World, number: int) -> str:
    """A file whose content no other has, a second after the last."""
    world.now += timedelta(seconds=1)
    name = f"{FOLDER}/talk{number}.mp4"
    world.drop(name.encode(), name)
    return name


def receipt(world: World, name: str) -> dict[str, Any]:
    return world.receipt(f"{name}.translation.json")


async def tick(world: World, limits: Limits) -> None:
    world.now += MINUTE
    await world.process(limits).tick()


async def take_turns(_operation: Operation) -> None:
    """Whoever waits for storage lets the others go on."""
    await asyncio.sleep(0)


async def test_events_that_come_three_times_use_up_one_start_each() -> None:
    world = World("blind")
    names = [drop(world, number) for number in range(20)]
    world.account.before = take_turns
    processes = [world.process(daily(20)) for _ in range(3)]
    await asyncio.gather(*(process.accept(name) for name in names for process in processes))
    assert len(world.service.paid) == 20


async def test_refusals_of_a_busy_service_use_up_nothing() -> None:
    world = World("blind")
    process = world.process(daily(3))

    async def busy(operation: Operation) -> None:
        if operation.kind == "start":
            raise Throttled("come later")

    world.account.before = busy
    for number in range(3):
        await process.accept(drop(world, number))
    world.account.before = take_turns
    world.now += MINUTE
    await process.tick()
    assert len(world.service.paid) == 3


async def test_a_start_that_surely_never_was_uses_up_nothing() -> None:
    world, limits = World("findable"), Limits(daily_starts={"findable": 1})

    async def lose(operation: Operation) -> None:
        if operation.kind == "start":
            raise AnswerLost("no answer came")

    world.account.before = lose
    await world.process(limits).accept(drop(world, 1))
    world.account.before = take_turns
    world.now += timedelta(hours=HOURS + 1)
    await world.process(limits).tick()
    other = drop(world, 2)
    await world.process(limits).accept(other)
    assert receipt(world, other)["status"] == "running"


async def test_what_was_held_starts_in_order_of_arrival_once_the_setting_is_raised() -> None:
    world = World("blind")
    process = world.process(daily(1))
    names = []
    for number in range(4):
        names.append(drop(world, number))
        await process.accept(names[-1])
    assert [receipt(world, name)["status"] for name in names] == ["running", "held", "held", "held"]
    process = world.process(daily(3))
    newer = drop(world, 9)
    await process.accept(newer)
    assert receipt(world, newer)["status"] == "held"
    world.now += MINUTE
    await process.tick()
    states = [receipt(world, name)["status"] for name in [*names, newer]]
    assert states == ["succeeded", "running", "running", "held", "held"]


async def test_what_was_held_for_the_day_starts_the_next_day() -> None:
    world = World("blind")
    process = world.process(daily(1))
    names = [drop(world, number) for number in range(2)]
    for name in names:
        await process.accept(name)
    world.now += timedelta(days=1)
    await process.tick()
    assert len(world.service.paid) == 2


async def test_what_is_held_costs_a_tick_one_read_for_each_service_with_a_limit() -> None:
    world = World("blind")
    process = world.process(daily(0))
    for number in range(5):
        await process.accept(drop(world, number))
    await process.tick()  # the first of a process looks at everything
    seen: list[str] = []

    async def note(operation: Operation) -> None:
        if operation.container == "jobs" and operation.kind != "list":
            seen.append(operation.name)

    world.account.before = note
    world.now += MINUTE
    await process.tick()
    assert seen == [f"starts/{world.now:%Y-%m-%d}/blind"]


@pytest.mark.parametrize("kind", ["in_flight", "daily_starts"])
async def test_a_limit_holds_slices_as_it_holds_long_work(kind: str) -> None:
    world = World("sliced")
    limits = Limits(**{kind: {"sliced": 0}})
    name = drop(world, 1)
    await world.process(limits).accept(name)
    await tick(world, limits)
    assert (receipt(world, name)["status"], world.service.paid) == ("held", [])
    await tick(world, Limits())
    await tick(world, Limits())
    assert receipt(world, name)["status"] == "succeeded"


class TestACorrection:
    """A limit holds it as it holds a first start."""

    async def held(self, limits: Limits) -> World:
        """A world in which it has come, and these limits hold it."""
        world = World("findable")
        world.drop()
        await world.process().accept(NAME)
        await world.settle()
        world.edit()
        await world.process(limits).edits.accept(EDIT)
        return world

    @pytest.mark.parametrize("kind", ["in_flight", "daily_starts"])
    async def test_it_is_held_and_starts_once_the_setting_is_raised(self, kind: str) -> None:
        none = Limits(**{kind: {"findable": 0}})
        world = await self.held(none)
        await tick(world, none)
        assert receipt(world, NAME)["status"] == "held"
        assert steps(world) == ["translation.0", "iteration.1"]
        await tick(world, Limits(**{kind: {"findable": 1}}))
        assert steps(world)[2:] == ["iteration.2"]
        assert receipt(world, NAME)["status"] == "running"

    async def test_its_receipt_tells_until_when(self) -> None:
        world = await self.held(Limits(daily_starts={"findable": 0}))
        [line] = receipt(world, NAME)["translations"]
        assert (line["status"], line["problem"]["code"]) == ("queued", "held-daily")
        assert line["held_until"] == "2026-11-03T00:00:00+00:00"

    async def test_it_waits_behind_what_came_before_it(self) -> None:
        world, none = World("findable"), Limits(in_flight={"findable": 0})
        world.drop()
        await world.process().accept(NAME)
        await world.settle()
        first = drop(world, 1)
        process = world.process(none)
        await process.accept(first)
        world.now += WHILE
        world.edit()
        await process.edits.accept(EDIT)
        await tick(world, Limits(in_flight={"findable": 1}))
        assert steps(world)[2:] == ["translation.0"]
        assert receipt(world, NAME)["translations"][0]["problem"]["code"] == "held-in-flight"

    async def test_what_is_held_is_not_late_and_runs_on_where_the_file_is_gone(self) -> None:
        world = await self.held(Limits(daily_starts={"findable": 0}))
        del world.inbox.blobs[NAME]
        world.now += timedelta(hours=3 * HOURS)
        await world.settle()
        assert steps(world)[2:] == ["iteration.2"]
        assert receipt(world, NAME)["status"] == "succeeded"

    async def test_what_the_service_does_not_take_now_waits_with_that_service(self) -> None:
        world, limits = await self.held(Limits(in_flight={"findable": 0})), Limits(in_flight={"findable": 1})

        async def busy(operation: Operation) -> None:
            if operation.kind == "start":
                raise Throttled("come later")

        world.account.before = busy
        await tick(world, limits)
        [line] = receipt(world, NAME)["translations"]
        assert (line["status"], line["provider"], line["problem"]["code"]) == (
            "queued",
            "findable",
            "provider-throttled",
        )
        world.account.before = take_turns
        await tick(world, limits)
        assert steps(world)[2:] == ["iteration.2"]
        assert [i["number"] for i in receipt(world, f"{NAME}.{TARGET}")["iterations"]] == [1]


def steps(world: World) -> list[str]:
    """What was paid for, in its order."""
    return [step for _, step in world.service.paid]
