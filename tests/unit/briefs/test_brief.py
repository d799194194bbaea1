"""The translation brief: layers from app settings to metadata, merged, checked as a whole, frozen."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from shared.briefs.brief import Brief, is_forced, kind_of, layers, resolve
from shared.errors import BriefRefused
from shared.names import BlobName
from shared.providers.azure_video import AzureVideo
from shared.providers.vozo import Vozo
from tests.unit.providers.wire import Wire

CHECKS = {"azure-video": AzureVideo(Wire().service()).mistakes, "vozo": Vozo(None).mistakes}
MOST_TARGETS = 4
OWN = "intro.mp4.translate.json"
FOLDERS = "translate.json"


def brief_of(
    files: Mapping[str, Any] | None = None,
    *,
    name: str = "intro.mp4",
    settings: Mapping[str, Any] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Brief:
    """The brief of a file; `files` holds briefs by name, as JSON values or as raw bytes."""
    raw = {file: part if isinstance(part, bytes) else json.dumps(part).encode() for file, part in (files or {}).items()}
    return resolve(layers(BlobName(name), settings or {}, raw, metadata or {}), CHECKS, MOST_TARGETS)


def mistakes_of(files: Mapping[str, Any], **given: Any) -> list[str]:
    with pytest.raises(BriefRefused) as refused:
        brief_of(files, **given)
    return refused.value.reason.splitlines()


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
    ("brief", "wrong"),
    [
        ({"source": 7}, "source: must be a language tag such as en-US"),
        ({"source": "klingonese"}, "source: 'klingonese' is not a BCP 47"),
        ({"targets": "es-ES"}, "targets: must be a list"),
        ({"targets": ["es-ES", None]}, "targets[1]: must be a language tag"),
        (
            {"targets": ["es-ES", "pt-AO"]},
            "targets[1]: 'pt-AO' is a language that no translation service here knows; known are pt-BR",
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
            "target: is not a field of a brief; known are source, targets, route, azure-video, vozo",
        ),
        ({"vozo": "auto"}, "vozo: must be an object"),
        ({"vozo": {"export_typ": "auto"}}, "vozo.export_typ: is not a field here; did you mean 'export_type'?"),
        ({"azure-video": {"iteration": {"speakers": 2}}}, "azure-video.iteration.speakers: is not a field here"),
        ({"azure-video": {"speakerCount": "2"}}, "azure-video.speakerCount: input should be a valid integer"),
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
    ],
)
def test_a_mistake_is_named_with_its_file_and_path(brief: dict[str, Any], wrong: str) -> None:
    [mistake] = mistakes_of({FOLDERS: brief})
    assert mistake.startswith(f"translate.json: {wrong}")


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", "is not JSON"),
        (b'{"targets": ["es-ES"],}', "is not JSON: trailing comma at line 1 column 23"),
        ('{"targets": ["es-ES"]}'.encode("utf-16"), "is not JSON"),
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


def test_editors_may_leave_a_byte_order_mark_and_the_schemas_address() -> None:
    content = b'\xef\xbb\xbf{"$schema": "https://schemas.example/translate.json", "targets": ["es-ES"]}'
    assert brief_of({FOLDERS: content}).targets == ("es-ES",)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.mp4", "video"),
        ("a.MOV", "video"),
        ("a.mp3", "audio"),
        ("a.docx", "document"),
        ("a.srt", "subtitles"),
        ("a.vtt", "subtitles"),
        ("a.exe", ""),
        ("mp4", ""),
        (".mp4", ""),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_extension(name: str, kind: str) -> None:
    assert kind_of(BlobName(name)) == kind
