"""Where the text is in plain text (.txt): every line that is not blank, without the blanks around it.

Lines of a paragraph that was wrapped by hand are one block, so that its sentences can be read across them. A line was
wrapped when the next one's first word would have made it longer than the longest line of the paragraph.
"""

import re
from collections.abc import Iterator

from shared.subtitles.document import Found
from shared.subtitles.lineends import trimmed, unified

#: A longer text is cut between sentences, because a service takes only so much at once (an LLM 5,000 characters).
LONGEST_PIECE = 4000
#: Shorter lines were hardly wrapped: a list, a poem, an address.
SHORTEST_WRAPPED = 40
_SENTENCE_END = re.compile(rb"[.!?][\"')\]]?\s|\xe3\x80\x82|\xef\xbc\x81|\xef\xbc\x9f")


def scan_text(body: bytes) -> Found:
    """The lines of a text."""
    view, found = unified(body), Found()
    lines: list[tuple[int, int]] = []
    for start, end in _lines(view):
        if lines and view[lines[-1][1] : start].count(b"\n") != 1:
            _add_paragraph(view, lines, found)
            lines = []
        lines.append((start, end))
    _add_paragraph(view, lines, found)
    return found


def pieces(view: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span, cut between sentences or at least between words where it is too long."""
    while end - start > LONGEST_PIECE:
        cut = _cut(view, start)
        yield trimmed(view, start, cut)
        start, _ = trimmed(view, cut, end)
    if end > start:
        yield start, end


def _lines(view: bytes) -> Iterator[tuple[int, int]]:
    start = 3 if view.startswith(b"\xef\xbb\xbf") else 0
    while start < len(view):
        newline = view.find(b"\n", start)
        end = len(view) if newline < 0 else newline
        span = trimmed(view, start, end)
        if span[0] < span[1]:
            yield span
        start = end + 1


def _add_paragraph(view: bytes, lines: list[tuple[int, int]], found: Found) -> None:
    longest, block = max((_width(view, *line) for line in lines), default=0), 0
    for number, (start, end) in enumerate(lines):
        if number == 0 or not _wrapped(view, lines[number - 1], (start, end), longest):
            block = start
        for piece in pieces(view, start, end):
            found.add_text(*piece, block)


def _wrapped(view: bytes, line: tuple[int, int], following: tuple[int, int], longest: int) -> bool:
    first = view[slice(*following)].split(maxsplit=1)[0].decode()
    return SHORTEST_WRAPPED <= longest < _width(view, *line) + 1 + len(first)


def _width(view: bytes, start: int, end: int) -> int:
    return len(view[start:end].decode())


def _cut(view: bytes, start: int) -> int:
    """Where a piece that begins at `start` ends: after the last sentence that fits, else after the last word."""
    limit = start + LONGEST_PIECE
    ends = [found.end() for found in _SENTENCE_END.finditer(view, start + LONGEST_PIECE // 4, limit)]
    if ends:
        return ends[-1]
    blank = view.rfind(b" ", start + 1, limit)
    cut = blank if blank > start else limit
    while view[cut] & 0xC0 == 0x80:
        cut -= 1  # not within a character
    return cut
