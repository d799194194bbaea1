"""A later attempt of a job pays for nothing that succeeded, also where it waits for its brief first."""

from datetime import timedelta

import pytest

from shared.errors import ResultUnavailable
from shared.jobs.job import Job
from shared.jobs.ledger import DONE, OPEN
from shared.jobs.translation import State
from tests.memory_container import Operation
from tests.unit.model.world import EDIT, HOURS, WHILE, World

ONE, TWO = "en-US_to_es-ES", "en-US_to_es-ES_fr-FR"
FIRST = ["es-ES.a1 translation.0", "es-ES.a1 iteration.1"]
REFUSED = b'{"targets": ["nonsense"]}'


async def translated(folder: str = ONE, failing: str = "") -> World:
    """A world in which a film was translated, but for a language that failed."""
    world = World("findable")
    world.name = f"{folder}/talk.mp4"
    await world.process().tick()
    world.now += WHILE
    world.service.failing = {f"{world.drop()}.{failing}.a1"}
    await world.process().accept(world.name)
    await world.settle()
    world.service.failing.clear()
    world.now += WHILE
    return world


async def drop_again(world: World, **metadata: str) -> None:
    """The same content is dropped once more."""
    world.inbox.put(world.name, b"first", md5="md5-of-first", metadata=metadata)
    await world.process().accept(world.name)


async def drop_waits(world: World, **metadata: str) -> None:
    """The same content is dropped once more, under a brief that is refused."""
    world.inbox.put(brief_of(world), REFUSED)
    await drop_again(world, **metadata)
    assert world.receipt()["status"] == "waiting"


async def mend(world: World) -> None:
    """The brief that was refused is deleted; the timer finds that."""
    del world.inbox.blobs[brief_of(world)]
    await world.settle()


def brief_of(world: World) -> str:
    return f"{world.name.rpartition('/')[0]}/translate.json"


def steps(world: World) -> list[str]:
    """What was paid for, in its order: target, attempt and step."""
    return [f"{work.partition('.')[2]} {step}" for work, step in world.service.paid]


def the_job(world: World) -> Job:
    [job] = (world.records(OPEN) or world.records(DONE)).values()
    return job


async def refuse_copies(operation: Operation) -> None:
    if operation.kind == "copy":
        raise ResultUnavailable("storage cannot copy the result")


async def let_pass(_operation: Operation) -> None:
    """All is well again."""


class TestOneThatWaitsForItsBrief:
    async def test_pays_for_nothing_once_the_brief_is_mended_where_all_had_succeeded(self) -> None:
        world = await translated()
        await drop_waits(world)
        await mend(world)
        assert (world.receipt()["status"], steps(world)) == ("succeeded", FIRST)

    async def test_begins_what_had_failed_alone(self) -> None:
        world = await translated(TWO, failing="fr-FR")
        await drop_waits(world)
        await mend(world)
        assert world.receipt()["status"] == "succeeded"
        assert [step for step in steps(world) if "a2" in step] == ["fr-FR.a2 translation.0", "fr-FR.a2 iteration.1"]
        assert [step for step in steps(world) if "es-ES" in step] == FIRST

    @pytest.mark.parametrize("by_call", [True, False])
    async def test_makes_a_correction_again_that_had_failed(self, by_call: bool) -> None:
        world = await translated()
        world.service.failing = {the_job(world).work_id("es-ES")}
        world.edit()
        await world.process().edits.accept(EDIT)
        await world.settle()
        world.service.failing.clear()
        if by_call:
            world.inbox.put(brief_of(world), REFUSED)
            await world.process().steer.retry(the_job(world).key)
        else:
            await drop_waits(world)
        await mend(world)
        assert steps(world)[2:] == ["es-ES.a1 iteration.2", "es-ES.a1 iteration.3"]
        assert the_job(world).iterations[-1].status is State.SUCCEEDED

    async def test_brings_home_what_was_made_and_has_its_whole_time_for_it(self) -> None:
        world = await translated()
        world.account.before = refuse_copies
        await world.process().steer.retry(the_job(world).key, force=True)
        await world.settle()
        assert world.receipt()["status"] == "failed"
        paid = steps(world)
        await drop_waits(world)
        world.now += timedelta(hours=2 * HOURS)
        world.account.before = let_pass
        await mend(world)
        assert (world.receipt()["status"], steps(world)) == ("succeeded", paid)

    async def test_brings_back_deleted_results_where_a_person_had_called_for_it(self) -> None:
        world = await translated()
        result = f"{ONE}/talk.es-ES.mp4"
        del world.outbox.blobs[result]
        world.inbox.put(brief_of(world), REFUSED)
        await world.process().steer.retry(the_job(world).key)
        await mend(world)
        assert result in world.outbox.blobs
        assert steps(world) == FIRST
        assert the_job(world).missing == ()

    async def test_is_canceled_and_the_next_drop_pays_for_nothing(self) -> None:
        world = await translated()
        await drop_waits(world)
        await world.process().steer.cancel(the_job(world).key)
        receipt = world.receipt()
        assert (receipt["status"], receipt["problems"][0]["code"]) == ("succeeded", "canceled")
        del world.inbox.blobs[brief_of(world)]
        await drop_again(world)
        await world.settle()
        assert steps(world) == FIRST

    async def test_is_canceled_and_what_had_failed_is_still_tried_again(self) -> None:
        world = await translated(failing="es-ES")
        await drop_waits(world)
        await world.process().steer.cancel(the_job(world).key)
        del world.inbox.blobs[brief_of(world)]
        await world.process().steer.retry(the_job(world).key)
        await world.settle()
        assert world.receipt()["status"] == "succeeded"

    async def test_ends_with_its_file_and_the_next_drop_pays_for_nothing(self) -> None:
        world = await translated()
        await drop_waits(world)
        del world.inbox.blobs[world.name]
        await mend(world)
        receipt = world.receipt()
        assert (receipt["status"], receipt["problems"][0]["code"]) == ("succeeded", "source-gone")
        await drop_again(world)
        await world.settle()
        assert steps(world) == FIRST

    async def test_gives_way_to_newer_content_and_its_record_still_says_what_was_made(self) -> None:
        world = await translated()
        key = the_job(world).key
        await drop_waits(world)
        del world.inbox.blobs[brief_of(world)]
        world.drop(b"second")
        await world.process().accept(world.name)
        await world.settle()
        older = world.done[key]
        assert (older.is_superseded, older.translation("es-ES").state) == (True, State.SUCCEEDED)
        assert world.receipt()["id"] != key


class TestForce:
    @pytest.mark.parametrize("at_once", [True, False])
    async def test_of_a_drop_that_waits_begins_everything_once_the_brief_is_mended(self, at_once: bool) -> None:
        world = await translated()
        await drop_waits(world, **({"force": "true"} if at_once else {}))
        if not at_once:
            await drop_waits(world, force="true")
        await mend(world)
        assert steps(world)[2:] == ["es-ES.a2 translation.0", "es-ES.a2 iteration.1"]

    async def test_of_a_drop_that_was_canceled_while_it_waited_leaves_all_as_it_was(self) -> None:
        world = await translated()
        await drop_waits(world, force="true")
        await world.process().steer.cancel(the_job(world).key)
        assert (world.receipt()["status"], the_job(world).forced) == ("succeeded", 0)
        world.edit()
        await world.process().edits.accept(EDIT)
        await world.settle()
        assert steps(world)[2:] == ["es-ES.a1 iteration.2"]


class TestALanguageThatTheBriefNoLongerNames:
    async def test_is_not_paid_for_again_when_it_is_named_again(self) -> None:
        world = await translated(TWO, failing="fr-FR")
        world.inbox.put(brief_of(world), b'{"targets": ["fr-FR"]}')
        await drop_again(world)
        await world.settle()
        del world.inbox.blobs[brief_of(world)]
        await drop_again(world)
        await world.settle()
        assert [step for step in steps(world) if "es-ES" in step] == FIRST
        assert [line["target"] for line in world.receipt()["translations"]] == ["fr-FR", "es-ES"]
