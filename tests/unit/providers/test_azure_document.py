"""Azure Document Translation: what is asked, by which way, and what each answer means."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.engine.glossaries import GlossaryContainer
from shared.engine.scratch import StagingScratch
from shared.errors import (
    AnswerLost,
    Denied,
    NotFound,
    NotReady,
    ProviderError,
    Refused,
    SourceUnfit,
    Unreachable,
)
from shared.jobs.step import Step
from shared.providers.azure_document import (
    AT_ONCE,
    BATCH,
    LONGEST_PREPARATION,
    AzureDocument,
    AzureDocumentSettings,
)
from shared.providers.document_client import SERVICE
from shared.providers.document_formats import ALL, VERSIONS
from shared.providers.http import LONGEST_CALL
from shared.providers.outcome import Failed, Finished, Found, Next, Outcome, Result, Running, Yes
from shared.providers.task import Pair, Task
from tests.memory_container import MemoryContainer
from tests.unit.providers.declared import Declared
from tests.unit.providers.wire import ENDPOINT, WORK_ID, DroppedVideo, Wire, answer, some_work
from tests.unit.records import NOW

LATEST, MIDDLE, OLD = VERSIONS
ID, OTHER = "727bf148-f327-47a0-9481-abae6362f11e", "11111111-f327-47a0-9481-abae6362f11e"
ACCEPTED = httpx.Response(202, headers={"Operation-Location": f"{ENDPOINT}/b/batches/{ID}", "apim-request-id": "r1"})
SYNC, TRIED = Step(name=AT_ONCE), Step(name=BATCH, number=1)
FIRST = Step(name=BATCH)
SOURCE = "https://storage.example/inbox/contracts/lease.docx"


DECLARED = Declared(AzureDocument(None), ALL, VERSIONS)


def accepted() -> httpx.Response:
    return httpx.Response(202, headers=ACCEPTED.headers)


def lease(name: str = "contracts/lease.docx", size: int = 1000, **facts: Any) -> DroppedVideo:
    return DroppedVideo(name, "document", size, b"the document", **facts)


def provider(wire: Wire, version: str = LATEST, *, by_identity: bool = True) -> AzureDocument:
    return AzureDocument(wire.service(SERVICE), version, by_identity=by_identity)


class Place:
    """A scratch and glossaries, and tasks that use them."""

    def __init__(self) -> None:
        self.staging, self.glossaries = MemoryContainer("staging"), MemoryContainer("glossaries")
        self.scratch = StagingScratch(self.staging, "0123abcd/es-ES/azure-document/0/", NOW)

    def task(self, step: Step = FIRST, **given: Any) -> Task:
        usual: dict[str, Any] = {
            "id": WORK_ID,
            "target": "es-ES",
            "pair": Pair("en-US", "es-ES"),
            "media": lease(),
            "step": step,
            "scratch": self.scratch,
            "glossaries": GlossaryContainer(self.glossaries, NOW),
        }
        return Task(**(usual | given))


def batch(status: str, total: int = 1, **more: Any) -> httpx.Response:
    return answer(200, {"id": ID, "status": status, "summary": {"total": total, "totalCharacterCharged": 70}} | more)


def documents(*rows: Mapping[str, Any]) -> httpx.Response:
    return answer(200, {"value": [*rows]})


def error(inner: str, outer: str = "InvalidRequest", target: str = "Document") -> dict[str, Any]:
    return {"code": outer, "message": "No.", "target": target, "innerError": {"code": inner, "message": "Really no."}}


class TestWay:
    @pytest.mark.parametrize(
        ("name", "size", "mode", "version", "way"),
        [
            ("a.docx", 1000, "auto", LATEST, AT_ONCE),
            ("a.docx", 11 * 1024**2, "auto", LATEST, BATCH),
            ("a.docx", 1000, "batch", LATEST, BATCH),
            ("a.docx", 1000, "auto", OLD, BATCH),
            ("a.docx", 1000, "auto", MIDDLE, AT_ONCE),
            ("a.pdf", 1000, "auto", LATEST, BATCH),
            ("a.md", 1000, "auto", LATEST, BATCH),
            ("a.doc", 1000, "auto", LATEST, BATCH),
            ("A.TXT", 1000, "sync", LATEST, AT_ONCE),
        ],
    )
    def test_what_the_synchronous_call_takes_goes_that_way(
        self, name: str, size: int, mode: str, version: str, way: str
    ) -> None:
        azure = provider(Wire(), version)
        step = azure.first_step(lease(name, size), {"mode": mode})
        assert step == Step(name=way)
        assert (azure.lease_of(step) is not None) is (way == AT_ONCE)

    @pytest.mark.parametrize(
        ("name", "size", "mode", "version", "why"),
        [
            ("a.srt", 1, "auto", LATEST, "does not take .srt"),
            ("a.eml", 1, "auto", MIDDLE, "2026-03-01 does"),
            ("a.pdf", 41 * 1024**2, "auto", LATEST, "up to 40 MB"),
            ("a.png", 6 * 1024**2, "auto", LATEST, "up to 5 MB"),
            ("a.pdf", 1, "sync", LATEST, "not .pdf"),
            ("a.docx", 11 * 1024**2, "sync", LATEST, "10 MB"),
        ],
    )
    def test_what_is_refused_before_anything_is_paid(
        self, name: str, size: int, mode: str, version: str, why: str
    ) -> None:
        refused = provider(Wire(), version).unfit(lease(name, size), Pair("en", "es"), {"mode": mode})
        assert why in (refused or "")

    @pytest.mark.parametrize(
        ("options", "version", "paths"),
        [
            ({"category": "general", "glossaries": ["medical"], "mode": "auto"}, OLD, []),
            (
                {"options": {"translateTextWithinImage": True}, "deploymentName": "d", "allowFallback": False},
                LATEST,
                [],
            ),
            ({"options": {"experimental": True, "pdfOutputAdditionalFormat": "OpenXmlWord"}}, OLD, []),
            ({"deploymentName": "d"}, MIDDLE, ["deploymentName"]),
            ({"options": {"experimental": True}}, LATEST, ["options.experimental"]),
            ({"allowFallback": True, "mode": "sync"}, OLD, ["allowFallback", "mode"]),
            (
                {"targetUrl": "https://evil", "filter": {}, "storageType": "Folder"},
                LATEST,
                ["targetUrl", "filter", "storageType"],
            ),
            ({"mode": "fast", "glossaries": "medical"}, LATEST, ["mode", "glossaries"]),
        ],
    )
    def test_a_brief_has_the_fields_of_the_version(
        self, options: dict[str, Any], version: str, paths: list[str]
    ) -> None:
        assert [path for path, _ in provider(Wire(), version).mistakes(options)] == paths

    @pytest.mark.parametrize(
        "endpoint", ["https://api.cognitive.microsofttranslator.com", "https://westus.api.cognitive.microsoft.com"]
    )
    def test_at_a_shared_host_it_is_off_and_says_why(self, endpoint: str) -> None:
        azure = AzureDocument.build(AzureDocumentSettings(TRANSLATOR_ENDPOINT=endpoint), None)  # type: ignore[arg-type]  # nothing is built
        refused = azure.accepts(lease(), Pair("en", "es"), {})
        assert "the resource's own" in getattr(refused, "reason", "")

    @pytest.mark.parametrize(
        ("name", "facts", "told"),
        [
            (
                "a.md",
                {"encoding": "utf-8", "front_matter": True},
                "begins with front matter, which Document Translation",
            ),
            ("a.txt", {}, "not in UTF-8, so the service guesses"),
            ("a.docx", {}, ""),
        ],
    )
    def test_what_it_does_to_a_text_without_a_word_is_told(self, name: str, facts: dict[str, Any], told: str) -> None:
        media = DroppedVideo(name, "document", characters=9, **facts)
        found = provider(Wire()).accepts(media, Pair("en", "es"), {})
        assert isinstance(found, Yes)
        assert all(told in doubt for doubt in found.warnings)
        assert bool(found.warnings) == bool(told)


class TestBatch:
    async def test_one_document_and_one_target_are_asked_for_by_bare_addresses(self) -> None:
        wire, place = Wire(accepted()), Place()
        operation = await provider(wire).start(place.task())
        assert isinstance(operation, dict)
        assert (operation["id"], operation["request"]) == (ID, "r1")
        [given] = wire.body()["inputs"]
        target = given["targets"][0].pop("targetUrl")
        assert target.startswith("memory://staging/0123abcd/es-ES/azure-document/0/batch.0.")
        assert "?" not in target
        assert target.endswith(".docx")
        source = {"sourceUrl": SOURCE, "language": "en"}
        assert given == {"source": source, "targets": [{"language": "es"}], "storageType": "File"}

    async def test_by_signatures_every_address_opens_one_blob_for_what_is_needed(self) -> None:
        wire, place = Wire(accepted()), Place()
        place.glossaries.put("default.en-es.tsv", b"lease\tarrendamiento\n")
        await provider(wire, by_identity=False).start(place.task())
        [given] = wire.body()["inputs"]
        [target] = given["targets"]
        assert given["source"]["sourceUrl"] == f"{SOURCE}?sig=secret"
        assert "?" in target["targetUrl"]
        assert "?" in target["glossaries"][0]["glossaryUrl"]

    async def test_what_the_brief_says_stands_where_the_service_has_it(self) -> None:
        options = {
            "category": "c1",
            "mode": "batch",
            "options": {"experimental": True, "pdfOutputAdditionalFormat": "OpenXmlWord"},
        }
        wire, place = Wire(accepted()), Place()
        await provider(wire, OLD).start(place.task(media=lease("a/b.pdf"), options=options, pair=Pair(None, "es-ES")))
        body = wire.body()
        target = body["inputs"][0]["targets"][0]
        assert body["options"] == {"experimental": True}
        assert (target["category"], target["options"]) == ("c1", {"pdfOutputAdditionalFormat": "OpenXmlWord"})
        assert "language" not in body["inputs"][0]["source"]

    async def test_a_batch_whose_preparation_took_too_long_is_not_asked_for(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wire = Wire()
        monkeypatch.setattr("shared.providers.azure_document.LONGEST_PREPARATION", -1.0)
        with pytest.raises(Unreachable, match="took too long"):
            await provider(wire).start(Place().task())
        assert wire.asked == []

    def test_nobody_looks_for_a_batch_that_may_still_be_on_its_way(self) -> None:
        assert AzureDocument.on_its_way > timedelta(seconds=LONGEST_PREPARATION + LONGEST_CALL)

    async def test_each_start_has_a_target_of_its_own(self) -> None:
        wire, place = Wire(accepted(), accepted()), Place()
        azure = provider(wire)
        await azure.start(place.task())
        await azure.start(place.task())
        first, second = (wire.body(number)["inputs"][0]["targets"][0]["targetUrl"] for number in (0, 1))
        assert first != second

    @pytest.mark.parametrize(
        ("name", "suffix", "whole"),
        [
            ("c/lease.docx", "docx", False),
            ("c/lease.doc", "docx", True),
            ("c/LEASE.PDF", "PDF", False),
            ("c/s.ods", "xlsx", True),
        ],
    )
    async def test_the_result_keeps_the_name_s_end_but_for_formats_of_old(
        self, name: str, suffix: str, whole: bool
    ) -> None:
        place = Place()
        wire = Wire(
            accepted(), batch("Succeeded"), documents({"status": "Succeeded", "characterCharged": 7, "imageCharged": 2})
        )
        azure = provider(wire)
        operation = await azure.start(place.task(media=lease(name)))
        assert isinstance(operation, dict)
        finished = await azure.check(some_work(operation, FIRST), place.scratch)
        assert isinstance(finished, Finished)
        [result] = finished.results
        assert (result.suffix, result.whole_name, finished.units) == (suffix, whole, {"characters": 7, "images": 2})
        assert result.staged.startswith("0123abcd/es-ES/azure-document/0/batch.0.")
        assert finished.details == {"way": BATCH, "id": ID, "request": "r1"}

    async def test_pictures_that_were_scanned_are_told_beside_what_was_charged(self) -> None:
        row = {"status": "Succeeded", "imageCharged": 2, "totalImageScansSucceeded": 2, "totalImageScansFailed": 1}
        place, wire = Place(), Wire(accepted(), batch("Succeeded"), documents(row))
        azure = provider(wire)
        operation = await azure.start(place.task())
        assert isinstance(operation, dict)
        finished = await azure.check(some_work(operation, FIRST), place.scratch)
        assert isinstance(finished, Finished)
        assert finished.units == {"characters": 70, "images": 2}
        assert (finished.details["imageScansSucceeded"], finished.details["imageScansFailed"]) == (2, 1)

    async def test_a_word_document_beside_a_pdf_is_no_essential_result(self) -> None:
        options = {"options": {"pdfOutputAdditionalFormat": "OpenXmlWord"}}
        place, wire = Place(), Wire(accepted(), batch("Succeeded"), documents({"status": "Succeeded"}))
        azure = provider(wire, OLD)
        operation = await azure.start(place.task(media=lease("a.pdf"), options=options))
        assert isinstance(operation, dict)
        finished = await azure.check(some_work(operation, FIRST), place.scratch)
        assert isinstance(finished, Finished)
        assert [(result.suffix, result.essential) for result in finished.results] == [("pdf", True), ("docx", False)]


class TestCheck:
    async def outcome(self, *answers: httpx.Response, step: Step = FIRST) -> Outcome:
        return await provider(Wire(*answers)).check(some_work({"id": ID, "asked": "asked/x"}, step), Place().scratch)

    @pytest.mark.parametrize("status", ["NotStarted", "Running", "Cancelling", "Pondering"])
    async def test_it_is_at_work(self, status: str) -> None:
        assert await self.outcome(batch(status)) == Running()

    @pytest.mark.parametrize("status", ["Succeeded", "Failed"])
    @pytest.mark.parametrize(
        ("inner", "kind"),
        [
            ("InvalidDocumentAccessLevel", Denied),
            ("InvalidTargetDocumentAccessLevel", Denied),
            ("Unauthorized", Denied),
            ("NoTranslatableText", SourceUnfit),
            ("WrongDocumentEncoding", SourceUnfit),
            ("Whatever", Refused),
        ],
    )
    async def test_a_failed_document_is_a_failure_whatever_the_batch_says(
        self, status: str, inner: str, kind: type[ProviderError]
    ) -> None:
        row = {"status": "Failed", "error": error(inner), "id": "d1"}
        outcome = await self.outcome(batch(status, error=error("Else", target="Operation")), documents(row))
        assert isinstance(outcome, Failed)
        assert type(outcome.error) is kind
        assert f"InvalidRequest: No. / {inner}: Really no. (batch {ID})" in outcome.error.reason
        assert outcome.units == {"characters": 70}

    async def test_a_batch_that_was_not_valid_says_where_to_look(self) -> None:
        outcome = await self.outcome(
            batch("ValidationFailed", 0, error=error("InvalidTargetDocumentAccessLevel", target="Operation")),
            documents(),
        )
        assert isinstance(outcome, Failed)
        assert "Storage Blob Data Contributor" in outcome.error.advice
        assert "DOCUMENT_ACCESS" in outcome.error.advice

    @pytest.mark.parametrize(
        "trouble",
        [
            error("X", "InternalServerError"),
            error("X", "ServiceUnavailable"),
            error("X", "RequestRateTooHigh"),
            error("TargetFileAlreadyExists"),
        ],
    )
    async def test_the_service_s_own_trouble_is_tried_again_under_a_fresh_target(self, trouble: dict[str, Any]) -> None:
        row = {"status": "Failed", "error": trouble}
        outcome = await self.outcome(batch("Failed"), documents(row))
        assert isinstance(outcome, Next)
        assert (outcome.step, outcome.wait > 0) == (TRIED, True)

    async def test_it_is_not_tried_for_ever(self) -> None:
        row = {"status": "Failed", "error": error("X", "InternalServerError")}
        outcome = await self.outcome(batch("Failed"), documents(row), step=Step(name=BATCH, number=3))
        assert isinstance(outcome, Failed)

    @pytest.mark.parametrize("answers", [(batch("Cancelled"), documents()), (batch("Succeeded", 0), documents())])
    async def test_what_ended_without_a_document_failed(self, answers: tuple[httpx.Response, ...]) -> None:
        assert isinstance(await self.outcome(*answers), Failed)

    async def test_what_the_service_does_not_know_any_more_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            await self.outcome(answer(404, {"error": {"code": "ResourceNotFound", "message": "id not found"}}))

    @pytest.mark.parametrize(("given", "stopped"), [(batch("Cancelling"), True), (answer(400), False)])
    async def test_cancelling_says_whether_it_could_be_stopped(self, given: httpx.Response, stopped: bool) -> None:
        assert await provider(Wire(given)).cancel(some_work({"id": ID}, FIRST)) is stopped


class TestFind:
    async def lost(self, place: Place, *answers: httpx.Response, **given: Any) -> tuple[Any, str]:
        """What `find` says of a start that was lost, and the address of its target."""
        wire = Wire(httpx.ReadTimeout("slow"), *answers)
        azure = provider(wire)
        with pytest.raises(AnswerLost):
            await azure.start(place.task(**given))
        self.wire = wire
        return azure, wire.body()["inputs"][0]["targets"][0]["targetUrl"]

    async def test_what_was_never_sent_is_known_without_a_question(self) -> None:
        wire = Wire()
        assert await provider(wire).find(some_work({}, FIRST), Place().scratch) is Found.NOTHING
        assert wire.asked == []

    async def test_a_batch_is_known_by_its_target(self) -> None:
        place = Place()
        rows = [
            {"id": OTHER, "status": "Running", "summary": {"total": 1}},
            {"id": ID, "status": "Running", "summary": {"total": 1}},
        ]
        azure, target = await self.lost(place, answer(200, {"value": rows}))
        other, ours = {"path": "https://else/where"}, {"path": target.partition("?")[0]}
        self.wire.then(documents(other), documents(ours))
        found = await azure.find(some_work({}, FIRST), place.scratch)
        assert found["id"] == ID
        since = datetime.fromisoformat(self.wire.requests[1].url.params["createdDateTimeUtcStart"])
        assert since < datetime.now(UTC)

    async def test_until_the_target_shows_it_is_known_by_source_and_language(self) -> None:
        place = Place()
        row = {"id": ID, "status": "Running", "summary": {"total": 1}}
        azure, _ = await self.lost(
            place, answer(200, {"value": [row]}), documents({"sourcePath": SOURCE, "to": "es", "status": "Running"})
        )
        assert (await azure.find(some_work({}, FIRST), place.scratch))["id"] == ID

    async def test_a_later_attempt_does_not_take_the_batch_of_an_earlier_one_for_its_own(self) -> None:
        place = Place()
        azure, _ = await self.lost(place)
        later = replace(some_work({}, FIRST), id=WORK_ID.replace(".a1", ".a2"))
        assert await azure.find(later, place.scratch) is Found.NOTHING

    async def test_two_that_could_be_it_keep_it_unknown(self) -> None:
        place = Place()
        rows = [{"id": each, "status": "Running", "summary": {"total": 1}} for each in (ID, OTHER)]
        likely = {"sourcePath": SOURCE, "to": "es", "status": "Running"}
        azure, _ = await self.lost(place, answer(200, {"value": rows}), documents(likely), documents(likely))
        assert await azure.find(some_work({}, FIRST), place.scratch) is Found.UNKNOWN

    async def test_a_batch_that_shows_no_document_yet_keeps_it_unknown(self) -> None:
        place = Place()
        row = {"id": ID, "status": "NotStarted", "summary": {"total": 0}}
        azure, _ = await self.lost(place, answer(200, {"value": [row]}), documents())
        assert await azure.find(some_work({}, FIRST), place.scratch) is Found.UNKNOWN

    async def test_it_is_nothing_only_after_the_whole_list(self) -> None:
        place = Place()
        invalid = {"id": ID, "status": "ValidationFailed", "summary": {"total": 0}}
        folder = {"id": OTHER, "status": "Running", "summary": {"total": 12}}
        pages = [
            answer(200, {"value": [invalid], "nextLink": f"{ENDPOINT}/x?skip=1"}),
            documents(),
            answer(200, {"value": [folder]}),
        ]
        azure, _ = await self.lost(place, *pages)
        assert await azure.find(some_work({}, FIRST), place.scratch) is Found.NOTHING
        assert len(self.wire.requests) == 4


class TestAtOnce:
    def answered(self, content: bytes = b"el documento", **headers: str) -> httpx.Response:
        return httpx.Response(
            200, content=content, headers={"x-metered-usage": "12", "apim-request-id": "r9"} | headers
        )

    async def test_pictures_are_charged_by_the_scan_and_those_in_vain_are_told(self) -> None:
        answered = self.answered()
        answered.headers.update({"total-image-scans-succeeded": "2", "total-image-scans-failed": "1"})
        finished = await provider(Wire(answered)).start(Place().task(SYNC))
        assert isinstance(finished, Finished)
        assert finished.units == {"characters": 12.0, "images": 2.0}
        assert finished.details == {"way": AT_ONCE, "request": "r9", "imageScansFailed": 1}

    async def test_the_request_is_told_in_the_log_for_a_support_case(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("INFO")
        await provider(Wire(self.answered())).start(Place().task(SYNC))
        assert "contracts/lease.docx: es-ES was translated by the request r9" in caplog.messages

    async def test_the_answer_is_kept_and_told_again_without_asking(self) -> None:
        place, wire = Place(), Wire(self.answered())
        azure = provider(wire)
        finished = await azure.start(place.task(SYNC))
        assert isinstance(finished, Finished)
        [result] = finished.results
        assert place.staging.blobs[result.staged].data == b"el documento"
        assert (result.suffix, finished.units) == ("docx", {"characters": 12.0})
        assert finished.details == {"way": AT_ONCE, "request": "r9"}
        assert finished.operation is not None
        again = await azure.check(some_work(finished.operation, SYNC), place.scratch)
        assert again == finished
        assert await azure.find(some_work({}, SYNC), place.scratch) == finished
        assert len(wire.requests) == 1

    async def test_the_same_question_of_a_later_attempt_is_not_paid_again(self) -> None:
        place, wire = Place(), Wire(self.answered(), self.answered(b"otro"))
        azure = provider(wire)
        first = await azure.start(place.task(SYNC))
        assert await azure.start(place.task(SYNC, id="0123abcd.es-ES.a2")) == first
        assert await azure.start(place.task(SYNC, options={"category": "legal"})) != first
        assert len(wire.requests) == 2

    @pytest.mark.parametrize(("code", "kind"), [("WrongDocumentEncoding", SourceUnfit), ("Whatever", Refused)])
    async def test_a_refusal_means_what_it_means_in_a_batch(self, code: str, kind: type[ProviderError]) -> None:
        body: dict[str, Any] = {"code": "InvalidRequest", "message": "No.", "innererror": {"code": code}}
        body["details"] = [{"code": code, "message": "No.", "target": "Document"}]
        with pytest.raises(ProviderError, match=rf"400: InvalidRequest: No\. / {code}$") as refused:
            await provider(Wire(answer(400, {"error": body}))).start(Place().task(SYNC))
        assert type(refused.value) is kind

    async def test_nothing_is_kept_of_a_lost_answer(self) -> None:
        place = Place()
        azure = provider(Wire(httpx.ReadTimeout("slow")))
        with pytest.raises(AnswerLost):
            await azure.start(place.task(SYNC))
        assert await azure.find(some_work({}, SYNC), place.scratch) is Found.NOTHING

    async def test_the_query_has_the_brief_s_fields(self) -> None:
        place, wire = Place(), Wire(self.answered())
        options = {
            "category": "c",
            "deploymentName": "d",
            "allowFallback": False,
            "options": {"translateTextWithinImage": True},
        }
        await provider(wire).start(place.task(SYNC, options=options))
        assert dict(wire.requests[0].url.params) == {
            "api-version": LATEST,
            "targetLanguage": "es",
            "sourceLanguage": "en",
            "category": "c",
            "deploymentName": "d",
            "allowFallback": "false",
            "translateTextWithinImage": "true",
        }

    async def test_a_glossary_above_one_megabyte_sends_it_by_batch(self) -> None:
        place = Place()
        place.glossaries.put("default.en-es.tsv", b"".join(b"term%d\tpalabra%d\n" % (n, n) for n in range(60_000)))
        wire = Wire()
        assert await provider(wire).start(place.task(SYNC)) == Next(Step(name=BATCH))
        assert wire.asked == []


class TestGlossaries:
    async def test_the_nearest_is_applied_and_named_with_its_etag(self) -> None:
        place, wire = Place(), Wire(accepted(), batch("Succeeded"), documents({"status": "Succeeded"}))
        place.glossaries.put("medical.en-es.tsv", b"liver\thigado\n")
        place.glossaries.put("medical.en-es-ES.csv", b"liver,higado\n")
        azure = provider(wire)
        operation = await azure.start(place.task(options={"glossaries": ["medical"]}))
        assert isinstance(operation, dict)
        [sent] = wire.body()["inputs"][0]["targets"][0]["glossaries"]
        assert (sent["format"], sent["glossaryUrl"].rpartition("/")[2]) == ("CSV", "medical.en-es-ES.csv")
        finished = await azure.check(some_work(operation, FIRST), place.scratch)
        assert isinstance(finished, Finished)
        etag = place.glossaries.blobs["medical.en-es-ES.csv"].facts.etag
        assert finished.details["glossaries"] == [{"name": "medical.en-es-ES.csv", "etag": etag}]

    async def test_a_name_may_have_the_service_s_own_tag(self) -> None:
        place, wire = Place(), Wire(accepted())
        place.glossaries.put("default.en-zh-Hans.tsv", b"liver\tgan\n")
        await provider(wire).start(place.task(pair=Pair("en-US", "zh-CN")))
        assert "glossaries" in wire.body()["inputs"][0]["targets"][0]

    async def test_the_version_of_an_xliff_file_is_the_one_that_it_says(self) -> None:
        unit = '<trans-unit id="1"><source>liver</source><target>higado</target></trans-unit>'
        file = f'<file source-language="en" target-language="es"><body>{unit}</body></file>'
        place, wire = Place(), Wire(accepted())
        place.glossaries.put("default.en-es.xlf", f'<?xml version="1.0"?><xliff version="1.2">{file}</xliff>'.encode())
        await provider(wire).start(place.task())
        [sent] = wire.body()["inputs"][0]["targets"][0]["glossaries"]
        assert (sent["format"], sent["version"]) == ("XLIFF", "1.2")

    @pytest.mark.parametrize("step", [FIRST, SYNC])
    async def test_a_faulty_one_makes_the_file_wait_and_nothing_is_asked(self, step: Step) -> None:
        place, wire = Place(), Wire()
        place.glossaries.put("default.en-es.tsv", b"liver\thigado\textra\n")
        with pytest.raises(NotReady, match="line 1") as waits:
            await provider(wire).start(place.task(step))
        assert wire.asked == []
        assert "within ten minutes" in waits.value.advice

    async def test_whether_a_faulty_one_is_mended_is_told_without_asking_the_service(self) -> None:
        place, azure = Place(), provider(Wire())
        for content, mended in ((b"liver\thigado\textra\n", False), (b"liver\thigado\n", True)):
            place.glossaries.put("default.en-es.tsv", content)
            assert (await azure.unready(place.task()) is None) is mended

    async def test_one_that_does_not_exist_makes_the_file_wait(self) -> None:
        with pytest.raises(NotReady, match="no glossary called medical"):
            await provider(Wire()).start(Place().task(options={"glossaries": ["medical"]}))

    async def test_none_is_needed_and_an_empty_list_leaves_the_default_out(self) -> None:
        place, wire = Place(), Wire(accepted())
        place.glossaries.put("default.en-es.tsv", b"liver\thigado\n")
        await provider(wire).start(place.task(options={"glossaries": []}))
        assert "glossaries" not in wire.body()["inputs"][0]["targets"][0]

    @pytest.mark.parametrize(
        ("name", "content", "text", "warning"),
        [
            ("default.en-fr.tsv", b"liver\tfoie\n", b"the liver", "it has en to fr, and not en-US to es-ES"),
            ("default.en-es.tsv", b"liver\thigado\n", b"the kidney", "no term occurs in the text."),
            ("default.en-es.tsv", b"Liver\thigado\n", b"the liver", "only in another case"),
        ],
    )
    async def test_what_the_service_says_nothing_of_is_a_warning(
        self, name: str, content: bytes, text: bytes, warning: str
    ) -> None:
        place, wire = Place(), Wire(TestAtOnce().answered())
        place.glossaries.put(name, content)
        media = DroppedVideo("a.txt", "document", len(text), text)
        finished = await provider(wire).start(place.task(SYNC, media=media))
        assert isinstance(finished, Finished)
        assert [warning in each for each in finished.warnings] == [True]

    async def test_tmx_is_taken_where_the_service_lists_it(self) -> None:
        tmx = b'<tmx version="1.4"><header srclang="en"/><body><tu><tuv xml:lang="en"><seg>liver</seg></tuv>'
        tmx += b'<tuv xml:lang="es"><seg>higado</seg></tuv></tu></body></tmx>'
        for formats, applied in (([{"format": "TMX"}], True), ([{"format": "TSV"}], False)):
            place, wire = Place(), Wire(answer(200, {"value": formats}), accepted())
            place.glossaries.put("default.en-es.tmx", tmx)
            await provider(wire).start(place.task())
            assert ("glossaries" in wire.body(1)["inputs"][0]["targets"][0]) is applied


async def test_nothing_of_the_text_is_kept_but_the_document_itself() -> None:
    place, wire = Place(), Wire(TestAtOnce().answered(b"SECRET TEXT"))
    place.glossaries.put("default.en-es.tsv", b"liver\thigado\n")
    await provider(wire).start(place.task(SYNC))
    notes = [blob.data for name, blob in place.staging.blobs.items() if name.endswith(".json")]
    assert all(b"SECRET" not in note and b"the document" not in note for note in notes)
    assert json.loads(notes[0])["step"] == f"{WORK_ID}.{AT_ONCE}.0"


def test_a_result_by_its_whole_name_is_another_than_one_by_its_stem() -> None:
    assert Result("docx", whole_name=True) != Result("docx")
