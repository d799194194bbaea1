"""The engine: every trigger ends here, a callback only asks, and what goes wrong with one disturbs no other."""

from typing import Any

import pytest

from shared.jobs.step import Work
from shared.providers.outcome import Outcome
from shared.providers.task import Scratch
from tests.memory_container import Operation
from tests.unit.model.services import Blind
from tests.unit.model.world import World

TWO = "en-US_to_es-ES_fr-FR/talk.mp4"


async def started(route: str = "blind") -> World:
    """A file is being translated into two languages."""
    world = World(route)
    world.name = TWO
    world.drop()
    await world.process().accept(TWO)
    return world


async def let_pass(_operation: Operation) -> None:
    """Nothing stands in the way."""


def states(world: World) -> list[str]:
    [job] = world.records("open/").values()
    return [str(translation.state) for translation in job.translations]


async def test_a_callback_records_the_end_and_delivers_nothing_and_leaves_other_languages_alone() -> None:
    world = await started()
    work = world.service.paid[0][0]
    token = (world.callbacks.url("blind", work) or "").rpartition("/")[2]
    assert await world.process().look("blind", token, {})
    assert states(world) == ["delivering", "running"]
    assert [name for name in world.outbox.blobs if name.endswith(".mp4")] == []


async def test_one_language_that_stumbles_does_not_keep_the_other_back(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await started()
    check = Blind.check

    async def stumble(self: Blind, work: Work, scratch: Scratch) -> Outcome:
        if work.target == "es-ES":
            raise RuntimeError("a mistake of ours")
        return await check(self, work, scratch)

    monkeypatch.setattr(Blind, "check", stumble)
    await world.process().tick()
    assert world.receipt(f"{TWO}.fr-FR.translation.json")["status"] == "succeeded"


async def test_a_job_of_a_newer_app_is_left_alone_until_this_app_knows_its_form() -> None:
    world = await started()
    [key] = world.records("open/")
    stored = world.jobs.blobs[f"open/{key}"]
    newer: dict[str, Any] = {"metadata": {}}
    world.jobs.put(f"open/{key}", stored.data.replace(b'"schema": 1', b'"schema": 99'), **newer)
    await world.process().tick()
    await world.process().accept(TWO)
    assert len(world.service.paid) == 2
    assert b'"schema": 99' in world.jobs.blobs[f"open/{key}"].data
    world.jobs.put(f"open/{key}", stored.data, metadata=stored.facts.metadata)
    await world.settle()
    assert world.receipt(f"{TWO}.translation.json")["status"] == "succeeded"
