"""The Document Translation double: what it refuses, in which dialect, and how it spoils an exchange. No storage."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox import identity
from tests.integration.document_client import NEW, OLD, bearer, file, folder
from tests.integration.doubles import TRANSLATOR_KEY, Doubles, running

SOURCE, TARGET = "https://storage.invalid/source/a.txt", "https://storage.invalid/target/a.txt"
KEY = {"Ocp-Apim-Subscription-Key": TRANSLATOR_KEY}
VERSIONS = {"v1.1": (OLD, {}), "2024-05-01": (NEW, {"api-version": "2024-05-01"})}
VERSIONS["2026-03-01"] = (NEW, {"api-version": "2026-03-01"})


@pytest.fixture(scope="module")
async def started() -> AsyncIterator[Doubles]:
    async with running() as doubles:
        yield doubles


@pytest.fixture
async def doubles(started: Doubles) -> Doubles:
    await started.reset()
    return started


async def call(
    doubles: Doubles,
    method: str,
    path: str,
    version: str = "2026-03-01",
    query: dict[str, str] | None = None,
    **more: Any,
) -> httpx.Response:
    base, versioned = VERSIONS[version]
    headers = KEY | more.pop("headers", {})
    url = doubles.translator + base + path
    return await doubles.client.request(method, url, params=versioned | (query or {}), headers=headers, **more)


async def start(doubles: Doubles, body: Any, version: str = "2026-03-01") -> httpx.Response:
    return await call(doubles, "POST", "/batches", version, json=body)


BAD_INPUTS: list[tuple[str, dict[str, Any]]] = [
    ("InvalidInputs", {"inputs": []}),
    ("InvalidTargets", {"inputs": [file(SOURCE, TARGET) | {"targets": []}]}),
    ("InvalidTargets", {"inputs": [file(SOURCE, TARGET) | {"targets": file(SOURCE, TARGET)["targets"] * 11}]}),
    ("DuplicateTargetUrl", {"inputs": [file(SOURCE, TARGET) | {"targets": file(SOURCE, TARGET)["targets"] * 2}]}),
    ("InvalidFilter", {"inputs": [folder(SOURCE, TARGET, prefix="a") | {"storageType": "File"}]}),
    ("InvalidLanguage", {"inputs": [file(SOURCE, TARGET, "es-ES")]}),
    ("InvalidLanguage", {"inputs": [file(SOURCE, TARGET, "xx")]}),
    ("InvalidUrl", {"inputs": [file("http://storage.invalid/source/a.txt", TARGET)]}),
    ("InvalidUrl", {"inputs": [file(SOURCE, "target/a.txt")]}),
    ("SASTokenInvalid", {"inputs": [file(SOURCE + "?sp=r&sr=b", TARGET)]}),
]


@pytest.mark.parametrize(("code", "body"), BAD_INPUTS)
async def test_a_start_that_makes_no_sense_is_refused_in_the_newer_dialect(
    doubles: Doubles, code: str, body: dict[str, Any]
) -> None:
    answer = await start(doubles, body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["innererror"]) == (400, "InvalidRequest", {"code": code})
    assert (answer.headers["x-ms-error-code"], error["details"][0]["code"]) == ("InvalidRequest", code)
    assert "innerError" not in error
    assert (await call(doubles, "GET", "/batches")).json() == {"value": []}


async def test_in_v1_1_the_dialect_is_the_older_one(doubles: Doubles) -> None:
    answer = await start(doubles, BAD_INPUTS[0][1], "v1.1")
    error = answer.json()["error"]
    assert (answer.status_code, error["innerError"]["code"]) == (400, "InvalidInputs")
    assert set(error["innerError"]) == {"code", "message"}
    assert not {"innererror", "details"} & set(error)
    assert "x-ms-error-code" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [
        "{",
        '{"inputs": 1}',
        "{}",
        '{"inputs": [{"source": {"sourceUrl": "https://a/b/c"}}]}',
        '{"inputs": [{"source": {"sourceUrl": 1}, "targets": []}]}',
        '{"inputs": [], "colour": "red"}',
        '{"inputs": [{"source": {"sourceUrl": "https://a/b/c"}, "targets": [], "storageType": "file"}]}',
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
async def test_a_body_that_does_not_bind_has_an_integer_for_a_code(doubles: Doubles, body: str, version: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await call(doubles, "POST", "/batches", version, content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 400000)


@pytest.mark.parametrize("media_type", ["text/plain", "application/octet-stream"])
async def test_a_body_is_json(doubles: Doubles, media_type: str) -> None:
    answer = await call(doubles, "POST", "/batches", content="{}", headers={"Content-Type": media_type})
    assert answer.status_code == 415


@pytest.mark.parametrize("media_type", ["application/json", "text/json", "application/vnd.api+json; charset=utf-8"])
async def test_three_media_types_are_json(doubles: Doubles, media_type: str) -> None:
    answer = await call(doubles, "POST", "/batches", content="{}", headers={"Content-Type": media_type})
    assert answer.json()["error"]["code"] == 400000


@pytest.mark.parametrize(
    ("version", "body"),
    [
        ("2024-05-01", {"inputs": [file(SOURCE, TARGET, deploymentName="gpt")]}),
        ("v1.1", {"inputs": [file(SOURCE, TARGET, deploymentName="gpt")]}),
        ("2024-05-01", {"inputs": [file(SOURCE, TARGET)], "options": {"translateTextWithinImage": True}}),
        ("v1.1", {"inputs": [file(SOURCE, TARGET)], "options": {"translateTextWithinImage": True}}),
        ("2026-03-01", {"inputs": [file(SOURCE, TARGET)], "options": {"experimental": True}}),
        ("2026-03-01", {"inputs": [file(SOURCE, TARGET, options={"pdfOutputAdditionalFormat": "None"})]}),
    ],
)
async def test_a_field_of_another_api_version_is_refused(doubles: Doubles, version: str, body: dict[str, Any]) -> None:
    answer = await start(doubles, body, version)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidRequest")


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_start_is_accepted_before_its_addresses_are_tried(doubles: Doubles, version: str) -> None:
    base, _ = VERSIONS[version]
    answer = await start(
        doubles, {"inputs": [folder(SOURCE, TARGET) | {"source": {"sourceUrl": SOURCE, "filter": {}}}]}, version
    )
    assert (answer.status_code, answer.content) == (202, b"")
    location = answer.headers["Operation-Location"]
    assert location.startswith(f"{doubles.translator}{base}/batches/")
    assert (await doubles.client.get(location, headers=KEY)).json()["id"] in location


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_location_can_be_written_as_in_the_published_examples(doubles: Doubles, version: str) -> None:
    await doubles.misbehave(doubles.translator, {"do": "odd_location"})
    location = (await start(doubles, {"inputs": [file(SOURCE, TARGET)]}, version)).headers["Operation-Location"]
    batch = location.rpartition("/operation/")[2]
    assert (await call(doubles, "GET", f"/batches/{batch}", version)).json()["id"] == batch


@pytest.mark.parametrize(
    "headers",
    [
        {"Ocp-Apim-Subscription-Key": "wrong"},
        {"Ocp-Apim-Subscription-Key": "", "Authorization": "Bearer made-up"},
        {"Ocp-Apim-Subscription-Key": "", "Authorization": f"Bearer {identity.mint(identity.STORAGE)}"},
        {"Ocp-Apim-Subscription-Key": "", "Authorization": f"Bearer {identity.mint(identity.COGNITIVE_SERVICES, -1)}"},
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
async def test_a_caller_without_key_or_token_is_401(doubles: Doubles, version: str, headers: dict[str, str]) -> None:
    answer = await call(doubles, "GET", "/batches", version, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "Unauthorized")


async def test_a_token_of_the_right_audience_is_enough(doubles: Doubles) -> None:
    answer = await doubles.client.get(
        f"{doubles.translator}{NEW}/batches", params={"api-version": "2024-05-01"}, headers=bearer()
    )
    assert answer.json() == {"value": []}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", ["/batches/x", "/batches/x/documents", "/batches/x/documents/y"])
async def test_an_unknown_batch_is_404(doubles: Doubles, version: str, path: str) -> None:
    answer = await call(doubles, "GET", path, version)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "ResourceNotFound")


@pytest.mark.parametrize(
    ("version", "query"),
    [
        ("v1.1", {"top": "1"}),
        ("v1.1", {"$maxpagesize": "101"}),
        ("2026-03-01", {"$top": "1"}),
        ("2026-03-01", {"maxpagesize": "0"}),
        ("2026-03-01", {"skip": "-1"}),
        ("2026-03-01", {"statuses": "Done"}),
        ("2026-03-01", {"ids": "1"}),
        ("2026-03-01", {"orderby": "status"}),
        ("2026-03-01", {"createdDateTimeUtcStart": "yesterday"}),
    ],
)
async def test_a_faulty_list_parameter_is_400(doubles: Doubles, version: str, query: dict[str, str]) -> None:
    answer = await call(doubles, "GET", "/batches", version, query)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidRequest")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "MissingApiVersionParameter"),
        ({"api-version": "2023-11-01-preview"}, "UnsupportedApiVersionValue"),
        ({"api-version": "v1.1"}, "UnsupportedApiVersionValue"),
    ],
)
async def test_an_api_version_is_needed(doubles: Doubles, query: dict[str, str], code: str) -> None:
    answer = await doubles.client.get(f"{doubles.translator}{NEW}/batches", params=query, headers=KEY)
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (400, code)


async def test_formats_are_listed_by_type_in_any_case(doubles: Doubles) -> None:
    async def formats(version: str = "2026-03-01", path: str = "/formats", **query: str) -> dict[str, Any]:
        rows = (await call(doubles, "GET", path, version, query)).json()["value"]
        return {row["format"]: row for row in rows}

    assert (await formats(type="glossary")) == (await formats(type="Glossary"))
    assert ".pdf" in (await formats(type="document"))["PortableDocumentFormat"]["fileExtensions"]
    assert (await formats(type="document"))["XLIFF"]["defaultVersion"] == "2.1"
    assert "StreamJSONFile" not in await formats("2024-05-01", type="document")
    both = (await call(doubles, "GET", "/formats")).json()["value"]
    assert {row["type"] for row in both} == {"Document", "Glossary"}
    assert "OpenXmlWord" in await formats("v1.1", "/documents/formats")
    assert set(await formats("v1.1", "/glossaries/formats")) == {"XLIFF", "TSV", "CSV"}
    assert (await call(doubles, "GET", "/storagesources", "v1.1")).json() == {"value": ["AzureBlob"]}
    assert (await call(doubles, "GET", "/formats", query={"type": "picture"})).status_code == 400


async def test_gets_have_the_headers_that_were_recorded(doubles: Doubles) -> None:
    answer = await call(doubles, "GET", "/batches")
    assert answer.headers["Cache-Control"] == "public, max-age=1"
    assert len(answer.headers["ETag"].strip('"')) == 64
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize(
    ("rule", "status", "code"),
    [
        ({"do": "throttle", "retry_after": "7"}, 429, "RequestRateTooHigh"),
        ({"do": "status"}, 503, "ServiceUnavailable"),
        ({"do": "status", "status": 500}, 500, "InternalServerError"),
    ],
)
@pytest.mark.parametrize(("version", "inner"), [("v1.1", "innerError"), ("2026-03-01", "innererror")])
async def test_a_told_error_is_in_the_words_of_the_version_and_has_request_ids(
    doubles: Doubles, rule: dict[str, Any], status: int, code: str, version: str, inner: str
) -> None:
    await doubles.misbehave(doubles.translator, rule)
    answer = await start(doubles, {"inputs": [file(SOURCE, TARGET)]}, version)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert inner in answer.json()["error"]
    assert answer.headers.get("Retry-After") == rule.get("retry_after")
    assert answer.headers["apim-request-id"] == answer.headers["X-RequestId"]


async def test_an_error_told_with_its_body_keeps_it(doubles: Doubles) -> None:
    await doubles.misbehave(doubles.translator, {"do": "status", "status": 403, "body": "no F0"})
    answer = await call(doubles, "GET", "/batches")
    assert (answer.status_code, answer.text) == (403, "no F0")


async def test_another_path_of_the_address_is_404(doubles: Doubles) -> None:
    answer = await doubles.client.get(f"{doubles.translator}/elsewhere", headers=KEY)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "404")
