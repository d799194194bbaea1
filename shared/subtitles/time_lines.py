"""Lines that look like the times of a cue, and give none.

Whose text stands below such a line is a guess: the cue above would swallow it, or nobody would translate it. So a file
that has one is refused, in every format with timing lines. Text may hold times, too, such as those of laps: where no
cue can begin, a line of times without an arrow is text.
"""

import re
from collections.abc import Collection, Iterator

from shared.subtitles.document import Found, Problem
from shared.subtitles.lineends import next_line

#: A time to the second: `0:00:01`, `00:01.5`, `00:00:01,000`.
FACE = rb"\d{1,9}:\d{1,3}(?::\d{1,3}(?:[.,:;]\d{1,9})?|[.,]\d{1,9})"
#: Above a line with times stands at most an identifier that looks like some.
_NOT_ABOVE_TIMES = rb"(?!\n[^\n]*-->)"
#: Two of them, and what stands between instead of an arrow: `->`, `→`, a comma, blanks.
_RANGE = rb"[ \t]*%b(?P<between>(?:(?!-->)[^0-9A-Za-z\n]|&gt;){1,12})%b(?P<behind>[^\n]*+)" % (FACE, FACE)
_RANGE += _NOT_ABOVE_TIMES
#: One where a cue begins: below its number, or to the thousandth with a text below it.
_SINGLE = rb"[ \t]*(?:%b[^0-9A-Za-z\n]{0,9}(?=\n|\Z)|%b[^0-9A-Za-z\n]{0,9}(?=\n[ \t]*[^ \t\r\n]))" % (
    rb"\d{1,9}[ \t]*\r?\n[ \t]*\d{1,9}:\d[\d:.,;]*",
    rb"(?:\d{1,9}:)?\d{1,3}:\d{1,3}[.,]\d{3}",
)
_SINGLE += _NOT_ABOVE_TIMES
#: Where a cue can begin: below a blank line, and below a number that stands below one.
_PLACE = rb"(?P<place>[ \t\r]*\n(?:[ \t]*\d{1,9}[ \t\r]*\n)?)?"
#: A line end is found several times faster than the beginning of a line; the first line is looked at by itself.
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?(?P<place>)(?:%b|(?P<single>%b))" % (_RANGE, _SINGLE))
_NEXT = re.compile(rb"\n%b%b|\n[ \t\r]*\n(?P<single>%b)" % (_PLACE, _RANGE, _SINGLE))
#: What may stand behind two times; anything else is a sentence that begins with them.
_SETTINGS = re.compile(rb"(?:[ \t]+[A-Za-z]\w*:\S+)*\s*\Z")
_ARROWS = (b">", b"&gt;", "→".encode())
#: A time beside an arrow. `10:30 --> Departure` is text, and so is `5 points --> 3 goals`.
_TIME_AND_ARROW = re.compile(
    rb"[ \t]*(?:\d{1,9}[:.,]\d[\d:.,;]*[ \t-]*-->[ \t]*+(?![A-Za-z\x80-\xff])|%b[ \t-]*-->)|[^\n]*-->[ \t]*%b"
    % (FACE, FACE)
)


def looks_timed(view: bytes, line: int) -> bool:
    """Whether a line with an arrow is meant to give times, and is not text that happens to hold an arrow."""
    return _TIME_AND_ARROW.match(view, line) is not None


def judge_without_arrow(view: bytes, start: int, mark: int, end: int, written: str, found: Found) -> None:
    """Add the lines between two places that look like times though they have no arrow as it must be.

    `start` is the beginning of the file or of a line; at `mark` begins the next line that does give times, up to `end`.
    `written` shows how times are written in the format. Lines that are surely meant as times are problems; the others
    are text.
    """
    lines = [_FIRST.match(view, 0, end)] if start == 0 else []
    for each in (*lines, *_NEXT.finditer(view, max(0, start - 1), end)):
        if each is None or not _is_meant(each) or (line := _line(view, each)) >= mark:
            continue
        # what stands above the first cue is no cue's text
        if start == 0 or _is_certain(each):
            found.problems.append(unreadable(line, written))
        else:
            found.taken_as_text.append(line)


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
    """Where the line with the times begins; above them may stand a blank line and a cue's number."""
    within = found.start("between") if found["single"] is None else found.end()
    return view.rfind(b"\n", 0, within) + 1


def _is_meant(found: "re.Match[bytes]") -> bool:
    """Whether the line is more than the beginning of a sentence."""
    return found["single"] is not None or _has_arrow(found) or _SETTINGS.match(found["behind"]) is not None


def _is_certain(found: "re.Match[bytes]") -> bool:
    """Whether the line has an arrow of another kind, or stands where a cue can begin."""
    return found["single"] is not None or found["place"] is not None or _has_arrow(found)


def _has_arrow(found: "re.Match[bytes]") -> bool:
    return any(arrow in found["between"] for arrow in _ARROWS)
