"""Whatever a service answers becomes an outcome or one of our errors, and what is kept of it can be stored."""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import AnswerLost, Denied, NotFound, ProviderError, Refused, ResultUnavailable, Throttled
from shared.jobs.step import Step
from shared.providers.answers import DEEPEST, KEPT, LONGEST_WAIT, WORDS_KEPT, kept, parse, part, text
from shared.providers.azure_video import AzureVideo
from shared.providers.http import LARGEST_ANSWER
from shared.providers.outcome import Failed, Finished, Found, Next, Running
from shared.providers.vozo import Vozo
from shared.redaction import NOT_STORABLE
from tests.unit.providers.wire import WORK_ID, Wire, a_scratch, a_task, answer, some_work

pytestmark = pytest.mark.slow

ITERATION = Step(name="iteration", number=1)
AZURE_WORK = some_work({"id": f"{WORK_ID}.i01"}, ITERATION)
VOZO_WORK = some_work({"task_id": "t1"})
DEEP = b'{"result": ' + b"[" * 100_000
FIELDS = ("status", "result", "data", "task_id", "code", "message", "err_code", "err_message", "error", "innererror")
URLS = ("video_url", "audio_url", "subtitle_url", "translatedVideoFileUrl", "translatedAudioFileUrl", "reportFileUrl")
SAID = (
    "done",
    "failed",
    "Succeeded",
    "Failed",
    "Running",
    "1304",
    "104",
    1302,
    "https://[x/y",
    "https://x/a.mp4",
    "t1",
)

Given = tuple[int, Mapping[str, Any], bytes]

#: Any character at all, half a surrogate pair among them.
words = st.text(st.characters(exclude_categories=()), max_size=20)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | words | st.sampled_from(SAID)
names = st.sampled_from((*FIELDS, *URLS, "failureReason", "target")) | words
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=8), max_leaves=20
)
bodies = (
    st.binary(max_size=200)
    | values.map(lambda value: json.dumps(value).encode())
    | values.map(lambda value: json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass"))
    | st.integers(1, 3000).map(lambda depth: b'{"result": ' * depth)
)
headers = st.fixed_dictionaries(
    {},
    optional={
        "Retry-After": st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
        | st.just("Mon, 1 Jan 99999999999 00:00:00 GMT")
        | st.integers().map(str),
        "Location": st.sampled_from(["https://xn--/", "https://[x/y", "//", "/\ud7ff", "https://x.example/"]).map(
            lambda place: place.encode()
        ),
        "Content-Encoding": st.sampled_from(["gzip", "br", "identity", "odd"]),
        "Content-Type": st.sampled_from(["text/html; charset=hex", "application/json; charset=undefined"]),
    },
)
statuses = st.sampled_from([200, 201, 204, 206, 302, 400, 401, 402, 404, 408, 409, 418, 429, 500, 503, 599])
anything = st.tuples(statuses, headers, bodies)


class Raw(httpx.AsyncByteStream):
    """A body as the network brings it."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    async def __aiter__(self) -> Any:
        yield self.content


def can_be_stored(value: Any) -> bool:
    """Whether any record, page and log can hold it."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return not NOT_STORABLE.search(written) and len(written) < 2 * KEPT


async def ends_well(asking: Awaitable[object]) -> object:
    """What comes of it: an outcome, or the ProviderError, either of which can be kept."""
    try:
        came = await asking
    except ProviderError as error:
        assert can_be_stored([error.reason, error.advice, error.said])
        assert error.wait is None or 0 <= error.wait <= LONGEST_WAIT
        return error
    if isinstance(came, Finished | Failed):
        assert can_be_stored(dict(came.answer))
    if isinstance(came, Failed):
        assert can_be_stored(came.error.reason)
    if isinstance(came, Finished):
        assert all(isinstance(result.url, str) for result in came.results)
        assert can_be_stored(list(came.warnings))
    if isinstance(came, dict):
        assert can_be_stored(came)
    return came


def azure_video(*answers: Given | httpx.Response) -> AzureVideo:
    return AzureVideo(Wire(*map(sent, answers)).service("Speech"))


def vozo(*answers: Given | httpx.Response) -> Vozo:
    return Vozo(Wire(*map(sent, answers)).service("Vozo"))


def sent(given_answer: Given | httpx.Response) -> httpx.Response:
    """The answer as it comes from the network, for one use."""
    if isinstance(given_answer, httpx.Response):
        return given_answer
    status, head, body = given_answer
    return httpx.Response(status, headers=[*head.items()], stream=Raw(body))


@settings(max_examples=60)
@given(anything, anything)
async def test_whatever_azure_answers_about_work_is_an_outcome_or_our_error(first: Given, second: Given) -> None:
    came = await ends_well(azure_video(first, second).check(AZURE_WORK, a_scratch()))
    assert isinstance(came, ProviderError | Running | Next | Finished | Failed)


@settings(max_examples=60)
@given(anything)
async def test_whatever_vozo_answers_about_work_is_an_outcome_or_our_error(given_answer: Given) -> None:
    came = await ends_well(vozo(given_answer).check(VOZO_WORK, a_scratch()))
    assert isinstance(came, ProviderError | Running | Finished | Failed)


@settings(max_examples=60)
@given(anything, anything)
async def test_whatever_is_answered_about_a_lost_start_is_found_or_our_error(first: Given, second: Given) -> None:
    came = await ends_well(azure_video(first, second).find(some_work({}, ITERATION), a_scratch()))
    assert isinstance(came, ProviderError | Found | dict)
    adopted = await ends_well(vozo(first).adopt(VOZO_WORK, {"task_id": "t1"}))
    assert adopted in (None, {"task_id": "t1"}) or isinstance(adopted, ProviderError)


@settings(max_examples=60)
@given(anything, anything)
async def test_whatever_is_answered_to_a_start_is_an_operation_or_our_error(first: Given, second: Given) -> None:
    for came in (
        await ends_well(azure_video(first, second, second).start(a_task())),
        await ends_well(vozo(first, second).start(a_task())),
    ):
        assert isinstance(came, ProviderError | dict)


@pytest.mark.parametrize("provider", [azure_video, vozo])
@settings(max_examples=60)
@given(status=st.sampled_from([400, 402, 404, 413, 418, 429, 451]), body=bodies, head=headers)
async def test_a_start_that_is_refused_is_refused_however_odd_the_words(
    provider: Callable[..., AzureVideo | Vozo], status: int, body: bytes, head: dict[str, Any]
) -> None:
    refusal = (status, head, body)
    came = await ends_well(provider(refusal, refusal).start(a_task()))
    assert isinstance(came, ProviderError)
    assert not isinstance(came, AnswerLost)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (DEEP, {}),
        (b'{"message": "\xed\xa0\x80", "code": "\\ud800"}', {}),
        (b"{}", {"Retry-After": "Mon, 1 Jan 99999999999 00:00:00 GMT"}),
        (b"{}", {"Retry-After": "Fri, 31 Dec 9999 23:59:59 -2359"}),
        (b"no gzip", {"Content-Encoding": "gzip"}),
        (b"x" * (LARGEST_ANSWER + 2), {}),
    ],
    ids=["deep", "half a pair", "a year too far", "beyond the last day", "not encoded", "huge"],
)
async def test_an_odd_refusal_of_a_start_is_not_an_unknown_outcome(body: bytes, headers: dict[str, str]) -> None:
    assert type(await ends_well(vozo((400, headers, body)).start(a_task()))) is Refused


async def test_a_refusal_whose_words_never_end_is_one_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.providers.http.LONGEST_REFUSAL", 0.01)
    wire = Wire(httpx.Response(402, stream=Endless()))
    assert type(await ends_well(Vozo(wire.service("Vozo")).start(a_task()))) is Refused


async def test_an_answer_that_never_ends_is_a_lost_one() -> None:
    service = Wire(httpx.Response(200, stream=Endless())).service("Vozo")
    came = await ends_well(service.call("POST", "/v1/media/translate", repeatable=False, longest=0.01))
    assert type(came) is AnswerLost


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_no_more_of_an_answer_is_read_than_the_bound(encoding: str) -> None:
    huge = json.dumps({"status": "failed", "err_message": "x" * LARGEST_ANSWER}).encode()
    sent = Counted(gzip.compress(huge) if encoding == "gzip" else huge * 100)
    wire = Wire(httpx.Response(200, headers={"Content-Encoding": encoding}, stream=sent))
    came = await ends_well(Vozo(wire.service("Vozo")).check(VOZO_WORK, a_scratch()))
    assert isinstance(came, ProviderError)
    assert "answered with more than" in came.reason
    assert sent.sent < LARGEST_ANSWER + 2 * Counted.PIECE


async def test_a_message_of_megabytes_is_shortened_for_the_record_and_for_people() -> None:
    body = {"status": "failed", "err_code": 10003, "err_message": "ab" * 1_500_000}
    came = await ends_well(vozo(answer(200, body)).check(VOZO_WORK, a_scratch()))
    assert isinstance(came, Failed)
    assert len(came.error.reason) < 2 * WORDS_KEPT
    assert came.answer["err_message"].endswith("…")


@pytest.mark.parametrize(
    ("result", "error"),
    [
        ("https://x/a.mp4", ResultUnavailable),
        (["https://x/a.mp4"], ResultUnavailable),
        ({"audio_url": 7}, ResultUnavailable),
        ({"video_url": ["https://x/a.mp4"]}, ResultUnavailable),
        ({"video_url": "https://x/" + "a" * 10_000}, ResultUnavailable),
    ],
)
async def test_a_result_of_another_type_is_asked_about_again(result: Any, error: type[ProviderError]) -> None:
    came = await ends_well(vozo(answer(200, {"status": "done", "result": result})).check(VOZO_WORK, a_scratch()))
    assert type(came) is error


async def test_a_side_file_of_another_type_keeps_nothing_back_and_is_told() -> None:
    result = {"video_url": "https://[x/y", "subtitle_url": 7}
    came = await ends_well(vozo(answer(200, {"status": "done", "result": result})).check(VOZO_WORK, a_scratch()))
    assert isinstance(came, Finished)
    assert [(one.suffix, one.url) for one in came.results] == [("mp4", "https://[x/y")]
    assert came.warnings == ("srt could not be fetched: the service names it, but not by an address",)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"a": "x\\u0000\\ud800\\ty"}', {"a": "x\ufffd\ufffd\ty"}),
        (b'{"\\udfff": 1}', {"\ufffd": 1}),
        (b'["\\ud83d\\ude00", NaN, Infinity, 1e999, 1.5]', ["\U0001f600", None, None, None, 1.5]),
        (b"[123456789012345678, 1234567890123456789012]", [123456789012345678, "1234567890123456789012"]),
    ],
)
def test_what_is_read_can_be_written(content: bytes, value: Any) -> None:
    assert parse(content) == value


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"{", DEEP, b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), b'"' + b"\\" * 9]
)
def test_what_cannot_be_read_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(content)


def test_a_field_of_another_type_counts_as_absent() -> None:
    found = {"list": ["x"], "yes": True, "none": None, "empty": "", "code": 0, "of": {"x": 1}}
    assert text(found, "list", "yes", "none", "empty", "code") == "0"
    assert text(found, "list", "of") is None
    assert (part(found, "of"), part(found, "list")) == ({"x": 1}, {})


def test_an_answer_is_kept_without_secrets_and_up_to_a_bound() -> None:
    assert kept({"a": ["https://x.example/a?sig=secret"], "n": 1}) == {"a": ["https://x.example/a?…"], "n": 1}
    assert can_be_stored(kept({str(number): ["x" * 600] * 30 for number in range(30)}))


async def test_what_a_status_says_is_not_overruled_by_a_code_of_nobody() -> None:
    for status, error in ((401, Denied), (404, NotFound), (429, Throttled)):
        came = await ends_well(azure_video(answer(status, {"error": {"code": "5"}})).start(a_task()))
        assert type(came) is error


class Endless(httpx.AsyncByteStream):
    """A body whose first byte never comes."""

    async def __aiter__(self) -> Any:
        await asyncio.Event().wait()
        yield b""


class Counted(httpx.AsyncByteStream):
    """A body in pieces, which counts those that were taken."""

    PIECE = 64 * 1024

    def __init__(self, content: bytes) -> None:
        self._content, self.sent = content, 0

    async def __aiter__(self) -> Any:
        for start in range(0, len(self._content), self.PIECE):
            self.sent += self.PIECE
            yield self._content[start : start + self.PIECE]
