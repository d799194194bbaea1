"""Where the text is in Markdown files (.md): lines of paragraphs, headings, lists, quotes and table cells.

https://spec.commonmark.org/. Front matter, code, formulas, scripts and link definitions stay. The lines of a
paragraph are one block, because its sentences run across them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shared.subtitles.document import Found
from shared.subtitles.lineends import next_line, trimmed, unified
from shared.subtitles.plaintext import pieces

_FRONT = re.compile(rb"(?:\xef\xbb\xbf)?(---|\+\+\+)[ \t]*\r?\n")
_FENCE = re.compile(rb"[ \t>]*(`{3,}|~{3,}|\$\$)([^\n]*)")
_RAW = re.compile(rb"[ \t]{0,3}<(script|style|pre|textarea)\b|[ \t]{0,3}<!--", re.IGNORECASE)
_PREFIX = re.compile(
    rb"(?:\xef\xbb\xbf)?[ \t]*(?:>[ \t]?|[-*+][ \t]+|\d{1,9}[.)][ \t]+)*(?:\[[ xX]\][ \t]+)?"
    rb"(?:\[\^[^\]\n]{1,50}\]:[ \t]+)?(#{1,6}[ \t]+)?[ \t]*"
)
_DEFINITION = re.compile(rb"[ \t]{0,3}\[(?!\^)[^\]\n]{1,500}\]:")
_DELIMITER = re.compile(rb"[ \t>]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-*+:?[ \t]*+)*+\r?\Z")
_CELL = re.compile(rb"(?:[^|\\\n]|\\.)+")
_WORD = re.compile(rb"[A-Za-z0-9\x80-\xff]")


@dataclass
class _State:
    """What the lines above say about the next one. `until` closes a block that stays as it is."""

    until: bytes = b""
    block: int = -1
    listed: bool = False
    blank: bool = True
    table: bool = False


def scan_markdown(body: bytes) -> Found:
    """The text of a Markdown file."""
    view, found, state = unified(body), Found(), _State()
    at = _front_matter(view)
    while at < len(view):
        end = next_line(view, at)
        if state.until:
            state.until = b"" if _closes(view[at:end], state.until) else state.until
            at = end
            continue
        for start, stop in _texts(view, at, end, state):
            if _WORD.search(view, start, stop):
                for piece in pieces(view, start, stop):
                    found.add_text(*piece, state.block if state.block >= 0 else piece[0])
        at = end
    return found


def _front_matter(view: bytes) -> int:
    """Where the text begins, below YAML or TOML at the top."""
    opening = _FRONT.match(view)
    if opening is None:
        return 0
    closing = re.compile(rb"(?m)^%b[ \t]*\r?$" % re.escape(opening[1])).search(view, opening.end())
    return next_line(view, closing.end()) if closing else 0


def _texts(view: bytes, start: int, end: int, state: _State) -> Iterator[tuple[int, int]]:
    """The spans of text of one line."""
    line = view[start:end]
    if _stays(line, state):
        state.block = -1
    elif not line.strip():
        state.blank, state.table, state.block = True, False, -1
    elif _in_table(view, line, end, state):
        state.block = -1
        yield from (trimmed(view, start + cell.start(), start + cell.end()) for cell in _CELL.finditer(line))
    else:
        prefix = _PREFIX.match(line)
        yield _text(view, start, end, prefix, state) if prefix else (start, end)


def _text(view: bytes, start: int, end: int, prefix: "re.Match[bytes]", state: _State) -> tuple[int, int]:
    """The text behind what makes it a heading, an item or a quote."""
    continues = not state.blank and state.block >= 0 and not prefix[0].strip(b" \t>")
    if not continues:
        state.block = start
        state.listed = bool(prefix[0].strip(b" \t>#")) or (state.listed and prefix[0][:1] in b" \t")
    state.blank = False
    start, end = trimmed(view, start + prefix.end(), end)
    held = view[start:end]
    if prefix[1]:
        state.block = -1
        closing = held.rstrip(b"#")
        return trimmed(view, start, start + len(closing)) if closing.endswith((b" ", b"\t")) else (start, end)
    return trimmed(view, start, end - 1) if held.endswith(b"\\") else (start, end)


def _in_table(view: bytes, line: bytes, end: int, state: _State) -> bool:
    """Whether the line is a row of a table: of one that has begun, or above the line that rules a head off."""
    ruled = _DELIMITER.match(view[end : next_line(view, end)].rstrip(b"\n"))
    state.table = b"|" in line and (state.table or ruled is not None)
    return state.table


def _stays(line: bytes, state: _State) -> bool:
    """Whether the line is none of the text. It may open a block that stays, which `state.until` closes."""
    if (fence := _FENCE.match(line)) and fence[1][:1] not in fence[2]:
        state.until = fence[1]
        return True
    if raw := _RAW.match(line):
        until = b"</" + raw[1].lower() if raw[1] else b"-->"
        state.until = b"" if until in line.lower() else until
        return True
    code = line.startswith((b"    ", b"\t")) and line.strip() and state.blank and not state.listed
    return bool(code or _DEFINITION.match(line) or _DELIMITER.match(line.rstrip(b"\n")))


def _closes(line: bytes, until: bytes) -> bool:
    """Whether a block that stays ends with this line."""
    if until[:1] not in b"`~$":
        return until in line.lower()
    fence = _FENCE.match(line)
    return fence is not None and fence[1].startswith(until) and not fence[2].strip()
