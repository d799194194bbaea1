"""A file is dropped: what becomes of it at once, and what of a second drop under the same name."""

import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from shared.errors import ResultUnavailable, StorageTrouble
from shared.jobs.ledger import DONE, OPEN
from shared.jobs.step import Step
from shared.providers.azure_video import AzureVideo
from tests.memory_container import Operation
from tests.receipts import read_receipt
from tests.unit.model.world import WHILE, World
from tests.unit.providers.wire import Wire

TALK = "en-US_to_es-ES/talk.mp4"
FOLDER = "en-US_to_es-ES"
FORCED = {"force": "true"}


class Person:
    """Somebody who drops files, and reads the receipts; every file's event arrives."""

    def __init__(self) -> None:
        self.world = World("findable")
        self.process = self.world.process()

    async def drop(self, name: str, content: bytes = b"film", metadata: Mapping[str, str] | None = None) -> None:
        """Drop a file, with its metadata."""
        self.world.inbox.put(name, content, md5=f"md5-of-{content.decode()}", metadata=metadata)
        await self.process.accept(name)

    async def drop_brief(self, name: str, brief: Mapping[str, Any]) -> None:
        """Drop a brief."""
        await self.drop(name, json.dumps(brief).encode())

    def receipt(self, name: str) -> dict[str, Any]:
        """The receipt of a drop, or of a translation where the name has its target."""
        return read_receipt(self.world.outbox.blobs[f"{name}.translation.json"].data)

    @property
    def results(self) -> set[str]:
        """What lies in the outbox beside receipts."""
        return {name for name in self.world.outbox.blobs if not name.endswith(".translation.json")}

    @property
    def starts(self) -> list[str]:
        """The translations that were paid for, in order: target and attempt."""
        return [work.partition(".")[2] for work, step in self.world.service.paid if step == str(Step())]


async def refuse_copies(operation: Operation) -> None:
    """What a service has made cannot be had."""
    if operation.kind == "copy":
        raise ResultUnavailable("storage cannot copy the result")


async def let_pass(_operation: Operation) -> None:
    """All is well again."""


@pytest.fixture
def person() -> Person:
    return Person()


async def test_a_drop_is_started_at_once_and_ends_as_results_with_receipts(person: Person) -> None:
    await person.drop(TALK)
    assert person.starts == ["es-ES.a1"]
    assert person.receipt(TALK)["status"] == "running"
    await person.world.settle()
    assert person.results == {f"{FOLDER}/talk.es-ES.mp4"}
    assert [person.receipt(name)["status"] for name in (TALK, f"{TALK}.es-ES")] == ["succeeded", "succeeded"]


async def test_what_was_paid_for_is_in_the_log_even_if_it_cannot_be_written(
    person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(operation: Operation) -> None:
        if operation.kind == "write" and person.starts:
            raise StorageTrouble("storage failed while writing")

    person.world.account.before = fail
    with caplog.at_level(logging.INFO, "shared"), pytest.raises(StorageTrouble):
        await person.drop(TALK)
    assert [message for message in caplog.messages if person.world.service.paid[0][0] in message] != []


async def test_an_event_that_comes_again_starts_nothing_again(person: Person) -> None:
    await person.drop(TALK)
    for _ in range(3):
        await person.process.accept(TALK)
    await person.world.settle()
    await person.world.process().accept(TALK)
    assert person.starts == ["es-ES.a1"]


async def test_an_event_about_a_file_that_is_gone_is_nothing(person: Person) -> None:
    await person.process.accept(TALK)
    assert (person.world.jobs.blobs, person.world.outbox.blobs) == ({}, {})


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("to_es/program.exe", b"x", "source-refused"),
        ("to_es/no extension", b"x", "source-refused"),
        ("to_es/empty.mp4", b"", "source-refused"),
        ("to_es/talk.mp4.crdownload", b"x", "left-over"),
        ("to_es/~$report.docx", b"x", "left-over"),
        (".DS_Store", b"x", "left-over"),
        ("to_es/talk.mp4.es-ES.translation.json", b"{}", "source-refused"),
    ],
)
async def test_what_nobody_can_translate_is_refused(person: Person, name: str, content: bytes, code: str) -> None:
    await person.drop(name, content)
    receipt = person.receipt(name)
    assert (receipt["status"], receipt["problems"][0]["code"]) == ("refused", code)
    assert person.starts == []


async def test_a_name_that_leaves_its_place_is_refused_apart(person: Person) -> None:
    await person.process.accept("talks/../../jobs/open/talk.mp4")
    [name] = person.world.outbox.blobs
    assert name.startswith("_refused/")
    assert person.world.jobs.blobs == {}


@pytest.mark.parametrize(
    ("brief", "words"),
    [
        (None, "has no target language"),
        ({"targets": []}, "has no target language"),
        ({"targets": ["es-ES", "??"]}, "talks/translate.json: targets[1]: '??' is not a BCP 47"),
        (
            {"targets": ["da", "da-DK"], "route": {"video": ["azure-video"]}},
            "da and da-DK are both da-DK to azure-video",
        ),
        ({"targets": ["es-ES"], "vozo": {"user_prompt": "warm, " * 11000}}, "no more than 65536 are read"),
    ],
)
async def test_a_file_without_a_good_brief_waits_and_starts_once_it_is_mended(
    person: Person, brief: Mapping[str, Any] | None, words: str
) -> None:
    person.world.services["azure-video"] = AzureVideo(Wire().service())  # type: ignore[assignment]  # its languages are real
    if brief is not None:
        await person.drop_brief("talks/translate.json", brief)
    await person.drop("talks/talk.mp4")
    receipt = person.receipt("talks/talk.mp4")
    assert receipt["status"] == "waiting"
    assert words in receipt["problems"][0]["reason"]
    assert person.starts == []
    await person.drop_brief("talks/translate.json", {"targets": ["fr-FR"]})
    assert person.starts == ["fr-FR.a1"]
    assert person.receipt("talks/talk.mp4")["problems"] == []


@pytest.mark.parametrize(
    ("brief", "started"),
    [
        ("translate.json", ["a/deep/talk.mp4", "a/talk.mp4", "b/talk.mp4"]),
        ("a/translate.json", ["a/deep/talk.mp4", "a/talk.mp4"]),
        ("a/talk.mp4.translate.json", ["a/talk.mp4"]),
        ("c/translate.json", []),
    ],
)
async def test_a_brief_starts_what_waits_below_its_folder(person: Person, brief: str, started: list[str]) -> None:
    names = ["a/deep/talk.mp4", "a/talk.mp4", "b/talk.mp4"]
    for name in names:
        await person.drop(name)
    await person.drop_brief(brief, {"targets": ["fr-FR"]})
    assert [name for name in names if person.receipt(name)["status"] == "running"] == started


async def test_a_brief_that_no_event_tells_of_is_found_by_the_timer(person: Person) -> None:
    await person.drop("talks/talk.mp4")
    person.world.inbox.put("talks/translate.json", b'{"targets": ["fr-FR"]}')
    await person.process.tick()
    assert person.starts == ["fr-FR.a1"]


async def test_a_file_that_is_deleted_while_it_waits_is_let_go(person: Person) -> None:
    await person.drop("talks/talk.mp4")
    del person.world.inbox.blobs["talks/talk.mp4"]
    await person.process.tick()
    receipt = person.receipt("talks/talk.mp4")
    assert (receipt["status"], receipt["problems"][0]["code"]) == ("refused", "source-gone")


async def test_a_brief_is_frozen_when_the_file_is_accepted(person: Person) -> None:
    await person.drop(TALK)
    await person.drop_brief(f"{TALK}.translate.json", {"targets": ["fr-FR"]})
    await person.world.settle()
    assert person.starts == ["es-ES.a1"]


class TestTheSameContentAgain:
    async def test_is_not_paid_for_again_once_it_has_succeeded(self, person: Person) -> None:
        await person.drop(TALK)
        await person.world.settle()
        await person.drop(TALK)
        await person.world.settle()
        assert person.starts == ["es-ES.a1"]
        assert person.receipt(TALK)["status"] == "succeeded"

    async def test_is_not_started_twice_while_it_is_at_work(self, person: Person) -> None:
        await person.drop(TALK)
        await person.drop(TALK)
        await person.world.settle()
        assert person.starts == ["es-ES.a1"]

    async def test_is_tried_again_where_it_failed(self, person: Person) -> None:
        await person.drop(TALK)
        person.world.service.failing.add(person.world.service.paid[0][0])
        await person.world.settle()
        assert person.receipt(TALK)["status"] == "failed"
        await person.drop(TALK)
        await person.world.settle()
        assert person.starts == ["es-ES.a1", "es-ES.a2"]
        assert (person.receipt(TALK)["status"], person.receipt(TALK)["attempt"]) == ("succeeded", 2)

    async def test_is_delivered_without_another_start_where_only_the_delivery_failed(self, person: Person) -> None:
        await person.drop(TALK)
        person.world.account.before = refuse_copies
        await person.world.settle()
        assert person.receipt(f"{TALK}.es-ES")["problem"]["code"] == "result-unavailable"
        person.world.account.before = let_pass
        await person.drop(TALK)
        await person.world.settle()
        assert person.starts == ["es-ES.a1"]
        assert person.receipt(f"{TALK}.es-ES")["status"] == "succeeded"

    async def test_is_started_anew_where_what_was_finished_is_gone_at_the_service(self, person: Person) -> None:
        await person.drop(TALK)
        person.world.account.before = refuse_copies
        await person.world.settle()
        person.world.account.before = let_pass
        person.world.service.failing.add(person.world.service.paid[0][0])
        for _ in range(2):
            await person.drop(TALK)
            await person.world.settle()
        assert person.starts == ["es-ES.a1", "es-ES.a3"]

    async def test_is_translated_into_the_targets_that_are_new(self, person: Person) -> None:
        await person.drop(TALK)
        await person.world.settle()
        await person.drop(TALK, metadata={"targets": "es-ES fr-FR"})
        await person.world.settle()
        assert person.starts == ["es-ES.a1", "fr-FR.a2"]
        assert [line["status"] for line in person.receipt(TALK)["translations"]] == ["succeeded", "succeeded"]

    async def test_is_started_whatever_happened_where_it_is_forced(self, person: Person) -> None:
        await person.drop(TALK)
        await person.world.settle()
        await person.drop(TALK, metadata=FORCED)
        await person.world.settle()
        assert person.starts == ["es-ES.a1", "es-ES.a2"]
        assert person.results == {f"{FOLDER}/talk.es-ES.mp4"}

    async def test_is_refused_again_where_it_was_refused(self, person: Person) -> None:
        for _ in range(2):
            await person.drop("to_es/empty.mp4", b"")
        assert person.receipt("to_es/empty.mp4")["status"] == "refused"


class TestNewerContent:
    async def test_takes_the_place_of_what_is_at_work(self, person: Person) -> None:
        await person.drop(TALK, b"old film")
        old = person.world.service.paid[0][0]
        person.world.service.busy.add(old)
        await person.drop(TALK, b"new film")
        person.world.service.busy.clear()
        await person.world.settle()
        assert sorted(str(job.state) for job in person.world.done.values()) == ["succeeded", "superseded"]
        [result] = person.results
        assert old.encode() not in person.world.outbox.blobs[result].data
        assert person.receipt(TALK)["status"] == "succeeded"

    async def test_takes_the_place_of_what_waits(self, person: Person) -> None:
        await person.drop("talks/talk.mp4", b"old film")
        await person.drop("talks/talk.mp4", b"new film", {"targets": "es-ES"})
        await person.world.settle()
        assert len(person.starts) == 1
        assert person.receipt("talks/talk.mp4")["status"] == "succeeded"

    async def test_replaces_results_under_the_same_names(self, person: Person) -> None:
        await person.drop(TALK, b"old film")
        await person.world.settle()
        first = dict(person.world.outbox.blobs)
        await person.drop(TALK, b"new film")
        await person.world.settle()
        assert person.results == {f"{FOLDER}/talk.es-ES.mp4"}
        assert person.world.outbox.blobs[f"{FOLDER}/talk.es-ES.mp4"].data != first[f"{FOLDER}/talk.es-ES.mp4"].data

    async def test_that_is_an_earlier_version_again_is_published_again(self, person: Person) -> None:
        for content in (b"one film", b"other film", b"one film"):
            await person.drop(TALK, content)
            await person.world.settle()
        receipt = person.receipt(f"{TALK}.es-ES")
        assert receipt["source"]["version"] == person.world.inbox.blobs[TALK].facts.version


async def test_files_of_one_stem_keep_their_results_apart(person: Person) -> None:
    for name in ("to_fr/talk.mov", "to_fr/talk.mp4"):
        await person.drop(name, name.encode())
    await person.world.settle()
    assert person.results == {"to_fr/talk.fr.mp4", "to_fr/talk.mp4.fr.mp4"}
    assert person.receipt("to_fr/talk.mov.fr")["outputs"][0]["name"] == "to_fr/talk.fr.mp4"


async def test_a_file_that_no_event_tells_of_is_found_by_the_timer(person: Person) -> None:
    await person.process.tick()
    person.world.now += WHILE
    person.world.drop(name=TALK)
    await person.process.tick()
    assert person.starts == ["es-ES.a1"]


async def test_files_older_than_the_app_are_left_alone(person: Person) -> None:
    person.world.drop(name=TALK)
    person.world.now += WHILE
    for _ in range(3):
        await person.process.tick()
        person.world.now += WHILE
    assert person.starts == []


class TestContentWithoutAnMD5:
    """Most tools send none with large files. What changes is the ETag alone."""

    def touch(self, person: Person, content: bytes = b"film", metadata: Mapping[str, str] | None = None) -> None:
        """Somebody writes the file's properties or metadata; no event tells of it."""
        person.world.inbox.put(TALK, content, metadata=metadata)

    async def drop(self, person: Person, content: bytes = b"film") -> None:
        self.touch(person, content)
        await person.process.accept(TALK)

    async def test_is_carried_on_when_only_its_properties_change(self, person: Person) -> None:
        await self.drop(person)
        person.world.service.busy.add(person.world.service.paid[0][0])
        self.touch(person)
        person.world.now += WHILE
        await person.process.tick()
        person.world.service.busy.clear()
        await person.world.settle()
        assert (person.starts, person.receipt(TALK)["status"]) == (["es-ES.a1"], "succeeded")

    async def test_is_not_paid_for_again_when_it_is_dropped_again(self, person: Person) -> None:
        for _ in range(2):
            await self.drop(person)
            await person.world.settle()
        assert person.starts == ["es-ES.a1"]

    async def test_takes_the_place_of_other_content_of_the_same_length(self, person: Person) -> None:
        for content in (b"film", b"firm"):
            await self.drop(person, content)
            await person.world.settle()
        assert person.starts == ["es-ES.a1", "es-ES.a1"]

    async def test_is_begun_once_by_events_that_come_again(self, person: Person) -> None:
        await self.drop(person)
        for _ in range(2):
            await person.world.process().accept(TALK)
        await person.world.settle()
        assert person.starts == ["es-ES.a1"]


class TestForce:
    async def test_counts_once_for_an_upload_whatever_changes_later(self, person: Person) -> None:
        await person.process.tick()
        person.world.now += WHILE
        await person.drop(TALK, metadata=FORCED)
        await person.world.settle()
        uploaded = person.world.inbox.blobs[TALK].facts.created
        for _ in range(3):  # its properties change, of which no event tells
            person.world.inbox.put(TALK, b"film", md5="md5-of-film", metadata=FORCED, created=uploaded)
            person.world.now += WHILE
            await person.process.tick()
        assert person.starts == ["es-ES.a1"]
        await person.drop(TALK, metadata=FORCED)
        assert person.starts == ["es-ES.a1", "es-ES.a2"]

    @pytest.mark.parametrize("before", [None, FORCED], ids=["a plain upload", "a forced upload"])
    async def test_counts_although_the_event_of_the_upload_is_lost(
        self, person: Person, before: Mapping[str, str] | None
    ) -> None:
        await person.process.tick()
        person.world.now += WHILE
        await person.drop(TALK, metadata=before)
        await person.world.settle()
        person.world.now += WHILE
        person.world.inbox.put(TALK, b"film", md5="md5-of-film", metadata=FORCED)
        for _ in range(2):
            person.world.now += WHILE
            await person.process.tick()
        assert person.starts == ["es-ES.a1", "es-ES.a2"]


class TestTheSameContentAfterItsRecordHasExpired:
    """Records of ended jobs are deleted after some time; a few bytes of each are kept."""

    async def end(self, person: Person, **given: Any) -> None:
        """Drop the file, see it to its end, and wait until its record has expired."""
        await person.drop(TALK, **given)
        await self.expire(person)

    async def end_of_two(self, person: Person) -> str:
        """The same for a file of two languages, of which the first fails; the file's name."""
        name = "en-US_to_es-ES_fr-FR/talk.mp4"
        await person.drop(name)
        person.world.service.failing.add(person.world.service.paid[0][0])
        await self.expire(person)
        return name

    async def expire(self, person: Person) -> None:
        """See all to its end, and wait until the records have expired."""
        await person.world.settle()
        for done in [name for name in person.world.jobs.blobs if name.startswith(DONE)]:
            del person.world.jobs.blobs[done]

    async def test_is_not_paid_for_again_by_a_late_duplicate_of_its_event(self, person: Person) -> None:
        await self.end(person)
        await person.world.process().accept(TALK)
        assert person.starts == ["es-ES.a1"]

    async def test_is_not_paid_for_again_once_it_has_succeeded(self, person: Person) -> None:
        await self.end(person)
        await self.end(person)
        assert person.starts == ["es-ES.a1"]

    async def test_is_begun_under_the_next_number_where_it_is_forced_and_writes_its_own_bytes(
        self, person: Person
    ) -> None:
        await self.end(person)
        await self.end(person, metadata=FORCED)
        assert person.starts == ["es-ES.a1", "es-ES.a2"]
        assert b".a2" in person.world.outbox.blobs[f"{FOLDER}/talk.es-ES.mp4"].data
        assert person.receipt(TALK)["attempt"] == 2

    async def test_is_told_as_failed_where_the_forced_attempt_fails(self, person: Person) -> None:
        await self.end(person)
        await self.end(person, metadata=FORCED)
        await person.drop(TALK, metadata=FORCED)
        person.world.service.failing.add(person.world.service.paid[-1][0])
        await person.world.settle()
        assert (person.receipt(TALK)["status"], person.starts[-1]) == ("failed", "es-ES.a3")

    async def test_is_not_paid_for_again_once_a_brief_that_was_refused_meanwhile_is_mended(
        self, person: Person
    ) -> None:
        await self.end(person)
        await person.drop_brief(f"{FOLDER}/translate.json", {"targets": ["??"]})
        await person.drop(TALK)
        assert person.receipt(TALK)["status"] == "waiting"
        await person.drop_brief(f"{FOLDER}/translate.json", {})
        await person.world.settle()
        receipt = person.receipt(TALK)
        assert (receipt["status"], receipt["problems"][0]["code"]) == ("refused", "made-before")
        await person.drop(TALK)
        assert person.starts == ["es-ES.a1"]

    @pytest.mark.parametrize("metadata", [None, FORCED], ids=["as it is", "with force"])
    async def test_is_not_paid_for_again_after_a_drop_that_was_canceled_while_it_waited(
        self, person: Person, metadata: Mapping[str, str] | None
    ) -> None:
        await self.end(person)
        await person.drop_brief(f"{FOLDER}/translate.json", {"targets": ["??"]})
        await person.drop(TALK, metadata=metadata)
        [key] = person.world.records(OPEN)
        await person.process.steer.cancel(key)
        await person.drop_brief(f"{FOLDER}/translate.json", {})
        await person.drop(TALK)
        assert person.starts == ["es-ES.a1"]

    async def test_is_not_paid_for_again_after_another_language_was_tried_again(self, person: Person) -> None:
        name = await self.end_of_two(person)
        for _ in range(2):
            await person.drop(name)
            await person.world.settle()
        assert person.starts == ["es-ES.a1", "fr-FR.a1", "es-ES.a2"]

    async def test_is_tried_again_in_what_failed_alone(self, person: Person) -> None:
        name = await self.end_of_two(person)
        await person.drop(name)
        await person.world.settle()
        assert person.starts == ["es-ES.a1", "fr-FR.a1", "es-ES.a2"]
