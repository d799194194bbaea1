"""Where the text is in SubRip (.srt) and in YouTube's SubViewer (.sbv) files.

Neither has a standard. A cue is a timing line and everything down to the next one: blank lines within a cue belong to
its text, and a line of digits right above a timing line is that cue's number.
"""

import re
from collections.abc import Iterator

from shared.subtitles.clocks import clock
from shared.subtitles.document import Found, Problem
from shared.subtitles.lineends import next_line, unified
from shared.subtitles.time_lines import judge_without_arrow, looks_timed, stray_arrows, unreadable

_SRT_FACE = rb"(\d{1,9}):(\d{1,2}):(\d{1,2})(?:[,.](\d{1,3}))?"
_SRT_TIMING = re.compile(rb"\n[ \t]*%b[ \t]*-->[ \t]*%b(?![^ \t\r\n])[^\n]*" % (_SRT_FACE, _SRT_FACE))
_SBV_FACE = rb"(\d{1,9}):(\d{2}):(\d{2})\.(\d{3})"
_SBV_TIMING = re.compile(rb"\n%b,%b[ \t]*\r?(?=\n|\Z)" % (_SBV_FACE, _SBV_FACE))
_SRT_WRITTEN, _SBV_WRITTEN = "00:00:01,000 --> 00:00:02,500", "0:00:01.000,0:00:02.500"
_COLON = 58  # as a number, because a byte is found in bytes ten times faster by its number
_BLANK = b" \t\r\n\xef\xbb\xbf"
#: The number of a cue that has no times, at the end of a file.
_CUT_OFF = re.compile(rb"\n[ \t]*\r?\n[ \t]*\d{1,9}(?:[ \t]*\r?\n[ \t]*\d{1,9}:?)?\Z")


def scan_srt(body: bytes) -> Found:
    """The cues of a SubRip file."""
    view = unified(body)
    found = _scan(view, _SRT_TIMING, _SRT_WRITTEN, numbered=True)
    _leave_out_cut_off(view, found)
    if view.count(b"-->") > len(found.marks):
        _judge_arrows(view, found, _SRT_WRITTEN)
    return found


def scan_sbv(body: bytes) -> Found:
    """The cues of a SubViewer file as YouTube writes it: `0:00:01.000,0:00:03.000`, text, a blank line."""
    view = unified(body)
    found = _scan(view, _SBV_TIMING, _SBV_WRITTEN, numbered=False)
    if b"-->" in view:
        _judge_arrows(view, found, _SBV_WRITTEN)
    return found


def _scan(view: bytes, timing: "re.Pattern[bytes]", written: str, *, numbered: bool) -> Found:
    """Everything is done in one loop, because a call for each cue would double the time."""
    found = Found(clock=clock(_at_its_line(timing)))
    add_start, add_end, add_mark = found.starts.append, found.ends.append, found.marks.append
    text = 0
    for line, after in _timing_lines(view, timing):
        held = view[text:line]
        kept = held.rstrip()
        if _COLON in held:
            judge_without_arrow(view, text, line, after or line, written, found)
        if numbered and after and len(held) - len(kept) < 3:
            kept = _above_number(kept)
        if text:
            add_start(text + len(kept) - len(kept.lstrip()))
            add_end(text + len(kept))
        elif after and kept.strip(_BLANK):
            found.problems.append(Problem(0, "there is text above the first cue"))
        if after:
            add_mark(line)
            text = after
    if not found.marks:
        found.problems.append(Problem(0, "no line gives the times of a cue"))
    return found


def _above_number(text: bytes) -> bytes:
    """What stands above a timing line, without the cue's number if that is the last line."""
    line = text.rfind(b"\n") + 1
    return text[:line].rstrip() if text[line:].strip(_BLANK).isdigit() else text


def _leave_out_cut_off(view: bytes, found: Found) -> None:
    """Take the number of a cue that did not make it into the file off the last text."""
    if found.ends and (cut := _CUT_OFF.search(view, found.starts[-1], found.ends[-1])):
        found.ends[-1] = cut.start()
        found.remarks.append("The file ends with the number of a cue that has no times; some of it may be missing.")


def _timing_lines(view: bytes, timing: "re.Pattern[bytes]") -> Iterator[tuple[int, int]]:
    """Where each timing line begins, and where the line after it does; at last the end of the file, and 0.

    The pattern begins with a line end, by which it is found several times faster than by an anchor. So the first line
    is looked at by itself.
    """
    first = 3 if view.startswith(b"\xef\xbb\xbf") else 0
    if found := _at_its_line(timing).match(view, first):
        yield first, next_line(view, found.end())
    for found in timing.finditer(view):
        yield found.start() + 1, next_line(view, found.end())
    yield len(view), 0


def _at_its_line(timing: "re.Pattern[bytes]") -> "re.Pattern[bytes]":
    return re.compile(timing.pattern.removeprefix(rb"\n"))


def _judge_arrows(view: bytes, found: Found, written: str) -> None:
    """Name the first line that has an arrow, and gives no times though it is meant to."""
    if (line := next((line for line in stray_arrows(view, found.marks) if looks_timed(view, line)), None)) is not None:
        found.problems.insert(0, unreadable(line, written))
