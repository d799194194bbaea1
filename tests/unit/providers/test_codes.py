"""What the codes of services mean: which error, whether the next provider is asked, what a person can do."""

from typing import Any

import httpx
import pytest

from shared.errors import AnswerLost, PersonNeeded, ProviderError, Refused, SourceUnfit, Throttled, Unreachable
from shared.providers.azure_video import AzureVideo
from shared.providers.codes import CODES, FAILURES, STATUSES
from shared.providers.outcome import Failed
from shared.providers.vozo import Vozo
from tests.unit.providers.wire import Wire, a_scratch, a_task, answer, some_work


async def start(provider: str, given: httpx.Response) -> ProviderError:
    """What comes of a start that is answered so."""
    wire = Wire(given, given)
    work: AzureVideo | Vozo = Vozo(wire.service("Vozo")) if provider == "vozo" else AzureVideo(wire.service("Speech"))
    with pytest.raises(ProviderError) as failed:
        await work.start(a_task())
    return failed.value


def blamed(status: int, target: str) -> httpx.Response:
    """A refusal of Speech that blames a field of the body."""
    return answer(status, {"error": {"code": "InvalidArgument", "message": "No.", "target": target}})


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
@pytest.mark.parametrize(
    ("code", "error", "elsewhere"),
    [(1304, Throttled, True), ("104", PersonNeeded, False), (1302, PersonNeeded, False), (4242, Refused, False)],
)
async def test_an_own_code_of_vozo_says_that_nothing_was_done_whatever_the_status(
    status: int, code: Any, error: type[ProviderError], elsewhere: bool
) -> None:
    failed = await start("vozo", answer(status, {"code": code, "message": "No."}))
    assert (type(failed), failed.said, failed.elsewhere) == (error, str(code), elsewhere)
    assert failed.reason == f"Vozo answered {status}: {code}: No."


@pytest.mark.parametrize(
    "given",
    [
        answer(503),
        httpx.Response(503, text="<html>Service Unavailable</html>"),
        answer(503, {"code": 1000, "message": "Internal Server Error"}),
        answer(503, {"code": "1000"}),
        answer(503, {"code": 503, "message": "upstream"}),
        answer(502, {"code": "BadGateway"}),
        answer(500, {"code": [1304]}),
        answer(200, {"code": 1000, "message": "Internal Server Error"}),
        answer(200, {"code": 0, "message": "ok", "data": None}),
        answer(400, {"code": 1000, "message": "Internal Server Error"}),
    ],
)
async def test_without_one_or_with_1000_it_stays_unknown_and_keeps_its_cause(given: httpx.Response) -> None:
    failed = await start("vozo", given)
    assert type(failed) is AnswerLost
    assert not failed.elsewhere
    assert failed.reason.startswith("Vozo answered ")


async def test_a_code_in_a_failure_of_speech_proves_nothing() -> None:
    assert type(await start("azure-video", answer(503, {"error": {"code": "1304"}}))) is AnswerLost


@pytest.mark.parametrize(
    ("provider", "given", "elsewhere"),
    [
        ("azure-video", answer(400, {"error": {"code": "InvalidRequest", "message": "No."}}), False),
        ("azure-video", blamed(400, "input.subtitleFontSize"), False),
        ("azure-video", blamed(400, "input.targetLocale"), True),
        ("azure-video", blamed(400, "sourceLocale"), True),
        ("azure-video", answer(401), False),
        ("azure-video", answer(402), False),
        ("azure-video", answer(403, {"error": {"code": "PermissionDenied"}}), False),
        ("azure-video", answer(413), True),
        ("azure-video", answer(415), True),
        ("azure-video", answer(422), False),
        ("azure-video", answer(429), True),
        ("vozo", answer(400, {"code": 5, "message": "Invalid request parameters"}), False),
        ("vozo", answer(200, {"code": "104", "message": "Insufficient credits"}), False),
        ("vozo", answer(400, {"code": 1503, "message": "No."}), False),
        ("vozo", answer(400, {"code": 1304, "message": "Too many."}), True),
    ],
)
async def test_what_is_malformed_or_lacks_money_or_rights_goes_to_nobody_else(
    provider: str, given: httpx.Response, elsewhere: bool
) -> None:
    assert (await start(provider, given)).elsewhere is elsewhere


@pytest.mark.parametrize(
    ("code", "error", "elsewhere"),
    [(10001, SourceUnfit, False), ("10002", SourceUnfit, False), (10003, Refused, True), (1304, Refused, True)],
)
async def test_failed_work_goes_on_unless_the_file_is_at_fault(
    code: Any, error: type[ProviderError], elsewhere: bool
) -> None:
    wire = Wire(answer(200, {"status": "failed", "err_code": code, "err_message": "No."}))
    came = await Vozo(wire.service("Vozo")).check(some_work({"task_id": "t1"}), a_scratch())
    assert isinstance(came, Failed)
    assert (type(came.error), came.error.elsewhere) == (error, elsewhere)


@pytest.mark.parametrize(("code", "words"), [(104, "Add credits"), (1302, "VOZO_API_KEY"), (5, "change the brief")])
async def test_the_advice_fits_the_cause(code: int, words: str) -> None:
    assert words in (await start("vozo", answer(503, {"code": code, "message": "No."}))).advice


def test_every_advice_is_a_sentence() -> None:
    meanings = [*STATUSES.values(), *CODES.values(), *FAILURES.values()]
    assert all(meaning.advice is None or meaning.advice.endswith(".") for meaning in meanings)


@pytest.mark.parametrize("status", [500, 503])
async def test_a_question_that_fails_is_asked_again_whatever_the_code(status: int) -> None:
    wire = Wire(answer(status, {"code": 1000, "message": "No."}))
    with pytest.raises(Unreachable):
        await Vozo(wire.service("Vozo")).check(some_work({"task_id": "t1"}), a_scratch())


@pytest.mark.parametrize("task_id", ["", "../../keys", "t1/../t2", "t?x", "t#x", "x" * 200, ["t1"], True, {"t": 1}])
async def test_a_task_id_that_leads_elsewhere_is_no_answer(task_id: Any) -> None:
    assert type(await start("vozo", answer(200, {"task_id": task_id}))) is AnswerLost


async def test_options_that_cannot_be_written_are_refused_before_anything_is_sent() -> None:
    wire = Wire()
    with pytest.raises(Refused) as failed:
        await Vozo(wire.service("Vozo")).start(a_task(options={"user_prompt": "half a pair \ud800"}))
    assert not failed.value.elsewhere
    assert wire.asked == []
