"""The Vozo double: strict about requests, and true to the traps of callbacks and downloads."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from aiohttp import web

from sandbox.ports import free_ports
from tests.integration.doubles import API_KEY, Doubles, running
from tests.integration.waiting import eventually

TASKS = "/v1/media/translate"
KEY = {"Authorization": f"Bearer {API_KEY}"}


class World:
    """What Vozo reaches outside itself: media by plain address, and the receiver of its callbacks."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.address = ""
        self.files = files
        self.calls: list[dict[str, Any]] = []
        self.echoes = True

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.get("/media/{name}", self._file), web.post("/callback", self._callback)])
        return app

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["name"]])

    async def _callback(self, request: web.Request) -> web.Response:
        body = await request.json()
        if "challenge" in body:
            return web.json_response(body if self.echoes else {})
        self.calls.append(body)
        return web.Response()


@pytest.fixture(scope="module")
async def doubles() -> AsyncIterator[Doubles]:
    async with running() as started:
        yield started


@pytest.fixture(scope="module")
async def outside(media: dict[str, bytes]) -> AsyncIterator[World]:
    world = World(dict(media))
    world.files["junk"] = b"this is no media"
    world.files["late.srt"] = b"1\n00:00:01,000 --> 01:00:00,000\nHello\n"
    runner, (port,) = web.AppRunner(world.app()), free_ports(1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    world.address = f"http://127.0.0.1:{port}"
    yield world
    await runner.cleanup()


@pytest.fixture
async def world(doubles: Doubles, outside: World) -> World:
    await doubles.reset()
    outside.calls.clear()
    outside.echoes = True
    return outside


def asked(world: World, name: str = "talk.mp3", **changes: Any) -> dict[str, Any]:
    body = {
        "media_type": "audio" if name.endswith("mp3") else "video",
        "media_url": f"{world.address}/media/{name}",
        "source_language": "en-US",
        "target_language": "de-DE",
        "export_type": "auto",
    }
    return body | changes


async def create(doubles: Doubles, body: dict[str, Any]) -> httpx.Response:
    return await doubles.client.post(doubles.vozo + TASKS, json=body, headers=KEY)


async def look(doubles: Doubles, task_id: str) -> dict[str, Any]:
    answer = await doubles.client.get(f"{doubles.vozo}{TASKS}/{task_id}", headers=KEY)
    status: dict[str, Any] = answer.json()
    return status


async def finished(doubles: Doubles, body: dict[str, Any]) -> dict[str, Any]:
    task_id = (await create(doubles, body)).json()["task_id"]

    async def end() -> dict[str, Any] | None:
        status = await look(doubles, task_id)
        return status if status["status"] in ("done", "failed") else None

    return await eventually(end)


async def called(world: World, count: int) -> list[dict[str, Any]]:
    async def enough() -> bool:
        return len(world.calls) >= count

    await eventually(enough)
    return world.calls


async def test_an_audio_file_comes_back_with_subtitles(doubles: Doubles, world: World) -> None:
    status = await finished(doubles, asked(world))
    assert status["result"].keys() == {"audio_url", "subtitle_url"}
    srt = await doubles.client.get(status["result"]["subtitle_url"])
    assert "00:00:00,000 --> 00:00:01,900\n[de-DE] " in srt.text


@pytest.mark.parametrize(
    ("export", "urls"),
    [("auto", {"video_url"}), ("video", {"video_url"}), ("audio", {"audio_url"}), ("all", {"video_url", "audio_url"})],
)
async def test_export_type_is_obeyed(doubles: Doubles, world: World, export: str, urls: set[str]) -> None:
    status = await finished(doubles, asked(world, "film.mp4", export_type=export))
    assert status["result"].keys() == urls | {"subtitle_url"}


@pytest.mark.parametrize(
    "changes",
    [
        {"media_type": "document"},
        {"target_language": "zh-Hans"},
        {"target_language": "fil"},
        {"target_language": "auto"},
        {"export_type": "all"},
        {"media_url": "http://example.org/a.mp3"},
        {"ocr_text_box": {"x": 0, "y": 0, "width": 1, "height": 1}},
        {"voice_model": "real"},
        {"speaker_number": "2"},
    ],
)
async def test_what_the_contract_does_not_allow_is_code_5(
    doubles: Doubles, world: World, changes: dict[str, Any]
) -> None:
    answer = await create(doubles, asked(world, **changes))
    assert (answer.status_code, answer.json()["code"]) == (400, "5")
    assert await doubles.control(doubles.vozo, "paid") == []


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
async def test_a_wrong_key_is_code_7(doubles: Doubles, world: World, headers: dict[str, str]) -> None:
    answer = await doubles.client.post(doubles.vozo + TASKS, json=asked(world), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "7")


async def test_an_unknown_task_is_refused(doubles: Doubles) -> None:
    assert (await look(doubles, "nobody"))["code"] == "5"


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("silent.mp4", {}, "10002"),
        ("talk.mp3", {"media_type": "video"}, "10001"),
        ("junk", {}, "10003"),
        ("gone.mp4", {}, "999"),
        ("late.srt", {}, "5"),
    ],
)
async def test_media_that_cannot_be_used_fails_the_task_with_its_code(
    doubles: Doubles, world: World, name: str, changes: dict[str, Any], code: str
) -> None:
    if name == "late.srt":
        name, changes = "film.mp4", {"subtitle_url": f"{world.address}/media/late.srt"}
    status = await finished(doubles, asked(world, name, **changes))
    assert (status["status"], status["err_code"]) == ("failed", code)


async def test_a_task_beyond_the_limit_is_code_1304_and_not_paid(doubles: Doubles, world: World) -> None:
    await doubles.misbehave(doubles.vozo, {"do": "never_finish", "times": 2})
    answers = [await create(doubles, asked(world)) for _ in range(3)]
    assert [answer.json().get("code") for answer in answers] == [None, None, "1304"]
    assert [row["count"] for row in await doubles.control(doubles.vozo, "paid")] == [2]


async def test_a_callback_address_that_fails_the_challenge_is_code_1301(doubles: Doubles, world: World) -> None:
    world.echoes = False
    answer = await create(doubles, asked(world, callback_url=f"{world.address}/callback"))
    assert answer.json()["code"] == "1301"
    assert await doubles.control(doubles.vozo, "paid") == []


async def test_every_change_of_status_is_called_back(doubles: Doubles, world: World) -> None:
    await finished(doubles, asked(world, callback_url=f"{world.address}/callback"))
    statuses = {call["status"] for call in await called(world, 7)}
    assert {"queuing", "dubbing", "done"} < statuses
    assert len({call["task_id"] for call in world.calls}) == 1


async def test_a_callback_can_come_before_the_answer_to_the_create(doubles: Doubles, world: World) -> None:
    await doubles.misbehave(doubles.vozo, {"do": "callback_first"}, {"do": "never_finish"}, {"do": "drop_after"})
    with pytest.raises(httpx.RemoteProtocolError):
        await create(doubles, asked(world, callback_url=f"{world.address}/callback"))
    assert world.calls[0]["status"] == "queuing"


async def test_callbacks_can_be_doubled_and_name_the_wrong_task_or_none(doubles: Doubles, world: World) -> None:
    body = asked(world, callback_url=f"{world.address}/callback")
    await doubles.misbehave(doubles.vozo, {"do": "duplicate_callbacks"}, {"do": "wrong_task_id"}, {"do": "fail"})
    task_id = (await create(doubles, body)).json()["task_id"]
    assert all(call["task_id"] != task_id for call in await called(world, 6))
    world.calls.clear()
    await doubles.misbehave(doubles.vozo, {"do": "anonymous_callbacks"})
    await finished(doubles, body)
    assert not any("task_id" in call for call in await called(world, 7))


async def test_lost_callbacks_never_come(doubles: Doubles, world: World) -> None:
    await doubles.misbehave(doubles.vozo, {"do": "lose_callbacks"})
    await finished(doubles, asked(world, callback_url=f"{world.address}/callback"))
    assert world.calls == await doubles.control(doubles.vozo, "callbacks") == []


async def test_late_callbacks_come_after_the_end(doubles: Doubles, world: World) -> None:
    for seconds, count in ((600, 0), (0.01, 7)):
        await doubles.misbehave(doubles.vozo, {"do": "late_callbacks", "seconds": seconds})
        await finished(doubles, asked(world, callback_url=f"{world.address}/callback"))
        assert len(await called(world, count)) == count


async def test_downloads_serve_ranges_and_refuse_the_api_key(doubles: Doubles, world: World) -> None:
    url = (await finished(doubles, asked(world)))["result"]["audio_url"]
    whole, part, with_key = [
        await doubles.client.get(url, headers=headers) for headers in ({}, {"Range": "bytes=10-19"}, KEY)
    ]
    assert int(whole.headers["Content-Length"]) == len(whole.content)
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert with_key.status_code == 403


async def test_a_tampered_address_is_refused(doubles: Doubles, world: World) -> None:
    url = (await finished(doubles, asked(world)))["result"]["audio_url"]
    assert (await doubles.client.get(url.replace("expires=", "expires=9"))).status_code == 403


@pytest.mark.parametrize(
    ("rule", "status"), [({"do": "expired_results"}, 403), ({"do": "missing_file", "file": "audio_url"}, 404)]
)
async def test_results_can_be_expired_or_missing(
    doubles: Doubles, world: World, rule: dict[str, Any], status: int
) -> None:
    await doubles.misbehave(doubles.vozo, rule)
    url = (await finished(doubles, asked(world)))["result"]["audio_url"]
    assert (await doubles.client.get(url)).status_code == status


async def test_a_result_can_break_off_half_way(doubles: Doubles, world: World) -> None:
    await doubles.misbehave(doubles.vozo, {"do": "truncated_result"})
    url = (await finished(doubles, asked(world)))["result"]["audio_url"]
    with pytest.raises(httpx.RemoteProtocolError):
        await doubles.client.get(url)


async def test_a_result_can_be_as_large_as_told(doubles: Doubles, world: World) -> None:
    await doubles.misbehave(doubles.vozo, {"do": "zeros_result", "size": 1_000_001})
    url = (await finished(doubles, asked(world)))["result"]["audio_url"]
    content = (await doubles.client.get(url)).content
    assert (len(content), content.strip(b"\0")) == (1_000_001, b"ID3\4")
    tail = await doubles.client.get(url, headers={"Range": "bytes=1000000-"})
    assert (tail.status_code, tail.headers["Content-Range"]) == (206, "bytes 1000000-1000000/1000001")


async def test_an_unknown_status_is_shown_while_the_task_goes_on(doubles: Doubles, world: World) -> None:
    await doubles.misbehave(doubles.vozo, {"do": "unknown_status", "word": "pondering", "seconds": 600})
    task_id = (await create(doubles, asked(world))).json()["task_id"]

    async def pondering() -> bool:
        return bool((await look(doubles, task_id))["status"] == "pondering")

    assert await eventually(pondering)


async def test_the_requests_are_remembered_without_keys(doubles: Doubles, world: World) -> None:
    await create(doubles, asked(world) | {"media_url": f"{world.address}/media/talk.mp3?sp=r&sr=b&sig=secret"})
    rows = await doubles.control(doubles.vozo, "requests")
    assert [(row["method"], row["path"], row["status"]) for row in rows] == [("POST", TASKS, 200)]
    assert "sig=cut" in rows[0]["body"]
    assert not any(secret in str(rows) for secret in ("sig=secret", API_KEY))
