"""Paid steps: claimed before they are taken, taken only while the claim is fresh, and never taken blindly again."""

from datetime import timedelta

from shared.errors import AnswerLost
from tests.memory_container import Operation
from tests.unit.model.world import NAME, World

SLOW = timedelta(seconds=31)


async def test_a_claim_that_comes_too_late_is_withdrawn_and_nothing_is_paid() -> None:
    world = World("blind")
    world.drop()

    async def slow(operation: Operation) -> None:
        if operation.kind == "read" and operation.name.startswith("done/") and not world.service.paid:
            world.now += SLOW

    process = world.process()
    world.account.before = slow
    await process.accept(NAME)
    assert world.service.paid == []
    [job] = world.records("open/").values()
    assert job.translations[0].state == "queued"


async def test_a_lost_start_that_the_service_knows_is_carried_on() -> None:
    world = World("findable")
    world.drop()

    async def lose(operation: Operation) -> None:
        if operation.kind == "start":
            raise AnswerLost("no answer came")

    world.account.after = lose
    await world.process().accept(NAME)
    world.account.after = world.account.before
    await world.settle()
    assert [step for _, step in world.service.paid] == ["translation.0", "iteration.1"]


async def test_a_lost_start_that_nobody_can_find_is_told_and_never_repeated() -> None:
    world = World("blind")
    world.drop()

    async def lose(operation: Operation) -> None:
        if operation.kind == "start":
            raise AnswerLost("no answer came")

    world.account.after = lose
    await world.process().accept(NAME)
    world.account.after = world.account.before
    await world.settle()
    assert len(world.service.paid) == 1
    assert world.receipt(f"{NAME}.es-ES.translation.json")["problem"]["code"] == "outcome-unknown"
