"""A cue's translation as lines: no longer than the language allows, as few as will do, broken where it reads well."""

from collections.abc import Sequence

from shared.subtitles.breaks import places, weakness
from shared.subtitles.limits import Limits
from shared.subtitles.scripts import begins_right_to_left, right_to_left, width

_EMBED, _POP, _MARK = "\u202b", "\u202c", "\u200f"


def line_breaks(text: str, language: str, limits: Limits, kept: Sequence[tuple[int, int]] = ()) -> list[int]:
    """Where the lines after the first begin.

    One line where it fits; else the least number of lines that hold the text, but no more than the limits allow: then
    lines are longer, and the receipt counts them. Lines of about the same length are preferred, the upper one shorter.
    """
    total = width(text, full=limits.full)
    if total <= limits.line_length or limits.lines < 2:
        return []
    candidates = places(text, language, kept)
    widths = [width(text[:at].rstrip(), full=limits.full) for at in candidates]
    for lines in range(2, limits.lines + 1):
        found = _balanced(text, candidates, widths, total, lines, limits.line_length)
        if found is not None and (lines == limits.lines or total / lines <= limits.line_length):
            return found
    return []


def _balanced(
    text: str, candidates: Sequence[int], widths: Sequence[float], total: float, lines: int, most: float
) -> list[int] | None:
    """The breaks for so many lines, chosen one after the other; None where there are too few places."""
    found: list[int] = []
    done, low = 0.0, 0
    for remaining in range(lines, 1, -1):
        ideal = done + (total - done) / remaining
        options = range(low, len(candidates) - (remaining - 2))
        if not options:
            return None
        best = min(
            options,
            key=lambda at: (
                _cost(widths[at], ideal, done, total, most, remaining) + weakness(text, candidates[at]) * most / 10
            ),
        )
        found.append(candidates[best])
        done, low = widths[best], best + 1
    return found


def _cost(place: float, ideal: float, done: float, total: float, most: float, remaining: int) -> float:
    """Distance from the ideal, and much more for a line that is too long, here or further on."""
    over = max(0.0, place - done - most) + max(0.0, (total - place) / (remaining - 1) - most)
    return abs(place - ideal) + (0.2 if place > ideal else 0.0) + 20 * over


def directed(line: str, language: str, *, embeds: bool) -> tuple[str, str]:
    """The marks to put before and behind a line, so that it is set from right to left to its last full stop.

    Players that take every line for left-to-right need it embedded; browsers go by the first letter, so that they
    need a mark only where a line does not begin with one of the script's own.
    """
    if not right_to_left(language):
        return "", ""
    if embeds:
        return _EMBED, _POP
    return ("", "") if begins_right_to_left(line) else (_MARK, "")
