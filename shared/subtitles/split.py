"""A translated sentence, split back over the cues that its source was read from.

Dynamic programming over the places where the text may be broken. What a split costs: distance from the source's share
of time and characters, no punctuation at the cut, reading speed over the limit, more text than the lines hold. A cue
is never left empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.subtitles.breaks import places, weakness
from shared.subtitles.limits import Limits
from shared.subtitles.markup import Kind
from shared.subtitles.scripts import width
from shared.subtitles.wire import Answer, Insertion

#: Of so many places at the most a cut is chosen. A sentence that has more is not one that a person would read.
MOST_PLACES = 160
_SHARE, _SPEED, _ROOM, _CUT = 3.0, 2.0, 4.0, 0.4


@dataclass(frozen=True)
class Slot:
    """A cue that waits for its share: the characters of its source, and for how many seconds it is shown."""

    characters: int
    seconds: float | None


def split(answer: Answer, slots: Sequence[Slot], language: str, limits: Limits) -> list[Answer] | None:
    """The parts of the answer, one for each slot; None where it has too few words, or its tags stand elsewhere."""
    if len(slots) == 1:
        return [answer]
    found = _cuts(answer, slots, language, limits)
    if found is None:
        return None
    edges = [0, *found, len(answer.text)]
    return [_piece(answer, number, edges[number], edges[number + 1]) for number in range(len(slots))]


def _piece(answer: Answer, part: int, start: int, end: int) -> Answer:
    text = answer.text[start:end].rstrip()
    insertions = [
        entry._replace(at=min(max(entry.at - start, 0), len(text))) for entry in answer.insertions if entry.part == part
    ]
    kept = [(low - start, high - start) for low, high in answer.kept if start <= low and high <= end]
    return Answer(text, insertions, kept)


def _cuts(answer: Answer, slots: Sequence[Slot], language: str, limits: Limits) -> list[int] | None:
    candidates = _thinned(places(answer.text, language, answer.kept), answer.text)
    lengths = [0.0, *(width(answer.text[:at], full=limits.full) for at in candidates)]
    lengths.append(width(answer.text, full=limits.full))
    ends = [0, *candidates, len(answer.text)]
    weak = [weakness(answer.text, at) for at in candidates]
    shares = _shares(slots, lengths[-1])
    windows = [_window(answer.insertions, number, len(answer.text)) for number in range(len(slots) - 1)]
    return _cheapest(ends, lengths, weak, slots, shares, windows, limits)


def _cheapest(
    ends: Sequence[int],
    lengths: Sequence[float],
    weak: Sequence[float],
    slots: Sequence[Slot],
    shares: Sequence[float],
    windows: Sequence[tuple[int, int]],
    limits: Limits,
) -> list[int] | None:
    """The cheapest cuts: `best[place]` holds the cost and the cuts of the slots so far that end at that place."""
    last = len(ends) - 1
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for number, (slot, share) in enumerate(zip(slots, shares, strict=True)):
        final = number == len(slots) - 1
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for place in (last,) if final else range(number + 1, last):
            if not final and not windows[number][0] <= ends[place] <= windows[number][1]:
                continue
            edge = 0.0 if final else _CUT * weak[place - 1]
            options = (
                (cost + edge + _cost(lengths[place] - lengths[before], share, slot, limits), cuts)
                for before, (cost, cuts) in best.items()
                if before < place
            )
            if cheapest := min(options, default=None):
                following[place] = (cheapest[0], (*cheapest[1], place))
        best = following
    return [ends[place] for place in best[last][1][:-1]] if last in best else None


def _cost(length: float, share: float, slot: Slot, limits: Limits) -> float:
    """What it costs to give a cue so much text."""
    cost = _SHARE * ((length - share) / max(share, 1.0)) ** 2
    if slot.seconds is not None:
        cost += _SPEED * max(0.0, length / max(slot.seconds, 0.1) / limits.reading_speed - 1)
        cost += _ROOM * max(0.0, length / limits.room - 1)
    return cost


def _shares(slots: Sequence[Slot], total: float) -> list[float]:
    """How much of the text each cue would get by the source's characters, and half by its time where that is known."""
    characters = sum(slot.characters for slot in slots) or 1
    seconds = sum(slot.seconds or 0 for slot in slots)
    if not seconds:
        return [total * slot.characters / characters for slot in slots]
    return [total * (slot.characters / characters + (slot.seconds or 0) / seconds) / 2 for slot in slots]


def _window(insertions: Sequence[Insertion], number: int, length: int) -> tuple[int, int]:
    """Between which places the cut behind a cue must lie, so that each tag stays in its own cue."""
    before = [entry.at + (entry.kind is Kind.OPEN) for entry in insertions if entry.part <= number]
    behind = [entry.at - (entry.kind is Kind.CLOSE) for entry in insertions if entry.part > number]
    return max(before, default=0), min(behind, default=length)


def _thinned(candidates: Sequence[int], text: str) -> list[int]:
    """Not more than can be weighed in time; those behind punctuation first."""
    if len(candidates) <= MOST_PLACES:
        return list(candidates)
    strong = [at for at in candidates if weakness(text, at) < 1][: MOST_PLACES // 2]
    step = len(candidates) // (MOST_PLACES // 2) + 1
    return sorted({*strong, *candidates[::step]})
