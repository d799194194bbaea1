"""The Speech double against the OpenAPI of Video Translation: what it takes, serves and answers."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import jsonschema
import pytest
from pydantic import BaseModel

from sandbox.doubles import speech_rules as rules
from sandbox.doubles.control import PREFIX, Control
from sandbox.doubles.misbehaviour import Fates
from sandbox.doubles.results import Results
from sandbox.doubles.shelf import Shelf
from sandbox.doubles.speech import Speech
from sandbox.doubles.speech_jobs import FAILED, SUCCEEDED, Iteration, Operation, Translation
from sandbox.doubles.speech_requests import BASE
from sandbox.doubles.speech_work import Dubbing

SPECS = Path(__file__).parents[3] / "shared" / "specs" / "video-translation"
MODELS: dict[str, type[BaseModel]] = {
    "Translation": rules.TranslationRequest,
    "TranslationInput": rules.TranslationInput,
    "Iteration": rules.IterationRequest,
    "IterationInput": rules.IterationInput,
    "WebvttFile": rules.WebvttFile,
}
FILES = (
    "translatedVideoFileUrl",
    "sourceLocaleSubtitleWebvttFileUrl",
    "targetLocaleSubtitleWebvttFileUrl",
    "metadataJsonWebvttFileUrl",
    "reportFileUrl",
)
ASKED: dict[str, Any] = {
    "input": {
        "sourceLocale": "en-US",
        "targetLocale": "es-ES",
        "voiceKind": "PlatformVoice",
        "videoFileUrl": "https://storage.invalid/film.mp4",
    }
}

pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="the OpenAPI of Video Translation is not beside us")


@cache
def openapi(version: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SPECS / f"{version}.json").read_text())
    return document


def example(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SPECS / "examples" / rules.LATEST / f"{name}.json").read_text())
    return document


def check_schema(answer: dict[str, Any], definition: str, version: str) -> None:
    definitions = openapi(version)["definitions"]
    jsonschema.Draft4Validator({"$ref": f"#/definitions/{definition}", "definitions": definitions}).validate(answer)


def known_fields(model: type[BaseModel], version: str) -> set[str]:
    too_new = {
        field.alias
        for field in model.model_fields.values()
        if any(mark.version > version for mark in field.metadata if isinstance(mark, rules.Since))
    }
    return {field.alias or "" for field in model.model_fields.values()} - too_new


def finished() -> Translation:
    files = {name: f"film/first/{name}" for name in FILES}
    asked = rules.TranslationRequest.model_validate(ASKED)
    film = Translation("film", Operation("film-op"), Fates(), "A film", SUCCEEDED, request=asked)
    film.iterations["first"] = Iteration("first", Operation("first-op"), Fates(), None, SUCCEEDED, files=files)
    film.iterations["other"] = Iteration("other", Operation("other-op"), Fates(), None, FAILED, "It broke.")
    return film


def signed(place: str, _expired: bool) -> str:
    return f"https://storage.invalid/{place}?sig=x"


def served() -> set[tuple[str, str]]:
    routes = (
        Speech(Control("speech", 0), Mock(spec=Dubbing), Mock(spec=Results), Mock(spec=Shelf)).app().router.routes()
    )
    pairs = {(route.method, route.resource.canonical if route.resource else "") for route in routes}
    return {(method, path) for method, path in pairs if method != "HEAD" and not path.startswith(PREFIX)}


def without_names(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def test_every_operation_of_the_contract_is_served_and_no_other() -> None:
    paths = openapi(rules.LATEST)["paths"]
    published = {(verb.upper(), without_names(BASE + path)) for path, verbs in paths.items() for verb in verbs}
    assert {(method, without_names(path)) for method, path in served()} == published


@pytest.mark.parametrize("version", rules.VERSIONS)
@pytest.mark.parametrize("name", MODELS)
def test_the_fields_of_each_api_version_are_known_and_no_others(name: str, version: str) -> None:
    properties = openapi(version)["definitions"][name]["properties"]
    writable = {field for field, schema in properties.items() if not schema.get("readOnly") or field == "id"}
    assert known_fields(MODELS[name], version) == writable


@pytest.mark.parametrize(
    ("definition", "pattern"),
    [
        ("resourceId", f"^{rules.RESOURCE_ID.pattern}$"),
        ("localeName", rules.LOCALE),
        ("rgbaColor", rules.COLOUR),
    ],
)
def test_patterns_are_those_of_the_contract(definition: str, pattern: str) -> None:
    assert openapi(rules.LATEST)["definitions"][definition]["pattern"] == pattern


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("TranslationOperations_CreateTranslation", rules.TranslationRequest),
        ("IterationOperations_CreateIteration", rules.IterationRequest),
        ("EventHubConfigurationOperations_CreateOrReplaceEventHubConfiguration", rules.EventHubConfiguration),
    ],
)
def test_published_example_requests_are_accepted(name: str, model: type[rules.Body]) -> None:
    parameters = example(name)["parameters"]
    body = parameters.get("resource") or parameters["body"]
    assert rules.parse(model, json.dumps(body).encode(), parameters["api-version"])


@pytest.mark.parametrize("version", rules.VERSIONS)
def test_translations_are_shown_as_the_contract_says(version: str) -> None:
    check_schema(finished().shown(version, signed), "Translation", version)
    check_schema({"value": [finished().listed(version)]}, "PagedTranslation", version)


@pytest.mark.parametrize("version", rules.VERSIONS)
def test_iterations_are_shown_as_the_contract_says(version: str) -> None:
    iterations = finished().iterations
    for iteration in iterations.values():
        check_schema(iteration.shown(signed), "Iteration", version)
    check_schema({"value": [each.listed() for each in iterations.values()]}, "PagedIteration", version)


def test_results_are_named_as_in_the_contract() -> None:
    published = openapi(rules.LATEST)["definitions"]["IterationResult"]["properties"]
    assert set(finished().iterations["first"].shown(signed)["result"]) <= set(published)


def test_operations_are_shown_as_the_contract_says() -> None:
    check_schema(Operation("film-op").shown(), "Operation", rules.LATEST)


@pytest.mark.parametrize("target", [None, "input.voiceKind"])
def test_refusals_are_error_responses_with_the_code_in_a_header(target: str | None) -> None:
    answer = rules.Refused(400, "InvalidArgument", "No.", target).answer()
    check_schema(json.loads(answer.text or ""), "Azure.Core.Foundations.ErrorResponse", rules.LATEST)
    assert answer.headers["x-ms-error-code"] == "InvalidArgument"
