"""The order of the steps of a text file."""

import pytest

from shared.jobs.step import Step
from shared.providers.text_steps import SEND, first_half, following, half_of


@pytest.mark.parametrize(
    ("step", "next_step"),
    [
        ("send.0", "send.1"),
        ("send.1", "send.2"),
        ("send.2", None),
        ("send-0.0", "send-1.0"),
        ("send-1.0", "send.1"),
        ("send-00.0", "send-01.0"),
        ("send-01.0", "send-1.0"),
        ("send-10.1", "send-11.1"),
        ("send-11.1", "send.2"),
        ("send-11.2", None),
    ],
)
def test_halves_come_one_after_the_other_and_then_the_next_request(step: str, next_step: str | None) -> None:
    name, _, number = step.rpartition(".")
    found = following(Step(name=name, number=int(number)), requests=3)
    assert (str(found) if found else None) == next_step


def test_a_half_is_halved_again() -> None:
    half = first_half(first_half(Step(name=SEND, number=4)))
    assert (str(half), half_of(half)) == ("send-00.4", "00")
