"""A provider calls back: a good token buys one look, whatever the body says, and nothing else."""

import asyncio
from datetime import timedelta

import pytest

from shared.jobs.step import Work
from shared.providers.outcome import Outcome
from shared.providers.task import Scratch
from tests.unit.model.services import Blind
from tests.unit.model.world import NAME, World


@pytest.fixture
async def world() -> World:
    """A file is being translated."""
    world = World("blind")
    world.drop()
    await world.process().accept(NAME)
    return world


def token_of(world: World) -> str:
    return (world.callbacks.url("blind", world.service.paid[0][0]) or "").rpartition("/")[2]


@pytest.mark.parametrize("token", ["", "x", "0123abcd.es-ES.a1.forged"])
async def test_a_token_that_we_did_not_make_is_not_known(world: World, token: str) -> None:
    assert not await world.process().look("blind", token, {})


async def test_a_token_of_another_provider_is_not_known(world: World) -> None:
    assert not await world.process().look("findable", token_of(world), {})


async def test_a_good_token_of_a_job_that_has_ended_is_answered_and_changes_nothing(world: World) -> None:
    await world.settle()
    before = dict(world.jobs.blobs)
    assert await world.process().look("blind", token_of(world), {"task": 0})
    assert world.jobs.blobs == before


async def test_a_look_at_a_service_that_does_not_answer_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Blind, "check", never)
    monkeypatch.setattr("shared.triggers.callback.LOOK_SECONDS", 0.01)
    assert await world.process().look("blind", token_of(world), {})


async def test_who_has_called_is_asked_less_often_until_it_calls_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, check = [], Blind.check

    async def noted(self: Blind, work: Work, scratch: Scratch) -> Outcome:
        looks.append(world.now)
        return await check(self, work, scratch)

    monkeypatch.setattr(Blind, "check", noted)
    [(work_id, _)] = world.service.paid
    world.service.busy = {work_id}
    process = world.process()
    await process.tick()
    await process.look("blind", token_of(world), {"task": 0})
    world.now += timedelta(minutes=10)
    await process.tick()
    asked = len(looks)
    for _ in range(40):
        world.now += timedelta(seconds=30)
        await process.tick()
    assert len(looks) - asked == 2
    world.service.busy = set()
    await process.look("blind", token_of(world), {"task": 0})
    await process.tick()
    assert world.receipt()["status"] == "succeeded"


async def test_a_burst_becomes_one_look(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    looks, is_asked, go_on = [], asyncio.Event(), asyncio.Event()
    check = Blind.check

    async def slow(self: Blind, work: Work, scratch: Scratch) -> Outcome:
        looks.append(work.id)
        is_asked.set()
        await go_on.wait()
        return await check(self, work, scratch)

    monkeypatch.setattr(Blind, "check", slow)
    process = world.process()
    calls = [asyncio.create_task(process.look("blind", token_of(world), {})) for _ in range(5)]
    await is_asked.wait()
    go_on.set()
    assert await asyncio.gather(*calls) == [True] * 5
    assert len(looks) == 1
