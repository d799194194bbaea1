"""The sliding window of characters."""

import pytest

from sandbox.doubles.text_meter import Window
from sandbox.doubles.text_refusals import Refused
from sandbox.doubles.text_resource import Rate

RATE = Rate(characters=100, seconds=60)


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def window(clock: Clock) -> Window:
    return Window(clock)


def wait(window: Window, characters: int) -> int:
    """The Retry-After of a refusal, 0 when it passes."""
    try:
        window.take(characters, RATE)
    except Refused as refused:
        return int(refused.headers["Retry-After"])
    return 0


def test_whoever_waits_as_told_is_let_through_and_not_sooner(window: Window, clock: Clock) -> None:
    assert wait(window, 60) == 0
    clock.now += 10
    assert wait(window, 40) == 0
    clock.now += 10
    assert wait(window, 50) == 40
    clock.now += 39
    assert wait(window, 50) == 1
    clock.now += 1
    assert wait(window, 50) == 0


def test_room_for_more_is_waited_for_longer(window: Window, clock: Clock) -> None:
    wait(window, 50)
    clock.now += 30
    wait(window, 50)
    assert wait(window, 50) == 30
    assert wait(window, 51) == 60


def test_what_was_refused_takes_no_room(window: Window) -> None:
    wait(window, 60)
    assert wait(window, 60) == 60
    assert wait(window, 40) == 0


def test_what_is_larger_than_the_window_passes_alone(window: Window, clock: Clock) -> None:
    assert wait(window, 500) == 0
    assert wait(window, 1) == 60
    clock.now += 60
    assert wait(window, 500) == 0


def test_without_a_rate_everything_passes(window: Window) -> None:
    for _ in range(10):
        window.take(50_000, None)
    assert wait(window, 100) == 0
