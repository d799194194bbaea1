"""MetadataJson subtitles, checked in meaning before anything is paid."""

import json
from typing import Any

import pytest

from shared.providers.video_metadata import mistakes
from shared.subtitles import scan

GLOBAL = {
    "locale": "es-ES",
    "changeTtsVoiceNameIfConflictWithGender": True,
    "speakers": {"ana": {"defaultSsmlProperties": {"voiceName": "x", "voiceKind": "PlatformVoice"}}},
}
CUE = {"id": "1", "speakerId": "ana", "gender": "Female", "sourceLocaleText": "Hello", "translatedText": "Hola"}


def wrong_in(*payloads: Any) -> list[str]:
    """What is said of a file with these cues; each is JSON, or text that is to stand as it is."""
    texts = [payload if isinstance(payload, str) else json.dumps(payload, indent=2) for payload in payloads]
    cues = (f"00:00:0{number}.000 --> 00:00:0{number}.900\n{text}\n" for number, text in enumerate(texts))
    return mistakes(scan("\n".join(["WEBVTT\n", *cues]).encode(), ".vtt", None), "es-ES")


def test_the_services_own_form_is_right() -> None:
    assert wrong_in({"globalMetadata": GLOBAL, **CUE}, CUE) == []


def test_keys_that_are_not_documented_are_left_alone() -> None:
    assert wrong_in({"globalMetadata": GLOBAL | {"mood": 3}, **CUE, "emphasis": [1]}) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"locale": "fr-FR"}, "globalMetadata.locale must be es-ES, the target"),
        ({"locale": 3}, "globalMetadata.locale must be a text"),
        ({"changeTtsVoiceNameIfConflictWithGender": "yes"}, "must be true or false"),
        ({"speakers": ["ana"]}, "globalMetadata.speakers must be an object"),
        ({"speakers": {"ana": "x"}}, "each of globalMetadata.speakers must be an object"),
        ({"speakers": {"ana": {"defaultSsmlProperties": "x"}}}, "defaultSsmlProperties must be an object"),
        ({"speakers": {"bob": {}}}, "its speakerId is not among globalMetadata.speakers"),
    ],
)
def test_what_holds_for_the_file_is_checked(changed: dict[str, Any], said: str) -> None:
    [wrong] = wrong_in({"globalMetadata": GLOBAL | changed, **CUE})
    assert said in wrong
    assert wrong.startswith("cue 1 at 0:00:00.000 (line 3): ")


@pytest.mark.parametrize("name", ["speakerId", "gender", "sourceLocaleText", "translatedText", "comment"])
def test_each_documented_key_of_a_cue_is_a_text(name: str) -> None:
    wrong = wrong_in({"globalMetadata": GLOBAL, **CUE}, CUE | {name: 5})
    assert [f"{name} must be a text" in one for one in wrong] == [True]
    assert wrong[0].startswith("cue 2 ")


def test_a_blank_line_ends_a_cue_and_leaves_half_an_object() -> None:
    text = json.dumps({"globalMetadata": GLOBAL, **CUE}, indent=2).replace(",", ",\n", 1)
    [wrong] = wrong_in(text)
    assert "no JSON object" in wrong
    assert "blank line" in wrong


def test_nothing_that_a_person_wrote_is_repeated() -> None:
    secret = {"globalMetadata": GLOBAL, **CUE, "speakerId": "secret-name", "gender": 7, "translatedText": ["secret"]}
    assert not any("secret" in wrong for wrong in wrong_in(secret, "secret"))
