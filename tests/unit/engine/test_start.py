"""Paid steps: claimed before they are taken, taken only while the claim is fresh, and never taken blindly again."""

from datetime import timedelta

import pytest

from shared.errors import AnswerLost, NotReady, StorageTrouble
from shared.jobs.quotas import Limits
from shared.names import RECEIPT
from shared.providers.base import Started, Task
from tests.memory_container import Operation
from tests.unit.model.services import Service
from tests.unit.model.world import NAME, World

SLOW = timedelta(seconds=31)


class Died(BaseException):
    """The process ends here."""


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


@pytest.mark.parametrize("route", ["blind", "sliced"])
async def test_what_waits_for_a_person_writes_nothing_until_it_is_mended(
    route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, writes, faults = World(route), list[str](), ["line 1"]

    async def unready(*_: object) -> NotReady | None:
        return NotReady(faults[0]) if faults else None

    async def start(*_: object) -> None:
        raise NotReady(faults[0])

    async def note(operation: Operation) -> None:
        if operation.kind == "write" and (operation.name.startswith("open/") or operation.name.endswith(RECEIPT)):
            writes.append(operation.name)

    monkeypatch.setattr(type(world.service), "unready", unready)
    world.drop()
    process = world.process()
    with monkeypatch.context() as patched:
        patched.setattr(type(world.service), "start", start)
        await process.accept(NAME)
    await process.tick()
    world.account.before = note
    for fault, changed in (("line 1", 0), ("line 1", 0), ("line 2", 2)):
        faults[0] = fault
        writes.clear()
        world.now += timedelta(minutes=1)
        await process.tick()
        assert len(writes) == changed
    assert world.receipt()["translations"][0]["problem"]["reason"] == "line 2"
    faults.clear()
    await world.settle()
    assert world.receipt()["status"] == "succeeded"


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


async def test_what_was_held_is_not_started_once_its_file_is_gone() -> None:
    world = World("blind")
    world.drop()
    await world.process(Limits(in_flight={"blind": 0})).accept(NAME)
    del world.inbox.blobs[NAME]
    await world.process().tick()
    assert (world.receipt()["translations"][0]["problem"]["code"], world.service.paid) == ("source-gone", [])


async def test_an_answer_that_the_app_stumbles_over_is_told_and_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World("blind")
    world.drop()
    start = type(world.service).start

    async def stumble(self: Service, task: Task) -> Started:
        await start(self, task)
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(type(world.service), "start", stumble)
    await world.process().accept(NAME)
    assert "stumbled over an answer of blind" in world.receipt()["translations"][0]["problem"]["reason"]
    await world.settle()
    assert (world.receipt()["status"], len(world.service.paid)) == ("failed", 1)
