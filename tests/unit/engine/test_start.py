"""Paid steps: claimed before they are taken, taken only while the claim is fresh, and never taken blindly again."""

from datetime import timedelta

import pytest

from shared.errors import NotReady
from shared.jobs.quotas import Limits
from shared.names import RECEIPT
from shared.providers.outcome import Started
from shared.providers.task import Task
from tests.memory_container import Operation
from tests.unit.model.services import Service
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
