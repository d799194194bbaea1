import json
from datetime import timedelta
from typing import Any

import pytest

from sandbox.host.function import RetryPolicy, StartupError, captures, describe
from sandbox.host.protocol import Message

TIMER = {"type": "timerTrigger", "name": "timer", "schedule": "%POLL_SCHEDULE%"}


def metadata(*bindings: dict[str, Any], retry: Message | None = None) -> Message:
    raw = [json.dumps(binding) for binding in bindings]
    return Message(function_id="1", name="poll", raw_bindings=raw, retry_options=retry)


def test_settings_in_a_binding_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLL_SCHEDULE", "*/5 * * * * *")
    assert describe(metadata(TIMER)).trigger["schedule"] == "*/5 * * * * *"


def test_a_missing_setting_is_named_with_its_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POLL_SCHEDULE", raising=False)
    with pytest.raises(StartupError, match="poll: the app setting POLL_SCHEDULE is missing"):
        describe(metadata(TIMER))


@pytest.mark.parametrize("bindings", [[{"type": "kafkaTrigger", "name": "k"}], [], [TIMER, {"type": "queue"}]])
def test_a_binding_that_the_host_has_not_is_refused(
    bindings: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLL_SCHEDULE", "*/5 * * * * *")
    with pytest.raises(StartupError, match="poll: the local host wants"):
        describe(metadata(*bindings))


def test_retry_options_of_both_strategies_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLL_SCHEDULE", "*/5 * * * * *")
    fixed = Message(retry_strategy="fixed_delay", max_retry_count=3, delay_interval=timedelta(seconds=4))
    growing = Message(
        retry_strategy="exponential_backoff",
        max_retry_count=5,
        minimum_interval=timedelta(seconds=1),
        maximum_interval=timedelta(minutes=1),
    )
    assert describe(metadata(TIMER, retry=fixed)).retry == RetryPolicy(3, 4, 4)
    assert describe(metadata(TIMER, retry=growing)).retry == RetryPolicy(5, 1, 60)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("inbox/{name}", "inbox/talks/a b.mp4", {"name": "talks/a b.mp4"}),
        ("inbox/{folder}/{file}.mp4", "inbox/x/y.mp4", {"folder": "x", "file": "y"}),
        ("inbox/{name}", "edits/a.vtt", {}),
        ("inbox", "inbox/a.vtt", {}),
    ],
)
def test_a_path_pattern_captures(pattern: str, path: str, expected: dict[str, str]) -> None:
    assert {name: data.string for name, data in captures(pattern, path).items()} == expected
