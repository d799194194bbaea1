"""A job is erased: everything of it goes, and what stays is named with the reason."""

import pytest

from shared.errors import SteerRefused, Unreachable
from shared.jobs.step import Work
from shared.names import RECEIPT
from shared.outbox.names import ResultNames
from shared.providers.base import Provider
from shared.triggers.erase import HISTORY
from tests.memory_container import Operation
from tests.unit.model.services import Findable, Service
from tests.unit.model.world import NAME, TARGET, World
from tests.unit.triggers.test_steer import RESULT, at_work, translated

RECEIPTS = {f"{NAME}{RECEIPT}", f"{NAME}.{TARGET}{RECEIPT}"}


async def test_nothing_of_the_job_is_left() -> None:
    world, key = await translated("sliced")
    assert {RESULT, *RECEIPTS} <= set(world.outbox.blobs)
    world.inbox.blobs.pop(NAME)
    answer = await world.process().erase(key)
    assert answer is not None
    assert {f"outbox/{name}" for name in (RESULT, *RECEIPTS)} | {f"jobs/{key}"} <= set(answer["erased"])
    assert answer["kept"] == [HISTORY]
    assert not world.outbox.blobs
    assert not world.staging.blobs
    assert [name for name in world.jobs.blobs if key in name or NAME in name] == []
    assert await world.process().erase(key) is None


@pytest.mark.parametrize("route", ["findable", "blind", "sliced"])
async def test_nothing_is_left_of_a_job_that_was_begun_anew_and_failed(route: str) -> None:
    world, key = await translated(route)
    world.service.failing = {f"{key}.{TARGET}.a2"}
    await world.process().steer.retry(key, force=True)
    await world.settle()
    assert RESULT in world.outbox.blobs
    world.inbox.blobs.pop(NAME)
    assert await world.process().erase(key) is not None
    assert not world.outbox.blobs
    assert not world.staging.blobs


async def test_a_service_deletes_its_copy_of_every_attempt() -> None:
    world, key = await translated("findable")
    world.service.failing = {f"{key}.{TARGET}.a2"}
    await world.process().steer.retry(key, force=True)
    await world.settle()
    world.inbox.blobs.pop(NAME)
    forgotten = []

    async def note(operation: Operation) -> None:
        if operation.kind == "forget":
            forgotten.append(operation.name)

    world.account.before = note
    await world.process().erase(key)
    assert forgotten == [f"{key}.{TARGET}.a1", f"{key}.{TARGET}.a2"]


async def test_a_service_deletes_its_copy_where_another_one_took_over(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten: list[str] = []

    async def forget(_: Findable, work: Work) -> None:
        forgotten.append(work.id)

    monkeypatch.setattr(Findable, "forget", forget)
    world = World("findable blind")
    work_id = f"{world.drop()}.{TARGET}.a1"
    world.service.failing = {work_id}
    await world.process().accept(NAME)
    await world.settle()
    world.inbox.blobs.pop(NAME)
    await world.process().erase(work_id.partition(".")[0])
    assert forgotten == [work_id]


async def test_nothing_is_left_of_content_that_was_replaced_while_it_was_translated() -> None:
    world, key = await at_work()
    world.drop(b"second")
    await world.process().accept(NAME)
    superseded = ResultNames("", NAME).superseded(TARGET, key)
    assert superseded in world.outbox.blobs
    answer = await world.process().erase(key)
    assert answer is not None
    assert f"outbox/{superseded}" in answer["erased"]
    assert superseded not in world.outbox.blobs


async def test_a_file_in_the_inbox_is_to_be_deleted_first() -> None:
    world, key = await translated()
    before = dict(world.outbox.blobs)
    with pytest.raises(SteerRefused, match="lies in the inbox"):
        await world.process().erase(key)
    assert world.outbox.blobs == before


async def test_a_job_at_work_is_stopped_and_erased() -> None:
    world, key = await at_work()
    world.inbox.blobs.pop(NAME)
    assert await world.process().erase(key) is not None
    await world.settle()
    assert not world.outbox.blobs


async def test_other_content_that_came_later_keeps_its_results_and_receipts() -> None:
    world, key = await translated()
    world.drop(b"second")
    await world.process().accept(NAME)
    await world.settle()
    before = dict(world.outbox.blobs)
    answer = await world.process().erase(key)
    assert answer is not None
    assert world.outbox.blobs == before
    assert world.receipt()["status"] == "succeeded"


async def test_what_a_service_keeps_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    world, key = await translated()
    world.inbox.blobs.pop(NAME)
    monkeypatch.setattr(Service, "forget", Provider.forget)
    answer = await world.process().erase(key)
    assert answer is not None
    assert answer["kept"][0] == "what blind holds of es-ES, for it has no way to delete it"


async def test_trouble_at_a_service_keeps_nothing_else_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async def trouble(_: Service, work: Work) -> None:
        raise Unreachable(f"nobody answers for {work.target}")

    world, key = await translated()
    world.inbox.blobs.pop(NAME)
    monkeypatch.setattr(Service, "forget", trouble)
    answer = await world.process().erase(key)
    assert answer is not None
    assert answer["kept"][0] == "what blind holds of es-ES: nobody answers for es-ES"
    assert not world.outbox.blobs


@pytest.mark.parametrize("key", ["0" * 24, "", "../seen"])
async def test_what_is_no_job_cannot_be_erased(key: str) -> None:
    assert await World("blind").process().erase(key) is None
