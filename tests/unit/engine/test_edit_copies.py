"""The checked copy of a correction is there when its iteration begins, or the receipt says what to do."""

from typing import Any

import pytest

from shared.providers.task import Task
from tests.unit.model.services import Findable
from tests.unit.model.world import EDIT, NAME, TARGET, World


async def failed() -> World:
    """A world in which the iteration of a correction has failed; and its copy is removed, for it is old."""
    world = World("findable")
    key = world.drop()
    await world.process().accept(NAME)
    await world.settle()
    world.service.failing.add(f"{key}.{TARGET}.a1")
    world.edit()
    await world.process().edits.accept(EDIT)
    await world.settle()
    world.service.failing.clear()
    world.staging.blobs.clear()
    return world


async def retry(world: World) -> dict[str, Any]:
    """A person has the job tried again; the receipt of the translation."""
    [key] = world.done
    await world.process().steer.retry(key)
    await world.settle()
    return world.receipt(f"{NAME}.{TARGET}.translation.json")


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[bytes | None]:
    """What the service reads of the corrections that it is given."""
    read: list[bytes | None] = []
    start = Findable.start

    async def watched(self: Findable, task: Task) -> Any:
        if task.edit:
            read.append(await task.scratch.read(task.edit.pinned))
        return await start(self, task)

    monkeypatch.setattr(Findable, "start", watched)
    return read


async def test_a_copy_that_is_gone_is_made_again_of_the_correction(given: list[bytes | None]) -> None:
    world = await failed()
    assert (await retry(world))["status"] == "succeeded"
    assert given == [b"WEBVTT", b"WEBVTT"]


async def test_the_same_content_that_was_uploaded_again_serves_as_well(given: list[bytes | None]) -> None:
    world = await failed()
    world.edit()
    assert (await retry(world))["status"] == "succeeded"
    assert given[-1] == b"WEBVTT"


@pytest.mark.parametrize("is_replaced", [False, True], ids=["the correction is deleted", "another lies there"])
async def test_without_the_correction_it_fails_unpaid_and_the_receipt_says_what_to_do(is_replaced: bool) -> None:
    world = await failed()
    del world.edits.blobs[EDIT]
    if is_replaced:
        world.edit(b"no WEBVTT")
    paid = len(world.service.paid)
    receipt = await retry(world)
    assert (receipt["status"], receipt["problem"]["code"]) == ("failed", "edit-refused")
    assert receipt["problem"]["advice"] == f"Drop {EDIT} into `edits` again."
    assert len(world.service.paid) == paid


async def test_once_it_is_dropped_again_its_iteration_is_made() -> None:
    world = await failed()
    del world.edits.blobs[EDIT]
    await retry(world)
    world.edit()
    await world.process().edits.accept(EDIT)
    await world.settle()
    assert world.receipt()["status"] == "succeeded"
