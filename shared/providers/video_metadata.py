"""Subtitles of the kind MetadataJson: WebVTT whose cues hold JSON, with speakers and voices beside both texts.

What its documentation names must have the type that it has there; other keys are the service's own, and left alone.
Nothing that a person wrote in the file is repeated in what is said of it.

https://learn.microsoft.com/azure/ai-services/speech-service/video-translation-get-started
"""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from shared.subtitles import Document

_OF_FILE: Mapping[str, type] = {
    "locale": str,
    "changeTtsVoiceNameIfConflictWithGender": bool,
    "speakers": dict,
}
_OF_SPEAKER: Mapping[str, type] = {"defaultSsmlProperties": dict}
_OF_CUE: Mapping[str, type] = {
    "speakerId": str,
    "gender": str,
    "sourceLocaleText": str,
    "translatedText": str,
    "comment": str,
    "ssmlProperties": dict,
}
_WORDS = {str: "a text", bool: "true or false", dict: "an object"}
_NO_OBJECT = "its text is no JSON object; a blank line ends a cue, so that none may stand within the JSON"


def mistakes(document: Document, locale: str) -> list[str]:
    """What is wrong with the metadata of a translation into `locale`, each with the cue and its line."""
    found: list[str] = []
    speakers: Collection[str] | None = None
    for cue in range(len(document)):
        payload = _payload(document, cue)
        if payload is None:
            found.append(f"{document.where(cue)}: {_NO_OBJECT}")
            continue
        about = payload.get("globalMetadata", {})
        if about:
            found += (f"{document.where(cue)}: {wrong}" for wrong in _wrong_globally(about, locale))
            speakers = _speakers(about)
        found += (f"{document.where(cue)}: {wrong}" for wrong in _wrong_in_cue(payload, speakers))
    return found


def _payload(document: Document, cue: int) -> Mapping[str, Any] | None:
    try:
        payload = json.loads(document.payload(cue))
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def _wrong_globally(about: Any, locale: str) -> Iterator[str]:
    if not isinstance(about, dict):
        yield "globalMetadata must be an object"
        return
    yield from _wrong_types(about, _OF_FILE, "globalMetadata.")
    said = about.get("locale")
    if isinstance(said, str) and said.casefold() != locale.casefold():
        yield f"globalMetadata.locale must be {locale}, the target"
    speakers = about.get("speakers")
    for speaker in speakers.values() if isinstance(speakers, dict) else ():
        if not isinstance(speaker, dict):
            yield "each of globalMetadata.speakers must be an object"
            return
        yield from _wrong_types(speaker, _OF_SPEAKER, "globalMetadata.speakers: ")


def _speakers(about: Any) -> Collection[str] | None:
    speakers = about.get("speakers") if isinstance(about, dict) else None
    return speakers if isinstance(speakers, dict) else None


def _wrong_in_cue(payload: Mapping[str, Any], speakers: Collection[str] | None) -> Iterator[str]:
    yield from _wrong_types(payload, _OF_CUE, "")
    speaker = payload.get("speakerId")
    if isinstance(speaker, str) and speakers is not None and speaker not in speakers:
        yield "its speakerId is not among globalMetadata.speakers"


def _wrong_types(given: Mapping[str, Any], types: Mapping[str, type], prefix: str) -> Iterator[str]:
    for name, kind in types.items():
        if given.get(name) is not None and not isinstance(given[name], kind):
            yield f"{prefix}{name} must be {_WORDS[kind]}"
