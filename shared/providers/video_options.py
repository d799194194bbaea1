"""What a brief may say under `azure-video`: the service's own fields, by the api-version that brought them.

https://learn.microsoft.com/rest/api/aiservices/videotranslation/translation-operations/create-translation
https://learn.microsoft.com/rest/api/aiservices/videotranslation/iteration-operations/create-iteration
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat

from shared.providers.options import Fields, FileName, SubtitleName, together

VERSIONS = ("2026-03-01", "2025-05-20", "2024-05-20-preview")
LATEST, GENERAL, PREVIEW = VERSIONS
ITERATION = "iteration"
LEXICON_ID = "ttsCustomLexiconFileIdInAudioContentCreation"

Count = Annotated[int, Field(ge=1, le=2**31 - 1, description="a whole number, at least 1")]
FontSize = Annotated[int, Field(ge=5, le=30, description="a whole number from 5 to 30")]
Margin = Annotated[int, Field(ge=0, le=200, description="a whole number from 0 to 200")]
Volume = Annotated[FiniteFloat, Field(gt=0, le=1, description="a number above 0 and up to 1")]
Colour = Annotated[str, Field(pattern=r"^#?(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$", description="a colour such as #FFAA00")]
Id = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$",
        description="an id such as 9f1c0f5e-8a4e-4c9b-9a36-3f0b1c2d4e5f",
    ),
]

#: Fields of Translation and TranslationInput that a brief may give, by the api-version that brought them. Three are
#: ours: `subtitles` and `lexicon` name files in the container for glossaries, `subtitleFormats` wants others beside.
TRANSLATION_FIELDS: Mapping[str, Mapping[str, Any]] = {
    PREVIEW: {
        "displayName": str,
        "description": str,
        "voiceKind": Literal["PlatformVoice", "PersonalVoice"],
        "speakerCount": Count,
        "subtitleMaxCharCountPerSegment": Count,
        "exportSubtitleInVideo": bool,
        "subtitles": Fields({"file": SubtitleName, "kind": Literal["target", "source", "metadata"]}),
        "subtitleFormats": list[Literal["srt"]],
    },
    GENERAL: {"enableLipSync": bool, "lexicon": FileName},
    LATEST: {},
}
#: The same of Iteration and IterationInput.
ITERATION_FIELDS: Mapping[str, Mapping[str, Any]] = {
    PREVIEW: {
        "description": str,
        "speakerCount": Count,
        "subtitleMaxCharCountPerSegment": Count,
        "exportSubtitleInVideo": bool,
    },
    GENERAL: {
        LEXICON_ID: Id,
        "enableVideoSpeedAdjustment": bool,
        "enableOcrCorrectionFromSubtitle": bool,
        "exportTargetLocaleAdvancedSubtitleFile": bool,
        "subtitlePrimaryColor": Colour,
        "subtitleOutlineColor": Colour,
        "subtitleFontSize": FontSize,
        "enableEmotionalPlatformVoice": Literal["Auto", "Enable", "Disable"],
    },
    LATEST: {
        "adjustWebvttAlignment": bool,
        "exportAdjustedPromptAudioInWebvtt": bool,
        "subtitleVerticalMargin": Margin,
        "adjustBackgroundVolumeMultiplier": Volume,
        "use24kPromptAudio": bool,
    },
}
OWNED = frozenset(
    {"id", "input", "sourceLocale", "targetLocale", "videoFileUrl", "audioFileUrl", "autoCreateFirstIteration"}
    | {"firstIterationInput", "inputFileSourceKind", "inputFileAzureStorageBlobManagedIdentityClientId", "webvttFile"}
    | {"ttsCustomLexiconFileUrl", "pushResultToAzureStorageBlobDirUrl"}
    | {"pushResultToAzureStorageBlobManagedIdentityClientId"}
)
_OURS = (ITERATION, "subtitles", "subtitleFormats", "lexicon")
#: Fields that stand beside the input, not in it.
_OF_TRANSLATION, _OF_ITERATION = ("displayName", "description"), ("description",)


def fields_of(version: str) -> Fields:
    """The fields of an api-version; those of a later one are known as such."""
    inner = Fields(_until(version, ITERATION_FIELDS), OWNED, _after(version, ITERATION_FIELDS))
    outer = _until(version, TRANSLATION_FIELDS) | {ITERATION: inner}
    return Fields(outer, OWNED, _after(version, TRANSLATION_FIELDS))


def contradictions(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What cannot be asked for together, as (path, what is wrong)."""
    iteration = options.get(ITERATION)
    if isinstance(iteration, Mapping) and iteration.get(LEXICON_ID) and options.get("lexicon"):
        yield "lexicon", f"cannot be given together with {ITERATION}.{LEXICON_ID}; unset one of them with null"
    subtitles = options.get("subtitles")
    given = subtitles if isinstance(subtitles, Mapping) else {}
    if given.get("kind") == "metadata" and str(given.get("file")).lower().endswith(".srt"):
        yield "subtitles.file", "must be a .vtt file, for metadata has no form as SubRip"


def absences(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is missing once all layers of a brief are merged, in the same form."""
    subtitles = options.get("subtitles") or {"file": "", "kind": ""}
    return ((f"subtitles.{name}", "is needed") for name in ("file", "kind") if subtitles.get(name) is None)


def has_lexicon(options: Mapping[str, Any]) -> bool:
    """Whether a brief names one, by file or by id."""
    return bool(options.get("lexicon") or (options.get(ITERATION) or {}).get(LEXICON_ID))


def of_translation(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a brief says of a translation: beside its input, and in it."""
    return _parted({name: value for name, value in options.items() if name not in _OURS}, _OF_TRANSLATION)


def of_iteration(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same of its iterations."""
    return _parted(options.get(ITERATION) or {}, _OF_ITERATION)


def _parted(given: Mapping[str, Any], beside: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    known = {name: value for name, value in given.items() if value is not None}
    return {name: known.pop(name) for name in beside if name in known}, known


def _until(version: str, fields: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {name: kind for since, name, kind in _each(fields) if since <= version}


def _after(version: str, fields: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What to say of each field of a later version."""
    return {
        name: f"is a field of api-version {since} and later; SPEECH_API_VERSION is {version}"
        for since, name, _ in _each(fields)
        if since > version
    }


def _each(fields: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, Any]]:
    return ((since, name, kind) for since, named in fields.items() for name, kind in named.items())


#: The fields of all api-versions.
FIELDS = together(map(fields_of, VERSIONS))
