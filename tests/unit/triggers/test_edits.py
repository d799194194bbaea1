"""A correction in `edits` becomes the next iteration, once, in its turn, or a receipt says why not."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import NotFound, StorageTrouble, Unreachable
from shared.jobs.job import Job
from shared.jobs.ledger import DONE, EDITS, ENDED, OPEN, Ledger
from shared.jobs.quotas import Limits
from shared.jobs.step import Work
from shared.jobs.translation import State
from shared.outbox.names import edit_receipt
from shared.outbox.receipts import Receipts
from shared.providers.outcome import Finished, Outcome, Result
from shared.providers.task import Pair, Task
from shared.triggers.edits import LARGEST
from tests.memory_container import Operation
from tests.unit.model.services import Findable
from tests.unit.model.world import EDIT, NAME, TARGET, WHILE, World

SOURCE = "en-US_to_es-ES_fr-FR/talk.source.vtt"
TWO = "en-US_to_es-ES_fr-FR/talk.mp4"
STEM_OF_TWO = TWO.removesuffix(".mp4")
RESULT = "en-US_to_es-ES/talk.es-ES.mp4"
SPANISH = f"{STEM_OF_TWO}.es-ES.vtt"
NO_MORE = Limits(daily_starts={"findable": 0})


async def translated(route: str = "findable", name: str = NAME, *, forgets: bool = False) -> World:
    """A world in which the file was translated long ago."""
    world = World(route)
    world.name, world.forgets = name, forgets
    await world.process().tick()
    world.now += WHILE
    world.drop()
    await world.process().accept(name)
    await world.settle()
    world.now += 100 * WHILE
    return world


async def one_of_two(ended: int = 1) -> World:
    """A world in which Spanish has succeeded, or is about to where none has `ended`, and French is at work."""
    world = World("findable")
    world.name = TWO
    world.service.busy = {f"{world.drop()}.fr-FR.a1"}
    await world.process().accept(TWO)
    for _ in range(1 + ended):
        world.now += WHILE
        await world.process().tick()
    return world


async def drop(world: World, content: bytes = b"WEBVTT", name: str = EDIT) -> dict[str, Any]:
    """A correction arrives; its receipt."""
    world.edit(content, name)
    await world.process().edits.accept(name)
    return world.receipt(edit_receipt(name))


def steps(world: World) -> list[str]:
    """What was paid for, in its order."""
    return [step for _, step in world.service.paid]


def the_job(world: World) -> Job:
    [job] = (world.records(OPEN) or world.records(DONE)).values()
    return job


async def let_pass(_operation: Operation) -> None:
    """Nothing comes in between."""


def while_checked(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Have something happen once, while a correction is checked."""
    edited = Findable.edited

    def meanwhile(self: Findable, name: str, data: bytes, kind: str, pair: Pair) -> bytes:
        monkeypatch.undo()
        happens()
        return edited(self, name, data, kind, pair)

    monkeypatch.setattr(Findable, "edited", meanwhile)


def once_copied(world: World, happens: Callable[[], Awaitable[None]]) -> Callable[[Operation], Awaitable[None]]:
    """Lets something happen once, when the checked copy of a correction is about to be written."""

    async def before(operation: Operation) -> None:
        if (operation.kind, operation.container) == ("write", "staging"):
            world.account.before = let_pass
            await happens()

    return before


def iterations(world: World, target: str = TARGET) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = world.receipt(f"{world.name}.{target}.translation.json")["iterations"]
    return told


class TestAFinishedJob:
    async def test_it_opens_again_and_the_next_iteration_replaces_the_results(self) -> None:
        world = await translated()
        before = world.outbox.blobs[RESULT].data
        assert (await drop(world))["status"] == "accepted"
        await world.settle()
        assert steps(world) == ["translation.0", "iteration.1", "iteration.2"]
        assert world.outbox.blobs[RESULT].data != before
        assert not world.records(OPEN)

    async def test_the_id_at_the_provider_stays_and_the_attempt_is_new(self) -> None:
        world = await translated()
        await drop(world)
        await world.settle()
        assert len({work for work, _ in world.service.paid}) == 1
        assert (the_job(world).attempt, the_job(world).translation(TARGET).begun_in) == (2, 1)

    async def test_the_receipt_lists_the_iterations(self) -> None:
        world = await translated()
        etag = world.edit()
        await world.process().edits.accept(EDIT)
        await world.settle()
        first, second = iterations(world)
        assert ("edit" in first, second["edit"]) == (False, {"name": EDIT, "etag": etag, "kind": "target"})
        assert [line["status"] for line in (first, second)] == ["succeeded", "succeeded"]
        assert first["ended"] < second["started"] <= second["ended"]
        [before], [after] = first["outputs"], second["outputs"]
        assert before["name"] == after["name"] == RESULT
        assert before["md5"] != after["md5"] == world.outbox.blobs[RESULT].facts.md5

    async def test_warnings_about_files_that_were_missing_before_it_are_told_no_more(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = Findable._outcome

        def with_subtitles(service: Findable, work: Work) -> Outcome:
            outcome = made(service, work)
            if not isinstance(outcome, Finished):
                return outcome
            address = f"https://findable/{work.id}.{work.step}.vtt"
            service._account.web[address] = b"WEBVTT" if work.step.is_correction else b""
            return Finished([*outcome.results, Result("vtt", address, copied=True, essential=False)])

        monkeypatch.setattr(Findable, "_outcome", with_subtitles)
        world = await translated()
        told = f"{NAME}.{TARGET}.translation.json"
        [warning] = world.receipt(told)["warnings"]
        assert "vtt" in warning
        await drop(world)
        await world.settle()
        assert len(world.receipt(told)["outputs"]) == 2
        assert world.receipt(told)["warnings"] == []

    async def test_its_time_begins_anew(self) -> None:
        world = await translated()
        world.service.busy = {the_job(world).work_id(TARGET)}
        await drop(world)
        assert not the_job(world).is_late(TARGET, world.now)
        assert the_job(world).is_late(TARGET, world.now + 100 * WHILE)

    async def test_the_same_event_again_does_nothing(self) -> None:
        world = await translated()
        await drop(world)
        await world.process().edits.accept(EDIT)
        await world.settle()
        await world.process().edits.accept(EDIT)
        await world.settle()
        assert steps(world)[2:] == ["iteration.2"]

    async def test_the_same_content_dropped_again_is_not_paid_for_again(self) -> None:
        world = await translated()
        for _ in range(2):
            await drop(world)
            await world.settle()
        assert steps(world)[2:] == ["iteration.2"]

    async def test_a_receipt_names_the_upload_whose_iteration_is_to_be_waited_for(self) -> None:
        world = await translated()
        first, second = [await drop(world) for _ in range(2)]
        assert first["wait_for"] == {TARGET: first["source"]["etag"]}
        assert second["source"]["etag"] == world.edits.blobs[EDIT].facts.etag
        assert second["wait_for"] == first["wait_for"]
        await world.settle()
        assert iterations(world)[-1]["edit"]["etag"] == second["wait_for"][TARGET]

    async def test_what_was_corrected_back_counts(self) -> None:
        world = await translated()
        for content in (b"WEBVTT one", b"WEBVTT two", b"WEBVTT one"):
            await drop(world, content)
            await world.settle()
        assert steps(world)[2:] == ["iteration.2", "iteration.3", "iteration.4"]

    async def test_the_checked_copy_is_what_the_iteration_is_made_of(self, monkeypatch: pytest.MonkeyPatch) -> None:
        world = await translated()
        given: list[bytes | None] = []
        start = Findable.start

        async def watched(self: Findable, task: Task) -> Any:
            given.append(await task.scratch.read(task.edit.pinned) if task.edit else None)
            return await start(self, task)

        monkeypatch.setattr(Findable, "start", watched)
        await drop(world, b"WEBVTT as it was dropped")
        assert given == [b"WEBVTT as it was dropped"]

    async def test_the_file_may_be_gone_from_the_inbox(self) -> None:
        world = await translated()
        del world.inbox.blobs[NAME]
        await drop(world)
        await world.settle()
        assert world.receipt()["status"] == "succeeded"
        assert steps(world)[2:] == ["iteration.2"]


class TestAJobAtWork:
    async def test_an_edit_waits_for_its_turn(self) -> None:
        world = await translated()
        world.service.busy = {the_job(world).work_id(TARGET)}
        await drop(world, b"WEBVTT one")
        await drop(world, b"WEBVTT two", EDIT.replace(".vtt", ".source.vtt"))
        assert steps(world)[2:] == ["iteration.2"]
        world.service.busy = set()
        await world.settle()
        kinds = [line["edit"]["kind"] for line in iterations(world)[1:]]
        assert (steps(world)[2:], kinds) == (["iteration.2", "iteration.3"], ["target", "source"])

    async def test_a_newer_edit_of_the_same_file_replaces_a_waiting_one(self) -> None:
        world = await translated()
        world.service.busy = {the_job(world).work_id(TARGET)}
        for content in (b"WEBVTT one", b"WEBVTT two", b"WEBVTT three"):
            await drop(world, content)
        world.service.busy = set()
        await world.settle()
        assert steps(world)[2:] == ["iteration.2", "iteration.3"]
        assert iterations(world)[-1]["edit"]["etag"] == world.edits.blobs[EDIT].facts.etag

    async def test_an_older_upload_that_is_late_does_not_count_after_a_newer_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = await translated()
        while_checked(monkeypatch, lambda: world.edit(b"WEBVTT two"))
        await drop(world, b"WEBVTT one")
        assert edit_receipt(EDIT) not in world.outbox.blobs
        await world.process().edits.accept(EDIT)
        await world.settle()
        assert steps(world)[2:] == ["iteration.2"]
        assert iterations(world)[-1]["edit"]["etag"] == world.edits.blobs[EDIT].facts.etag

    async def test_another_file_of_the_same_language_has_an_iteration_of_its_own(self) -> None:
        world = await translated()
        names = [EDIT, EDIT.replace(".vtt", ".srt")]
        for name in names:
            await drop(world, name=name)
        await world.settle()
        assert [line["edit"]["name"] for line in iterations(world)[1:]] == names

    async def test_the_receipt_of_the_drop_names_what_waits_beside_the_language_that_it_waits_for(self) -> None:
        world = World("findable")
        world.name = TWO
        world.service.busy = {f"{world.drop()}.fr-FR.a1"}
        await world.process().accept(TWO)
        await drop(world, name=SOURCE)
        assert world.receipt()["edits"] == [SOURCE]
        world.now += WHILE
        await world.process().tick()
        world.now += WHILE
        await world.process().tick()
        assert [line["status"] for line in world.receipt()["translations"]] == ["succeeded", "running"]
        assert world.receipt()["edits"] == [SOURCE]
        world.service.busy = set()
        await world.settle()
        assert "edits" not in world.receipt()

    async def test_one_that_comes_while_the_first_iteration_is_made_waits_too(self) -> None:
        world = World("findable")
        key = world.drop()
        world.service.busy = {f"{key}.{TARGET}.a1"}
        await world.process().accept(NAME)
        assert (await drop(world))["status"] == "accepted"
        world.service.busy = set()
        await world.settle()
        assert steps(world) == ["translation.0", "iteration.1", "iteration.2"]

    async def test_canceling_drops_what_waits_and_says_so(self) -> None:
        world = await translated()
        job = the_job(world)
        world.service.busy = {job.work_id(TARGET)}
        await drop(world, b"WEBVTT one")
        await drop(world, b"WEBVTT two")
        await world.process().steer.cancel(job.key)
        reason = world.receipt(edit_receipt(EDIT))["problem"]["reason"]
        assert reason == "a person canceled the job before anything was made of it"
        await world.settle()
        assert steps(world)[2:] == ["iteration.2"]

    async def test_where_another_language_is_at_work_canceling_says_that_the_correction_may_be_dropped_again(
        self,
    ) -> None:
        world = await translated(name=TWO)
        world.service.busy = {the_job(world).work_id("es-ES")}
        await drop(world, name=f"{STEM_OF_TWO}.es-ES.vtt")
        waiting = f"{STEM_OF_TWO}.fr-FR.vtt"
        await drop(world, name=waiting)
        await world.process().steer.cancel(the_job(world).key)
        problem = world.receipt(edit_receipt(waiting))["problem"]
        assert problem["reason"] == "a person canceled the job before anything was made of it"
        assert problem["advice"] == f"Drop {waiting} into `edits` again."

    async def test_canceling_stops_a_correction_at_work_and_the_earlier_results_stay(self) -> None:
        world = await translated()
        before = world.outbox.blobs[RESULT]
        job = the_job(world)
        world.service.busy = {job.work_id(TARGET)}
        await drop(world)
        await world.process().steer.cancel(job.key)
        world.service.busy = set()
        world.now += WHILE
        await world.process().tick()  # looks for corrections that were missed, too
        await world.settle()
        assert [line["status"] for line in iterations(world)] == ["succeeded", "canceled"]
        assert world.outbox.blobs[RESULT] == before
        assert steps(world)[2:] == ["iteration.2"]

    async def test_canceling_is_the_last_word_also_where_the_app_died_before_it_noted_the_correction(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = await translated()
        job = the_job(world)
        world.service.busy = {job.work_id(TARGET)}
        await drop(world, b"WEBVTT one")

        async def die(_ledger: Ledger, name: str, _etag: str) -> None:
            raise StorageTrouble(f"{name} is not written")

        with monkeypatch.context() as patch, pytest.raises(StorageTrouble):
            patch.setattr(Ledger, "answer_edit", die)
            await drop(world, b"WEBVTT two")
        await world.process().steer.cancel(job.key)
        world.service.busy = set()
        world.now += WHILE
        await world.process().tick()
        await world.settle()
        assert world.receipt(edit_receipt(EDIT))["status"] == "refused"
        assert steps(world)[2:] == ["iteration.2"]

    async def test_what_was_withdrawn_does_not_count_again_when_its_event_comes_once_more(self) -> None:
        world = await translated()
        job = the_job(world)
        world.service.busy = {job.work_id(TARGET)}
        await drop(world, b"WEBVTT one")
        await drop(world, b"WEBVTT two")
        del world.jobs.blobs[f"{EDITS}{EDIT}"]  # the app died before it noted that

        async def come_again(operation: Operation) -> None:
            if operation.kind == "write" and operation.name.startswith(DONE):
                world.account.before = let_pass
                await world.process().edits.accept(EDIT)

        world.account.before = come_again
        await world.process().steer.cancel(job.key)
        world.service.busy = set()
        await world.settle()
        assert world.receipt(edit_receipt(EDIT))["status"] == "refused"
        assert steps(world)[2:] == ["iteration.2"]

    async def test_the_same_content_uploaded_again_while_it_waits_takes_its_place(self) -> None:
        world = await translated()
        job = the_job(world)
        world.service.busy = {job.work_id(TARGET)}
        await drop(world, b"WEBVTT one")
        for _ in range(2):
            receipt = await drop(world, b"WEBVTT two")
            assert receipt["wait_for"] == {TARGET: receipt["source"]["etag"]}
        await world.process().steer.cancel(job.key)
        assert world.receipt(edit_receipt(EDIT))["status"] == "refused"

    async def test_where_another_service_takes_over_the_receipt_says_so(self) -> None:
        world = World("findable blind")
        world.service.busy = {f"{world.drop()}.{TARGET}.a1"}
        await world.process().accept(NAME)
        assert (await drop(world))["status"] == "accepted"
        world.service.failing, world.service.busy = world.service.busy, set()
        await world.settle()
        assert the_job(world).translation(TARGET).state is State.SUCCEEDED
        problem = world.receipt(edit_receipt(EDIT))["problem"]
        assert problem["reason"] == "es-ES was translated by blind, which takes no such corrections"
        assert "yours to correct" in problem["advice"]

    async def test_newer_content_supersedes_what_waits_and_the_receipt_says_so(self) -> None:
        world = await translated()
        world.service.busy = {the_job(world).work_id(TARGET)}
        await drop(world, b"WEBVTT one")
        await drop(world, b"WEBVTT two")
        world.drop(b"second")
        await world.process().accept(NAME)
        reason = world.receipt(edit_receipt(EDIT))["problem"]["reason"]
        assert reason == f"a newer version of {NAME} was dropped before anything was made of it"

    @pytest.mark.parametrize("is_held", [False, True], ids=["it is at work", "a limit holds it"])
    async def test_newer_content_supersedes_an_iteration_and_the_receipt_of_its_correction_says_so(
        self, *, is_held: bool
    ) -> None:
        world = await translated()
        world.service.busy = {the_job(world).work_id(TARGET)}
        world.edit()
        await world.process(NO_MORE if is_held else None).edits.accept(EDIT)
        assert the_job(world).iterations[-1].status == (State.QUEUED if is_held else State.RUNNING)
        world.drop(b"second")
        await world.process().accept(NAME)
        world.service.busy = set()
        await world.settle()
        assert "a newer version of" in world.receipt(edit_receipt(EDIT))["problem"]["reason"]

    @pytest.mark.parametrize("content", [b"1\n00:00", b"WEBVTT".ljust(LARGEST + 1)], ids=["malformed", "too long"])
    async def test_a_newer_upload_that_is_refused_takes_the_older_one_with_it_that_waits(self, content: bytes) -> None:
        world = await translated()
        world.service.busy = {the_job(world).work_id(TARGET)}
        await drop(world, b"WEBVTT one")
        await drop(world, b"WEBVTT two")
        assert world.receipt()["edits"] == [EDIT]
        assert (await drop(world, content))["status"] == "refused"
        assert "edits" not in world.receipt()
        world.service.busy = set()
        await world.settle()
        assert steps(world)[2:] == ["iteration.2"]

    async def test_a_newer_upload_that_is_refused_takes_the_older_one_with_it_that_a_limit_holds(self) -> None:
        world = await translated()
        process = world.process(NO_MORE)
        world.edit(b"WEBVTT one")
        await process.edits.accept(EDIT)
        assert world.receipt()["status"] == "held"
        assert (await drop(world, b"1\n00:00"))["status"] == "refused"
        assert (world.receipt()["status"], len(iterations(world))) == ("succeeded", 1)
        await world.process().steer.retry(the_job(world).key)
        await world.settle()
        assert steps(world) == ["translation.0", "iteration.1"]

    async def test_what_waits_behind_a_held_correction_is_made_when_that_one_is_refused(self) -> None:
        world = await translated()
        process = world.process(NO_MORE)
        other = EDIT.replace(".vtt", ".source.vtt")
        for name in (EDIT, other):
            world.edit(name=name)
            await process.edits.accept(name)
        await drop(world, b"1\n00:00")
        await world.settle()
        assert steps(world)[2:] == ["iteration.2"]
        assert iterations(world)[-1]["edit"]["name"] == other

    async def test_an_older_upload_that_is_refused_late_leaves_the_newer_one_waiting(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = await translated()
        world.service.busy = {the_job(world).work_id(TARGET)}
        await drop(world, b"WEBVTT one")
        while_checked(monkeypatch, lambda: world.edit(b"WEBVTT three"))
        await drop(world, b"1\n00:00")
        await world.process().edits.accept(EDIT)
        assert world.receipt(edit_receipt(EDIT))["status"] == "accepted"
        assert world.receipt()["edits"] == [EDIT]

    @pytest.mark.parametrize("how", ["canceled", "superseded"])
    async def test_a_language_that_has_succeeded_does_not_take_the_blame_for_a_job_that_is_stopped(
        self, how: str
    ) -> None:
        world = await one_of_two()
        assert (await drop(world, name=SPANISH))["status"] == "accepted"
        if how == "canceled":
            await world.process().steer.cancel(the_job(world).key)
        else:
            world.drop(b"second")
            await world.process().accept(TWO)
        why = {"canceled": "a person canceled the job", "superseded": f"a newer version of {TWO} was dropped"}
        reason = world.receipt(edit_receipt(SPANISH))["problem"]["reason"]
        assert reason == f"{why[how]} before anything was made of it"

    async def test_an_event_that_comes_twice_while_the_job_is_canceled_takes_nothing_back(self) -> None:
        world = await translated()
        job = the_job(world)
        world.service.busy = {job.work_id(TARGET)}
        await drop(world, b"WEBVTT one")
        await drop(world, b"WEBVTT two")
        del world.jobs.blobs[f"{EDITS}{EDIT}"]  # nobody has noted yet that it was accepted
        looks: list[Operation] = []

        async def cancel(operation: Operation) -> None:
            if (operation.kind, operation.container) == ("head", "edits"):
                looks.append(operation)
                if len(looks) == 2:  # the last one before the receipt is written
                    world.account.before = let_pass
                    await world.process().steer.cancel(job.key)

        world.account.before = cancel
        await world.process().edits.accept(EDIT)
        world.service.busy = set()
        await world.settle()
        assert len(looks) == 2
        assert world.receipt(edit_receipt(EDIT))["status"] == "refused"
        assert steps(world)[2:] == ["iteration.2"]

    async def test_the_receipt_of_the_drop_names_it_also_where_the_app_died_before_it_told(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = await one_of_two()

        async def die(_receipts: Receipts, job: Job, *_confirm: object) -> None:
            raise StorageTrouble(f"the receipt of {job.name} is not written")

        with monkeypatch.context() as patch, pytest.raises(StorageTrouble):
            patch.setattr(Receipts, "tell", die)
            await drop(world, name=SPANISH)
        await world.process().edits.accept(SPANISH)  # its event comes again
        assert world.receipt()["edits"] == [SPANISH]

    async def test_the_receipt_of_the_drop_keeps_what_a_tick_has_told_meanwhile(self) -> None:
        world = await one_of_two(ended=0)

        async def tick(operation: Operation) -> None:
            if (operation.kind, operation.name) == ("write", f"{TWO}.translation.json"):
                world.account.before = let_pass
                world.now += WHILE
                await world.process().tick()

        world.account.before = tick
        await drop(world, name=SPANISH)
        assert [line["status"] for line in world.receipt()["translations"]] == ["succeeded", "running"]
        assert world.receipt()["edits"] == [SPANISH]


class TestMeanwhile:
    """What happens to the job while a correction of it is checked and copied."""

    async def test_newer_content_comes_and_nothing_is_paid_for_the_older(self) -> None:
        world = await translated()

        async def newer() -> None:
            world.drop(b"second")
            await world.process().accept(NAME)

        world.account.before = once_copied(world, newer)
        receipt = await drop(world)
        assert receipt["problem"]["reason"] == f"a newer version of {NAME} was dropped before anything was made of it"
        await world.settle()
        assert "iteration.2" not in steps(world)

    async def test_one_of_its_languages_fails_and_its_receipt_says_so(self) -> None:
        world = await one_of_two()

        async def fail() -> None:
            world.service.failing, world.service.busy = world.service.busy, set()
            await world.settle()
            assert the_job(world).translation("fr-FR").state is State.FAILED

        world.account.before = once_copied(world, fail)
        receipt = await drop(world, name=SOURCE)
        assert (receipt["targets"], list(receipt["refused"])) == (["es-ES"], ["fr-FR"])
        assert receipt["refused"]["fr-FR"]["reason"] == "fr-FR has ended as failed"

    async def test_the_copy_of_the_service_is_deleted(self) -> None:
        world = World("findable")
        world.forgets = True
        world.service.busy = {f"{world.drop()}.{TARGET}.a1"}
        await world.process().accept(NAME)

        async def end() -> None:
            world.service.busy = set()
            await world.settle()
            assert the_job(world).translation(TARGET).forgotten

        world.account.before = once_copied(world, end)
        assert "was deleted after the delivery" in (await drop(world))["problem"]["reason"]


class TestLimits:
    async def test_an_iteration_counts_as_a_start_of_the_day_and_waits_for_the_next(self) -> None:
        world = await translated()
        one_more = Limits(daily_starts={"findable": 1})  # what was started without a limit was not counted
        process = world.process(one_more)
        for content in (b"WEBVTT one", b"WEBVTT two"):
            world.edit(content)
            await process.edits.accept(EDIT)
            world.now += WHILE
            await process.tick()
            await process.tick()
        assert steps(world)[2:] == ["iteration.2"]
        assert world.receipt()["translations"][0]["problem"]["code"] == "held-daily"
        newest = world.edit(b"WEBVTT three")  # takes the place of what is held
        await process.edits.accept(EDIT)
        world.now += timedelta(days=1)
        await process.tick()
        await world.settle()
        assert steps(world)[2:] == ["iteration.2", "iteration.3"]
        assert iterations(world)[-1]["edit"]["etag"] == newest


class TestLanguages:
    async def test_the_source_text_without_a_language_goes_to_every_one(self) -> None:
        world = await translated(name=TWO)
        assert (await drop(world, name=SOURCE))["targets"] == ["es-ES", "fr-FR"]
        await world.settle()
        assert sorted(steps(world)[4:]) == ["iteration.2", "iteration.2"]
        assert [iterations(world, target)[-1]["edit"]["kind"] for target in ("es-ES", "fr-FR")] == ["source"] * 2

    async def test_a_language_without_an_edit_is_left_as_it_is(self) -> None:
        world = await translated(name=TWO)
        await drop(world, name="en-US_to_es-ES_fr-FR/talk.fr-FR.vtt")
        await world.settle()
        assert [work.split(".")[1] for work, _ in world.service.paid[4:]] == ["fr-FR"]
        assert len(iterations(world, "es-ES")) == 1


class TestDeletedAfterDelivery:
    async def test_what_was_deleted_cannot_be_corrected_whatever_the_setting_says_now(self) -> None:
        world = await translated(forgets=True)
        world.forgets = False
        assert "was deleted after the delivery" in (await drop(world))["problem"]["reason"]

    async def test_one_that_comes_while_the_copy_is_deleted_is_refused_and_the_translation_stays(self) -> None:
        world = World("findable")
        world.forgets = True
        world.drop()
        await world.process().accept(NAME)

        async def correct(operation: Operation) -> None:
            if operation.kind == "forget":
                world.account.before = let_pass
                await drop(world)

        world.account.before = correct
        await world.settle()
        assert "was deleted after the delivery" in world.receipt(edit_receipt(EDIT))["problem"]["reason"]
        assert (world.receipt()["status"], steps(world)) == ("succeeded", ["translation.0", "iteration.1"])

    async def test_what_was_delivered_before_the_setting_can_be_corrected(self) -> None:
        world = await translated()
        world.forgets = True
        await drop(world)
        await world.settle()
        assert steps(world)[2:] == ["iteration.2"]

    async def test_what_the_service_did_not_delete_can_be_corrected(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def fails(_self: Findable, _work: Work) -> None:
            raise Unreachable("it is away")

        monkeypatch.setattr(Findable, "forget", fails)
        world = await translated(forgets=True)
        assert (await drop(world))["status"] == "accepted"

    async def test_what_waits_is_made_before_it_is_deleted(self) -> None:
        world = World("findable")
        world.forgets = True
        world.service.busy = {f"{world.drop()}.{TARGET}.a1"}
        await world.process().accept(NAME)
        await drop(world)
        world.service.busy = set()
        await world.settle()
        assert steps(world)[2:] == ["iteration.2"]
        assert the_job(world).translation(TARGET).forgotten

    async def test_a_retry_begins_from_nothing(self) -> None:
        world = await translated()
        world.forgets = True
        world.service.failing = {the_job(world).work_id(TARGET)}
        await drop(world)
        await world.settle()
        world.service.failing = set()
        await world.process().steer.retry(the_job(world).key)
        await world.settle()
        assert steps(world)[3:] == ["translation.0", "iteration.1"]


class TestAReceiptSaysWhyNot:
    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("talks/nothing.es-ES.vtt", "nothing was translated whose subtitles are called"),
            ("en-US_to_es-ES/talk.es-ES.mp4", "is not called as subtitles of a dubbed file are"),
            ("talk.vtt", "is not called as subtitles of a dubbed file are"),
            ("en-US_to_es-ES/talk.metadata.vtt", "is not called as subtitles of a dubbed file are"),
            ("en-US_to_es-ES/talk.fr-FR.vtt", f"{NAME} is not translated into fr-FR"),
            ("en-US_to_es-ES/talk.es-ES.metadata.vtt", "takes no such corrections"),
        ],
    )
    async def test_it_is_for_nothing_that_is_there(self, name: str, reason: str) -> None:
        world = await translated()
        receipt = await drop(world, name=name)
        assert receipt["status"] == "refused"
        assert reason in receipt["problem"]["reason"]

    async def test_another_provider_made_it(self) -> None:
        world = await translated("blind")
        assert "blind, which takes no such corrections" in (await drop(world))["problem"]["reason"]

    async def test_another_provider_was_asked_and_has_failed(self) -> None:
        world = World("blind")
        world.service.failing.add(f"{world.drop()}.{TARGET}.a1")
        await world.process().accept(NAME)
        await world.settle()
        assert (await drop(world))["problem"]["reason"] == "es-ES has ended as failed"

    async def test_another_provider_is_making_it(self) -> None:
        world = World("blind")
        world.service.busy = {f"{world.drop()}.{TARGET}.a1"}
        await world.process().accept(NAME)
        reason = (await drop(world))["problem"]["reason"]
        assert reason == "es-ES is being translated by blind, which takes no such corrections"

    async def test_the_provider_that_made_it_is_there_no_more(self) -> None:
        world = await translated()
        del world.services["findable"]
        reason = (await drop(world))["problem"]["reason"]
        assert reason == "es-ES was translated by findable, which this app no longer has"

    async def test_it_is_too_long(self) -> None:
        world = await translated()
        problem = (await drop(world, b"WEBVTT".ljust(LARGEST + 1)))["problem"]
        assert f"has {LARGEST + 1} bytes" in problem["reason"]
        assert problem["advice"].startswith("A correction has 10 MB at the most.")

    async def test_it_is_malformed(self) -> None:
        world = await translated()
        receipt = await drop(world, b"1\n00:00")
        assert receipt["problem"]["reason"] == f"{EDIT}: line 1: it is no WebVTT"
        assert len(steps(world)) == 2
        assert world.receipt()["status"] == "succeeded"

    async def test_once_it_is_mended_the_receipt_says_accepted(self) -> None:
        world = await translated()
        await drop(world, b"1\n00:00")
        assert (await drop(world))["status"] == "accepted"

    async def test_the_service_no_longer_keeps_the_translation(self) -> None:
        world = await translated()
        stored = world.jobs.blobs[f"{DONE}{the_job(world).key}"]
        expired = (
            the_job(world)
            .translation(TARGET)
            .model_copy(update={"details": {"expiresDateTime": "2026-11-01T00:00:00Z"}})
        )
        world.jobs.put(
            stored.facts.name, the_job(world).put(expired).model_dump_json().encode(), over=stored.facts.etag
        )
        assert "has removed it since" in (await drop(world))["problem"]["reason"]

    async def test_results_that_had_to_have_another_name_are_found_by_that(self) -> None:
        world = await translated()
        other = f"en-US_to_es-ES/talk.{the_job(world).key[:8]}.es-ES.vtt"
        assert (await drop(world, name=other))["status"] == "accepted"
        assert (await drop(world, name=other.replace(the_job(world).key[:8], "x")))["status"] == "refused"

    async def test_the_record_of_the_job_is_no_longer_kept(self) -> None:
        world = await translated()
        del world.jobs.blobs[f"{DONE}{the_job(world).key}"]
        assert "its record is no longer kept" in (await drop(world))["problem"]["reason"]
        assert [name for name in world.jobs.blobs if name.startswith(ENDED)]

    @pytest.mark.parametrize(
        ("published", "corrected"),
        [
            (EDIT, EDIT),
            (EDIT, EDIT.replace(".vtt", ".srt")),
            (EDIT.replace(".vtt", ".source.vtt"), EDIT.replace(f".{TARGET}.vtt", ".source.vtt")),
        ],
    )
    async def test_newer_content_has_come_since(self, published: str, corrected: str) -> None:
        world = await translated()
        older = world.outbox.blobs[RESULT]
        world.outbox.put(published, b"WEBVTT", metadata=older.facts.metadata)
        world.service.busy = {f"{world.drop(b'second')}.{TARGET}.a1"}
        await world.process().accept(NAME)
        assert "corrects the older one" in (await drop(world, name=corrected))["problem"]["reason"]

    async def test_newer_content_has_come_and_one_language_of_it_is_there(self) -> None:
        world = await translated(name=TWO)
        older = world.outbox.blobs[f"{STEM_OF_TWO}.fr-FR.mp4"].facts.metadata
        world.outbox.put(f"{STEM_OF_TWO}.fr-FR.source.vtt", b"WEBVTT", metadata=older)
        world.service.busy = {f"{world.drop(b'second')}.fr-FR.a1"}
        await world.process().accept(TWO)
        for _ in range(2):
            await world.process().tick()
        newer = world.outbox.blobs[f"{STEM_OF_TWO}.es-ES.mp4"].facts.metadata
        assert newer != older
        world.outbox.put(f"{STEM_OF_TWO}.es-ES.source.vtt", b"WEBVTT", metadata=newer)
        receipt = await drop(world, name=SOURCE)
        assert (receipt["status"], receipt["targets"]) == ("accepted", ["es-ES"])
        assert "corrects the older one" in receipt["refused"]["fr-FR"]["reason"]

    async def test_the_first_translation_has_failed(self) -> None:
        world = World("findable")
        world.service.failing.add(f"{world.drop()}.{TARGET}.a1")
        await world.process().accept(NAME)
        await world.settle()
        reason = (await drop(world))["problem"]["reason"]
        assert reason == "es-ES has ended as failed"

    async def test_the_file_waits_for_its_brief(self) -> None:
        world = World("findable")
        world.name = "talk.mp4"
        world.drop()
        await world.process().accept(world.name)
        for name in ("talk.source.vtt", "talk.es-ES.vtt"):
            assert (await drop(world, name=name))["problem"]["reason"] == "talk.mp4 has no translations"

    async def test_a_name_that_leaves_its_container_has_its_receipt_apart(self) -> None:
        world = await translated()
        await world.process().edits.accept("../talk.es-ES.vtt")
        assert [name for name in world.outbox.blobs if name.startswith("_refused/")]


class TestAnIterationThatFails:
    async def failed(self) -> World:
        world = await translated()
        world.service.failing.add(the_job(world).work_id(TARGET))
        await drop(world)
        await world.settle()
        return world

    async def test_the_receipt_says_so_and_the_earlier_results_stay(self) -> None:
        world = await self.failed()
        receipt = world.receipt(f"{NAME}.{TARGET}.translation.json")
        assert (receipt["status"], [line["status"] for line in receipt["iterations"]]) == (
            "failed",
            ["succeeded", "failed"],
        )
        assert receipt["outputs"][0]["name"] in world.outbox.blobs

    async def test_a_retry_makes_it_again_under_the_same_id(self) -> None:
        world = await self.failed()
        world.service.failing.clear()
        await world.process().steer.retry(the_job(world).key)
        await world.settle()
        assert steps(world)[2:] == ["iteration.2", "iteration.3"]
        assert len({work for work, _ in world.service.paid}) == 1
        assert world.receipt()["status"] == "succeeded"

    async def test_dropping_it_again_makes_it_again(self) -> None:
        world = await self.failed()
        world.service.failing.clear()
        await drop(world)
        await world.settle()
        assert world.receipt()["status"] == "succeeded"

    async def test_force_begins_from_nothing_under_another_id(self) -> None:
        world = await self.failed()
        world.service.failing.clear()
        await world.process().steer.retry(the_job(world).key, force=True)
        await world.settle()
        assert steps(world)[3:] == ["translation.0", "iteration.1"]
        assert len({work for work, _ in world.service.paid}) == 2

    async def test_after_force_the_same_correction_counts_when_it_is_dropped_again(self) -> None:
        world = await self.failed()
        world.service.failing.clear()
        await world.process().steer.retry(the_job(world).key, force=True)
        await world.settle()
        await drop(world)
        await world.settle()
        assert steps(world)[3:] == ["translation.0", "iteration.1", "iteration.2"]
        await drop(world)
        await world.process().steer.retry(the_job(world).key, force=True)
        await world.settle()
        await drop(world)
        await world.settle()
        assert steps(world)[6:] == ["translation.0", "iteration.1", "iteration.2"]

    async def test_it_goes_to_no_other_provider_and_a_retry_begins_anew_where_the_service_has_lost_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = await translated()

        async def gone(_self: Findable, _task: Task) -> Any:
            raise NotFound("it is not there")

        with monkeypatch.context() as patch:
            patch.setattr(Findable, "start", gone)
            await drop(world)
            await world.settle()
        assert world.receipt(f"{NAME}.{TARGET}.translation.json")["problem"]["code"] == NotFound.code
        await world.process().steer.retry(the_job(world).key)
        await world.settle()
        assert steps(world)[2:] == ["translation.0", "iteration.1"]
        assert world.receipt()["status"] == "succeeded"


class TestErasing:
    async def erased(self, *gone: str) -> tuple[World, dict[str, Any]]:
        world = await translated()
        await drop(world)
        await world.settle()
        del world.inbox.blobs[NAME]
        for name in gone:
            del world.edits.blobs[name]
        answer = await world.process().erase(the_job(world).key)
        assert answer is not None
        return world, answer

    async def test_nothing_is_left_of_corrections_that_are_gone(self) -> None:
        world, answer = await self.erased(EDIT)
        assert f"outbox/{edit_receipt(EDIT)}" in answer["erased"]
        assert not world.outbox.blobs
        assert not world.staging.blobs
        assert [name for name in world.jobs.blobs if "talk" in name] == []

    async def test_nothing_is_left_of_corrections_that_counted_for_nothing(self) -> None:
        world = await translated()
        for name in (EDIT.replace(f".{TARGET}.", ".fr-FR."), EDIT.replace(".vtt", ".mp4"), EDIT):
            await drop(world, b"1\n00:00", name)
            del world.edits.blobs[name]
        del world.inbox.blobs[NAME]
        assert await world.process().erase(the_job(world).key) is not None
        assert not world.outbox.blobs
        assert [name for name in world.jobs.blobs if "talk" in name] == []

    async def test_what_was_corrected_of_a_file_with_a_longer_name_stays(self) -> None:
        world = await translated()
        world.drop(name=NAME.replace("talk", "talk.two"))
        await world.process().accept(NAME.replace("talk", "talk.two"))
        other = EDIT.replace("talk", "talk.two")
        assert (await drop(world, name=other))["status"] == "accepted"
        await world.settle()
        del world.inbox.blobs[NAME], world.edits.blobs[other]
        [key] = [key for key, job in world.done.items() if job.name == NAME]
        assert await world.process().erase(key) is not None
        assert edit_receipt(other) in world.outbox.blobs
        assert f"{EDITS}{other}" in world.jobs.blobs

    @pytest.mark.parametrize("again", [True, False], ids=["corrected again", "left alone"])
    async def test_the_receipt_of_a_correction_goes_with_the_content_that_it_corrected(self, again: bool) -> None:
        world = await translated()
        key = the_job(world).key
        await drop(world)
        await world.settle()
        world.drop(b"second")
        await world.process().accept(NAME)
        await world.settle()
        if again:
            await drop(world, b"WEBVTT of the second film")
            await world.settle()
        await world.process().erase(key)
        assert (edit_receipt(EDIT) in world.outbox.blobs) is again

    async def test_a_correction_that_lies_there_is_named_and_does_not_count_again(self) -> None:
        world, answer = await self.erased()
        assert f"edits/{EDIT}, where the app may only read" in answer["kept"]
        await world.process().tick()
        assert not world.outbox.blobs


class TestPoison:
    async def test_what_could_not_be_accepted_five_times_is_told(self) -> None:
        world = await translated()
        etag = world.edit()
        await world.process().edits.report_poison(EDIT)
        receipt = world.receipt(edit_receipt(EDIT))
        assert (receipt["status"], receipt["source"]) == ("failed", {"name": EDIT, "etag": etag})

    async def test_what_was_accepted_all_the_same_stays_accepted(self) -> None:
        world = await translated()
        await drop(world)
        await world.process().edits.report_poison(EDIT)
        assert world.receipt(edit_receipt(EDIT))["status"] == "accepted"

    @pytest.mark.parametrize("name", ["../talk.es-ES.vtt", EDIT], ids=["a name that is refused", "what is gone"])
    async def test_nothing_is_told_of(self, name: str) -> None:
        world = World("findable")
        await world.process().edits.report_poison(name)
        assert not world.outbox.blobs


class TestALostEvent:
    async def test_the_timer_finds_the_edit(self) -> None:
        world = await translated()
        world.edit()
        await world.settle()
        await world.process().tick()
        await world.settle()
        assert steps(world)[2:] == ["iteration.2"]

    async def test_what_was_answered_is_not_looked_at_again(self) -> None:
        world = await translated()
        await drop(world, name="talks/nothing.es-ES.vtt")
        done: list[Operation] = []

        async def note(operation: Operation) -> None:
            done.append(operation)

        world.account.before = note
        await world.process().tick()
        assert [(operation.kind, operation.name) for operation in done if operation.container == "edits"] == [
            ("list", "")
        ]

    async def test_what_is_older_than_the_app_is_left_alone(self) -> None:
        world = World("findable")
        world.edit()
        world.now += WHILE
        await world.process().tick()
        assert world.receipt(edit_receipt(EDIT)) == {}

    async def test_an_edit_that_came_while_its_job_was_being_closed_is_not_lost(self) -> None:
        world = await translated()
        job = the_job(world)
        world.service.busy = {job.work_id(TARGET)}
        await drop(world, b"WEBVTT one")
        leftover = world.jobs.blobs[f"{OPEN}{job.key}"]
        world.service.busy = set()
        await world.settle()  # the attempt has ended, and its process dies before the open record is deleted
        world.jobs.put(leftover.facts.name, leftover.data, metadata=leftover.facts.metadata)
        await drop(world, b"WEBVTT two")
        await world.settle()
        assert steps(world)[2:] == ["iteration.2", "iteration.3"]
        assert the_job(world).translation(TARGET).state is State.SUCCEEDED
