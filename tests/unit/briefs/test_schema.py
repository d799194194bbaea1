"""The published schema of a brief, the page about it, and the code say the same."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from shared.briefs.brief import Brief, resolve
from shared.briefs.checks import MOST_LISTED
from shared.briefs.layers import layers
from shared.errors import BriefRefused
from shared.media.kinds import KINDS
from shared.names import BlobName
from shared.providers import registry
from shared.providers.options import Fields
from shared.settings import parse
from tests.unit.documents import DOCS, blocks, code_words, provider_page, rows
from tests.unit.providers.declared import declared

PROVIDERS = [provider.name for provider in registry.PROVIDERS]
Json = Mapping[str, Any]

PAGE = (DOCS / "brief.md").read_text()
SCHEMA: dict[str, Any] = json.loads((DOCS / "brief.schema.json").read_text())
CHECKS = {name: each.provider.mistakes for name, each in declared().items()}
FIELDS = {name: each.provider.fields for name, each in declared().items()}
ENVIRONMENT = {
    "TranslationStorage__blobServiceUri": "https://storage.example",
    "TranslationStorage__queueServiceUri": "https://storage.example",
    "INBOX_CONTAINER": "inbox",
    "OUTBOX_CONTAINER": "outbox",
    "JOBS_CONTAINER": "jobs",
    "POLL_SCHEDULE": "0 * * * * *",
    "DEFAULT_TARGETS": "de-DE",
}
EXAMPLES = [json.loads(block) for _, block in blocks(PAGE, "json")]
FILES = {code_words(caption)[0]: block for caption, block in blocks(PAGE, "json") if caption.startswith("`")}
MADE = next(each for each in blocks(PAGE, "json") if each[0].startswith("For `"))
MISTAKEN = next(each for each in blocks(PAGE, "json") if each[0].startswith("This `"))


def of_the_code(kind: Any) -> Json:
    """The JSON Schema of a field's type, where a null is not told apart."""
    if not isinstance(kind, Fields):
        schema = TypeAdapter(kind).json_schema().items()
        return {name: value for name, value in schema if name not in ("title", "description")}
    inner = {name: of_the_code(value) for name, value in kind.allowed.items()}
    return {"type": "object", "additionalProperties": False, "properties": inner}


def of_the_schema(part: Json) -> Json:
    """The same form of a part of the published schema, which must allow a null."""
    part = {**part, **SCHEMA["$defs"].get(part.get("$ref", "").rpartition("/")[2], {})}
    kind, null = part["type"]
    assert null == "null"
    bare = {name: value for name, value in part.items() if name not in ("$ref", "description")} | {"type": kind}
    if "enum" in bare:
        bare["enum"] = [value for value in bare["enum"] if value is not None]
    if "properties" in bare:
        bare["properties"] = {name: of_the_schema(inner) for name, inner in bare["properties"].items()}
    return bare


def paths(fields: Fields, prefix: str = "") -> Iterator[str]:
    """Every field that holds a value, with its path."""
    for name, kind in fields.allowed.items():
        if isinstance(kind, Fields):
            yield from paths(kind, f"{prefix}{name}.")
        else:
            yield prefix + name


def names_in(part: Any) -> Iterator[str]:
    """Every property name in the schema."""
    if isinstance(part, dict):
        yield from part.get("properties", {})
        for inner in part.values():
            yield from names_in(inner)


def is_accepted(brief: Json) -> bool:
    try:
        resolve(layers(BlobName("film.mp4"), brief, {}, {}), CHECKS, 20)
    except BriefRefused:
        return False
    return True


def fits_the_schema(brief: Json) -> bool:
    return Draft202012Validator(SCHEMA).is_valid(brief)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_provider_has_its_part_of_the_schema() -> None:
    assert set(FIELDS) == set(CHECKS) == set(PROVIDERS)
    assert set(SCHEMA["properties"]) == {"$schema", "source", "targets", "route", "perTarget", *PROVIDERS}
    assert SCHEMA["$defs"]["forOneTarget"]["properties"] == {
        "route": SCHEMA["$defs"]["forOneTarget"]["properties"]["route"],
        **{provider: {"$ref": f"#/properties/{provider}"} for provider in PROVIDERS},
    }


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_providers_fields_have_the_types_of_the_code(provider: str) -> None:
    assert of_the_schema(SCHEMA["properties"][provider]) == of_the_code(FIELDS[provider])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_field_that_belongs_to_the_app_is_offered(provider: str) -> None:
    assert not FIELDS[provider].owned & set(names_in(SCHEMA["properties"][provider]))


def test_a_route_is_for_every_kind_of_file_and_names_every_provider() -> None:
    assert list(SCHEMA["$defs"]["route"]["properties"]) == list(KINDS)
    assert SCHEMA["$defs"]["providers"]["items"]["enum"] == list(PROVIDERS)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_page_lists_each_field_once(provider: str) -> None:
    listed = [code_words(row[0])[0] for row in rows(provider_page(provider), "Fields in a brief")]
    assert sorted(listed) == sorted(paths(FIELDS[provider]))


@pytest.mark.parametrize("brief", EXAMPLES, ids=str)
def test_the_schema_and_the_code_judge_an_example_alike(brief: Json) -> None:
    given = {name: value for name, value in brief.items() if name != "$schema"}
    assert fits_the_schema(brief) == is_accepted(given)


@pytest.mark.parametrize(
    "brief",
    [
        {"targets": "es-ES"},
        {"targets": ["es-ES", "es-ES"]},
        {"source": 1},
        {"route": {"film": ["vozo"]}},
        {"route": {"video": []}},
        {"route": {"video": ["elsewhere"]}},
        {"azure-video": {"speakerCount": "two"}},
        {"azure-video": {"iteration": {"subtitlePrimaryColor": "red"}}},
        {"azure-video": {"videoFileUrl": "https://example.com"}},
        {"vozo": {"ocr_text_box": {"x": 2}}},
        {"vozo": {"speaker_number": 2}},
        {"vozo": []},
        {"vozo": {"speaker_number": {"min": 0}}},
        {"azure-video": {"speakerCount": 0}},
        {"azure-video": {"iteration": {"subtitleFontSize": 31}}},
        {"azure-video": {"iteration": {"subtitleVerticalMargin": -1}}},
        {"azure-video": {"iteration": {"adjustBackgroundVolumeMultiplier": 0}}},
        {"perTarget": []},
        {"perTarget": {"de-DE": "vozo"}},
        {"perTarget": {"de-DE": {"targets": ["fr-FR"]}}},
        {"perTarget": {"de-DE": {"azure-video": {"speakerCount": "two"}}}},
        {"perTarget": {"de-DE": {"route": []}}},
        {"perTarget": {"de-DE": {"route": ["elsewhere"]}}},
        {"perTarget": {"de-DE": {"route": {"film": ["vozo"]}}}},
        {"unknown": 1},
    ],
    ids=str,
)
def test_a_mistake_is_one_to_the_schema_and_to_the_code(brief: Json) -> None:
    assert not fits_the_schema(brief)
    assert not is_accepted(brief)


@pytest.mark.parametrize(
    "brief",
    [
        {"source": None, "targets": None, "route": None, "vozo": None},
        {"route": {"video": None}},
        {"azure-video": {"speakerCount": None, "iteration": {"subtitlePrimaryColor": None}}},
        {"vozo": {"ocr_text_box": {"x": None}, "glossary_ids": None}},
        {"perTarget": None},
        {"perTarget": {"de-DE": None, "fr-FR": {"vozo": None, "route": None}}},
        {"perTarget": {"de-DE": {"vozo": {"user_prompt": None}, "route": {"video": None}}}},
    ],
    ids=str,
)
def test_a_null_unsets_at_any_depth(brief: Json) -> None:
    assert fits_the_schema(brief)
    assert is_accepted(brief)


@pytest.mark.parametrize(
    "route", [["vozo"], {"video": ["vozo", "azure-video"], "audio": ["vozo"]}], ids=lambda route: type(route).__name__
)
def test_one_language_may_have_a_list_of_providers_or_one_for_each_kind(route: object) -> None:
    brief = {"perTarget": {"de-DE": {"route": route, "azure-video": {"speakerCount": 2}}}}
    assert fits_the_schema(brief)
    assert is_accepted(brief)


def test_the_schema_bounds_the_number_of_targets_as_the_code_does() -> None:
    assert SCHEMA["properties"]["targets"]["maxItems"] == MOST_LISTED


def test_the_example_comes_out_as_the_page_says() -> None:
    caption, expected = MADE
    name = BlobName(code_words(caption)[0])
    files = {file: text.encode() for file, text in FILES.items()}
    brief = resolve(layers(name, parse(ENVIRONMENT).default_brief({}), files, {}), CHECKS, 20)
    assert as_written(brief) == json.loads(expected)


def as_written(brief: Brief) -> Json:
    """The brief as a person would write it."""
    return {"source": brief.source, "targets": [*brief.targets], "route": brief.route} | dict(brief.options)


def test_the_mistakes_are_told_as_the_page_says() -> None:
    caption, mistaken = MISTAKEN
    [(_, told)] = blocks(PAGE, "text")
    files = {code_words(caption)[0]: mistaken.encode()}
    with pytest.raises(BriefRefused) as refused:
        resolve(layers(BlobName("talks/a.mp4"), {}, files, {}), CHECKS, 20)
    assert str(refused.value).splitlines() == told.splitlines()
