"""Document Translation on the wire: every operation in each version, both dialects of errors, paging."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from shared.errors import AnswerLost, Denied, NotFound, ProviderError, Refused, Throttled, Unreachable
from shared.providers.document_client import SERVICE, DocumentClient, File, Wanted
from shared.providers.document_formats import VERSIONS
from tests.unit.providers.wire import Wire, answer

LATEST, MIDDLE, OLD = VERSIONS
ID, DOCUMENT_ID = "727bf148-f327-47a0-9481-abae6362f11e", "001f133d-0000-0000-0000-000000000000"
BASES = {LATEST: "/translator/document", MIDDLE: "/translator/document", OLD: "/translator/text/batch/v1.1"}
FILE = File("document.txt", b"text", "text/plain")
EACH = pytest.mark.parametrize("version", VERSIONS)


def client(wire: Wire, version: str = LATEST) -> DocumentClient:
    return DocumentClient(wire.service(SERVICE), version)


def accepted(location: str) -> httpx.Response:
    return httpx.Response(202, headers={"Operation-Location": location, "apim-request-id": "r1"})


async def everything[Row](rows: AsyncIterator[Row]) -> list[Row]:
    return [row async for row in rows]


class TestStart:
    @EACH
    async def test_a_batch_is_posted_where_its_version_has_it(self, version: str) -> None:
        wire = Wire(accepted(f"https://x{BASES[version]}/batches/{ID}?api-version={version}"))
        assert await client(wire, version).start({"inputs": []}) == (ID, "r1")
        assert wire.asked == [f"POST {BASES[version]}/batches"]
        assert dict(wire.requests[0].url.params) == ({} if version == OLD else {"api-version": version})

    @pytest.mark.parametrize(
        "location",
        [
            f"https://x/translator/text/batch/v1.1/operation/{ID}",
            f"https://x/translator/document/batches?api-version=2026-03-01/operation/{ID}",
            f"https://x/translator/document/batches/{ID.upper()}",
        ],
    )
    async def test_the_id_is_found_however_the_location_is_written(self, location: str) -> None:
        assert (await client(Wire(accepted(location))).start({})).id == ID

    async def test_a_batch_without_an_id_may_be_at_work(self) -> None:
        with pytest.raises(AnswerLost):
            await client(Wire(httpx.Response(202))).start({})

    @pytest.mark.parametrize(
        ("given", "error"),
        [
            (answer(400, {"error": {"code": 400000, "message": "It could not be converted."}}), Refused),
            (answer(401, {"error": {"code": "Unauthorized", "message": "no"}}), Denied),
            (answer(403), Denied),
            (answer(404, {"error": {"code": "ResourceNotFound", "message": "no"}}), NotFound),
            (answer(429, {"error": {"code": "RequestRateTooHigh", "message": "slower"}}), Throttled),
            (answer(500, {"error": {"code": "InternalServerError", "message": "oh"}}), AnswerLost),
            (answer(503, {"error": {"code": "ServiceUnavailable", "message": "later"}}), AnswerLost),
            (httpx.ReadTimeout("slow"), AnswerLost),
            (httpx.ConnectError("no"), Unreachable),
        ],
    )
    async def test_what_a_start_that_was_not_accepted_means(
        self, given: httpx.Response | Exception, error: type[ProviderError]
    ) -> None:
        with pytest.raises(ProviderError) as refused:
            await client(Wire(given)).start({})
        assert type(refused.value) is error

    async def test_a_refusal_names_its_request_and_what_both_dialects_say(self) -> None:
        newer: dict[str, Any] = {
            "code": "InvalidRequest",
            "message": "Wrong",
            "innererror": {"code": "InvalidSomething"},
        }
        newer["details"] = [{"code": "X", "message": "It is invalid", "target": "Operation"}]
        older: dict[str, Any] = {"code": "InvalidRequest", "message": "Wrong"}
        older["innerError"] = {"code": "InvalidSomething", "message": "It is invalid"}
        for error in (newer, older):
            wire = Wire(answer(400, {"error": error}, {"apim-request-id": "r1"}))
            with pytest.raises(Refused, match=r"InvalidSomething.*\(request r1\)") as refused:
                await client(wire).start({})
            assert "It is invalid" in refused.value.reason

    async def test_an_error_without_a_body_is_told_by_its_header(self) -> None:
        wire = Wire(answer(400, headers={"x-ms-error-code": "InvalidRequest"}))
        with pytest.raises(Refused, match="InvalidRequest"):
            await client(wire).start({})


class TestReading:
    @EACH
    async def test_a_batch_and_a_document_are_read_where_the_version_has_them(self, version: str) -> None:
        wire = Wire(answer(200, {"id": ID}), answer(200, {"id": DOCUMENT_ID}), answer(200, {"id": ID}))
        asking = client(wire, version)
        await asking.batch(ID)
        await asking.document(ID, DOCUMENT_ID)
        await asking.cancel(ID)
        one = f"{BASES[version]}/batches/{ID}"
        assert wire.asked == [f"GET {one}", f"GET {one}/documents/{DOCUMENT_ID}", f"DELETE {one}"]

    @pytest.mark.parametrize(
        ("version", "paths"),
        [
            (OLD, ["/documents/formats", "/glossaries/formats"]),
            (LATEST, ["/formats?type=document", "/formats?type=glossary"]),
        ],
    )
    async def test_formats_are_asked_for_as_the_version_wants(self, version: str, paths: list[str]) -> None:
        rows: dict[str, Any] = {"value": [{"format": "TSV"}]}
        wire = Wire(answer(200, rows), answer(200, rows))
        asking = client(wire, version)
        assert [*await asking.document_formats(), *await asking.glossary_formats()] == rows["value"] * 2
        asked = [str(request.url.copy_remove_param("api-version")) for request in wire.requests]
        assert [url.partition(BASES[version])[2] for url in asked] == paths

    @pytest.mark.parametrize(("version", "link", "sign"), [(LATEST, "nextLink", ""), (OLD, "@nextLink", "$")])
    async def test_lists_are_followed_to_their_end_and_nowhere_else(self, version: str, link: str, sign: str) -> None:
        more = {link: f"https://evil.example/elsewhere?{sign}skip=1&{sign}top=1"}
        wire = Wire(answer(200, {"value": [{"id": "1"}]} | more), answer(200, {"value": [{"id": "2"}, "odd"]}))
        assert await everything(client(wire, version).batches()) == [{"id": "1"}, {"id": "2"}]
        assert {request.url.host for request in wire.requests} == {"service.example"}
        assert dict(wire.requests[1].url.params.items()).items() >= {f"{sign}skip": "1", f"{sign}top": "1"}.items()

    @pytest.mark.parametrize(("version", "sign", "order"), [(LATEST, "", "orderby"), (OLD, "$", "$orderBy")])
    async def test_filters_have_the_version_s_names(self, version: str, sign: str, order: str) -> None:
        wire = Wire(answer(200, {"value": []}))
        wanted = Wanted(
            ids=[ID],
            statuses=["Failed", "Succeeded"],
            created_from=datetime(2026, 11, 2, 12, tzinfo=UTC),
            oldest_first=True,
            top=5,
            skip=2,
            page=100,
        )
        await everything(client(wire, version).documents(ID, wanted))
        given = dict(wire.requests[0].url.params)
        given.pop("api-version", None)
        assert given == {
            "ids": ID,
            "statuses": "Failed,Succeeded",
            "createdDateTimeUtcStart": "2026-11-02T12:00:00.000Z",
            order: "createdDateTimeUtc asc",
            f"{sign}top": "5",
            f"{sign}skip": "2",
            f"{sign}maxpagesize": "100",
        }


class TestTranslate:
    async def test_the_document_goes_in_a_form_and_comes_back_as_bytes(self) -> None:
        headers = {"x-metered-usage": "4", "total-image-scans-succeeded": "1", "total-image-scans-failed": "0"}
        wire = Wire(httpx.Response(200, content=b"texto", headers=headers | {"X-RequestId": "r2"}))
        glossary = File("glossary.tsv", b"a\tb", "text/tab-separated-values")
        query: dict[str, str | bool | None] = {"targetLanguage": "es", "allowFallback": False, "sourceLanguage": None}
        translated = await client(wire).translate(FILE, [glossary], query)
        assert (translated.content, translated.characters, translated.request) == (b"texto", 4, "r2")
        assert (translated.scans_succeeded, translated.scans_failed) == (1, 0)
        request = wire.requests[0]
        assert request.url.path == "/translator/document:translate"
        assert dict(request.url.params) == {"api-version": LATEST, "targetLanguage": "es", "allowFallback": "false"}
        for part in (b'name="document"; filename="document.txt"', b'name="glossary"; filename="glossary.tsv"'):
            assert part in request.content

    @pytest.mark.parametrize("given", [httpx.Response(200), httpx.ReadTimeout("slow"), answer(503)])
    async def test_without_a_document_nobody_knows_whether_it_was_paid(self, given: httpx.Response | Exception) -> None:
        with pytest.raises(AnswerLost):
            await client(Wire(given)).translate(FILE, [], {"targetLanguage": "es"})

    async def test_a_large_answer_is_read_whole(self) -> None:
        wire = Wire(httpx.Response(200, content=bytes(6 * 1024 * 1024)))
        assert len((await client(wire).translate(FILE, [], {})).content) == 6 * 1024 * 1024
