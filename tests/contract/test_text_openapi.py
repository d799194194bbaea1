"""The Text Translation double against the OpenAPI of each version: what it takes, serves and answers."""

import json
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import jsonschema
import pytest
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from sandbox.doubles import text_rules as rules
from sandbox.doubles.control import PREFIX, Control
from sandbox.doubles.text import LANGUAGES_QUERY, TRANSLITERATE_QUERY, Texts
from sandbox.doubles.text_refusals import LATEST, PREVIEW, VERSIONS
from sandbox.doubles.text_resource import CUSTOM_BASES, Resource
from tests.integration import text_client
from tests.integration.text_client import FOUNDRY, element

SPECS = Path(__file__).parents[3] / "shared" / "specs" / "text-translation"
MODELS: dict[type[BaseModel], dict[str, str]] = {
    rules.Element: {PREVIEW: "TranslateBody", LATEST: "TranslateInputItem"},
    rules.Target: {PREVIEW: "TranslateTarget", LATEST: "TranslationTarget"},
    rules.ReferencePair: {PREVIEW: "ReferenceSentencePair", LATEST: "ReferenceTextPair"},
    rules.Text: {PREVIEW: "InputTextItem", LATEST: "InputTextItem"},
}
# On the pages, and not in the OpenAPI that is beside us.
UNPUBLISHED = {"transliteration", "targetCharacters"}

pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="the OpenAPI of Text Translation is not beside us")


@cache
def read(version: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SPECS / f"{version}.json").read_text())
    return document


def check_schema(answer: Any, schema: dict[str, Any], version: str) -> None:
    jsonschema.Draft4Validator(schema | {"definitions": read(version)["definitions"]}).validate(answer)


def answer_schema(path: str, verb: str, version: str) -> dict[str, Any]:
    schema: dict[str, Any] = read(version)["paths"][path][verb]["responses"]["200"]["schema"]
    return schema


def properties(definition: str, version: str) -> set[str]:
    return set(read(version)["definitions"][definition]["properties"])


@pytest.fixture(scope="module")
async def double() -> AsyncIterator[text_client.Texts]:
    async with text_client.texts() as double:
        yield double


@pytest.fixture(params=VERSIONS)
async def service(double: text_client.Texts, request: pytest.FixtureRequest) -> text_client.Texts:
    await double.doubles.reset()
    return text_client.Texts(double.doubles, request.param)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_operation_is_served_under_each_published_path_and_no_other(version: str) -> None:
    routes = Texts(Control("translator", 0), Mock(), Resource()).routes()
    served = {(route.method, route.path) for route in routes if not route.path.startswith(PREFIX)}
    operations = {(verb.upper(), path) for path, verbs in read(version)["paths"].items() for verb in verbs}
    assert served == {(verb, base + path) for verb, path in operations for base in CUSTOM_BASES}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("model", MODELS)
def test_the_fields_of_each_api_version_are_known_and_no_others(model: type[BaseModel], version: str) -> None:
    known = {
        field.alias
        for field in model.model_fields.values()
        if all(mark.version == version for mark in field.metadata if isinstance(mark, rules.Only))
    }
    assert known == properties(MODELS[model][version], version)


@pytest.mark.parametrize("version", VERSIONS)
def test_required_fields_and_words_are_those_of_the_contract(version: str) -> None:
    for model, names in MODELS.items():
        definition = read(version)["definitions"][names[version]]
        required = {field.alias for field in model.model_fields.values() if field.is_required()}
        assert required == set(definition["required"])
    target = read(version)["definitions"][MODELS[rules.Target][version]]["properties"]
    for name in ("profanity_action", "profanity_marker"):
        shown = rules.Target.model_json_schema()["properties"][to_camel(name)]
        assert (shown["enum"], shown["default"]) == (target[to_camel(name)]["enum"], target[to_camel(name)]["default"])
    assert target["referenceTextPairs"]["maxItems"] == rules.PAIRS
    assert target["deploymentName"]["default"] == rules.Target.model_fields["deployment_name"].default


def test_tones_and_genders_are_those_of_the_contract() -> None:
    definitions = read(LATEST)["definitions"]
    for tone in definitions["TranslationTone"]["enum"]:
        assert rules.Target(language="es", tone=tone)
    for gender in definitions["TranslationGender"]["enum"]:
        assert rules.Target(language="es", gender=gender)


@pytest.mark.parametrize("version", VERSIONS)
def test_query_parameters_are_those_of_the_contract(version: str) -> None:
    document = read(version)

    def queried(path: str, verb: str) -> set[str]:
        rows = document["paths"][path][verb]["parameters"]
        given = [document["parameters"][row["$ref"].rpartition("/")[2]] if "$ref" in row else row for row in rows]
        return {row["name"] for row in given if row["in"] == "query"} - {"api-version"}

    assert queried("/transliterate", "post") == TRANSLITERATE_QUERY
    assert queried("/languages", "get") == LANGUAGES_QUERY
    assert queried("/translate", "post") == set()


async def test_the_published_example_is_answered_with_the_published_fields(double: text_client.Texts) -> None:
    await double.doubles.reset()
    await double.become(deployments={"gpt-4o-mini": "gpt-4o-mini"})
    example = json.loads((SPECS / "examples-2026-06-06" / "Translate_MaximumSet_Gen.json").read_text())
    answer = await double.call("POST", "/translate", json=example["parameters"]["body"])
    assert answer.status_code == 200, answer.text
    published = example["responses"]["200"]["body"]["value"][0]
    shown = double.results(answer)[0]
    assert shown["detectedLanguage"] == published["detectedLanguage"]
    assert shown["translations"][0].keys() == published["translations"][0].keys()


@pytest.mark.parametrize(
    "target",
    [
        {"language": "es"},
        {"language": "es", "deploymentName": "mine"},
        {"language": "es", "referenceTextPairs": [{"source": "a", "target": "b"}]},
        {"language": "sr-Cyrl", "script": "Latn"},
    ],
)
async def test_translations_are_shown_as_the_contract_says(service: text_client.Texts, target: dict[str, Any]) -> None:
    await service.become(**FOUNDRY)
    answer = await service.post({"text": "Hello", "targets": [target]})
    check_schema(answer.json(), answer_schema("/translate", "post", service.version), service.version)
    row = service.results(answer)[0]
    assert set(row) <= properties("TranslatedTextItem", service.version)
    assert set(row["translations"][0]) - UNPUBLISHED <= properties("TranslationText", service.version)
    named = read(service.version)["paths"]["/translate"]["post"]["responses"]["200"]["headers"]
    assert set(map(str.lower, named)) <= set(answer.headers)


async def test_transliterations_are_shown_as_the_contract_says(service: text_client.Texts) -> None:
    query = {"language": "ja", "fromScript": "Jpan", "toScript": "Latn"}
    answer = await service.call("POST", "/transliterate", query=query, json=service.body([{"text": "こんにちは"}]))
    check_schema(answer.json(), answer_schema("/transliterate", "post", service.version), service.version)


async def test_languages_are_shown_as_the_contract_says(service: text_client.Texts) -> None:
    answer = await service.call("GET", "/languages")
    check_schema(answer.json(), answer_schema("/languages", "get", service.version), service.version)
    definition = "GetSupportedLanguagesResult"
    assert set(answer.json()) == properties(definition, service.version)
    for code, row in answer.json()["translation"].items():
        assert set(row) == properties("TranslationLanguage", service.version), code


async def test_refusals_are_shown_as_the_contract_says(service: text_client.Texts) -> None:
    refused = [await service.post(element("Hello", "xx")), await service.post(element("Hello", "es"), headers={})]
    for answer in refused:
        schema = {"$ref": "#/definitions/ErrorResponse"}
        check_schema(answer.json(), schema, service.version)
        assert answer.headers["X-RequestId"]
