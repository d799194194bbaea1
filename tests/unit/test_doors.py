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


async def test_an_unknown_token_is_answered_with_404(look: AsyncMock) -> None:
    look.return_value = False
    assert await call_back(b"{}") == (404, {})


async def test_no_answer_of_ours_is_taken_for_another_type_than_it_says(look: AsyncMock) -> None:
    request = func.HttpRequest("POST", "https://app/api/callbacks/vozo/t", route_params={"token": "t"}, body=b"")
    answer = await function_app.vozo_callback(request)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    look.assert_awaited_once()


def test_every_answer_is_made_in_one_place() -> None:
    source = Path(function_app.__file__).read_text()
    made = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    assert [ast.unparse(call.func) for call in made].count("func.HttpResponse") == 1
