"""A job that has ended is closed whoever finds it, and nothing of what is kept of it is left out."""

from shared.jobs.job import job_key
from shared.jobs.ledger import DONE, ENDED
from shared.outbox.names import edit_receipt
from tests.memory_container import Operation
from tests.unit.engine.test_engine import let_pass, started, states
from tests.unit.model.world import WHILE, World

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
        assert told["refused"]["es-ES"]["reason"] == f"nothing is made of {SOURCE}: es-ES has ended as failed"
        assert (ids["fr-FR"], "iteration.2") in world.service.paid

    async def test_its_receipt_says_refused_where_it_is_made_in_none(self) -> None:
        world, ids = await self.waiting()
        world.service.busy, world.service.failing = set(), set(ids.values())
        await world.settle()
        told = world.receipt(edit_receipt(SOURCE))
        assert (told["status"], "targets" in told) == ("refused", False)
        reason = f"nothing is made of {SOURCE}: es-ES has ended as failed; fr-FR has ended as failed"
        assert told["problem"]["reason"] == reason

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


def paid(world: World) -> list[str]:
    return [step for _, step in world.service.paid]


async def correct(world: World, content: bytes = b"WEBVTT") -> None:
    """A correction of all languages arrives."""
    world.edit(content, SOURCE)
    await world.process().edits.accept(SOURCE)
