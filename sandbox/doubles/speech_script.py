"""The lines of a dubbed film: what is said, when, in both languages, and the WebVTT files that carry them.

The metadata file's cues hold JSON, and its edits count as Learn's "How to use video translation" says: a changed
translation is used as it is, else a changed source text is translated again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.doubles.cues import BadSubtitles, Cue, parse_webvtt, transcript, webvtt
from sandbox.doubles.pseudo import pseudo

SPEAKER = "Speaker0"


@dataclass(frozen=True)
class Line:
    """One line, from `start` to `end` in seconds."""

    start: float
    end: float
    source: str
    target: str


type Script = Sequence[Line]


def heard(seconds: float, locale: str) -> Script:
    """What the service pretends to hear in media of that length, and its pseudo-translation."""
    return [_from_source(cue, locale) for cue in transcript(seconds)]


def edited(script: Script, kind: str, text: str, locale: str) -> Script:
    """The script after a person's correction of one of its files. Raises BadSubtitles."""
    cues = parse_webvtt(text)
    if kind == "SourceLocaleSubtitle":
        return [_from_source(cue, locale) for cue in cues]
    if kind == "TargetLocaleSubtitle":
        return [_from_target(cue, script, index) for index, cue in enumerate(cues)]
    return [_from_metadata(cue, script, locale) for cue in cues]


def source_file(script: Script) -> str:
    """The source-locale subtitle, as WebVTT."""
    return webvtt(Cue(line.start, line.end, line.source) for line in script)


def target_cues(script: Script) -> list[Cue]:
    """The target-locale subtitle's cues."""
    return [Cue(line.start, line.end, line.target) for line in script]


def metadata_file(script: Script, locale: str, voice_kind: str) -> str:
    """The metadata file: WebVTT whose cues are JSON objects, the first with the globalMetadata."""
    payloads = [_payload(index, line, locale, voice_kind) for index, line in enumerate(script)]
    payloads[0] = {"globalMetadata": _global_metadata(locale, voice_kind), **payloads[0]}
    texts = [json.dumps(payload, ensure_ascii=False, indent=2) for payload in payloads]
    return webvtt(Cue(line.start, line.end, text) for line, text in zip(script, texts, strict=True))


def _voice(locale: str, voice_kind: str) -> dict[str, str]:
    return {"voiceName": f"{locale}-PretendedNeural", "voiceKind": voice_kind}


def _global_metadata(locale: str, voice_kind: str) -> dict[str, Any]:
    speakers = {SPEAKER: {"defaultSsmlProperties": _voice(locale, voice_kind)}}
    return {"locale": locale, "changeTtsVoiceNameIfConflictWithGender": False, "speakers": speakers}


def _payload(index: int, line: Line, locale: str, voice_kind: str) -> dict[str, Any]:
    return {
        "id": str(index),
        "gender": "Neutral",
        "speakerId": SPEAKER,
        "ssmlProperties": _voice(locale, voice_kind),
        "sourceLocaleText": line.source,
        "translatedText": line.target,
        "comment": "",
    }


def _from_source(cue: Cue, locale: str) -> Line:
    return Line(cue.start, cue.end, cue.text, pseudo(cue.text, locale))


def _from_target(cue: Cue, script: Script, index: int) -> Line:
    source = script[index].source if index < len(script) else ""
    return Line(cue.start, cue.end, source, cue.text)


def _from_metadata(cue: Cue, script: Script, locale: str) -> Line:
    try:
        payload = json.loads(cue.text)
        source, target = str(payload["sourceLocaleText"]), str(payload["translatedText"])
        before = _before(script, str(payload.get("id")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSubtitles("A cue is not the JSON object that a metadata file needs.") from error
    retranslated = before is not None and target == before.target and source != before.source
    return Line(cue.start, cue.end, source, pseudo(source, locale) if retranslated else target)


def _before(script: Script, line_id: str) -> Line | None:
    known = line_id.isdecimal() and int(line_id) < len(script)
    return script[int(line_id)] if known else None
