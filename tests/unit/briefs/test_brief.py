"""The translation brief: merged from its layers, frozen, and read for one target."""

from typing import Any

import pytest

from shared.briefs.brief import options_for, route_for
from tests.unit.briefs.given import FOLDERS, OWN, brief_of


@pytest.mark.parametrize(
    ("below", "above", "merged"),
    [
        ({"source": "en", "targets": ["es"]}, {"targets": ["fr"]}, {"source": "en", "targets": ["fr"]}),
        ({"source": "en"}, {"source": None}, {"source": None}),
        ({"targets": ["es"]}, {"targets": None}, {"targets": []}),
        ({"targets": ["es", "fr"]}, {"targets": ["fr"]}, {"targets": ["fr"]}),
        (
            {"route": {"video": ["azure-video", "vozo"], "audio": ["vozo"]}},
            {"route": {"video": ["vozo"]}},
            {"route": {"video": ["vozo"], "audio": ["vozo"]}},
        ),
        ({"route": {"video": ["vozo"]}}, {"route": {"video": None}}, {"route": {}}),
        (
            {"azure-video": {"speakerCount": 2, "iteration": {"speakerCount": 1}}},
            {"azure-video": {"iteration": {"exportSubtitleInVideo": True}}},
            {
                "options": {
                    "azure-video": {"speakerCount": 2, "iteration": {"speakerCount": 1, "exportSubtitleInVideo": True}}
                }
            },
        ),
        (
            {"azure-video": {"speakerCount": 2}},
            {"azure-video": {"speakerCount": None}},
            {"options": {"azure-video": {}}},
        ),
        (
            {"azure-video": {"iteration": {"speakerCount": 2}}},
            {"azure-video": {"iteration": None}},
            {"options": {"azure-video": {}}},
        ),
        ({"azure-video": {"speakerCount": 2}}, {"azure-video": None}, {"options": {}}),
    ],
)
def test_objects_merge_lists_replace_and_null_unsets(
    below: dict[str, Any], above: dict[str, Any], merged: dict[str, Any]
) -> None:
    frozen = brief_of({FOLDERS: below, OWN: above}).as_json()
    assert {name: frozen[name] for name in merged} == merged


DE, JA = "de-DE", "ja-JP"


def test_what_one_language_gets_is_laid_over_what_all_get() -> None:
    frozen = brief_of(
        {
            FOLDERS: {
                "targets": [DE, JA],
                "azure-video": {"speakerCount": 2, "iteration": {"subtitleFontSize": 12, "use24kPromptAudio": True}},
                "vozo": {"glossary_ids": ["a", "b"]},
                "perTarget": {
                    DE: {
                        "azure-video": {"voiceKind": "PersonalVoice", "iteration": {"subtitleFontSize": 18}},
                        "vozo": {"glossary_ids": ["c"]},
                    }
                },
            }
        }
    ).as_json()
    assert options_for(frozen, JA, "azure-video") == frozen["options"]["azure-video"]
    assert options_for(frozen, DE, "azure-video") == {
        "speakerCount": 2,
        "voiceKind": "PersonalVoice",
        "iteration": {"subtitleFontSize": 18, "use24kPromptAudio": True},
    }
    assert options_for(frozen, DE, "vozo") == {"glossary_ids": ["c"]}
    assert options_for(frozen, JA, "vozo") == {"glossary_ids": ["a", "b"]}


def test_one_language_may_have_options_where_the_others_have_none() -> None:
    frozen = brief_of({OWN: {"perTarget": {DE: {"vozo": {"user_prompt": "formal"}}}}}).as_json()
    assert options_for(frozen, DE, "vozo") == {"user_prompt": "formal"}
    assert options_for(frozen, JA, "vozo") == options_for(frozen, DE, "azure-video") == {}


def test_layers_are_merged_before_one_language_is_laid_over_all() -> None:
    frozen = brief_of(
        {
            FOLDERS: {"vozo": {"user_prompt": "warm"}, "perTarget": {DE: {"vozo": {"user_prompt": "formal"}}}},
            OWN: {
                "vozo": {"user_prompt": "cold"},
                "perTarget": {"DE-de": {"vozo": {"export_type": "all"}}, JA: {"azure-video": {"speakerCount": 1}}},
            },
        }
    ).as_json()
    assert frozen["options"] == {"vozo": {"user_prompt": "cold"}}
    assert frozen["perTarget"] == {
        DE: {"vozo": {"user_prompt": "formal", "export_type": "all"}},
        JA: {"azure-video": {"speakerCount": 1}},
    }
    assert options_for(frozen, DE, "vozo") == {"user_prompt": "formal", "export_type": "all"}


@pytest.mark.parametrize(
    ("above", "options"),
    [
        ({DE: {"vozo": {"user_prompt": None}}}, {"export_type": "all"}),
        ({DE: {"vozo": {"speaker_number": None}}}, {"user_prompt": "formal", "export_type": "all"}),
        ({DE: {"vozo": None}}, {}),
        ({DE: None}, {"user_prompt": "warm", "export_type": "all"}),
        (None, {"user_prompt": "warm", "export_type": "all"}),
    ],
)
def test_a_null_takes_away_what_weaker_layers_say_of_one_language_or_of_all(above: object, options: object) -> None:
    below = {
        "vozo": {"user_prompt": "warm", "export_type": "all"},
        "perTarget": {DE: {"vozo": {"user_prompt": "formal"}}},
    }
    frozen = brief_of({FOLDERS: below, OWN: {"perTarget": above}}).as_json()
    assert options_for(frozen, DE, "vozo") == options


@pytest.mark.parametrize(
    ("route", "video", "audio"),
    [
        (["vozo"], ("vozo",), ("vozo",)),
        ({"video": ["vozo", "azure-video"]}, ("vozo", "azure-video"), ("azure-video", "vozo")),
        ({"audio": None}, ("azure-video",), ()),
        (None, (), ()),
    ],
)
def test_one_language_may_have_a_route_of_its_own(route: object, video: tuple[str], audio: tuple[str]) -> None:
    brief = {
        "route": {"video": ["azure-video"], "audio": ["azure-video", "vozo"]},
        "perTarget": {DE: {"route": route}},
    }
    frozen = brief_of({OWN: brief}).as_json()
    assert (route_for(frozen, "video", DE), route_for(frozen, "audio", DE)) == (video, audio)
    assert route_for(frozen, "video", JA) == ("azure-video",)
    assert route_for(frozen, "document", JA) == ()


def test_variants_are_targets_of_their_own() -> None:
    brief = brief_of(
        {
            OWN: {
                "targets": ["es-ES-x-Female", "es-ES-x-male", "es-ES"],
                "perTarget": {"ES-es-X-female": {"vozo": {"user_prompt": "a woman's voice"}}},
            }
        }
    )
    assert brief.targets == ("es-ES-x-female", "es-ES-x-male", "es-ES")
    assert options_for(brief.as_json(), "es-ES-x-female", "vozo") == {"user_prompt": "a woman's voice"}
    assert options_for(brief.as_json(), "es-ES", "vozo") == {}


def test_a_brief_that_an_earlier_version_of_the_app_froze_is_read() -> None:
    frozen = {
        "source": None,
        "targets": [DE],
        "route": {"video": ["vozo"]},
        "options": {"vozo": {"export_type": "all"}},
    }
    assert options_for(frozen, DE, "vozo") == {"export_type": "all"}
    assert route_for(frozen, "video", DE) == ("vozo",)
