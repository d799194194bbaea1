"""The Speech double: true in states and results, and odd where it is told to be."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.doubles import Doubles, ffmpeg, running
from tests.integration.sources import Sources, sources
from tests.integration.speech_client import FILMS, SpeechClient, asked, target
from tests.integration.waiting import eventually


class Speech(SpeechClient):
    """The client, and the sources that the double is pointed at."""

    def __init__(self, doubles: Doubles, given: Sources, films: dict[str, bytes]) -> None:
        super().__init__(doubles)
        self.sources, self.films = given, films

    async def source(self, name: str = "film.mp4", permission: str = "r") -> str:
        return await self.sources.put(name, self.films.get(name, b"this is no media"), permission)

    async def asked(self, **changes: Any) -> dict[str, Any]:
        return asked(**{"videoFileUrl": await self.source()} | changes)


@pytest.fixture(scope="module")
async def started(tmp_path_factory: pytest.TempPathFactory, media: dict[str, bytes]) -> AsyncIterator[Speech]:
    async with (
        sources(tmp_path_factory.mktemp("storage")) as given,
        running(given.results, given.ca) as doubles,
    ):
        yield Speech(doubles, given, media)


@pytest.fixture
async def speech(started: Speech) -> Speech:
    await started.doubles.reset()
    return started


async def test_a_film_is_translated_into_a_file_that_plays_and_its_subtitles(speech: Speech, tmp_path: Path) -> None:
    film = await speech.film("film", await speech.asked())
    assert film["status"] == "Succeeded"
    assert "videoFileUrl" not in film["input"]
    result = (await speech.iteration("film", "first", {"exportSubtitleInVideo": True}))["result"]
    dubbed = await speech.doubles.client.get(result["translatedVideoFileUrl"])
    (tmp_path / "dubbed.mp4").write_bytes(dubbed.content)
    report = await ffmpeg("-i", str(tmp_path / "dubbed.mp4"), "-f", "null", "-")
    assert "(spa): Audio: aac" in report
    assert "Subtitle: mov_text" in report
    assert "\n[es-ES] " in await speech.text(result["targetLocaleSubtitleWebvttFileUrl"])
    assert '"globalMetadata"' in await speech.text(result["metadataJsonWebvttFileUrl"])
    assert "targetLocaleAdvancedSubtitleFileUrl" not in result


async def test_sound_alone_is_translated_into_sound(speech: Speech) -> None:
    await speech.film("talk", await speech.asked(videoFileUrl=None, audioFileUrl=await speech.source("talk.mp3")))
    result = (await speech.iteration("talk", "first", {}))["result"]
    assert "translatedVideoFileUrl" not in result
    assert (await speech.doubles.client.get(result["translatedAudioFileUrl"])).headers["Content-Type"] == "audio/mpeg"


async def test_a_styled_subtitle_file_comes_when_asked_for(speech: Speech) -> None:
    await speech.film("film", await speech.asked())
    given = {"exportTargetLocaleAdvancedSubtitleFile": True}
    result = (await speech.iteration("film", "first", given))["result"]
    assert (await speech.text(result["targetLocaleAdvancedSubtitleFileUrl"])).startswith("[Script Info]")


async def test_a_first_iteration_can_come_with_the_translation(speech: Speech) -> None:
    film = await speech.film("film", await speech.asked(autoCreateFirstIteration=True))
    assert film["latestIteration"] == film["latestSucceededIteration"]
    assert film["latestIteration"]["id"] == "Initial"
    assert film["latestIteration"]["result"]


async def test_a_second_iteration_needs_corrected_cues_and_uses_them(speech: Speech) -> None:
    await speech.film("film", await speech.asked())
    await speech.iteration("film", "first", {})
    answer = await speech.put("/film/iterations/second", {"input": {}})
    assert target(answer) == "input.webvttFile"
    cues = b"WEBVTT\n\n00:00.000 --> 00:01.000\nHola\n"
    url = await speech.sources.put("cues.vtt", cues)
    given = {"webvttFile": {"url": url, "kind": "TargetLocaleSubtitle"}}
    result = (await speech.iteration("film", "second", given))["result"]
    assert await speech.text(result["targetLocaleSubtitleWebvttFileUrl"]) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHola\n"
    )


async def test_results_are_pushed_into_the_callers_own_storage(speech: Speech) -> None:
    await speech.film("film", await speech.asked())
    folder = speech.sources.address("pushed")
    result = (await speech.iteration("film", "first", {"pushResultToAzureStorageBlobDirUrl": folder}))["result"]
    assert result["reportFileUrl"] == f"{folder}/report.json"
    assert "pretended" in (await speech.sources.get("pushed/report.json")).decode()


async def test_a_source_can_be_read_by_identity(speech: Speech) -> None:
    await speech.source()
    plain = speech.sources.address("film.mp4")
    body = await speech.asked(videoFileUrl=plain, inputFileSourceKind="AzureStorageBlobManagedIdentity")
    assert (await speech.film("film", body))["status"] == "Succeeded"


@pytest.mark.parametrize("version", ["2024-05-20-preview", "2025-05-20"])
async def test_the_earlier_api_versions_translate_too(speech: Speech, version: str) -> None:
    assert (await speech.put("/film", await speech.asked(), query={"api-version": version})).status_code == 201
    assert await speech.ended("film.op") == "Succeeded"


@pytest.mark.parametrize(
    ("name", "permission", "reason"),
    [
        ("junk.mp4", "r", "cannot be read"),
        ("silent.mp4", "r", "no audio"),
        ("film.mp4", "rw", "more than reading"),
        ("talk.mp3", "r", "mp4 format"),
    ],
)
async def test_a_source_that_cannot_be_used_fails_the_translation_with_the_reason(
    speech: Speech, name: str, permission: str, reason: str
) -> None:
    body = await speech.asked(videoFileUrl=await speech.source(name, permission))
    film = await speech.film("film", body)
    assert film["status"] == "Failed"
    assert reason in film["failureReason"]


async def test_a_source_without_a_signature_that_works_fails_without_showing_it(speech: Speech) -> None:
    url = await speech.source()
    film = await speech.film("film", await speech.asked(videoFileUrl=url.replace("sig=", "sig=0")))
    assert film["failureReason"] == "The file could not be downloaded: HTTP 403."


async def test_deleting_removes_translation_operations_and_files(speech: Speech) -> None:
    await speech.film("film", await speech.asked())
    result = (await speech.iteration("film", "first", {}))["result"]
    assert (await speech.call("DELETE", f"{FILMS}/film")).status_code == 204

    async def gone() -> bool:
        return (await speech.doubles.client.get(result["reportFileUrl"])).status_code == 404

    assert await eventually(gone)
    for path in (f"{FILMS}/film", "/videotranslation/operations/film.op"):
        assert (await speech.call("GET", path)).status_code == 404
    assert (await speech.call("DELETE", f"{FILMS}/film")).status_code == 204


async def test_a_job_can_be_told_to_fail(speech: Speech) -> None:
    await speech.doubles.misbehave(speech.base, {"do": "fail", "message": "The speech is too fast."})
    assert (await speech.film("film", await speech.asked()))["failureReason"] == "The speech is too fast."


async def test_an_operation_can_succeed_while_its_iteration_fails(speech: Speech) -> None:
    await speech.film("film", await speech.asked())
    await speech.doubles.misbehave(speech.base, {"when": {"path": "/iterations/"}, "do": "iteration_failed"})
    assert (await speech.iteration("film", "first", {}))["status"] == "Failed"
    assert await speech.ended("first.op") == "Succeeded"


async def test_an_operation_can_have_an_unknown_status(speech: Speech) -> None:
    await speech.doubles.misbehave(speech.base, {"do": "unknown_status", "word": "Pondering", "seconds": 600})
    await speech.put("/film", await speech.asked())

    async def pondering() -> bool:
        operation = (await speech.call("GET", "/videotranslation/operations/film.op")).json()
        return bool(operation["status"] == "Pondering")

    assert await eventually(pondering)


@pytest.mark.parametrize(
    ("rule", "statuses"),
    [
        ({"do": "missing_file", "file": "reportFileUrl"}, {200, 404}),
        ({"do": "expired_results"}, {403}),
        ({"do": "absent_file", "file": "reportFileUrl"}, {200}),
    ],
)
async def test_result_files_can_be_missing_expired_or_absent(
    speech: Speech, rule: dict[str, Any], statuses: set[int]
) -> None:
    await speech.film("film", await speech.asked())
    await speech.doubles.misbehave(speech.base, rule)
    result = (await speech.iteration("film", "first", {}))["result"]
    assert {(await speech.doubles.client.get(url)).status_code for url in result.values()} == statuses
    assert ("reportFileUrl" in result) == (rule["do"] != "absent_file")


async def test_a_film_can_be_cut_short(speech: Speech) -> None:
    await speech.film("film", await speech.asked())
    await speech.doubles.misbehave(speech.base, {"do": "truncated_result"})
    cut = await speech.iteration("film", "first", {})
    await speech.film("again", await speech.asked())
    whole = await speech.iteration("again", "whole", {})
    urls = [each["result"]["translatedVideoFileUrl"] for each in (cut, whole)]
    short, long = [len((await speech.doubles.client.get(url)).content) for url in urls]
    assert short == long // 2


async def test_a_lost_answer_leaves_one_paid_start_that_its_operation_id_finds(speech: Speech) -> None:
    await speech.doubles.misbehave(speech.base, {"when": {"method": "PUT"}, "do": "drop_after"})
    body = await speech.asked()
    with pytest.raises(httpx.RemoteProtocolError):
        await speech.put("/film", body)
    assert await speech.ended("film.op") == "Succeeded"
    assert (await speech.put("/film", body)).status_code == 200
    assert [row["count"] for row in await speech.doubles.control(speech.base, "paid")] == [1]


async def test_work_can_be_stopped_at_the_service(speech: Speech) -> None:
    await speech.doubles.misbehave(speech.base, {"do": "canceled"})
    assert (await speech.film("film", await speech.asked()))["status"] == "Canceled"
    assert await speech.ended("film.op") == "Canceled"
