"""What the doors themselves decide, before anything behind them is asked."""

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import azure.functions as func
import pytest

import function_app
import shared.app
from shared.errors import BabeldropError, RecordNewer, SteerRefused


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> AsyncMock:
    """Stands for the look that a callback causes; it knows every token."""
    look = AsyncMock(return_value=True)
    monkeypatch.setattr(shared.app, "get_app", lambda: SimpleNamespace(callback=SimpleNamespace(receive=look)))
    return look


async def call_back(body: bytes) -> tuple[int, Mapping[str, Any]]:
    request = func.HttpRequest("POST", "https://app/api/callbacks/vozo/t", route_params={"token": "t"}, body=body)
    answer = await function_app.vozo_callback(request)
    return answer.status_code, json.loads(answer.get_body())


@pytest.mark.parametrize("challenge", ["abc", 7, "x" * 1024])
async def test_a_challenge_is_echoed_and_nothing_is_asked(look: AsyncMock, challenge: object) -> None:
    body = json.dumps({"challenge": challenge}).encode()
    assert await call_back(body) == (200, {"challenge": challenge})
    look.assert_not_awaited()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"null", b"[1]", b"[" * 65536, b'{"challenge": ' + b"9" * 70000, b'"' + b"x" * 70000 + b'"'],
)
async def test_a_call_whose_body_says_nothing_is_a_call_all_the_same(look: AsyncMock, body: bytes) -> None:
    assert await call_back(body) == (200, {})
    look.assert_awaited_once_with("vozo", "t", {})


@pytest.mark.parametrize("challenge", ["x" * 1025, ["a"], {"a": 1}, None])
async def test_what_is_no_challenge_is_not_echoed(look: AsyncMock, challenge: object) -> None:
    assert await call_back(json.dumps({"challenge": challenge}).encode()) == (200, {})
    look.assert_awaited_once()


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT"])
async def test_a_callback_by_any_method_is_answered(look: AsyncMock, method: str) -> None:
    request = func.HttpRequest(method, "https://app/api/callbacks/vozo/t", route_params={"token": "t"}, body=b"")
    assert (await function_app.vozo_callback(request)).status_code == 200
    look.assert_awaited_once()


def test_the_host_lets_a_callback_in_by_any_method() -> None:
    tree = ast.parse(Path(function_app.__file__).read_text())
    [door] = [
        each for each in ast.walk(tree) if isinstance(each, ast.AsyncFunctionDef) and each.name == "vozo_callback"
    ]
    [route] = [each for each in door.decorator_list if ast.unparse(each).startswith("app.route(")]
    assert "methods" not in ast.unparse(route)


async def test_an_unknown_token_is_answered_with_404(look: AsyncMock) -> None:
    look.return_value = False
    assert await call_back(b"{}") == (404, {})


async def test_no_answer_of_ours_is_taken_for_another_type_than_it_says(look: AsyncMock) -> None:
    request = func.HttpRequest("POST", "https://app/api/callbacks/vozo/t", route_params={"token": "t"}, body=b"")
    answer = await function_app.vozo_callback(request)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    look.assert_awaited_once()


@pytest.fixture
def steer(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Stands for what steers jobs, and for what tells of them."""
    does = {name: AsyncMock(return_value=True) for name in ("cancel", "retry", "settle")}
    stand_in = SimpleNamespace(**does, erase=AsyncMock(return_value={"erased": []}))
    status = SimpleNamespace(job=AsyncMock(return_value={"id": "k"}))
    app = SimpleNamespace(steer=stand_in, eraser=stand_in, status=status)
    monkeypatch.setattr(shared.app, "get_app", lambda: app)
    return stand_in


def asked(body: object = None) -> func.HttpRequest:
    content = b"" if body is None else json.dumps(body).encode()
    return func.HttpRequest("POST", "https://app/api/jobs/k", route_params={"id": "k"}, body=content)


@pytest.mark.parametrize(("body", "force"), [(None, False), ({"force": True}, True), ({"force": "yes"}, False)])
async def test_a_retry_is_forced_by_a_plain_true_alone(steer: SimpleNamespace, body: object, force: bool) -> None:
    assert (await function_app.retry_job(asked(body))).status_code == 200
    steer.retry.assert_awaited_once_with("k", force=force)


async def test_canceling_answers_with_the_job_as_it_is_then(steer: SimpleNamespace) -> None:
    answer = await function_app.cancel_job(asked())
    assert (answer.status_code, json.loads(answer.get_body())) == (200, {"id": "k"})
    steer.cancel.assert_awaited_once_with("k")


@pytest.mark.parametrize("operation", ["task-1", None])
async def test_an_outcome_names_the_work_or_says_that_it_never_was(
    steer: SimpleNamespace, operation: str | None
) -> None:
    await function_app.settle_job(asked({"target": "es-ES", "operation": operation}))
    steer.settle.assert_awaited_once_with("k", "es-ES", operation)


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"target": "es-ES"},
        {"operation": "x"},
        {"target": 1, "operation": "x"},
        {"target": "a", "operation": 7},
    ],
)
async def test_an_outcome_that_says_neither_is_refused(steer: SimpleNamespace, body: object) -> None:
    assert (await function_app.settle_job(asked(body))).status_code == 400
    steer.settle.assert_not_awaited()


@pytest.mark.parametrize("does", ["cancel", "retry", "erase"])
@pytest.mark.parametrize("error", [SteerRefused("it is at work", "Wait."), RecordNewer("it is a newer app's")])
async def test_what_cannot_be_done_now_is_answered_with_409_and_what_to_do(
    steer: SimpleNamespace, does: str, error: BabeldropError
) -> None:
    getattr(steer, does).side_effect = error
    answer = await getattr(function_app, f"{does}_job")(asked())
    assert answer.status_code == 409
    assert json.loads(answer.get_body()) == {"error": error.reason, "advice": error.advice}


@pytest.mark.parametrize(("does", "nothing"), [("cancel", False), ("retry", False), ("erase", None)])
async def test_no_such_job_is_answered_with_404(steer: SimpleNamespace, does: str, nothing: bool | None) -> None:
    getattr(steer, does).return_value = nothing
    assert (await getattr(function_app, f"{does}_job")(asked())).status_code == 404


def test_every_answer_is_made_in_one_place() -> None:
    source = Path(function_app.__file__).read_text()
    made = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    assert [ast.unparse(call.func) for call in made].count("func.HttpResponse") == 1


@pytest.fixture
def edits(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Stands for what takes corrections, and for what tells of drops."""
    stand_in = SimpleNamespace(accept=AsyncMock(), report_poison=AsyncMock())
    settings = SimpleNamespace(INBOX_CONTAINER="inbox", EDITS_CONTAINER="edits")
    status = SimpleNamespace(report_poison=AsyncMock())
    app = SimpleNamespace(settings=settings, edits=stand_in, corrections=stand_in, status=status)
    monkeypatch.setattr(shared.app, "get_app", lambda: app)
    stand_in.status = status
    return stand_in


@pytest.mark.parametrize(("container", "times"), [("edits", 1), ("inbox", 0), ("outbox", 0)])
async def test_a_correction_is_taken_from_its_own_container_alone(
    edits: SimpleNamespace, container: str, times: int
) -> None:
    dropped: Any = SimpleNamespace(container_name=container, blob_name="a.es-ES.vtt")
    await function_app.apply_edits(dropped)
    assert edits.accept.await_count == times


@pytest.mark.parametrize(("container", "told"), [("edits", (1, 0)), ("inbox", (0, 1)), ("outbox", (0, 0))])
async def test_what_failed_five_times_is_told_where_it_was_dropped(
    edits: SimpleNamespace, container: str, told: tuple[int, int]
) -> None:
    body = json.dumps({"ContainerName": container, "BlobName": "a.es-ES.vtt"}).encode()
    await function_app.report_poison(func.QueueMessage(body=body))
    assert (edits.report_poison.await_count, edits.status.report_poison.await_count) == told
