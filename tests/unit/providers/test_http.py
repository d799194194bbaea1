"""The HTTP client: what answers and failures mean, what services say, what is kept out of words."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from shared.errors import AnswerLost, Denied, NotFound, ProviderError, Refused, Taken, Throttled, Unreachable
from shared.providers.answers import Answer
from shared.providers.http import BearerAuth, Service
from tests.unit.providers.wire import ENDPOINT, Wire, answer, streamed

SOON = timedelta(seconds=90)


async def failure(given: httpx.Response | Exception, *, repeatable: bool = True) -> ProviderError:
    with pytest.raises(ProviderError) as failed:
        await Wire(given).service("Speech").call("POST", "/x", repeatable=repeatable)
    return failed.value


@pytest.mark.parametrize(
    ("status", "repeatable", "once_only"),
    [
        (301, Refused, Refused),
        (400, Refused, Refused),
        (401, Denied, Denied),
        (402, Refused, Refused),
        (403, Denied, Denied),
        (404, NotFound, NotFound),
        (408, Unreachable, AnswerLost),
        (409, Taken, Taken),
        (422, Refused, Refused),
        (429, Throttled, Throttled),
        (500, Unreachable, AnswerLost),
        (502, Unreachable, AnswerLost),
        (503, Unreachable, AnswerLost),
        (504, Unreachable, AnswerLost),
    ],
)
async def test_what_a_status_means(
    status: int, repeatable: type[ProviderError], once_only: type[ProviderError]
) -> None:
    assert type(await failure(answer(status))) is repeatable
    assert type(await failure(answer(status), repeatable=False)) is once_only


@pytest.mark.parametrize(
    ("error", "once_only"),
    [
        (httpx.ConnectError("refused"), Unreachable),
        (httpx.ConnectTimeout("slow"), Unreachable),
        (httpx.PoolTimeout("full"), Unreachable),
        (httpx.ReadTimeout("slow"), AnswerLost),
        (httpx.WriteError("reset"), AnswerLost),
        (httpx.ReadError("reset"), AnswerLost),
        (httpx.RemoteProtocolError("garbage"), AnswerLost),
        (httpx.DecodingError("not gzip"), AnswerLost),
    ],
)
async def test_a_request_that_may_have_been_done_is_not_called_unsent(
    error: Exception, once_only: type[ProviderError]
) -> None:
    assert type(await failure(error)) is Unreachable
    assert type(await failure(error, repeatable=False)) is once_only


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_every_success_is_an_answer(status: int) -> None:
    wire = Wire(answer(status))
    assert (await wire.service().call("GET", "/x")).status_code == status
    assert wire.asked == ["GET /x"]


async def test_nothing_is_sent_twice_by_itself() -> None:
    wire = Wire(answer(503), answer(200))
    with pytest.raises(Unreachable):
        await wire.service().call("GET", "/x")
    assert len(wire.requests) == 1


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"half": ', b"[1]", b'"text"', b"\xff"])
async def test_a_good_status_with_a_useless_body_is_a_lost_answer(content: bytes) -> None:
    service = Wire().service()
    with pytest.raises(AnswerLost):
        service.json(Answer(200, content=content), AnswerLost)


@pytest.mark.parametrize(
    ("body", "words", "code"),
    [
        ({"error": {"code": "Bad", "message": "No."}}, "Bad: No.", "Bad"),
        (
            {"error": {"code": "Bad", "message": "No.", "innererror": {"code": "Locale", "message": "xx-XX"}}},
            "Bad: No. / Locale: xx-XX",
            "Bad",
        ),
        ({"error": {"code": "Bad", "innerError": {"innererror": {"message": "deep"}}}}, "Bad / deep", "Bad"),
        (
            {"error": {"code": "Bad", "message": "No.", "innerError": {"code": "Worse", "message": "No."}}},
            "Bad: No. / Worse",
            "Bad",
        ),
        (
            {"error": {"code": "Bad", "message": "No.", "details": [{"code": "Size", "message": "Too large."}]}},
            "Bad: No. / Too large.",
            "Bad",
        ),
        ({"code": 1304, "message": "Too many."}, "1304: Too many.", "1304"),
        ({"error": "just words"}, '{"error":"just words"}', None),
        (["odd"], '["odd"]', None),
    ],
)
async def test_the_services_own_words_are_told(body: Any, words: str, code: str | None) -> None:
    error = await failure(answer(400, body))
    assert (error.reason, error.said) == (f"Speech answered 400: {words}", code)


async def test_words_that_are_no_json_are_told_in_short() -> None:
    error = await failure(httpx.Response(502, text="<html>" + "x" * 10_000))
    assert error.reason.startswith("Speech answered 502: <html>x")
    assert len(error.reason) < 600
    assert (await failure(answer(503))).reason == "Speech answered 503: Service Unavailable"


@pytest.mark.parametrize(("header", "wait"), [("7", 7), ("0", 0), ("Mon, 02 Nov 2020 12:00:00 GMT", 0)])
async def test_retry_after_comes_in_seconds(header: str, wait: float) -> None:
    assert (await failure(answer(429, headers={"Retry-After": header}))).wait == wait


async def test_retry_after_comes_as_a_date() -> None:
    header = format_datetime(datetime.now(UTC) + SOON, usegmt=True)
    wait = (await failure(answer(429, headers={"Retry-After": header}))).wait
    assert wait is not None
    assert SOON.seconds - 60 <= wait <= SOON.seconds


@pytest.mark.parametrize("headers", [{}, {"Retry-After": ""}, {"Retry-After": "soon"}, {"Retry-After": "-5"}])
async def test_no_usable_retry_after_is_none(headers: Mapping[str, str]) -> None:
    assert (await failure(answer(429, headers=headers))).wait is None


async def test_a_digit_that_is_no_number_is_no_usable_retry_after() -> None:
    assert (await failure(httpx.Response(429, headers=[(b"Retry-After", "²".encode("latin-1"))]))).wait is None


@pytest.mark.parametrize(
    "given",
    [
        answer(400, {"code": "Bad", "message": "cannot read https://x.example/a?sig=topsecret"}),
        httpx.Response(500, text="cannot read https://x.example/a?sig=topsecret"),
        httpx.ReadError("https://x.example/a?sig=topsecret"),
    ],
)
async def test_errors_repeat_no_secret_that_a_service_echoes(given: httpx.Response | Exception) -> None:
    assert "topsecret" not in (await failure(given)).reason


async def test_every_request_carries_the_token_of_the_moment() -> None:
    tokens = iter(["first", "second"])
    sent = []

    async def token() -> str:
        return next(tokens)

    def take(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers["Authorization"])
        return streamed(httpx.Response(200))

    client = httpx.AsyncClient(transport=httpx.MockTransport(take))
    service = Service("Speech", ENDPOINT, BearerAuth(token), client)
    await service.call("GET", "/x")
    await service.call("GET", "/x")
    assert sent == ["Bearer first", "Bearer second"]


async def test_requests_that_find_no_token_at_once_have_one_made() -> None:
    made: list[str] = []

    async def token() -> str:
        if not made:
            await asyncio.sleep(0)  # the identity endpoint takes its time
            made.append("token")
        return made[0]

    auth = BearerAuth(token)
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        await asyncio.gather(*(client.get(ENDPOINT, auth=auth) for _ in range(32)))
    assert len(made) == 1
