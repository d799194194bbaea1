"""The Speech double: what it refuses, what it repeats, and how it spoils an exchange. Its sources are not read."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox import identity
from tests.integration.doubles import running
from tests.integration.speech_client import FILMS, VERSION, SpeechClient, asked, target


@pytest.fixture(scope="module")
async def started() -> AsyncIterator[SpeechClient]:
    async with running() as doubles:
        yield SpeechClient(doubles)


@pytest.fixture
async def speech(started: SpeechClient) -> SpeechClient:
    await started.doubles.reset()
    await started.doubles.misbehave(started.base, {"do": "never_finish", "times": 9})
    return started


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"voiceKind": "RobotVoice"}, "input.voiceKind"),
        ({"targetLocale": "es"}, "input.targetLocale"),
        ({"targetLocale": "xx-YY"}, "input.targetLocale"),
        ({"videoFileUrl": None}, "input.videoFileUrl"),
        ({"audioFileUrl": "https://storage.invalid/a.mp3"}, "input.videoFileUrl"),
        ({"videoFileUrl": "http://storage.invalid/a.mp4"}, "input.videoFileUrl"),
        ({"speakerCount": "2"}, "input.speakerCount"),
        ({"colour": "red"}, "input.colour"),
    ],
)
async def test_a_faulty_translation_is_refused_by_field(
    speech: SpeechClient, changes: dict[str, Any], field: str
) -> None:
    assert target(await speech.put("/film", asked(**changes))) == field
    assert await speech.doubles.control(speech.base, "paid") == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subtitlePrimaryColor": "red"}, "input.subtitlePrimaryColor"),
        ({"subtitleFontSize": 31}, "input.subtitleFontSize"),
        ({"subtitleVerticalMargin": 201}, "input.subtitleVerticalMargin"),
        ({"adjustBackgroundVolumeMultiplier": 0}, "input.adjustBackgroundVolumeMultiplier"),
        ({"webvttFile": {"url": "https://storage.invalid/a.vtt"}}, "input.webvttFile.kind"),
        (
            {
                "ttsCustomLexiconFileUrl": "https://storage.invalid/a.xml",
                "ttsCustomLexiconFileIdInAudioContentCreation": identity.TENANT,
            },
            "input.ttsCustomLexiconFileUrl",
        ),
    ],
)
async def test_a_faulty_iteration_is_refused_by_field(
    speech: SpeechClient, changes: dict[str, Any], field: str
) -> None:
    await speech.seed(ids=["film"])
    assert target(await speech.put("/film/iterations/first", {"input": changes})) == field


async def test_a_field_of_a_later_api_version_is_refused(speech: SpeechClient) -> None:
    body = asked(autoCreateFirstIteration=True)
    answer = await speech.put("/film", body, query={"api-version": "2025-05-20"})
    assert target(answer) == "input.autoCreateFirstIteration"


async def test_the_preview_needs_a_source_locale(speech: SpeechClient) -> None:
    body = asked(sourceLocale=None)
    assert target(await speech.put("/film", body, query={"api-version": "2024-05-20-preview"})) == "input.sourceLocale"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "MissingApiVersionParameter"),
        ({"api-version": "2024-07-30-preview"}, "UnsupportedApiVersionValue"),
        (VERSION | {"maxPageSize": "2"}, "InvalidArgument"),
    ],
)
async def test_a_faulty_query_is_400(speech: SpeechClient, query: dict[str, str], code: str) -> None:
    answer = await speech.call("GET", FILMS, query=query)
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (400, code)


@pytest.mark.parametrize("token", ["made-up", identity.mint(identity.STORAGE)])
async def test_a_token_that_is_not_for_the_service_is_401(speech: SpeechClient, token: str) -> None:
    answer = await speech.call("GET", FILMS, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "Unauthorized")


async def test_ids_have_three_characters_at_least_and_an_operation_id_is_needed(speech: SpeechClient) -> None:
    body = asked()
    assert target(await speech.put("/ab", body)) == "translationId"
    assert target(await speech.call("PUT", f"{FILMS}/film", json=body)) == "Operation-Id"


async def test_a_repeated_start_begins_nothing_and_is_paid_once(speech: SpeechClient) -> None:
    body = asked()
    first, again = [await speech.put("/film", body) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["Operation-Location"] == again.headers["Operation-Location"]
    paid = await speech.doubles.control(speech.base, "paid")
    assert paid == [{"service": "speech", "key": "translations/film", "count": 1}]


async def test_an_id_or_operation_id_that_is_taken_is_409(speech: SpeechClient) -> None:
    body = asked()
    await speech.put("/film", body)
    assert (await speech.put("/film", asked(speakerCount=2))).status_code == 409
    assert (await speech.put("/other", body, operation="film.op")).status_code == 409


async def test_an_iteration_needs_a_translation_that_has_succeeded(speech: SpeechClient) -> None:
    assert (await speech.put("/film/iterations/first", {"input": {}})).status_code == 404
    await speech.put("/film", asked())
    assert (await speech.put("/film/iterations/first", {"input": {}})).status_code == 409


async def test_operations_can_be_seeded_by_id(speech: SpeechClient) -> None:
    await speech.seed(ids=["one.t"])
    operation = await speech.call("GET", "/videotranslation/operations/one.t")
    assert operation.json() == {"id": "one.t", "status": "Running"}


async def test_lists_come_in_pages(speech: SpeechClient) -> None:
    await speech.seed(translations=5, prefix="seed.")
    answer = await speech.call("GET", FILMS, query=VERSION | {"maxpagesize": "2", "skip": "1", "top": "3"})
    assert [row["id"] for row in answer.json()["value"]] == ["seed.1", "seed.2"]
    following = (await speech.doubles.client.get(answer.json()["nextLink"], headers=speech.headers)).json()
    assert [row["id"] for row in following["value"]] == ["seed.3"]
    assert "nextLink" not in following


async def test_event_hub_configuration_is_kept_until_deleted(speech: SpeechClient) -> None:
    path = "/videotranslation/configurations/event-hub"
    hub = {"isEnabled": True, "eventHubNamespaceHostName": "ns.servicebus.windows.net", "eventHubName": "hub"}
    hub |= {"enabledEvents": ["Ping"]}
    assert (await speech.call("POST", path + ":ping")).status_code == 404
    assert (await speech.call("PUT", path, json=hub)).json() == hub
    assert (await speech.call("POST", path + ":ping")).status_code == 200
    assert (await speech.call("DELETE", path)).status_code == 204
    assert (await speech.call("GET", path)).status_code == 404


async def test_a_request_dropped_before_it_acts_starts_nothing(speech: SpeechClient) -> None:
    await speech.doubles.misbehave(speech.base, {"when": {"method": "PUT"}, "do": "drop"})
    with pytest.raises(httpx.RemoteProtocolError):
        await speech.put("/film", asked())
    assert (await speech.call("GET", f"{FILMS}/film")).status_code == 404


async def test_answers_can_be_throttled_replaced_slow_or_never_come(speech: SpeechClient) -> None:
    await speech.doubles.misbehave(
        speech.base,
        {"do": "throttle", "retry_after": "7"},
        {"do": "body", "body": "<html>"},
        {"do": "slow", "seconds": 0.01},
        {"do": "hang"},
    )
    throttled, replaced, slow = [await speech.call("GET", FILMS) for _ in range(3)]
    assert (throttled.status_code, throttled.headers["Retry-After"]) == (429, "7")
    assert (replaced.status_code, replaced.text) == (200, "<html>")
    assert slow.json() == {"value": []}
    with pytest.raises(httpx.ReadTimeout):
        await speech.call("GET", FILMS, timeout=httpx.Timeout(None, read=0.2))


@pytest.mark.parametrize(
    ("fate", "voice", "status"),
    [
        ("free_tier", "PlatformVoice", 400),
        ("not_admitted", "PersonalVoice", 403),
        ("not_admitted", "PlatformVoice", 201),
    ],
)
async def test_an_account_may_lack_the_tier_or_the_admission(
    speech: SpeechClient, fate: str, voice: str, status: int
) -> None:
    await speech.doubles.misbehave(speech.base, {"do": fate})
    assert (await speech.put("/film", asked(voiceKind=voice))).status_code == status
