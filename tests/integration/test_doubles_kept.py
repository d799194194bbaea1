"""What the doubles were paid for, they still know after their process has ended."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.integration.doubles import API_KEY, running
from tests.integration.sources import Sources, sources
from tests.integration.speech_client import FILMS, SpeechClient, asked
from tests.integration.waiting import eventually

TASKS = "/v1/media/translate"
KEY = {"Authorization": f"Bearer {API_KEY}"}


@pytest.fixture(scope="module")
async def given(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sources]:
    async with sources(tmp_path_factory.mktemp("storage")) as given:
        yield given


async def test_a_film_and_its_iterations_are_there_and_asking_for_them_again_starts_nothing(
    given: Sources, media: dict[str, bytes], tmp_path: Path
) -> None:
    body = asked(videoFileUrl=await given.put("film.mp4", media["film.mp4"]))
    async with running(given.results, given.ca, tmp_path) as doubles:
        speech = SpeechClient(doubles)
        film = await speech.film("film", body)
        iteration = await speech.iteration("film", "first", {})
    async with running(given.results, given.ca, tmp_path) as doubles:
        speech = SpeechClient(doubles)
        assert (await speech.put("/film", body)).status_code == 200
        assert (await speech.put("/film/iterations/first", {"input": {}})).status_code == 200
        assert (await speech.get("/film"))["createdDateTime"] == film["createdDateTime"]
        result = (await speech.get("/film/iterations/first"))["result"]
        assert result.keys() == iteration["result"].keys()
        assert "[es-ES]" in await speech.text(result["targetLocaleSubtitleWebvttFileUrl"])
        paid = await doubles.control(doubles.speech, "paid")
        assert {row["key"]: row["count"] for row in paid} == {
            "translations/film": 1,
            "translations/film/iterations/first": 1,
        }


async def test_a_film_that_was_at_work_is_finished(given: Sources, media: dict[str, bytes], tmp_path: Path) -> None:
    url = await given.put("film.mp4", media["film.mp4"])
    async with running(given.results, given.ca, tmp_path) as doubles:
        await doubles.misbehave(doubles.speech, {"do": "unknown_status", "seconds": 600})
        await SpeechClient(doubles).put("/film", asked(videoFileUrl=url))
    kept = tmp_path / "speech" / "film.json"
    kept.write_text(kept.read_text().replace('"seconds":600.0', '"seconds":0'))
    async with running(given.results, given.ca, tmp_path) as doubles:
        assert await SpeechClient(doubles).ended("film.op") == "Succeeded"


async def test_an_iteration_that_came_with_its_film_still_shares_the_operation(
    given: Sources, media: dict[str, bytes], tmp_path: Path
) -> None:
    url = await given.put("film.mp4", media["film.mp4"])
    async with running(given.results, given.ca, tmp_path) as doubles:
        await SpeechClient(doubles).put("/film", asked(videoFileUrl=url, autoCreateFirstIteration=True))
    async with running(given.results, given.ca, tmp_path) as doubles:
        speech = SpeechClient(doubles)
        assert await speech.ended("film.op") == "Succeeded"
        assert (await speech.get("/film"))["latestIteration"]["status"] == "Succeeded"
        assert [row["key"] for row in await doubles.control(doubles.speech, "paid")] == ["translations/film"]


async def test_a_film_that_was_deleted_stays_deleted(given: Sources, tmp_path: Path) -> None:
    async with running(given.results, given.ca, tmp_path) as doubles:
        speech = SpeechClient(doubles)
        await speech.put("/film", asked())
        await speech.call("DELETE", f"{FILMS}/film")
    async with running(given.results, given.ca, tmp_path) as doubles:
        assert (await SpeechClient(doubles).call("GET", f"{FILMS}/film")).status_code == 404


async def test_a_task_of_vozo_is_there_with_its_results(
    given: Sources, media: dict[str, bytes], tmp_path: Path
) -> None:
    body = {
        "media_type": "audio",
        "media_url": await given.put("talk.mp3", media["talk.mp3"]),
        "source_language": "en-US",
        "target_language": "de-DE",
        "export_type": "auto",
    }
    async with running(given.results, given.ca, tmp_path) as doubles:
        answer = await doubles.client.post(doubles.vozo + TASKS, json=body, headers=KEY)
        task = answer.raise_for_status().json()["task_id"]
    async with running(given.results, given.ca, tmp_path) as doubles:

        async def result() -> dict[str, str] | None:
            shown = (await doubles.client.get(f"{doubles.vozo}{TASKS}/{task}", headers=KEY)).json()
            result: dict[str, str] | None = shown.get("result")
            return result

        address = (await eventually(result))["subtitle_url"]
    async with running(given.results, given.ca, tmp_path) as doubles:
        address = (await eventually(result))["subtitle_url"]
        assert "[de-DE]" in (await doubles.client.get(address)).text
        assert [row["count"] for row in await doubles.control(doubles.vozo, "paid")] == [1]


async def test_a_reset_forgets_what_was_kept(given: Sources, tmp_path: Path) -> None:
    async with running(given.results, given.ca, tmp_path) as doubles:
        await SpeechClient(doubles).put("/film", asked())
        await doubles.reset()
    async with running(given.results, given.ca, tmp_path) as doubles:
        answer: httpx.Response = await SpeechClient(doubles).call("GET", f"{FILMS}/film")
        assert answer.status_code == 404
