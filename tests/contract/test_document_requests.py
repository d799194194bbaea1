"""What our provider sends to Document Translation, and what it understands, against the OpenAPI of each version."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from shared.jobs.step import Step
from shared.providers.azure_document import AT_ONCE, BATCH, AzureDocument
from shared.providers.document_client import SERVICE, DocumentClient, Wanted
from shared.providers.document_formats import OLDEST, VERSIONS
from shared.providers.document_outcomes import AGAIN, AT_WORK, ENDED
from tests.unit.providers.test_azure_document import ID, Place, accepted, batch, lease
from tests.unit.providers.wire import Wire, answer

SPECS = Path(__file__).parents[3] / "shared" / "specs" / "document-translation"
BASES = dict.fromkeys(VERSIONS, "/translator") | {OLDEST: "/translator/text/batch/v1.1"}
EACH = pytest.mark.parametrize("version", VERSIONS)
#: On the pages of v1.1 alone.
UNPUBLISHED = ("options",)

pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="the OpenAPI of Document Translation is not beside us")


@cache
def openapi(version: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SPECS / f"{version}.json").read_text())
    return document


def followed(schema: dict[str, Any], version: str) -> dict[str, Any]:
    if "$ref" not in schema or not schema["$ref"].startswith("#/"):
        return schema
    _, kind, name = schema["$ref"].split("/")
    found: dict[str, Any] = openapi(version)[kind][name]
    return found


def operation_of(request: httpx.Request, version: str) -> dict[str, Any]:
    """The published operation that a request calls."""
    for path, verbs in openapi(version)["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(BASES[version] + path.partition("?")[0]))
        if re.fullmatch(pattern, request.url.path) and request.method.lower() in verbs:
            found: dict[str, Any] = verbs[request.method.lower()]
            return found
    raise AssertionError(f"{request.method} {request.url.path} is not in the contract of {version}")


def strict(version: str) -> dict[str, Any]:
    """The definitions, without room for unknown fields."""
    definitions = json.loads(json.dumps(openapi(version)["definitions"]))
    for definition in definitions.values():
        if definition.get("properties"):
            definition["additionalProperties"] = False
    return dict(definitions)


def check(request: httpx.Request, version: str) -> None:
    """Whether a request has what its operation asks for, and nothing else."""
    operation = operation_of(request, version)
    parameters = [followed(each, version) for each in operation.get("parameters", [])]
    query = dict(request.url.params)
    known = {each["name"] for each in parameters if each["in"] == "query"}
    if version != OLDEST:
        assert query["api-version"] == version
        known |= {"api-version"}
    assert set(query) <= known
    for parameter in parameters:
        if parameter["in"] == "query" and parameter.get("required"):
            assert parameter["name"] in query or parameter["name"] == "api-version"
        if parameter["in"] == "body":
            body = json.loads(request.content)
            if version == OLDEST:
                body = {name: value for name, value in body.items() if name not in UNPUBLISHED}
            schema = {**parameter["schema"], "definitions": strict(version)}
            jsonschema.Draft4Validator(schema).validate(body)


def options_of(version: str) -> dict[str, Any]:
    """Every field that a brief may give."""
    more: dict[str, dict[str, Any]] = {
        "2026-03-01": {"deploymentName": "d", "options": {"translateTextWithinImage": True}},
        OLDEST: {"options": {"experimental": True, "pdfOutputAdditionalFormat": "OpenXmlWord"}},
    }
    return {"category": "general", **more.get(version, {})}


@EACH
async def test_a_batch_with_everything_is_in_the_contract(version: str) -> None:
    place, wire = Place(), Wire(accepted())
    place.glossaries.put("default.en-es.tsv", b"liver\thigado\n")
    azure = AzureDocument(wire.service(SERVICE), version)
    task = place.task(Step(name=BATCH), options=options_of(version), media=lease("a.pdf"))
    await azure.start(task)
    check(wire.requests[0], version)


@EACH
async def test_every_other_operation_is_in_the_contract(version: str) -> None:
    empty: dict[str, Any] = {"value": []}
    wire = Wire(*(answer(200, empty) for _ in range(7)))
    client = DocumentClient(wire.service(SERVICE), version)
    wanted = Wanted(ids=[ID], statuses=["Failed"], oldest_first=True, top=1, skip=1, page=1)
    await client.batch(ID)
    await client.document(ID, ID)
    await client.cancel(ID)
    await client.document_formats()
    await client.glossary_formats()
    assert [each async for each in client.batches(wanted)] == []
    assert [each async for each in client.documents(ID, wanted)] == []
    assert len(wire.requests) == 7
    for request in wire.requests:
        check(request, version)


@pytest.mark.parametrize("version", [version for version in VERSIONS if version != OLDEST])
async def test_the_synchronous_call_is_in_the_contract(version: str) -> None:
    place, wire = Place(), Wire(httpx.Response(200, content=b"x"))
    await AzureDocument(wire.service(SERVICE), version).start(
        place.task(Step(name=AT_ONCE), options=options_of(version) | {"allowFallback": False})
    )
    check(wire.requests[0], version)
    parameters = [followed(each, version) for each in operation_of(wire.requests[0], version)["parameters"]]
    form = {each["name"] for each in parameters if each["in"] == "formData"}
    sent = set(re.findall(rb'form-data; name="(\w+)"', wire.requests[0].content))
    assert {name.decode() for name in sent} <= (form or {"document", "glossary"})


@EACH
def test_every_status_and_code_is_known(version: str) -> None:
    definitions = openapi(version)["definitions"]
    assert set(definitions["Status"]["enum"]) == AT_WORK | ENDED
    codes = next(each["enum"] for name, each in definitions.items() if name in ("TranslationErrorCode", "ErrorCodeV2"))
    assert AGAIN - {"TargetFileAlreadyExists"} <= set(codes)


@EACH
@pytest.mark.parametrize("example", ["batch", "operation", "documents"])
async def test_published_examples_are_understood(version: str, example: str) -> None:
    file = SPECS / f"examples-{version}" / f"{example}.json"
    if not file.is_file():
        pytest.skip(f"no example {example} of {version} is kept")
    responses = json.loads(file.read_text())["responses"]
    given = responses.get("202") or responses["200"]
    if example == "batch":
        headers = {name: str(value) for name, value in given.get("headers", {}).items()}
        started = await DocumentClient(Wire(httpx.Response(202, headers=headers)).service(), version).start({})
        assert re.fullmatch(r"[0-9a-f-]{36}", started.id)
    elif example == "operation":
        status = given["body"]["status"]
        assert status in AT_WORK | ENDED
    else:
        wire = Wire(answer(200, {"value": given["body"]["value"]}))
        rows = [row async for row in DocumentClient(wire.service(), version).documents(ID)]
        assert rows == given["body"]["value"]


def test_the_batch_of_these_tests_has_the_published_fields() -> None:
    assert json.loads(batch("Running").content)["summary"]["total"] == 1
