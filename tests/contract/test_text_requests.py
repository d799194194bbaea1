"""What our provider sends to Text Translation, and what it offers in a brief, against the OpenAPI of each version."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from shared.providers.text_client import LATEST, PREVIEW, VERSIONS, TextClient
from shared.providers.text_options import fields_of, of_target
from tests.unit.providers.test_azure_text import LLM
from tests.unit.providers.texts import Place, Texts, provider
from tests.unit.providers.wire import Wire, answer

SPECS = Path(__file__).parents[3] / "shared" / "specs" / "text-translation"
BASE = "/translator/text"
EACH = pytest.mark.parametrize("version", VERSIONS)
TARGET = {PREVIEW: "TranslateTarget", LATEST: "TranslationTarget"}
#: Fields of a brief that are not the service's of a target: its `script` of the text, and ours.
OTHERS = {"sourceScript", "context", "lines", "glossaries"}
OPTIONS: dict[str, Any] = {
    "sourceScript": "Latn",
    "script": "Latn",
    "allowFallback": False,
    "tone": "formal",
    "gender": "female",
    "adaptiveDatasetId": "data",
    "referenceTextPairs": [{"source": "one", "target": "eins"}],
    "profanityAction": "Marked",
    "profanityMarker": "Asterisk",
}

pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="the OpenAPI of Text Translation is not beside us")


@cache
def openapi(version: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SPECS / f"{version}.json").read_text())
    return document


def followed(parameter: dict[str, Any], version: str) -> dict[str, Any]:
    if not parameter.get("$ref", "").startswith("#/"):
        return parameter
    _, kind, name = parameter["$ref"].split("/")
    found: dict[str, Any] = openapi(version)[kind][name]
    return found


def strict(version: str) -> dict[str, Any]:
    """The definitions, without room for unknown fields."""
    definitions: dict[str, Any] = json.loads(json.dumps(openapi(version)["definitions"]))
    for definition in definitions.values():
        if definition.get("properties"):
            definition["additionalProperties"] = False
    return definitions


def check(request: httpx.Request, version: str) -> None:
    """Whether a request has what its operation asks for, and nothing else."""
    operation = openapi(version)["paths"][request.url.path.removeprefix(BASE)][request.method.lower()]
    parameters = [followed(each, version) for each in operation.get("parameters", [])]
    known = {each["name"] for each in parameters if each.get("in") == "query"} | {"api-version"}
    assert request.url.params["api-version"] == version
    assert set(request.url.params) <= known
    for parameter in parameters:
        if parameter.get("in") == "body":
            schema = {**parameter["schema"], "definitions": strict(version)}
            jsonschema.Draft4Validator(schema).validate(json.loads(request.content))


@EACH
async def test_a_request_with_every_field_is_in_the_contract(version: str) -> None:
    texts = Texts()
    text = provider(texts, foundry=True, TEXT_API_VERSION=version)
    options = OPTIONS | LLM | ({"grade": "basic"} if version == PREVIEW else {})
    assert text.mistakes(options) == []
    place = Place()
    place.media.data = place.media.data.replace(b"Two", b"Twelve")
    await place.carry(text, {name: value for name, value in options.items() if name != "script"})
    for request in texts.requests:
        check(request, version)


@EACH
async def test_every_other_operation_is_in_the_contract(version: str) -> None:
    converted = [{"text": "jedan", "script": "Latn"}]
    wire = Wire(answer(200, {}), answer(200, converted if version == PREVIEW else {"value": converted}))
    client = TextClient(wire.service(), version)
    await client.languages('"1"')
    assert await client.transliterate(["један"], "sr", "Cyrl", "Latn") == ["jedan"]
    for request in wire.requests:
        check(request, version)


@EACH
def test_a_brief_offers_every_field_of_a_target(version: str) -> None:
    published = set(openapi(version)["definitions"][TARGET[version]]["properties"]) - {"language"}
    assert set(fields_of(version).allowed) - OTHERS == published
    assert set(of_target(dict.fromkeys(published, "x"))) == published
