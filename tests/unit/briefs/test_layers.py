"""Where a brief comes from: settings, folders' names, files, metadata; the nearest wins."""

from typing import Any

import pytest

from shared.briefs.brief import Brief
from shared.briefs.layers import brief_files, is_forced
from shared.names import BlobName
from tests.unit.briefs.given import FOLDERS, OWN, brief_of, mistakes_of, refusal_of

#: All layers that a file can have, from the weakest to the strongest, each with a target of its own.
LAYERS = {
    "app settings": ("de",),
    "translate.json of the root": ("fr",),
    "name of the outer folder": ("it",),
    "translate.json of the outer folder": ("pl",),
    "name of the inner folder": ("cs",),
    "translate.json of the inner folder": ("da",),
    "brief of the file": ("fi",),
    "metadata of the blob": ("sv", "nb"),
}


@pytest.mark.parametrize("strongest", LAYERS)
def test_the_nearest_layer_wins(strongest: str) -> None:
    there = list(LAYERS)[: list(LAYERS).index(strongest) + 1]
    outer = "to_it" if "name of the outer folder" in there else "outer"
    inner = f"{outer}/to_cs" if "name of the inner folder" in there else f"{outer}/inner"
    files = {
        "translate.json of the root": "translate.json",
        "translate.json of the outer folder": f"{outer}/translate.json",
        "translate.json of the inner folder": f"{inner}/translate.json",
        "brief of the file": f"{inner}/intro.mp4.translate.json",
    }
    brief = brief_of(
        {file: {"targets": LAYERS[layer]} for layer, file in files.items() if layer in there},
        name=f"{inner}/intro.mp4",
        settings={"targets": ["de"]},
        metadata={"targets": "sv, nb"} if "metadata of the blob" in there else {},
    )
    assert brief.targets == LAYERS[strongest]


def test_a_brief_counts_for_its_own_file_and_for_what_lies_below_its_folder() -> None:
    files = {"talks/translate.json": {"targets": ["es"]}, "talks/other.mp4.translate.json": {"targets": ["fr"]}}
    assert brief_of(files, name="talks/2026/intro.mp4").targets == ("es",)
    assert brief_of(files, name="elsewhere/intro.mp4").targets == ()


@pytest.mark.parametrize(
    ("metadata", "brief"),
    [
        ({"targets": "es-ES,fr-FR"}, Brief(targets=("es-ES", "fr-FR"))),
        ({"Targets": " es-ES  fr-FR "}, Brief(targets=("es-ES", "fr-FR"))),
        ({"SOURCE": "en-us", "targets": "es"}, Brief(source="en-US", targets=("es",))),
        ({"route": "vozo azure-video"}, Brief(route={"video": ["vozo", "azure-video"]})),
        ({"targets": "", "source": " ", "author": "me"}, Brief()),
    ],
)
def test_metadata_says_it_in_words(metadata: dict[str, str], brief: Brief) -> None:
    assert brief_of(metadata=metadata) == brief


@pytest.mark.parametrize(
    ("metadata", "forced"),
    [
        ({"force": "true"}, True),
        ({"Force": "1"}, True),
        ({"force": " YES "}, True),
        ({"force": "no"}, False),
        ({}, False),
    ],
)
def test_force_is_said_in_the_metadata(metadata: dict[str, str], forced: bool) -> None:
    assert is_forced(metadata) is forced


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", "is not JSON"),
        (b'{"targets": ["es-ES"],}', "is not JSON: trailing comma at line 1 column 23"),
        (b'{"vozo": {"user_prompt": "half a pair: \\ud800"}}', "is not JSON"),
        (b'{"azure-video": {"speakerCount": NaN}}', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'["es-ES"]', "must be a JSON object"),
        (b"null", "must be a JSON object"),
    ],
)
def test_what_is_no_json_object_is_refused(content: bytes, wrong: str) -> None:
    [mistake] = mistakes_of({FOLDERS: content})
    assert mistake.startswith(f"translate.json: {wrong}")


def test_editors_may_leave_a_byte_order_mark_and_the_schemas_address() -> None:
    content = b'\xef\xbb\xbf{"$schema": "https://schemas.example/translate.json", "targets": ["es-ES"]}'
    assert brief_of({FOLDERS: content}).targets == ("es-ES",)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ('{"targets": ["es-ES"]}'.encode("utf-16"), "is in UTF-16; a brief must be in UTF-8: save it again"),
        ('{"targets": ["es-ES"]}'.encode("utf-16-be"), "is in UTF-16; a brief must be in UTF-8: save it again"),
        ('{"targets": ["es-ES"]}'.encode("utf-32"), "is in UTF-32; a brief must be in UTF-8: save it again"),
        ('{"vozo": {"user_prompt": "fröhlich"}}'.encode("latin-1"), "is not in UTF-8 (byte 28): save it again"),
    ],
)
def test_a_brief_in_another_encoding_says_that_it_must_be_utf_8(content: bytes, wrong: str) -> None:
    [mistake] = mistakes_of({FOLDERS: content})
    assert mistake.startswith(f"translate.json: {wrong}")


def test_a_brief_that_leaves_out_the_extension_says_what_to_call_it() -> None:
    told = mistakes_of({"talks/b.translate.json": {"targets": ["es-ES"]}}, name="talks/b.mp4")
    assert told == [
        "talks/b.translate.json: is the brief of no file that can be translated; call it talks/b.mp4.translate.json"
    ]


def test_a_brief_that_leaves_out_the_extension_is_no_mistake_any_more_when_the_right_one_is_there() -> None:
    files = {"b.translate.json": {"targets": ["es-ES"]}, "b.mp4.translate.json": {"targets": ["fr-FR"]}}
    assert brief_of(files, name="b.mp4").targets == ("fr-FR",)


def test_the_brief_of_another_file_is_nobody_elses_mistake() -> None:
    files = {"b.mp3.translate.json": {"targets": ["es-ES"]}, "b.mp3.mp4.translate.json": {"targets": ["fr-FR"]}}
    assert brief_of(files, name="b.mp3.mp4").targets == ("fr-FR",)


def test_the_briefs_of_a_file_are_looked_for_from_the_weakest_on() -> None:
    assert brief_files(BlobName("a/b/c.mp4")) == [
        "translate.json",
        "a/translate.json",
        "a/b/translate.json",
        "a/b/c.translate.json",
        "a/b/c.mp4.translate.json",
    ]


UNKNOWN = "is a language that no translation service here knows"


@pytest.mark.parametrize(
    ("folder", "wrong"),
    [
        ("en-US_to_es-SP", [f"'es-SP' {UNKNOWN}; known are es-ES, "]),
        ("en-US_to_es-419", [f"'es-419' {UNKNOWN}; known are es-AR, "]),
        ("en-US_to_de-DE_xx-YY", [f"'xx-YY' {UNKNOWN}"]),
        ("en-US_to_jp", [f"'jp' {UNKNOWN}; known are ja-JP"]),
        ("en-XX_to_de-DE", [f"'en-XX' {UNKNOWN}; known are en-GB, "]),
        ("en-XX_to_de-DE_es-SP", [f"'en-XX' {UNKNOWN}", f"'es-SP' {UNKNOWN}"]),
        ("en-US_to_es-ES_final", ["'final' is "]),
        ("en-US_to_es-ES (1)", ["'es-ES (1)' is not a BCP 47 language tag such as es-ES; known are es-ES, "]),
        ("en_to_go", [f"'go' {UNKNOWN}"]),
    ],
)
def test_a_folder_with_an_unknown_language_makes_the_file_wait(folder: str, wrong: list[str]) -> None:
    refused = refusal_of({}, name=f"talks/{folder}/a.mp4", settings={"targets": ["de-DE"]})
    told = refused.reason.splitlines()
    assert len(told) == len(wrong)
    for line, begins in zip(told, wrong, strict=True):
        assert line.startswith(f"folder 'talks/{folder}': {begins}")
    assert "translate.json" in refused.advice
    assert "move the file to a folder whose name is right" in refused.advice


@pytest.mark.parametrize("nearer", ["en-US_to_es-SP/translate.json", "en-US_to_es-SP/a.mp4.translate.json"])
def test_an_unknown_language_in_a_folder_is_no_mistake_where_a_nearer_brief_names_the_targets(nearer: str) -> None:
    brief = brief_of({nearer: {"targets": ["es-ES"]}}, name="en-US_to_es-SP/a.mp4")
    assert (brief.source, brief.targets) == ("en-US", ("es-ES",))


def test_metadata_and_a_nearer_folder_name_the_targets_too() -> None:
    assert brief_of({}, name="xx-YY_to_es-ES/to_fr-FR/a.mp4") == Brief(targets=("fr-FR",))
    assert brief_of({}, name="en-US_to_es-SP/a.mp4", metadata={"targets": "es-ES"}).targets == ("es-ES",)


@pytest.mark.parametrize("elsewhere", [{"translate.json": {"targets": ["es-ES"]}}, {OWN: {"source": "en-GB"}}])
def test_a_weaker_brief_or_one_without_targets_does_not_mend_the_folder(elsewhere: dict[str, Any]) -> None:
    files = {file if file == FOLDERS else f"en-US_to_es-SP/{file}": brief for file, brief in elsewhere.items()}
    assert len(mistakes_of(files, name="en-US_to_es-SP/intro.mp4")) == 1


@pytest.mark.parametrize(
    ("folder", "source", "targets"),
    [
        ("en-US_to_iw", "en-US", ("he",)),
        ("en-US_to_zh-Hant-TW", "en-US", ("zh-TW",)),
        ("en-US_to_es-ES-x-female_es-ES-x-male", "en-US", ("es-ES-x-female", "es-ES-x-male")),
        ("to_fr", None, ("fr",)),
        ("Intro_to_AI", None, ("de-DE",)),
    ],
)
def test_a_folder_is_read_as_far_as_it_can_be(folder: str, source: str | None, targets: tuple[str, ...]) -> None:
    brief = brief_of({}, name=f"{folder}/a.mp4", settings={"targets": ["de-DE"]})
    assert (brief.source, brief.targets) == (source, targets)
