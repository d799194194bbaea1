"""The share of characters a minute, spent evenly."""

import pytest

from shared.providers.text_pace import Pace


def test_each_request_waits_until_those_before_it_are_spent() -> None:
    now = [100.0]
    pace = Pace(6000, clock=lambda: now[0])
    assert pace.spend(50) == pytest.approx(0.5)
    assert pace.spend(100) == pytest.approx(1.5)
    now[0] += 1
    assert pace.spend(100) == pytest.approx(1.5)


def test_what_was_not_used_is_not_saved_up() -> None:
    now = [0.0]
    pace = Pace(6000, clock=lambda: now[0])
    now[0] = 1000
    assert pace.spend(100) == pytest.approx(1.0)
