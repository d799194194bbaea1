"""What is wrong with a brief: every mistake, with its file and path, within bounds."""

import json
from typing import Any

import pytest

from shared.briefs import checks
from shared.briefs.checks import LONGEST_FILE, LONGEST_PATH, LONGEST_WRONG, MOST_LISTED, MOST_TOLD
from shared.errors import BriefRefused
from shared.languages import canonical
from shared.providers.options import MOST_SUGGESTIONS
from shared.providers.vozo import Vozo
from tests.unit.briefs.given import FOLDERS, OWN, brief_of, mistakes_of

ITERATION, VOLUME = "azure-video.iteration", "adjustBackgroundVolumeMultiplier"
SEGMENT = "subtitleMaxCharCountPerSegment"
BOX = ("x", "y", "width", "height")
COUNTS = (
    *(f"{step}.{count}" for step in ("azure-video", ITERATION) for count in ("speakerCount", SEGMENT)),
    *("vozo.speaker_number.min", "vozo.speaker_number.max"),
)
#: The most characters of a refusal, with the punctuation of its lines.
LONGEST_REFUSAL = (MOST_TOLD + 1) * (LONGEST_FILE + LONGEST_PATH + LONGEST_WRONG + 5)


def nested(path: str, value: object) -> dict[str, Any]:
    """A brief with one value at a path."""
    name, _, below = path.partition(".")
    return {name: nested(below, value) if below else value}


@pytest.mark.parametrize(
    ("brief", "wrong"),
    [
        ({"source": 7}, "source: must be a language tag such as en-US"),
        ({"source": "klingonese"}, "source: 'klingonese' is not a BCP 47"),
        ({"targets": "es-ES"}, "targets: must be a list"),
        ({"targets": ["es-ES", None]}, "targets[1]: must be a language tag"),
        (
            {"targets": ["es-ES", "pt-AO"]},
            "targets[1]: 'pt-AO' is a language that no translation service here knows; known are pt-PT",
        ),
        ({"targets": ["es-ES", "ES-es"]}, "targets: es-ES is named more than once"),
        ({"source": "es-ES", "targets": ["es-ES"]}, "targets: es-ES is the source language itself"),
        ({"targets": ["es", "fr", "de", "it", "pl"]}, "targets: 5 languages are asked for; MAX_TARGETS allows 4"),
        ({"route": ["vozo"]}, "route: must be an object"),
        ({"route": {"film": ["vozo"]}}, "route.film: is not a kind of file; known are video"),
        ({"route": {"video": "vozo"}}, "route.video: must be a list of providers; known are azure-video, vozo"),
        ({"route": {"video": []}}, "route.video: must be a list of providers"),
        ({"route": {"video": ["vozo", "bozo"]}}, "route.video[1]: 'bozo' is no provider; known are azure-video, vozo"),
        ({"route": {"video": [["vozo"]]}}, "route.video[0]: ['vozo'] is no provider"),
        (
            {"target": ["es-ES"]},
            "target: is not a field of a brief; known are source, targets, route, perTarget, azure-video, vozo",
        ),
        ({"vozo": "auto"}, "vozo: must be an object"),
        ({"vozo": {"export_typ": "auto"}}, "vozo.export_typ: is not a field here; did you mean 'export_type'?"),
        ({"azure-video": {"iteration": {"speakers": 2}}}, "azure-video.iteration.speakers: is not a field here"),
        ({"azure-video": {"speakerCount": "2"}}, "azure-video.speakerCount: must be a whole number, at least 1"),
        (
            {"azure-video": {"voiceKind": "MyVoice"}},
            "azure-video.voiceKind: input should be 'PlatformVoice' or 'PersonalVoice'",
        ),
        ({"azure-video": {"videoFileUrl": "https://evil.example"}}, "azure-video.videoFileUrl: belongs to the app"),
        (
            {"azure-video": {"iteration": {"pushResultToAzureStorageBlobDirUrl": "https://evil.example"}}},
            "azure-video.iteration.pushResultToAzureStorageBlobDirUrl: belongs to the app",
        ),
        ({"vozo": {"callback_url": "https://evil.example"}}, "vozo.callback_url: belongs to the app"),
        ({"source": "en-US-x-formal", "targets": ["es"]}, "source: 'en-US-x-formal' is a variant; only targets have"),
        ({"targets": ["es-ES-x-a-b"]}, "targets[0]: 'es-ES-x-a-b' has more than one part after x"),
        ({"source": "es-ES", "targets": ["es-ES-x-a"]}, "targets: es-ES-x-a is the source language itself"),
        ({"perTarget": ["de-DE"]}, "perTarget: must be an object such as"),
        ({"perTarget": {"de-XX": {}}}, "perTarget.de-XX: 'de-XX' is a language that no translation service here knows"),
        ({"perTarget": {"de-DE": {}, "DE-de": {}}}, "perTarget.DE-de: is the same language as de-DE"),
        ({"perTarget": {"de-DE": []}}, "perTarget.de-DE: must be an object"),
        (
            {"perTarget": {"de-DE": {"targets": ["fr"]}}},
            "perTarget.de-DE.targets: is not a field of one language; known are route, azure-video, vozo",
        ),
        ({"perTarget": {"de-DE": {"vozo": "auto"}}}, "perTarget.de-DE.vozo: must be an object"),
        (
            {"perTarget": {"de-DE": {"azure-video": {"voiceKind": "MyVoice"}}}},
            "perTarget.de-DE.azure-video.voiceKind: input should be 'PlatformVoice' or 'PersonalVoice'",
        ),
        (
            {"perTarget": {"de-DE": {"azure-video": {"iteration": {"subtitleFontSize": 50}}}}},
            "perTarget.de-DE.azure-video.iteration.subtitleFontSize: must be a whole number from 5 to 30",
        ),
        ({"perTarget": {"de-DE": {"route": ["bozo"]}}}, "perTarget.de-DE.route[0]: 'bozo' is no provider"),
        ({"perTarget": {"de-DE": {"route": []}}}, "perTarget.de-DE.route: must be a list of providers"),
        ({"perTarget": {"de-DE": {"route": "vozo"}}}, "perTarget.de-DE.route: must be an object"),
        ({"perTarget": {"de-DE": {"route": {"video": ["bozo"]}}}}, "perTarget.de-DE.route.video[0]: 'bozo' is no"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_path(brief: dict[str, Any], wrong: str) -> None:
    [mistake] = mistakes_of({FOLDERS: brief})
    assert mistake.startswith(f"translate.json: {wrong}")


def test_every_mistake_is_told_at_once() -> None:
    told = mistakes_of(
        {
            "translate.json": b"{",
            "talks/translate.json": {"targets": ["xx", "es-ES", "yy"], "rout": {}},
            "talks/intro.mp4.translate.json": {"vozo": {"media_url": "https://evil.example", "user_prompt": 1}},
        },
        name="talks/intro.mp4",
        settings={"route": {"video": ["bozo"]}},
        metadata={"source": "??"},
    )
    assert [": ".join(line.split(": ")[:2]) for line in told] == [
        "app settings: route.video[0]",
        "translate.json: is not JSON",
        "talks/translate.json: targets[0]",
        "talks/translate.json: targets[2]",
        "talks/translate.json: rout",
        "talks/intro.mp4.translate.json: vozo.media_url",
        "talks/intro.mp4.translate.json: vozo.user_prompt",
        "metadata of talks/intro.mp4: source",
    ]


def test_a_mistake_counts_even_where_a_nearer_layer_would_win() -> None:
    assert len(mistakes_of({FOLDERS: {"targets": ["??"]}, OWN: {"targets": ["es-ES"]}})) == 1


def test_contradictions_are_laid_to_the_layer_that_named_the_targets() -> None:
    told = mistakes_of({FOLDERS: {"source": "es"}, OWN: {"targets": ["es", "fr", "fr"]}})
    assert told == [f"{OWN}: targets: fr is named more than once", f"{OWN}: targets: es is the source language itself"]


@pytest.mark.parametrize(
    "brief",
    [
        {"perTarget": {"ja-JP": {"vozo": {"user_prompt": "polite"}}}},  # nobody asks for Japanese
        {"perTarget": {"de-DE": None}},
        {"perTarget": {"de-DE": {"vozo": None, "azure-video": {"iteration": None}, "route": None}}},
        {"perTarget": None},
    ],
)
def test_what_is_said_of_one_language_may_be_for_a_later_drop_or_nothing(brief: dict[str, Any]) -> None:
    assert brief_of({OWN: brief | {"targets": ["de-DE"]}}).targets == ("de-DE",)


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        *((field, value, "must be a whole number, at least 1") for field in COUNTS for value in (0, -1, 1.5, True)),
        *((f"{ITERATION}.subtitleFontSize", value, "must be a whole number from 5 to 30") for value in (4, 31, "18")),
        *(
            (f"{ITERATION}.subtitleVerticalMargin", value, "must be a whole number from 0 to 200")
            for value in (-1, 201)
        ),
        *((f"{ITERATION}.{VOLUME}", value, "must be a number above 0 and up to 1") for value in (0, -0.1, 1.01)),
        *(
            (f"vozo.ocr_text_box.{side}", value, "must be a number from 0 to 1")
            for side in ("x", "y")
            for value in (-0.1, 1.1)
        ),
        *(
            (f"vozo.ocr_text_box.{side}", value, "must be a number above 0 and up to 1")
            for side in ("width", "height")
            for value in (0, 1.1)
        ),
        *(
            (field, value, "must be the name of a .vtt or .srt file in the container for glossaries")
            for field in ("azure-video.subtitles.file", "vozo.subtitles.file")
            for value in ("talk", "talk.txt", "../talk.vtt", "/talk.vtt", "a//talk.vtt", "a/./talk.srt", "", 1)
        ),
        *(
            ("azure-video.lexicon", value, "must be the name of a file in the container for glossaries")
            for value in ("../names.xml", "", "a/..")
        ),
    ],
)
def test_a_value_beyond_its_bounds_is_told_with_the_bounds(field: str, value: object, wrong: str) -> None:
    assert mistakes_of({FOLDERS: nested(field, value)}) == [f"translate.json: {field}: {wrong}"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, 1) for field in COUNTS),
        *((f"{ITERATION}.subtitleFontSize", value) for value in (5, 30)),
        *((f"{ITERATION}.subtitleVerticalMargin", value) for value in (0, 200)),
        *((f"{ITERATION}.{VOLUME}", value) for value in (0.01, 1)),
        ("vozo.subtitles.file", "talks/2026 (final).v2/..talk..SRT"),
        ("azure-video.subtitles.file", "talk.es-ES.vtt"),
        ("azure-video.lexicon", "names/es.xml"),
        *((f"vozo.ocr_text_box.{side}", 1) for side in BOX),
        *((f"vozo.ocr_text_box.{side}", 0) for side in ("x", "y")),
    ],
)
def test_a_value_at_its_bounds_is_taken(field: str, value: object) -> None:
    provider, _, _ = field.partition(".")
    assert brief_of({FOLDERS: nested(field, value)}).options[provider] == nested(field, value)[provider]


def test_of_many_mistakes_some_are_told_and_the_others_counted() -> None:
    told = mistakes_of({FOLDERS: {"vozo": {f"x{number}": 1 for number in range(2133)}}})
    assert len(told) == MOST_TOLD + 1
    assert told[-1] == "and 2,113 more"


def test_mistakes_of_all_layers_are_counted_together() -> None:
    wrong = {f"x{number}": 1 for number in range(15)}
    told = mistakes_of({FOLDERS: wrong, OWN: wrong})
    assert [line.partition(":")[0] for line in told] == [FOLDERS] * 15 + [OWN] * 5 + ["and 10 more"]


NAME = "n" * 750 + ".mp4"


@pytest.mark.parametrize(
    "brief",
    [
        {"azure-video": {f"x{number}": 1 for number in range(6000)}},
        {f"x{number}": 1 for number in range(6000)},
        {"x" * 60_000: 1},
        {"targets": [f"x{number}" for number in range(6000)]},
        {"targets": ["x" * 300] * MOST_LISTED},
        {"targets": ["x" * 60_000]},
        {"route": {"video": ["x" * 60_000]}},
        {"route": {"video": ["x"] * 6000}},
        {"perTarget": {f"x{number}": {"x": 1} for number in range(4000)}},
        {"perTarget": {"x" * 60_000: {"x": 1}}},
        {"perTarget": {"de-DE": {"vozo": {f"x{number}": 1 for number in range(6000)}}}},
        {"vozo": {"glossary_ids": [1] * 20_000}},
    ],
    ids=lambda brief: json.dumps(brief)[:40],
)
def test_a_refusal_is_short_whatever_the_brief(brief: dict[str, Any]) -> None:
    own = f"{NAME}.translate.json"
    told = "\n".join(mistakes_of({own: brief, FOLDERS: brief}, name=NAME))
    assert len(told) < LONGEST_REFUSAL <= BriefRefused.longest  # else the last line, which counts, would be cut off
    assert told.count("translate.json: ") <= MOST_TOLD


def test_the_choices_of_a_language_are_looked_for_only_where_they_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counting(tag: str) -> str:
        asked.append(tag)
        return canonical(tag)

    monkeypatch.setattr(checks, "canonical", counting)
    told = mistakes_of({FOLDERS: {"targets": [f"es-{number}" for number in range(900, 1000)]}})
    assert told[-1] == "and 80 more"
    assert len(asked) == MOST_TOLD


def test_a_long_list_of_languages_is_one_mistake() -> None:
    assert mistakes_of({FOLDERS: {"targets": ["de-DE"] * 6000}}) == [
        f"translate.json: targets: has 6,000 entries; at most {MOST_LISTED} are read"
    ]


def test_a_name_that_was_meant_is_looked_for_only_so_often() -> None:
    told = dict(Vozo(None).mistakes({f"export_typ{number}": 1 for number in range(MOST_SUGGESTIONS + 1)}))
    assert told["export_typ0"].endswith("did you mean 'export_type'?")
    assert told[f"export_typ{MOST_SUGGESTIONS}"] == "is not a field here"
