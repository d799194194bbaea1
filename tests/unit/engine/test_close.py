"""A job that has ended is closed whoever finds it, and nothing of what is kept of it is left out."""

from datetime import timedelta

import pytest

from shared.jobs.job import job_key
from shared.jobs.ledger import DONE, ENDED, OPEN
from shared.jobs.step import Work
from shared.outbox.names import edit_receipt
from tests.memory_container import Operation
from tests.unit.engine.test_engine import let_pass, started, states
from tests.unit.model.services import Findable
from tests.unit.model.world import HOURS, NAME, TARGET, WHILE, World

FOLDER = "en-US_to_es-ES_fr-FR"
SOURCE = f"{FOLDER}/talk.source.vtt"


async def test_the_note_of_an_ended_job_is_written_also_by_who_finds_it_ended() -> None:
    world = await started("sliced")

    async def die(operation: Operation) -> None:
        if operation.kind == "write" and operation.name.startswith(ENDED):
            raise RuntimeError("the process ends here, when it has written `done`")

    world.account.before = die
    await world.process().tick()
    assert (states(world), list(world.done)) == (["starting", "starting"], list(world.records("open/")))
    assert notes(world) == []
    world.account.before = let_pass
    await world.process().tick()
    assert (world.records("open/"), notes(world)) == ({}, list(world.done))


def notes(world: World) -> list[str]:
    """The keys of jobs of which it is kept for ever how they ended."""
    return [name.removeprefix(ENDED) for name in world.jobs.blobs if name.startswith(ENDED)]


class TestACorrectionOfAllLanguages:
    """It waits until the first iteration of both languages is made."""

    async def waiting(self) -> tuple[World, dict[str, str]]:
        """A world in which it waits, and the ids of the work in each language."""
        world = World("findable")
        await world.process().tick()
        world.now += WHILE
        world.name = f"{FOLDER}/talk.mp4"
        ids = {target: f"{world.drop()}.{target}.a1" for target in ("es-ES", "fr-FR")}
        world.service.busy = set(ids.values())
        await world.process().accept(world.name)
        await correct(world)
        return world, ids

    async def test_its_receipt_tells_which_languages_are_made_and_which_are_not(self) -> None:
        world, ids = await self.waiting()
        world.service.busy, world.service.failing = set(), {ids["es-ES"]}
        await world.settle()
        told = world.receipt(edit_receipt(SOURCE))
        assert (told["status"], told["targets"], list(told["refused"])) == ("accepted", ["fr-FR"], ["es-ES"])
        assert told["refused"]["es-ES"]["reason"] == "es-ES has ended as failed"
        assert (ids["fr-FR"], "iteration.2") in world.service.paid

    async def test_its_receipt_still_tells_of_a_language_that_it_did_not_count_for_at_once(self) -> None:
        world = World("findable")
        world.name = "en-US_to_de-DE_es-ES_fr-FR/talk.mp4"
        german, spanish, french = [f"{world.drop()}.{target}.a1" for target in ("de-DE", "es-ES", "fr-FR")]
        world.service.busy, world.service.failing = {spanish, french}, {german}
        await world.process().accept(world.name)
        world.now += WHILE
        await world.process().tick()
        source = world.name.replace(".mp4", ".source.vtt")
        world.edit(name=source)
        await world.process().edits.accept(source)
        assert list(world.receipt(edit_receipt(source))["refused"]) == ["de-DE"]
        world.service.busy, world.service.failing = set(), {spanish}
        await world.settle()
        told = world.receipt(edit_receipt(source))
        assert (told["targets"], sorted(told["refused"])) == (["fr-FR"], ["de-DE", "es-ES"])

    async def test_its_receipt_says_refused_where_it_is_made_in_none(self) -> None:
        world, ids = await self.waiting()
        world.service.busy, world.service.failing = set(), set(ids.values())
        await world.settle()
        told = world.receipt(edit_receipt(SOURCE))
        assert (told["status"], "targets" in told) == ("refused", False)
        assert told["problem"]["reason"] == "es-ES has ended as failed; fr-FR has ended as failed"

    async def test_a_newer_one_that_came_while_its_job_was_stopped_keeps_its_receipt(self) -> None:
        world, ids = await self.waiting()
        world.service.busy = set()
        while "iteration.2" not in paid(world):
            world.now += WHILE
            await world.process().tick()
        world.service.busy = set(ids.values())
        await correct(world, b"WEBVTT more")

        async def correct_again(operation: Operation) -> None:
            if operation.kind == "write" and operation.name.startswith(DONE):
                world.account.before = let_pass
                await correct(world, b"WEBVTT most")

        world.account.before = correct_again
        await world.process().steer.cancel(job_key(world.name, world.inbox.blobs[world.name].facts.version))
        world.service.busy = set()
        await world.settle()
        told = world.receipt(edit_receipt(SOURCE))
        assert (told["status"], told["targets"], told.get("refused")) == ("accepted", ["es-ES", "fr-FR"], None)
        assert paid(world).count("iteration.3") == 2


class TestDeletingAfterTheDelivery:
    """DELETE_AFTER_DELIVERY: what the services and `staging` hold goes when the job is closed."""

    async def failing(self) -> World:
        """A world in which the first attempt fails as soon as it is moved."""
        world = World("sliced")
        world.forgets = True
        world.service.failing.add(f"{world.drop()}.{TARGET}.a1")
        return world

    @pytest.mark.parametrize("kind", ["list", "delete"])
    async def test_a_retry_that_comes_while_it_is_deleted_keeps_what_it_pays_for(self, kind: str) -> None:
        world = await self.failing()
        world.staging.put(f"{world.drop()}/{TARGET}/sliced/0/given", b"+")

        async def drop_again(operation: Operation) -> None:
            if (operation.kind, operation.container) == (kind, "staging"):
                world.account.before = let_pass
                world.service.failing.clear()
                world.drop()
                await world.process().accept(NAME)

        world.account.before = drop_again
        await world.process().accept(NAME)
        await world.settle()
        assert world.receipt()["status"] == "succeeded"
        assert len(set(world.service.paid)) == len(world.service.paid)

    async def test_a_process_that_ends_while_it_is_deleted_leaves_it_to_the_next_tick(self) -> None:
        world = await self.failing()

        async def die(operation: Operation) -> None:
            if operation.kind == "list" and operation.container == "staging":
                raise RuntimeError("the process ends here")

        world.account.before = die
        with pytest.raises(RuntimeError):
            await world.process().accept(NAME)
        world.account.before = let_pass
        world.staging.put(f"{next(iter(world.done))}/{TARGET}/sliced/0/slice-0", b"+")
        await world.process().tick()
        assert (world.staging.blobs, world.records(OPEN)) == ({}, {})

    async def test_what_may_be_finished_at_the_service_stays_there_to_be_asked_for(self) -> None:
        world = World("findable")
        world.forgets = True
        key = world.drop()
        world.service.busy.add(f"{key}.{TARGET}.a1")
        forgotten: list[Operation] = []

        async def watch(operation: Operation) -> None:
            if operation.kind == "forget":
                forgotten.append(operation)

        world.account.before = watch
        await world.process().accept(NAME)
        world.now += timedelta(hours=2 * HOURS)
        await world.process().tick()
        assert (world.receipt()["translations"][0]["problem"]["code"], forgotten) == ("deadline", [])

    async def test_what_a_service_holds_that_another_one_took_over_from_is_deleted_too(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        forgotten: list[str] = []

        async def forget(_: Findable, work: Work) -> None:
            forgotten.append(work.id)

        monkeypatch.setattr(Findable, "forget", forget)
        world = World("findable blind")
        world.forgets = True
        work_id = f"{world.drop()}.{TARGET}.a1"
        world.service.failing = {work_id}
        await world.process().accept(NAME)
        await world.settle()
        assert world.receipt()["translations"][0]["provider"] == "blind"
        assert forgotten == [work_id]


def paid(world: World) -> list[str]:
    return [step for _, step in world.service.paid]


async def correct(world: World, content: bytes = b"WEBVTT") -> None:
    """A correction of all languages arrives."""
    world.edit(content, SOURCE)
    await world.process().edits.accept(SOURCE)
