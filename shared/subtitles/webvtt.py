"""Where the text is in WebVTT files, read as the standard's own parser reads them.

https://www.w3.org/TR/webvtt1/#file-parsing: any line that gives times begins a cue, and its text ends at a blank line
or at the next line with an arrow. NOTE, STYLE and REGION blocks are left alone. So is text of no cue, which is told: no
player shows it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from shared.subtitles.clocks import clock
from shared.subtitles.document import Found, Problem
from shared.subtitles.lineends import next_line, unified
from shared.subtitles.time_lines import judge_without_arrow, looks_timed, stray_arrows, unreadable

_CLOCK = rb"(?:(\d{1,9}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rb"[ \t\f]*%b[ \t\f]*-->[ \t\f]*%b(?!\d)[^\n]*" % (_CLOCK, _CLOCK))
#: It begins with a line end, by which it is found several times faster than by an anchor.
_NEXT_TIMING = re.compile(rb"\n" + _TIMING.pattern)
_WRITTEN = "00:01.000 --> 00:02.500"
_RETURN, _COLON = 13, 58  # as numbers, because a byte is found in bytes ten times faster by its number
_SIGNATURE = re.compile(rb"(?:\xef\xbb\xbf)?WEBVTT(?![^ \t\r\n])")
_BLOCK = re.compile(rb"(?:[^\r\n][^\n]*(?:\n|\Z))+")
_COMMENT = re.compile(rb"(?:NOTE|STYLE|REGION)(?![^ \t\r\n])")
#: A block whose first two lines are neither times nor meant to be.
_STRAY = re.compile(rb"\n\r?\n(?![\r\n]|%b)(?![^\n]*-->)(?![^\n]*\n[^\n]*-->)(?=[^\n])" % _COMMENT.pattern)
_OTHER = re.compile(rb"(?:NOTE|STYLE|REGION|(?:\xef\xbb\xbf)?[ \t]*(?i:WEBVTT))(?![^ \t\r\n])")


def scan_vtt(body: bytes) -> Found:
    """The cues of a WebVTT file."""
    view = unified(body)
    found = _read(view, _blank_line(view))
    if view.count(b"-->") != len(found.marks):
        found = _read(view, b"")
    _judge(view, found)
    return found


def _read(view: bytes, blank: bytes) -> Found:
    """The cues. `blank` is what a text ends at; nothing where that must be looked for more closely.

    Everything is done in one loop, because a call for each cue would double the time.
    """
    found = Found(clock=clock(_TIMING))
    add_start, add_end, add_mark = found.starts.append, found.ends.append, found.marks.append
    text, newline = 0, len(blank) - 2
    for line, after in _timing_lines(view):
        held = view[text:line]
        if _COLON in held:
            judge_without_arrow(view, text, line, after or line, _WRITTEN, found)
        if text:
            end = held.find(blank) if blank else -1
            add_start(text)
            add_end(text + (end - newline if end > 0 and held[0] > _RETURN else _length(held)))
        if after:
            add_mark(line)
            text = after
    return found


def _timing_lines(view: bytes) -> Iterator[tuple[int, int]]:
    """Where each timing line begins, and where the line after it does; at last the end of the file, and 0."""
    if found := _TIMING.match(view):
        yield 0, next_line(view, found.end())
    for found in _NEXT_TIMING.finditer(view):
        yield found.start() + 1, next_line(view, found.end())
    yield len(view), 0


def _blank_line(view: bytes) -> bytes:
    """A line end and a blank line, where all lines of the file end alike; else nothing."""
    returns = view.count(b"\r\n")
    if returns and returns != view.count(b"\n"):
        return b""
    return b"\n\r\n" if returns else b"\n\n"


def _length(held: bytes) -> int:
    """How long a cue's text is: up to a blank line or to a line with an arrow, without its line end."""
    if held.startswith((b"\n", b"\r\n")):
        return 0
    ends = [end for end in (held.find(b"\n\n"), held.find(b"\n\r\n")) if end >= 0]
    held = held[: min(ends)] if ends else held
    if (arrow := held.find(b"-->")) >= 0:
        held = held[: held.rfind(b"\n", 0, arrow) + 1]
    return len(held.rstrip(b"\r\n"))


def _judge(view: bytes, found: Found) -> None:
    """Under its own name text without times is told only; without its first line every block must be plain."""
    odd = list(stray_arrows(view, found.marks)) if view.count(b"-->") > len(found.marks) else []
    if odd or found.problems or found.taken_as_text:
        comments = [block.span() for block in _BLOCK.finditer(view) if _COMMENT.match(view, block.start())]
        odd = [line for line in odd if not _within(comments, line)]
        unread = [unreadable(line, _WRITTEN) for line in odd if looks_timed(view, line)]
        found.taken_as_text = [line for line in found.taken_as_text if not _within(comments, line)]
        found.problems = sorted([*unread, *(each for each in found.problems if not _within(comments, each.at))])
    if _SIGNATURE.match(view):
        found.unshown = sorted([*_texts_behind_arrows(view, odd), *_texts_without_times(view)])
        if found.unshown and not found.marks:
            found.problems.append(Problem(found.unshown[0], "no line gives the times of a cue"))
    else:
        _judge_blocks(view, found)


def _within(spans: Sequence[tuple[int, int]], at: int) -> bool:
    before = bisect_right(spans, at, key=lambda span: span[0]) - 1
    return before >= 0 and at < spans[before][1]


def _texts_behind_arrows(view: bytes, odd: Sequence[int]) -> Iterator[int]:
    """Lines with an arrow end the text of a cue, unless they are the identifier of one."""
    return (line for line in odd if not looks_timed(view, line) and not _TIMING.match(view, next_line(view, line)))


def _texts_without_times(view: bytes) -> Iterator[int]:
    return (found.end() for found in _STRAY.finditer(view) if view[found.end() : next_line(view, found.end())].strip())


def _judge_blocks(view: bytes, found: Found) -> None:
    found.remarks.append("The file does not begin with the line WEBVTT; browsers will not show it.")
    if not found.marks:
        found.problems.append(Problem(0, "no line gives the times of a cue"))
    for block in _BLOCK.finditer(view):
        if reason := _stray(view, block.start(), block.end()):
            found.problems.append(Problem(block.start(), reason))
            return


def _stray(view: bytes, start: int, end: int) -> str:
    """Why a block is neither a cue nor a comment; empty where it is."""
    if _OTHER.match(view, start) or not view[start:end].strip(b" \t\r\n\xef\xbb\xbf"):
        return ""
    timings = bool(_TIMING.match(view, start)) + sum(1 for _ in _NEXT_TIMING.finditer(view, start, end))
    if view.count(b"-->", start, end) != timings:
        return "an arrow stands in a line that gives no times"
    second = next_line(view, start)
    return "" if _TIMING.match(view, start) or _TIMING.match(view, second, end) else "a block of text has no times"
