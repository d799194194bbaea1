"""Every operation of Video Translation: what is asked, and how lists are read to their end.

https://learn.microsoft.com/rest/api/aiservices/videotranslation/translation-operations
"""

from typing import Any

import httpx
import pytest

from shared.errors import AnswerLost, NotFound, Taken, Unreachable
from shared.providers.video_client import VideoClient
from tests.unit.providers.wire import Wire, answer

BASE = "/videotranslation"
GONE = answer(404, {"error": {"code": "NotFound", "message": "no such thing"}})
HUB = {"isEnabled": True, "eventHubNamespaceHostName": "n.servicebus.windows.net", "eventHubName": "e"}


def client(wire: Wire, version: str = "2026-03-01") -> VideoClient:
    return VideoClient(wire.service("Speech"), version)


def page(*ids: str, **more: Any) -> httpx.Response:
    return answer(200, {"value": [{"id": one} for one in ids]} | more)


async def test_what_is_made_is_put_under_the_callers_ids() -> None:
    wire = Wire(answer(201, {}), answer(201, {}))
    await client(wire).create_translation("film", "film.t", {"input": {}})
    await client(wire).create_iteration("film", "i01", "film.i01", {"input": {}})
    assert wire.asked == [f"PUT {BASE}/translations/film", f"PUT {BASE}/translations/film/iterations/i01"]
    assert [request.headers["Operation-Id"] for request in wire.requests] == ["film.t", "film.i01"]


@pytest.mark.parametrize(("given", "error"), [(answer(409), Taken), (answer(500), AnswerLost)])
async def test_a_put_is_sent_once(given: httpx.Response, error: type[Exception]) -> None:
    wire = Wire(given)
    with pytest.raises(error):
        await client(wire).create_translation("film", "film.t", {})
    assert len(wire.requests) == 1


async def test_what_is_there_is_read() -> None:
    wire = Wire(*(answer(200, {"id": "x"}) for _ in range(3)))
    asked = client(wire)
    assert await asked.translation("film") == await asked.iteration("film", "i01") == await asked.operation("film.t")
    paths = ("translations/film", "translations/film/iterations/i01", "operations/film.t")
    assert wire.asked == [f"GET {BASE}/{path}" for path in paths]


@pytest.mark.parametrize("absent", [GONE, answer(204)])
async def test_what_is_not_there_is_told_apart_from_trouble(absent: httpx.Response) -> None:
    with pytest.raises(NotFound):
        await client(Wire(absent)).translation("film")


@pytest.mark.parametrize("link", ["nextLink", "@nextLink"])
async def test_lists_are_read_to_their_end_by_position(link: str) -> None:
    wire = Wire(page("a", "b", **{link: "https://elsewhere.example/video-translation/translations"}), page("c"))
    assert [row["id"] async for row in client(wire).translations()] == ["a", "b", "c"]
    assert [request.url.params["skip"] for request in wire.requests] == ["0", "2"]
    assert {request.url.host for request in wire.requests} == {"service.example"}
    assert {request.url.params["maxpagesize"] for request in wire.requests} == {"100"}


async def test_the_iterations_of_a_translation_are_listed() -> None:
    wire = Wire(page("i01", "i02"))
    assert [row["id"] async for row in client(wire).iterations("film")] == ["i01", "i02"]
    assert wire.asked == [f"GET {BASE}/translations/film/iterations"]


async def test_a_list_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.providers.video_client.MOST_PAGES", 2)
    wire = Wire(page("a", nextLink="more"), page("a", nextLink="more"))
    with pytest.raises(Unreachable):
        [row async for row in client(wire).translations()]


@pytest.mark.parametrize("given", [answer(204), GONE])
async def test_what_is_deleted_already_is_no_error(given: httpx.Response) -> None:
    wire = Wire(given, given)
    await client(wire).delete_translation("film")
    await client(wire).remove_event_hub()
    assert wire.asked == [f"DELETE {BASE}/translations/film", f"DELETE {BASE}/configurations/event-hub"]


async def test_the_event_hub_is_configured_read_and_tried() -> None:
    wire = Wire(answer(200, HUB), answer(200, HUB), answer(200))
    asked = client(wire)
    assert await asked.set_event_hub(HUB) == await asked.event_hub() == HUB
    await asked.ping_event_hub()
    verbs = ("PUT", "GET", "POST")
    paths = ("event-hub", "event-hub", "event-hub:ping")
    assert wire.asked == [f"{verb} {BASE}/configurations/{path}" for verb, path in zip(verbs, paths, strict=True)]
    assert wire.body() == HUB


@pytest.mark.parametrize("version", ["2024-05-20-preview", "2026-03-01"])
async def test_every_request_names_the_api_version(version: str) -> None:
    wire = Wire(page("a"))
    [row async for row in client(wire, version).translations()]
    assert wire.requests[0].url.params["api-version"] == version
