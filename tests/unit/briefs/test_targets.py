"""Targets that would be paid for twice, or that need a guess, are refused before anything is paid for."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from shared.briefs.targets import MergedCheck, refuse_merged, refuse_unclear
from shared.errors import BriefRefused, LanguageRefused
from shared.languages import dubbing_locale, short_locale
from shared.providers.azure_video import AzureVideo
from shared.providers.vozo import Vozo
from tests.unit.briefs.given import FOLDERS, OWN, brief_of


def short_language(tag: str) -> str:
    """What a service calls a language that knows no regions."""
    if tag == "eo":
        raise LanguageRefused("'eo' is not a language here")
    return tag.partition("-")[0]


LANGUAGES = {"azure-video": dubbing_locale, "vozo": short_locale}
WITHOUT_REGIONS: Mapping[str, Callable[[str], str]] = {"azure-video": short_language, "vozo": short_locale}
BOTH, AZURE = {"video": ["azure-video", "vozo"]}, {"video": ["azure-video"]}


def refused(brief: Mapping[str, Any], languages: Mapping[str, Callable[[str], str]] = LANGUAGES) -> list[str]:
    """Why the targets of a video's brief are refused, one line each; none where they are taken."""
    frozen = brief_of({OWN: brief}).as_json()
    try:
        refuse_unclear(frozen, "video", languages)
    except BriefRefused as error:
        return error.reason.splitlines()
    return []


def of_variants(first: Mapping[str, Any], second: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A brief with two variants of a language."""
    of_each = {"es-ES-x-one": first, "es-ES-x-two": second}
    return {"targets": [*of_each], "perTarget": of_each, "route": BOTH} | more


def test_two_languages_that_a_provider_calls_by_one_name_are_refused() -> None:
    brief = {"targets": ["es-ES", "es-MX", "fr-FR", "eo"], "route": BOTH}
    assert refused(brief, WITHOUT_REGIONS) == ["targets: es-ES and es-MX are both es to azure-video"]
    assert refused(brief) == []


def test_two_languages_may_share_a_name_where_only_one_of_them_goes_to_the_provider() -> None:
    brief = {"targets": ["es-ES", "es-MX"], "route": BOTH, "perTarget": {"es-MX": {"route": ["vozo"]}}}
    assert refused(brief, WITHOUT_REGIONS) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"azure-video": {"voiceKind": "PersonalVoice"}}, {}),
        ({"vozo": {"user_prompt": "a woman's voice"}}, {"vozo": {"user_prompt": "a man's voice"}}),
        ({"route": ["vozo"]}, {"route": ["azure-video"]}),
        ({"route": ["vozo", "azure-video"]}, {}),
    ],
)
def test_variants_that_ask_for_different_things_are_taken(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert refused(of_variants(first, second)) == []


@pytest.mark.parametrize(
    "brief",
    [
        of_variants({}, {}),
        of_variants({"vozo": {"export_type": "all"}}, {"vozo": {"export_type": "all"}}),
        of_variants({"vozo": {"export_type": "all"}}, {}, vozo={"export_type": "all"}),
        of_variants({"vozo": {"export_type": None}}, {}),
        of_variants({"route": BOTH}, {"route": BOTH["video"]}),
        of_variants({"vozo": {"export_type": "all"}}, {}, route=AZURE),  # Vozo is not asked
        of_variants({"route": {"audio": ["vozo"]}}, {}),  # and the file is a video
    ],
    ids=str,
)
def test_variants_that_ask_for_the_same_thing_are_refused(brief: dict[str, Any]) -> None:
    [mistake] = refused(brief)
    assert mistake == (
        "targets: es-ES-x-one and es-ES-x-two differ in name only: "
        "give each its own options in perTarget, or leave one out"
    )


def test_a_variant_differs_from_its_language_too() -> None:
    brief = {"targets": ["es-ES", "es-ES-x-a", "es-MX-x-a"], "route": AZURE}
    [mistake] = refused(brief)
    assert mistake.startswith("targets: es-ES and es-ES-x-a differ in name only")
    assert refused(brief | {"perTarget": {"es-ES-x-a": {"azure-video": {"speakerCount": 1}}}}) == []


def test_variants_of_different_languages_collapse_like_the_languages_themselves() -> None:
    brief = {
        "targets": ["es-ES-x-a", "es-MX-x-b"],
        "perTarget": {"es-ES-x-a": {"azure-video": {"speakerCount": 1}}},
        "route": AZURE,
    }
    assert refused(brief, WITHOUT_REGIONS) == ["targets: es-ES-x-a and es-MX-x-b are both es to azure-video"]


def test_a_target_that_needs_a_guess_is_refused_with_the_choices() -> None:
    assert refused({"targets": ["zh", "de-DE"], "route": AZURE}) == [
        "targets: 'zh' could be any of zh-CN, zh-CN-GUANGXI, zh-HK, zh-TW: name one of them"
    ]


def test_a_target_that_needs_a_guess_is_left_to_a_provider_that_needs_none() -> None:
    assert refused({"targets": ["zh"], "route": BOTH}) == []


def test_a_provider_that_may_not_be_asked_does_not_count() -> None:
    [mistake] = refused({"targets": ["zh"], "route": BOTH}, {"azure-video": dubbing_locale})
    assert "name one of them" in mistake


def test_a_target_that_nobody_can_say_is_left_to_the_route_to_tell() -> None:
    assert refused({"targets": ["eo", "de-DE"], "route": AZURE}) == []


MERGED: Mapping[str, MergedCheck] = {
    "azure-video": AzureVideo(None).merged_mistakes,
    "vozo": Vozo(None).merged_mistakes,
}
BOX = {"x": 0, "y": 0.8, "width": 1, "height": 0.2}
SCRIPT = {"file": "talk.srt", "usage": "original"}


def contradicted(nearer: Mapping[str, Any], route: Any = BOTH) -> list[str]:
    """What is refused of a folder's brief, which names a box, and a nearer one."""
    folder = {"targets": ["es-ES", "fr-FR"], "route": route, "vozo": {"ocr_text_box": BOX}}
    try:
        refuse_merged(brief_of({FOLDERS: folder, OWN: nearer}).as_json(), "video", MERGED)
    except BriefRefused as error:
        return error.reason.splitlines()
    return []


def test_layers_that_together_ask_for_what_cannot_be_are_refused_and_nobody_else_is_paid() -> None:
    wrong = "cannot be given together with subtitles; unset one of them with null"
    assert contradicted({"vozo": {"subtitles": SCRIPT}}) == [f"vozo.ocr_text_box: {wrong}"]
    of_one = {"perTarget": {"fr-FR": {"vozo": {"subtitles": SCRIPT}}}}
    assert contradicted(of_one) == [f"perTarget.fr-FR.vozo.ocr_text_box: {wrong}"]


def test_layers_that_unset_what_excludes_each_other_are_taken() -> None:
    assert contradicted({"vozo": {"subtitles": SCRIPT, "ocr_text_box": None}}) == []


def test_what_is_asked_of_a_provider_that_is_not_on_the_route_does_no_harm() -> None:
    assert contradicted({"vozo": {"subtitles": SCRIPT}}, AZURE) == []
