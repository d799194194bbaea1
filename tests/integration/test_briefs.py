"""What to do with a file is merged from folders, briefs and metadata; what is wrong with it is told, and mended."""

import asyncio
import json
from typing import Any

import pytest

from tests.integration.person import Person

BRIEFS: dict[str, dict[str, Any]] = {
    "briefs/translate.json": {"source": "en-US", "targets": ["it-IT"], "azure-video": {"speakerCount": 2}},
    "briefs/to_fr-FR/own.mp3.translate.json": {"targets": ["pt-BR"]},
    "briefs/films/translate.json": {
        "azure-video": {"voiceKind": "PlatformVoice", "iteration": {"subtitleFontSize": 9}}
    },
    "briefs/films/own.mp4.translate.json": {
        "route": {"video": ["azure-video"]},
        "azure-video": {"speakerCount": None, "iteration": {"exportSubtitleInVideo": True}},
    },
    "mended/bad/translate.json": {
        "source": "english",
        "targets": "de-DE",
        "azure-video": {"speakerCount": "two", "iteration": {"colour": "red"}, "videoFileUrl": "https://here/"},
        "voice": "warm",
    },
}
#: Where the targets come from: the brief of the root, a folder's name, the file's own brief, the upload's metadata.
TARGETS = {
    "briefs/plain.mp3": "it-IT",
    "briefs/Intro_to_AI/plain.mp3": "it-IT",
    "briefs/to_fr-FR/folder.mp3": "fr-FR",
    "briefs/to_fr-FR/own.mp3": "pt-BR",
    "briefs/to_fr-FR/metadata.mp3": "nl-NL",
    "briefs/films/own.mp4": "it-IT",
}
WAITING = ("mended/none.mp3", "mended/bad/brief.mp3")


@pytest.fixture(scope="module")
async def told(person: Person, media: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """The receipts of the drops after all of them have ended, or wait."""
    await asyncio.gather(*(person.drop(name, json.dumps(brief)) for name, brief in BRIEFS.items()))
    contents = {".mp4": media["film.mp4"], ".mp3": media["talk.mp3"]}
    await asyncio.gather(
        person.drop("briefs/to_fr-FR/metadata.mp3", media["talk.mp3"], targets="nl-NL", source="en-GB"),
        *(person.drop(name, contents[name[-4:]]) for name in (*TARGETS, *WAITING) if "metadata" not in name),
    )
    waiting = {name: await person.told(name, "waiting") for name in WAITING}
    return waiting | {name: await person.told(name) for name in TARGETS}


@pytest.fixture(scope="module")
async def paid_while_waiting(told: dict[str, dict[str, Any]], person: Person) -> dict[str, int]:
    """What was paid for the files that wait, before anybody mends their briefs."""
    assert {told[name]["status"] for name in WAITING} == {"waiting"}
    return await person.bill("mended/")


@pytest.fixture(scope="module")
async def mended(paid_while_waiting: dict[str, int], person: Person) -> dict[str, dict[str, Any]]:
    """The receipts of what waited, after its briefs were put right. The files themselves are not touched."""
    assert not paid_while_waiting
    await person.drop("mended/bad/translate.json", '{"source": "en-US"}')
    await person.drop("mended/translate.json", '{"targets": ["de-DE"]}')
    return {name: await person.told(name) for name in WAITING}


def problem(receipt: dict[str, Any]) -> dict[str, str]:
    (only,) = receipt["problems"]
    return dict(only)


@pytest.mark.parametrize(("name", "target"), TARGETS.items())
async def test_the_nearest_brief_wins(told: dict[str, dict[str, Any]], name: str, target: str) -> None:
    lines = [(line["target"], line["status"]) for line in told[name]["translations"]]
    assert lines == [(target, "succeeded")]


async def test_the_source_language_comes_down_the_same_way(told: dict[str, dict[str, Any]]) -> None:
    languages = [told[f"briefs/to_fr-FR/{name}.mp3"]["source"]["language"] for name in ("own", "metadata")]
    assert languages == ["en-US", "en-GB"]


async def test_objects_merge_and_null_unsets(told: dict[str, dict[str, Any]], person: Person) -> None:
    key = told["briefs/films/own.mp4"]["id"]
    requests = await person.doubles.control(person.doubles.speech, "requests")
    translation, iteration = (
        json.loads(request["body"])["input"]
        for request in requests
        if request["method"] == "PUT" and key in request["path"]
    )
    assert "speakerCount" not in translation
    assert translation["voiceKind"] == "PlatformVoice"
    assert iteration == {"subtitleFontSize": 9, "exportSubtitleInVideo": True}


async def test_a_file_without_targets_is_told_what_to_do(told: dict[str, dict[str, Any]]) -> None:
    said = problem(told["mended/none.mp3"])
    assert "mended/none.mp3 has no target language" in said["reason"]
    assert "en-US_to_es-ES" in said["reason"]
    assert "translate.json" in said["reason"]
    assert "starts by itself" in said["advice"]


async def test_every_mistake_of_a_brief_is_told_at_once_with_file_and_path(told: dict[str, dict[str, Any]]) -> None:
    mistakes = problem(told["mended/bad/brief.mp3"])["reason"].splitlines()
    paths = ["source", "targets", "azure-video.speakerCount", "azure-video.iteration.colour"]
    paths += ["azure-video.videoFileUrl", "voice"]
    assert [mistake.split(": ")[:2] for mistake in mistakes] == [["mended/bad/translate.json", path] for path in paths]
    assert any("belongs to the app" in mistake for mistake in mistakes)


def test_nothing_is_paid_for_a_file_that_waits(paid_while_waiting: dict[str, int]) -> None:
    assert paid_while_waiting == {}


@pytest.mark.parametrize("name", WAITING)
async def test_a_file_starts_by_itself_when_its_brief_is_mended(mended: dict[str, dict[str, Any]], name: str) -> None:
    lines = [(line["target"], line["status"]) for line in mended[name]["translations"]]
    assert lines == [("de-DE", "succeeded")]
    assert mended[name]["problems"] == []


async def test_a_file_that_is_deleted_while_it_waits_is_told(person: Person, media: dict[str, bytes]) -> None:
    await person.drop("gone/talk.mp3", media["talk.mp3"])
    await person.told("gone/talk.mp3", "waiting")
    await person.delete("gone/talk.mp3")
    await person.drop("gone/translate.json", '{"targets": ["de-DE"]}')  # a brief has what waits looked at
    receipt = await person.told("gone/talk.mp3", "refused")
    assert problem(receipt)["reason"] == "the file was deleted before it was started"


async def test_a_brief_is_frozen_when_the_file_is_accepted(person: Person, media: dict[str, bytes]) -> None:
    await person.drop("frozen/translate.json", '{"source": "en-US", "targets": ["de-DE"]}')
    await person.drop("frozen/talk.mp3", media["talk.mp3"])
    await person.told("frozen/talk.mp3", "running", "succeeded")
    await person.drop("frozen/translate.json", '{"source": "en-US", "targets": ["fr-FR"]}')
    receipt = await person.told("frozen/talk.mp3")
    assert [line["target"] for line in receipt["translations"]] == ["de-DE"]


async def test_the_same_content_under_a_longer_brief_pays_for_what_is_new_only(
    told: dict[str, dict[str, Any]], person: Person, media: dict[str, bytes]
) -> None:
    assert told["briefs/plain.mp3"]["status"] == "succeeded"
    etag = await person.drop("briefs/plain.mp3", media["talk.mp3"], targets="it-IT,sv-SE")
    receipt = await person.told("briefs/plain.mp3", etag=etag)
    assert [line["target"] for line in receipt["translations"]] == ["it-IT", "sv-SE"]
    bill = await person.bill("inbox/briefs/plain.mp3")
    assert sorted((key.rpartition(" ")[2], count) for key, count in bill.items()) == [("it-IT", 1), ("sv-SE", 1)]
