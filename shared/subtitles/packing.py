"""Texts packed into requests, so that few requests are paid waits."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple


class Room(NamedTuple):
    """What one request takes: https://learn.microsoft.com/azure/ai-services/translator/service-limits."""

    elements: int
    characters: int


NMT = Room(1000, 50_000)
#: Until more is known of what a deployment of a language model takes.
LLM = Room(50, 5_000)


def pack(lengths: Sequence[int], room: Room, targets: int = 1) -> list[list[int]]:
    """Which texts go into which request: their numbers, in order. `lengths` are characters, counted once a target.

    Both limits are filled: while a request has more room for characters than its free places need on average, the
    longest text that fits is taken, else the shortest. So a file with long texts at its beginning and short ones at its
    end needs hardly more requests than the larger of characters over the limit and texts over the limit.
    ValueError where one text alone is too long.
    """
    if any(length * targets > room.characters for length in lengths):
        raise ValueError(f"a text is longer than {room.characters // targets} characters")
    shelf = _Shelf(lengths)
    requests: list[list[int]] = []
    while shelf.left:
        requests.append(sorted(_filled(shelf, room, targets)))
    return requests


def _filled(shelf: "_Shelf", room: Room, targets: int) -> list[int]:
    characters, chosen = room.characters // targets, list[int]()
    while shelf.left and len(chosen) < room.elements:
        places = min(room.elements - len(chosen), shelf.left)
        long = characters * shelf.left >= shelf.characters * places
        number = shelf.longest(characters) if long else shelf.shortest(characters)
        if number is None:
            break
        chosen.append(number)
        characters -= shelf.take(number)
    return chosen


class _Shelf:
    """The texts that wait, by length."""

    def __init__(self, lengths: Sequence[int]) -> None:
        self._lengths = lengths
        self._by_length: dict[int, list[int]] = {}
        for number in reversed(range(len(lengths))):
            self._by_length.setdefault(lengths[number], []).append(number)
        self._sizes = sorted(self._by_length)
        self.left, self.characters = len(lengths), sum(lengths)

    def longest(self, most: int) -> int | None:
        """The first of the longest texts of no more than `most` characters."""
        at = bisect_right(self._sizes, most)
        return self._by_length[self._sizes[at - 1]][-1] if at else None

    def shortest(self, most: int) -> int | None:
        """The first of the shortest texts, if it has no more than `most` characters."""
        return self._by_length[self._sizes[0]][-1] if self._sizes[0] <= most else None

    def take(self, number: int) -> int:
        """Take the text that was just named off the shelf; its length."""
        length = self._lengths[number]
        self._by_length[length].pop()
        if not self._by_length[length]:
            self._sizes.remove(length)
        self.left -= 1
        self.characters -= length
        return length
