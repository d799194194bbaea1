"""What a brief may say under `azure-text`: the service's own fields, by api-version, and what is ours.

https://learn.microsoft.com/azure/ai-services/translator/text-translation/preview/translate-api
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from shared.providers.options import Fields, together
from shared.providers.text_client import LATEST, PREVIEW, VERSIONS
from shared.subtitles import Context, Limits, limits_for

GENERAL = "general"
MOST_PAIRS = 5
#: The category id of a custom model; every other name is that of a language model's deployment.
_CATEGORY = re.compile(r"[0-9a-f-]{36}-[A-Z-]+")
_PAIR = Annotated[dict[Literal["source", "target"], str], Field(min_length=2)]
#: Fields of a target, in both api-versions.
_OF_TARGET: Mapping[str, Any] = {
    "script": str,
    "deploymentName": str,
    "allowFallback": bool,
    "tone": Literal["formal", "informal", "neutral"],
    "gender": Literal["female", "male", "neutral"],
    "adaptiveDatasetId": str,
    "referenceTextPairs": Annotated[list[_PAIR], Field(max_length=MOST_PAIRS)],
    "profanityAction": Literal["NoAction", "Marked", "Deleted"],
    "profanityMarker": Literal["Asterisk", "Tag"],
}
_OF_FOUNDRY = ("tone", "gender", "adaptiveDatasetId", "referenceTextPairs")
#: What one api-version alone has.
_ALONE: Mapping[str, Mapping[str, Any]] = {LATEST: {}, PREVIEW: {"grade": str}}
#: What is ours; `sourceScript` is the service's `script` of the text itself.
_OURS: Mapping[str, Any] = {
    "sourceScript": str,
    "context": Context,
    "lines": Fields(
        {
            "length": Annotated[int, Field(ge=1, le=1000)],
            "count": Annotated[int, Field(ge=1, le=10)],
            "charactersASecond": Annotated[int, Field(ge=1, le=100)],
        }
    ),
    "glossaries": list[str],
}
OWNED = frozenset({"inputs", "text", "textType", "language", "targets", "from", "to"})


def fields_of(version: str) -> Fields:
    """The fields of an api-version."""
    return Fields({**_OURS, **_OF_TARGET, **_ALONE[version]}, OWNED)


#: Those of all api-versions.
FIELDS = together(map(fields_of, VERSIONS))


def mistakes_in(options: object, version: str) -> Iterator[tuple[str, str]]:
    """Every mistake; a field that another api-version has is refused with that version."""
    others = {name: other for other in VERSIONS if other != version for name in _ALONE[other]}
    for path, wrong in fields_of(version).mistakes(options):
        if path in others:
            yield path, f"is not a field of api-version {version}; {others[path]} has it"
        else:
            yield path, wrong


def of_target(options: Mapping[str, Any]) -> dict[str, Any]:
    """What stands beside the language of a target."""
    named = {**_OF_TARGET, **_ALONE[LATEST], **_ALONE[PREVIEW]}
    return {name: value for name, value in options.items() if name in named and value is not None}


def deployment_of(options: Mapping[str, Any]) -> str:
    """The engine that is asked for, by the service's name for it."""
    return str(options.get("deploymentName") or GENERAL)


def is_llm(options: Mapping[str, Any]) -> bool:
    """Whether a deployment of a language model is asked for."""
    deployment = deployment_of(options)
    return deployment != GENERAL and _CATEGORY.fullmatch(deployment) is None


def needs_foundry(options: Mapping[str, Any]) -> str | None:
    """The first of the fields that only a Foundry resource can do; None where there is none of them."""
    if is_llm(options):
        return "deploymentName"
    return next((name for name in _OF_FOUNDRY if options.get(name)), None)


def limits_of(options: Mapping[str, Any], language: str) -> Limits:
    """How much fits on the screen: the language's limits, and the brief's own numbers."""
    lines = options.get("lines") or {}
    return limits_for(
        language,
        line_length=lines.get("length"),
        lines=lines.get("count"),
        reading_speed=lines.get("charactersASecond"),
    )


def context_of(options: Mapping[str, Any]) -> Context:
    """Whether cues are joined to sentences; they are by default."""
    return "cue" if options.get("context") == "cue" else "sentence"


def unfit_options(options: Mapping[str, Any], kind: str, *, has_foundry: bool) -> str | None:
    """Why a file of that kind cannot be translated with these options here; None where it can."""
    if kind == "subtitles" and options.get("profanityMarker") == "Tag":
        return "profanityMarker Tag puts markup into the text of subtitles: choose Asterisk"
    field = needs_foundry(options)
    if field and not has_foundry:
        return (
            f"{field} needs a Foundry resource, and the app setting FOUNDRY_ENDPOINT is not set; in a private network "
            "the service offers no language model"
        )
    if field in ("tone", "gender"):
        return f"{field} is a language model's: name its deployment in deploymentName"
    return None


def doubts_of(options: Mapping[str, Any], target: str) -> Iterator[str]:
    """What a person should know of options that are taken all the same."""
    if options.get("referenceTextPairs") and options.get("adaptiveDatasetId"):
        yield "referenceTextPairs win over adaptiveDatasetId: the service does not use the data set."
    if script := options.get("script"):
        yield f"The file holds the transliteration of {target} into the script {script}."
