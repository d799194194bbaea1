"""Asking a provider how a step goes: trouble on the way says nothing about the work."""

import httpx
import pytest

from shared.engine.ask import ask
from shared.errors import NotFound
from shared.providers.base import Failed, Finished, Running
from shared.providers.vozo import Vozo
from tests.unit.providers.wire import Wire, a_scratch, answer, some_work

DONE = {"status": "done", "result": {"video_url": "https://x.example/a.mp4"}}


async def asked(given: httpx.Response | Exception) -> object:
    vozo = Vozo(Wire(given).service("Vozo"))
    return await ask(vozo, some_work({"task_id": "t1"}), a_scratch(), "talks/intro.mp4")


async def test_what_the_provider_says_counts() -> None:
    assert isinstance(await asked(answer(200, DONE)), Finished)
    assert isinstance(await asked(answer(200, {"status": "failed"})), Failed)


@pytest.mark.parametrize(
    "given",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        answer(401),
        answer(429),
        answer(500),
        answer(200, {"status": "done"}),
        httpx.Response(200, text="<html>"),
    ],
)
async def test_trouble_on_the_way_counts_as_still_running(given: httpx.Response | Exception) -> None:
    assert await asked(given) == Running()


async def test_work_that_the_provider_does_not_know_has_failed() -> None:
    outcome = await asked(answer(404))
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, NotFound)
