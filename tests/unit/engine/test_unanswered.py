"""A step was claimed and nobody knows what became of it: the provider is asked, and it is never taken blindly again."""

from datetime import timedelta

import pytest

from shared.errors import AnswerLost, StorageTrouble
from shared.jobs.quotas import Limits
from tests.memory_container import Operation
from tests.unit.model.world import NAME, World


class Died(BaseException):
    """The process ends here."""


async def test_a_start_that_may_still_be_on_its_way_is_not_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    world, asked = World("findable"), list[str]()
    monkeypatch.setattr(type(world.service), "on_its_way", timedelta(minutes=3))
    world.drop()

    async def die(operation: Operation) -> None:
        asked.extend([operation.name] if operation.kind == "find" else [])
        if operation.kind == "start" and not asked:
            raise Died

    world.account.before = die
    with pytest.raises(Died):
        await world.process().accept(NAME)
    process = world.process()
    for minutes, looks in ((2, 0), (1, 0), (1, 1)):
        world.now += timedelta(minutes=minutes)
        await process.tick()
        assert len(asked) == looks


async def started_unanswered(route: str) -> World:
    """The service was paid, its answer was lost, and everything has come to rest since."""
    world = World(route)
    world.drop()

    async def lose(operation: Operation) -> None:
        if operation.kind == "start":
            raise AnswerLost("no answer came")

    world.account.after = lose
    await world.process().accept(NAME)
    world.account.after = world.account.before
    await world.settle()
    return world


async def test_a_lost_start_that_the_service_knows_is_carried_on() -> None:
    world = await started_unanswered("findable")
    assert [step for _, step in world.service.paid] == ["translation.0", "iteration.1"]


async def test_a_lost_start_that_nobody_can_find_is_told_and_never_repeated() -> None:
    world = await started_unanswered("blind")
    assert len(world.service.paid) == 1
    assert world.receipt(f"{NAME}.es-ES.translation.json")["problem"]["code"] == "outcome-unknown"


async def lost_start(operation: Operation) -> None:
    """The service breaks off before it has done anything."""
    if operation.kind == "start":
        raise AnswerLost("blind answered 503: out of order")


async def test_a_start_that_stays_unknown_keeps_its_cause_until_the_deadline() -> None:
    world = World("blind")
    world.drop()
    world.account.before = lost_start
    await world.process().accept(NAME)
    await world.settle()
    problem = world.receipt(f"{NAME}.es-ES.translation.json")["problem"]
    assert problem["code"] == "outcome-unknown"
    assert problem["reason"].endswith("is not known: blind answered 503: out of order")


async def test_a_start_that_is_surely_none_ends_with_its_deadline_and_says_that_nothing_was_paid() -> None:
    world = World("findable")
    world.drop()
    world.account.before = lost_start
    await world.process().accept(NAME)
    await world.settle()
    problem = world.receipt(f"{NAME}.es-ES.translation.json")["problem"]
    assert (problem["code"], "503: out of order" in problem["reason"]) == ("deadline", True)
    assert "Nothing was paid" in problem["advice"]


@pytest.mark.parametrize("route", ["blind", "sliced"])
async def test_a_claim_whose_write_was_not_answered_is_withdrawn_and_started(route: str) -> None:
    world = World(route)
    world.drop()
    process = world.process(Limits(in_flight={route: 0}))
    await process.accept(NAME)  # the record is there, and held
    process = world.process()

    async def unanswered(operation: Operation) -> None:
        if operation.name.startswith("open/") and operation.changes:
            raise StorageTrouble("no answer came")

    world.account.after = unanswered
    await process.tick()
    [job] = world.records("open/").values()
    assert (job.translations[0].state, world.service.paid) == ("starting", [])
    world.account.after = world.account.before
    for _ in range(3):
        world.now += timedelta(seconds=5)
        await process.tick()
    assert world.receipt()["status"] == "succeeded"
    assert world.receipt(f"{NAME}.es-ES.translation.json")["repeats"] == 0
