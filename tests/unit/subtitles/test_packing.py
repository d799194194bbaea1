"""Texts in requests."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.subtitles import LLM, NMT, Room, pack


def least(lengths: list[int], room: Room) -> int:
    return ceil(max(sum(lengths) / room.characters, len(lengths) / room.elements))


@given(st.lists(st.integers(0, 100), max_size=300), st.integers(1, 3))
def test_every_text_goes_once_and_no_request_is_too_large(lengths: list[int], targets: int) -> None:
    room = Room(10, 300)
    requests = pack(lengths, room, targets)
    assert sorted(number for request in requests for number in request) == list(range(len(lengths)))
    assert all(
        len(request) <= 10 and sum(lengths[number] for number in request) * targets <= 300 for request in requests
    )


@pytest.mark.parametrize("room", [NMT, LLM])
@pytest.mark.parametrize(
    "lengths", [[100] * 10_000 + [10] * 10_000, [35] * 20_000, [10, 90] * 10_000, list(range(1, 200)) * 100]
)
def test_requests_are_filled_whatever_the_order(lengths: list[int], room: Room) -> None:
    assert len(pack(lengths, room)) <= 1.02 * least(lengths, room) + 1


def test_a_text_that_fits_no_request_is_an_error() -> None:
    with pytest.raises(ValueError, match="longer than 25000 characters"):
        pack([25_001], NMT, 2)
