"""Where the text is in SubStation Alpha files (.ass, .ssa).

The `Format:` line of `[Events]` names the columns; the text is the last of them, and may hold commas itself.
http://www.tcax.org/docs/ass-specs.htm. `Comment:` lines are left alone.
"""

import re

from shared.subtitles.clocks import clock
from shared.subtitles.document import Found, Problem
from shared.subtitles.lineends import unified
from shared.subtitles.time_lines import FACE

_EVENTS = re.compile(rb"(?mi)^\[events\][ \t]*\r?$")
_FORMAT = re.compile(rb"(?mi)^format[ \t]*:([^\r\n]*)")
_SECTION = re.compile(rb"(?m)^\[[^\]\r\n]*\][ \t]*\r?$")
_DEFAULT = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
#: A line of another kind that has two times after each other, such as a misspelt `Dialogue`.
_OTHER = re.compile(
    rb"(?mi)^(?!(?:dialogue|comment|picture|sound|movie|command)[ \t]*:|;)[^\r\n]{0,99}?%b[ \t]*,[ \t]*%b"
    % (FACE, FACE)
)
_FACE = rb"[ \t]*(\d{1,9}):(\d{1,2}):(\d{1,2})(?:[.:](\d{1,3}))?[ \t]*"


def scan_ass(body: bytes) -> Found:
    """The dialogue lines of a SubStation Alpha file."""
    view, found = unified(body), Found()
    events = _EVENTS.search(view)
    if events is None:
        found.problems.append(Problem(0, "there is no [Events] section"))
        return found
    following = _SECTION.search(view, events.end())
    end = following.start() if following else len(view)
    columns = _columns(view, events.end(), end)
    if columns[-1] != "text" or not {"start", "end"} <= set(columns):
        found.problems.append(Problem(events.start(), "the Format line does not name Start, End, and Text as the last"))
        return found
    _read(view, events.end(), end, columns, found)
    return found


def _columns(view: bytes, start: int, end: int) -> tuple[str, ...]:
    line = _FORMAT.search(view, start, end)
    return tuple(name.strip().lower() for name in line[1].decode().split(",")) if line else _DEFAULT


def _read(view: bytes, start: int, end: int, columns: tuple[str, ...], found: Found) -> None:
    dialogue = re.compile(rb"(?mi)^dialogue[ \t]*:(?:(?:[^,\r\n]*,){%d}([^\r\n]*)|[^\r\n]*)" % (len(columns) - 1))
    found.clock = clock(_times(columns))
    for line in dialogue.finditer(view, start, end):
        if line[1] is None or found.clock(view, line.start()) is None:
            found.problems.append(Problem(line.start(), "a Dialogue line has fewer columns than Format, or no times"))
            return
        found.add(line.start(1), line.end(1), line.start())
    if stray := _OTHER.search(view, start, end):
        found.problems.append(Problem(stray.start(), "it has times and is neither Dialogue nor Comment"))


def _times(columns: tuple[str, ...]) -> "re.Pattern[bytes]":
    """Reads begin and end off a dialogue line."""
    fields = [_FACE if name in ("start", "end") else rb"[^,\r\n]*" for name in columns[:-1]]
    if columns.index("start") > columns.index("end"):
        return re.compile(rb"(?!)")  # such a file was never seen; it is refused, because the times would be exchanged
    return re.compile(rb"(?i)dialogue[ \t]*:" + b",".join(fields) + b",")
