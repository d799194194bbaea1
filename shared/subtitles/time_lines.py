"""Lines that look like the times of a cue, and give none.

Whose text stands below such a line is a guess: the cue above would swallow it, or nobody would translate it. So a file
that has one is refused, in every format with timing lines.
"""

import re
from collections.abc import Collection, Iterator

from shared.subtitles.document import Problem
from shared.subtitles.lineends import next_line

#: A time to the second: `0:00:01`, `00:01.5`, `00:00:01,000`.
FACE = rb"\d{1,9}:\d{1,3}(?::\d{1,3}(?:[.,:;]\d{1,9})?|[.,]\d{1,9})"
#: Two of them, and what stands between instead of an arrow: `->`, `→`, a comma, blanks.
_RANGE = rb"[ \t]*%b(?P<between>(?:(?!-->)[^0-9A-Za-z\n]|&gt;){1,12})%b(?P<behind>[^\n]*)" % (FACE, FACE)
#: One of them where a cue begins: below its number, or below a blank line where it is a time to the second.
_SINGLE = rb"[ \t]*(?:\d{1,9}[ \t]*\r?\n[ \t]*\d{1,9}:\d[\d:.,;]*|%b)[^0-9A-Za-z\n]{0,9}(?=\n|\Z)(?!\n[^\n]*-->)" % FACE
#: A line end is found several times faster than the beginning of a line; the first line is looked at by itself.
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?(?:%b|(?P<single>%b))" % (_RANGE, _SINGLE))
_NEXT = re.compile(rb"\n%b|\n[ \t\r]*\n(?P<single>%b)" % (_RANGE, _SINGLE))
#: What may stand behind two times; anything else is a sentence that begins with them.
_SETTINGS = re.compile(rb"(?:[ \t]+[A-Za-z]\w*:\S+)*\s*\Z")
_ARROWS = (b">", b"&gt;", "→".encode())
_ARROW_AND_DIGIT = re.compile(rb"[ \t]*\d[^\n]*-->|[^\n]*-->[ \t]*\d")


def looks_timed(view: bytes, line: int) -> bool:
    """Whether a line with an arrow is meant to give times, and is not text that happens to hold an arrow."""
    return _ARROW_AND_DIGIT.match(view, line) is not None


def without_arrow(view: bytes, start: int, mark: int, end: int, written: str) -> list[Problem]:
    """The lines between two places that look like times though they have no arrow as it must be.

    `start` is the beginning of the file or of a line; at `mark` begins the next line that does give times, up to `end`.
    `written` shows how times are written in the format.
    """
    found = [0] if start == 0 and (first := _FIRST.match(view, 0, end)) and _is_meant(first) else []
    found += [_line(view, each) for each in _NEXT.finditer(view, max(0, start - 1), end) if _is_meant(each)]
    return [unreadable(line, written) for line in found if line < mark]


def stray_arrows(view: bytes, marks: Collection[int]) -> Iterator[int]:
    """Where the lines begin that hold an arrow and are not among `marks`, the lines that give times."""
    known, at = set(marks), view.find(b"-->")
    while at >= 0:
        line = view.rfind(b"\n", 0, at) + 1
        if line not in known and not (line == 0 and 3 in known):  # a byte order mark stands before the first line
            yield line
        at = view.find(b"-->", next_line(view, at))


def unreadable(line: int, written: str) -> Problem:
    """The problem of a line that looks like times."""
    return Problem(line, f"it looks like the times of a cue, but those are written {written}")


def _line(view: bytes, found: "re.Match[bytes]") -> int:
    """Where the line with the times begins; a single time may stand below a cue's number."""
    return found.start() + 1 if found["single"] is None else view.rfind(b"\n", 0, found.end()) + 1


def _is_meant(found: "re.Match[bytes]") -> bool:
    if found["single"] is not None:
        return True
    return any(arrow in found["between"] for arrow in _ARROWS) or _SETTINGS.match(found["behind"]) is not None
