"""What Text Translation accepts in a body: the fields of each api-version, and how much of it.

Follows the OpenAPI of 2025-05-01-preview (a bare array) and 2026-06-06 (`inputs`), and the page on service limits.
Names of properties may be of either case, since a published example writes `Text`. Where the sources leave it open,
the double is strict: an unknown property is refused, and the LLM's 5,000 characters hold for a whole request.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from sandbox.doubles import text_refusals as codes
from sandbox.doubles.text_refusals import LATEST, PREVIEW, Refused

PAIRS = 5


@dataclass(frozen=True)
class Limits:
    """How much one request may hold: array elements, characters of one, and of all times their targets."""

    elements: int
    characters: int
    request: int


NMT = Limits(elements=1000, characters=50_000, request=50_000)
LLM = Limits(elements=50, characters=5_000, request=5_000)
TRANSLITERATION = Limits(elements=10, characters=5_000, request=5_000)


@dataclass(frozen=True)
class Only:
    """Marks a field that one api-version alone has."""

    version: str


def _any_case(*words: str) -> Callable[[object], object]:
    known = {word.lower(): word for word in words}
    return lambda given: known.get(given.lower(), given) if isinstance(given, str) else given


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel, frozen=True)


class ReferencePair(_Body):
    """A sentence and its translation, as an example for the model."""

    source: str
    target: str


class Target(_Body):
    """One language to translate an element into, and how."""

    language: str
    script: str | None = None
    profanity_action: Literal["NoAction", "Marked", "Deleted"] = "NoAction"
    profanity_marker: Literal["Asterisk", "Tag"] = "Asterisk"
    deployment_name: str = "general"
    allow_fallback: bool = True
    grade: Annotated[str, Only(PREVIEW)] = "basic"
    tone: Literal["formal", "informal", "neutral"] | None = None
    gender: Literal["female", "male", "neutral"] | None = None
    adaptive_dataset_id: str | None = None
    reference_text_pairs: Annotated[list[ReferencePair] | None, Field(max_length=PAIRS)] = None


class Element(_Body):
    """One text of a translation request."""

    text: str
    language: str | None = None
    script: str | None = None
    text_type: Annotated[Literal["Plain", "Html"], BeforeValidator(_any_case("Plain", "Html"))] = "Plain"
    targets: list[Target]


class Text(_Body):
    """One text of a transliteration request."""

    text: str


def parse[T: _Body](kind: type[T], content: bytes, version: str) -> list[T]:
    """The elements of a request's body. Raises Refused for the first thing that is wrong with it."""
    rows = _rows(content, version)
    if not rows:
        raise Refused(codes.BAD_TEXT, "The array is empty.")
    return [_element(kind, row, index, version) for index, row in enumerate(rows)]


def _rows(content: bytes, version: str) -> list[Any]:
    try:
        body = json.loads(content)
    except ValueError as error:
        raise Refused(codes.BAD_JSON) from error
    if version == LATEST:
        if not isinstance(body, dict) or [name.lower() for name in body] != ["inputs"]:
            raise Refused(codes.BAD_JSON, "An object with inputs is expected.")
        [body] = body.values()
    if not isinstance(body, list):
        raise Refused(codes.BAD_JSON, "An array is expected.")
    return body


def _element[T: _Body](kind: type[T], row: Any, index: int, version: str) -> T:
    try:
        element = kind.model_validate(_named(kind, row))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Refused(_code(first["loc"]), f"Element {index}: {where}: {first['msg']}.") from error
    for target in element.targets if isinstance(element, Element) else []:
        if version != PREVIEW and "grade" in target.model_fields_set:
            raise Refused(codes.INVALID_INPUT, f"Element {index}: grade is not known in {version}.")
    return element


def _named(kind: type[BaseModel], row: Any) -> Any:
    """The same with the names of known properties in the contract's case, at every depth."""
    if not isinstance(row, dict):
        return row
    inner: dict[str, type[BaseModel]] = {"targets": Target, "referenceTextPairs": ReferencePair}
    known = {str(field.alias).lower(): str(field.alias) for field in kind.model_fields.values()}
    named = {known.get(name.lower(), name): value for name, value in row.items()}
    return {
        name: [_named(inner[name], each) for each in value] if name in inner and isinstance(value, list) else value
        for name, value in named.items()
    }


def _code(where: Sequence[int | str]) -> int:
    if where[:1] == ("text",):
        return codes.BAD_TEXT
    if where[:1] == ("textType",):
        return codes.BAD_TEXT_TYPE
    if where == ("targets",) or where[2:] == ("language",):
        return codes.BAD_TARGET
    return codes.BAD_SOURCE if where == ("language",) else codes.INVALID_INPUT


def check_size(texts: Sequence[str], targets: Iterable[int], limits: Limits) -> None:
    """Raise Refused when the texts, each with that many targets, are more than one request may hold."""
    if len(texts) > limits.elements:
        raise Refused(codes.TOO_MANY_ELEMENTS, f"At most {limits.elements} are taken.")
    if any(len(text) > limits.characters for text in texts):
        raise Refused(codes.TOO_LONG, f"At most {limits.characters} characters are taken in an element.")
    if sum(len(text) * count for text, count in zip(texts, targets, strict=True)) > limits.request:
        raise Refused(codes.TOO_LARGE, f"At most {limits.request} characters, times their targets, are taken.")
