"""What our provider sends to Video Translation, and what it understands, against the OpenAPI of each version."""

import json
import re
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from shared.jobs.step import Step
from shared.languages import DUBBING_LOCALES, NOT_OFFERED
from shared.providers.azure_video import ENDED_BADLY, SUCCEEDED, AzureVideo
from shared.providers.options import BELONGS_TO_THE_APP
from shared.providers.outcome import Finished
from shared.providers.task import Pair
from shared.providers.video_access import Access
from shared.providers.video_locales import PERSONAL_VOICE, PHONEME_LEXICON, SOURCES, TARGETS
from shared.providers.video_options import VERSIONS
from shared.providers.video_results import RESULT_SUFFIXES
from tests.unit.providers.wire import DroppedVideo, Wire, a_scratch, a_task, answer, some_work

SPECS = Path(__file__).parents[3] / "shared" / "specs" / "video-translation"
BASE = "/videotranslation"
ITERATION = Step(name="iteration", number=1)
LATEST = VERSIONS[0]
SOME_ID = "9f1c0f5e-8a4e-4c9b-9a36-3f0b1c2d4e5f"

pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="the OpenAPI of Video Translation is not beside us")


@cache
def openapi(version: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SPECS / f"{version}.json").read_text())
    return document


def followed(schema: dict[str, Any], version: str) -> dict[str, Any]:
    """The schema that a `$ref` leads to, or itself."""
    if "$ref" not in schema:
        return schema
    _, kind, name = schema["$ref"].split("/")
    found: dict[str, Any] = openapi(version)[kind][name]
    return found


def for_writing(version: str) -> dict[str, Any]:
    """The definitions as they hold for requests: what is read-only is not asked for, what is unknown is refused."""
    definitions: dict[str, Any] = deepcopy(openapi(version)["definitions"])
    for definition in definitions.values():
        properties = definition.get("properties", {})
        read_only = {name for name, schema in properties.items() if schema.get("readOnly")}
        definition["required"] = sorted(set(definition.get("required", [])) - read_only)
        if properties:
            definition["additionalProperties"] = False
        if not definition["required"]:
            del definition["required"]
    return definitions


def operation_of(request: httpx.Request, version: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The published operation that a request calls, and the values of its path."""
    for path, verbs in openapi(version)["paths"].items():
        values = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", BASE + path), request.url.path)
        if values and request.method.lower() in verbs:
            return verbs[request.method.lower()], values.groupdict()
    raise AssertionError(f"{request.method} {request.url.path} is not in the contract")


def check(request: httpx.Request, version: str) -> None:
    """Whether a request has everything that its operation asks for, and nothing else."""
    operation, in_path = operation_of(request, version)
    given = {"path": in_path, "query": dict(request.url.params), "header": dict(request.headers)}
    parameters = [followed(parameter, version) for parameter in operation["parameters"]]
    for parameter in parameters:
        if parameter["in"] == "body":
            schema = parameter["schema"] | {"definitions": for_writing(version)}
            jsonschema.Draft4Validator(schema).validate(json.loads(request.content))
        elif parameter["required"]:
            name = parameter["name"].lower() if parameter["in"] == "header" else parameter["name"]
            value = given[parameter["in"]][name]
            assert re.fullmatch(parameter.get("pattern", ".+"), value)
    assert set(given["query"]) <= {parameter["name"] for parameter in parameters}
    assert given["query"]["api-version"] == version


def example(schema: dict[str, Any], version: str) -> list[Any]:
    """Values that a schema takes: each of an enumeration, or one that fits the type."""
    schema = followed(schema, version)
    if "enum" in schema:
        return list(schema["enum"])
    if "properties" in schema:
        return [{}]
    by_type: dict[str, Any] = {"integer": 10, "boolean": True, "number": 0.5, "string": "#FFFFFF"}
    wants_id = "pattern" in schema and re.fullmatch(schema["pattern"], SOME_ID)
    return [SOME_ID if wants_id else by_type[schema["type"]]]


def examples(definition: str, version: str) -> list[dict[str, Any]]:
    """Briefs' options with one field each, for every field of TranslationInput or IterationInput."""
    properties = openapi(version)["definitions"][definition]["properties"]
    fields = [{name: value} for name, schema in properties.items() for value in example(schema, version)]
    return [{"iteration": field} for field in fields] if definition == "IterationInput" else fields


def everything(version: str) -> dict[str, Any]:
    """Every option that a brief may give, with a value; what belongs to the app is left out."""
    provider = AzureVideo(None, version)
    outer, inner = [
        [options for options in examples(definition, version) if not provider.mistakes(options)]
        for definition in ("TranslationInput", "IterationInput")
    ]
    iteration = {name: value for options in inner for name, value in options["iteration"].items()}
    return {name: value for options in outer for name, value in options.items()} | {"iteration": iteration}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("definition", ["TranslationInput", "IterationInput"])
def test_every_field_is_for_briefs_or_belongs_to_the_app(definition: str, version: str) -> None:
    provider = AzureVideo(None, version)
    for options in examples(definition, version):
        assert [wrong for _, wrong in provider.mistakes(options)] in ([], [BELONGS_TO_THE_APP])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("step", [Step(), ITERATION])
async def test_starts_are_as_the_contract_says_with_every_option_there_is(step: Step, version: str) -> None:
    wire = Wire(answer(201, {}))
    options = everything(version)
    assert {"speakerCount", "voiceKind"} <= set(options)
    await AzureVideo(wire.service(), version).start(a_task(step, options=options))
    check(wire.requests[0], version)


@pytest.mark.parametrize("media", [DroppedVideo("a.mp4"), DroppedVideo("a.wav", "audio")])
@pytest.mark.parametrize(
    "access", [Access(), Access(by_identity=True), Access(True, True, SOME_ID), Access(pushes=True)]
)
async def test_every_way_to_reach_storage_is_in_the_contract(media: DroppedVideo, access: Access) -> None:
    wire = Wire(answer(201, {}), answer(201, {}))
    provider = AzureVideo(wire.service(), access=access)
    await provider.start(a_task(media=media, pair=Pair(None, "es-ES")))
    await provider.start(a_task(ITERATION, media=media, pair=Pair(None, "es-ES")))
    for request in wire.requests:
        check(request, LATEST)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("step", [Step(), ITERATION])
async def test_questions_are_as_the_contract_says(step: Step, version: str) -> None:
    done = answer(200, {"status": SUCCEEDED, "result": {"translatedVideoFileUrl": "https://x/1"}})
    asks_for_expiry = [done] * (version == LATEST and step.number > 0)
    wire = Wire(done, done, done, *asks_for_expiry, answer(204))
    provider, work = AzureVideo(wire.service(), version), some_work({"id": "0123abcd.es-ES.a1.t"}, step)
    await provider.find(work, a_scratch())
    await provider.check(work, a_scratch())
    await provider.forget(work)
    assert [request.method for request in wire.requests] == [*["GET"] * (3 + len(asks_for_expiry)), "DELETE"]
    for request in wire.requests:
        check(request, version)


async def test_the_published_answer_of_an_iteration_is_understood() -> None:
    published = SPECS / "examples" / LATEST / "IterationOperations_GetIteration.json"
    iteration = json.loads(published.read_text())["responses"]["200"]["body"]
    translation = json.loads(published.with_name("TranslationOperations_GetTranslation.json").read_text())
    made = translation["responses"]["200"]["body"]
    wire = Wire(answer(200, {"id": "x", "status": SUCCEEDED}), answer(200, iteration), answer(200, made))
    outcome = await AzureVideo(wire.service()).check(some_work({"id": "x.i01"}, ITERATION), a_scratch())
    assert isinstance(outcome, Finished)
    assert outcome.details["expiresDateTime"] == made["expiresDateTime"]
    assert outcome.results[0].url == iteration["result"]["translatedVideoFileUrl"]


def test_every_file_of_a_result_has_a_name_in_the_outbox() -> None:
    published = openapi(LATEST)["definitions"]["IterationResult"]["properties"]
    assert set(RESULT_SUFFIXES) == set(published)
    assert len(set(RESULT_SUFFIXES.values())) == len(published)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_published_state_is_an_end_that_is_known_or_goes_on(version: str) -> None:
    published = set(openapi(version)["definitions"]["Status"]["enum"])
    assert published - {SUCCEEDED, *ENDED_BADLY} == {"NotStarted", "Running"}
    assert published >= {SUCCEEDED, *ENDED_BADLY}


def test_the_locales_are_those_that_are_published_for_each_use() -> None:
    rows = [row.split("\t") for row in (SPECS / "locales-2025-08-01.tsv").read_text().splitlines()[1:]]
    assert {locale for locale, *_ in rows} == DUBBING_LOCALES
    assert {locale for locale, *uses in rows if "yes" not in uses} == NOT_OFFERED
    uses = [{row[0] for row in rows if row[column] == "yes"} for column in range(1, 6)]
    assert uses == [SOURCES, TARGETS, SOURCES, PERSONAL_VOICE, PHONEME_LEXICON]
