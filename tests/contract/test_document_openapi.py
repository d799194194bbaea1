"""The Document Translation double against the OpenAPI of each version: what it takes, serves and answers."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import jsonschema
import pytest
from pydantic import BaseModel

from sandbox.doubles import document_rules as rules
from sandbox.doubles.control import PREFIX, Control
from sandbox.doubles.document import OLD, Documents
from sandbox.doubles.document_errors import OUTER_CODES, Fault
from sandbox.doubles.document_formats import GLOSSARIES, LATEST, V1, VERSIONS, documents
from sandbox.doubles.document_jobs import STATUSES, Batch, Document
from sandbox.doubles.document_lists import parameters as list_parameters
from sandbox.doubles.document_refusals import incorrect, published
from sandbox.doubles.document_sync import parameters as sync_parameters
from sandbox.doubles.misbehaviour import Fates
from sandbox.doubles.shelf import Shelf

SPECS = Path(__file__).parents[3] / "shared" / "specs" / "document-translation"
BASES = {V1: OLD, "2024-05-01": "/translator", LATEST: "/translator"}
MODELS: dict[str, type[BaseModel]] = {
    "StartTranslationDetails": rules.StartRequest,
    "BatchRequest": rules.Input,
    "SourceInput": rules.Source,
    "DocumentFilter": rules.Filter,
    "TargetInput": rules.Target,
    "Glossary": rules.GlossaryInput,
}
OPTIONS: dict[str, type[BaseModel]] = {"BatchRequestOptions": rules.TargetOptions, "BatchOptions": rules.Options}
PAIRS = [(name, version) for name in MODELS for version in VERSIONS]
PAIRS += [("BatchRequestOptions", V1), ("BatchOptions", LATEST)]
# `experimental` is on the pages of v1.1 alone.
UNPUBLISHED = {(V1, "StartTranslationDetails"): {"options"}}

pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="the OpenAPI of Document Translation is not beside us")


@cache
def read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SPECS / f"{name}.json").read_text())
    return document


def check_schema(answer: dict[str, Any], definition: str, version: str) -> None:
    definitions = read(version)["definitions"]
    jsonschema.Draft4Validator({"$ref": f"#/definitions/{definition}", "definitions": definitions}).validate(answer)


def served() -> set[tuple[str, str]]:
    routes = Documents(Control("translator", 0), Mock(), Mock()).routes()
    return {(route.method, without_names(route.path)) for route in routes if not route.path.startswith(PREFIX)}


def without_names(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def finished(version: str) -> Batch:
    target = {"targetUrl": "https://storage.invalid/target/a.txt", "language": "es"}
    source = {"sourceUrl": "https://storage.invalid/source/a.txt"}
    asked = rules.StartRequest.model_validate({"inputs": [{"source": source, "targets": [target]}]})
    fault = Fault(message="No.", inner="TargetFileAlreadyExists", inner_target="0", details={"glossary": "a"})
    batch = Batch(version=version, asked=asked, fates=Fates([]), status="Failed", fault=fault)
    for number, status in enumerate(STATUSES):
        batch.documents.append(
            Document(
                id=f"0000000{number}-0000-0000-0000-000000000000",
                source="https://storage.invalid/source/a.txt",
                path="https://storage.invalid/target/a.txt",
                to="es",
                input=0,
                target=0,
                status=status,  # type: ignore[arg-type]  # one of the literal's words
                begun=True,
                fault=fault if status == "Failed" else None,
                deployment="gpt-4o",
            )
        )
    return batch


def test_every_operation_of_every_version_is_served_and_no_other() -> None:
    operations = {
        (verb.upper(), without_names(BASES[version] + path))
        for version in VERSIONS
        for path, verbs in read(version)["paths"].items()
        for verb in verbs
    }
    assert served() == operations


@pytest.mark.parametrize(("name", "version"), PAIRS)
def test_the_fields_of_each_api_version_are_known_and_no_others(name: str, version: str) -> None:
    known = {
        field.alias
        for field in (MODELS | OPTIONS)[name].model_fields.values()
        if all(mark.version == version for mark in field.metadata if isinstance(mark, rules.Only))
    }
    if name == "StartTranslationDetails" and version == "2024-05-01":
        known.discard("options")  # none of its parts is of this version
    assert known - UNPUBLISHED.get((version, name), set()) == set(read(version)["definitions"][name]["properties"])


@pytest.mark.parametrize("version", VERSIONS)
def test_published_example_requests_are_accepted(version: str) -> None:
    if not (SPECS / f"examples-{version}" / "batch.json").is_file():
        pytest.skip(f"{version} has no example of a start")
    body = read(f"examples-{version}/batch")["parameters"]["body"]
    assert rules.parse(json.dumps(body).encode(), version)


@pytest.mark.parametrize("version", VERSIONS)
def test_query_parameters_are_those_of_the_contract(version: str) -> None:
    paths = read(version)["paths"]
    assert list_parameters(version) == queried(
        version, paths["/batches" if version == V1 else "/document/batches"]["get"]
    )
    if version != V1:
        assert sync_parameters(version) == queried(version, paths["/document:translate"]["post"])


def queried(version: str, operation: dict[str, Any]) -> set[str]:
    shared = read(version).get("parameters", {})
    given = [shared[row["$ref"].rpartition("/")[2]] if "$ref" in row else row for row in operation["parameters"]]
    return {row["name"] for row in given if row["in"] == "query"} - {"api-version"}


@pytest.mark.parametrize("version", VERSIONS)
def test_batches_and_documents_are_shown_as_the_contract_says(version: str) -> None:
    batch = finished(version)
    check_schema({"value": [batch.shown(version)]}, "TranslationsStatus", version)
    check_schema({"value": batch.documents_shown(batch.documents, version)}, "DocumentsStatus", version)


@pytest.mark.parametrize("version", VERSIONS)
def test_no_field_is_shown_that_the_version_has_not(version: str) -> None:
    batch, definitions = finished(version), read(version)["definitions"]
    shown = batch.shown(version)
    assert set(shown) <= set(definitions["TranslationStatus"]["properties"])
    assert set(shown["summary"]) <= set(definitions["StatusSummary"]["properties"])
    for row in batch.documents_shown(batch.documents, version):
        assert set(row) <= set(definitions["DocumentStatus"]["properties"])


@pytest.mark.parametrize("version", VERSIONS)
def test_statuses_and_codes_are_those_of_the_contract(version: str) -> None:
    definitions = read(version)["definitions"]
    assert list(STATUSES) == definitions["Status"]["enum"]
    assert set(OUTER_CODES) == set(definitions["TranslationErrorCode"]["enum"])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_refusals_are_in_the_words_of_the_contract(status: int, version: str) -> None:
    answer = json.loads(published(status).answer(older=version == V1).text or "")
    definition = "TranslationErrorResponse" if version == V1 else "Azure.Core.Foundations.ErrorResponse"
    check_schema(answer, definition, version)
    example = read("examples-v1.1/documents")["responses"][str(status)]["body"]["error"]
    if version == V1:
        assert answer["error"] == {name: value for name, value in example.items() if name != "target"}
    else:
        assert answer["error"]["code"] == example["code"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_refusal_of_a_request_is_an_error_response(version: str) -> None:
    answer = incorrect("InvalidFilter", "No.", "Operation").answer(older=version == V1)
    definition = "TranslationErrorResponse" if version == V1 else "Azure.Core.Foundations.ErrorResponse"
    check_schema(json.loads(answer.text or ""), definition, version)
    assert answer.headers.get("x-ms-error-code") == (None if version == V1 else "InvalidRequest")


@pytest.mark.parametrize("version", VERSIONS)
def test_formats_are_shown_as_the_contract_says(version: str) -> None:
    for kind, formats in (("document", documents(version)), ("glossary", GLOSSARIES)):
        check_schema({"value": [each.shown(kind, version) for each in formats]}, "SupportedFileFormats", version)


def test_the_formats_of_the_latest_version_are_the_published_ones() -> None:
    published_rows = read("examples-2026-03-01/format")["responses"]["200"]["body"]["value"]
    assert [each.shown("Document", LATEST) for each in documents(LATEST)] == published_rows


@pytest.mark.parametrize("name", ["existing_target_all", "existing_target_one_of_two", "bad_source", "cancel"])
def test_statuses_have_the_fields_of_the_recorded_answers(name: str) -> None:
    batch = finished(V1)
    rows = [row["body"] for row in read("recorded-v1.0-exchanges")[name] if "body" in row]
    for row in rows:
        for document in row.get("value", []):
            shown = next(each for each in batch.documents if each.status == document["status"])
            shown.begun = "createdDateTimeUtc" in document
            assert set(shown.shown(V1)) == set(document)
        if "summary" in row:
            batch.fault = Fault(message="No.", inner="x") if "error" in row else None
            assert set(batch.shown(V1)) == set(row)
            assert list(batch.shown(V1)["summary"]) == list(row["summary"])


def test_a_batch_can_be_written_down_and_read_back(tmp_path: Path) -> None:
    batch, shelf = finished(LATEST), Shelf(tmp_path, Batch)
    shelf.keep(batch.id, batch)
    assert shelf.load() == {batch.id: batch}
