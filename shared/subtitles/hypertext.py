"""Where the text is in HTML files: each run of words and inline elements between the tags of other elements.

Scripts, styles, code and what is marked `translate="no"` or `notranslate` stay. Attributes stay, too.
"""

import re
from collections.abc import Iterator

from shared.subtitles.document import Found
from shared.subtitles.lineends import trimmed, unified
from shared.subtitles.plaintext import pieces

INLINE = frozenset(
    b"a abbr acronym b bdi bdo big br cite code data del dfn em font i img input ins kbd label mark q s samp small "
    b"span strike strong sub sup time tt u var wbr".split()
)
#: What is within these is not for translation.
SKIPPED = frozenset(b"canvas iframe math noscript object pre script style svg template textarea".split())
#: A longer tag is none.
_LONGEST_TAG = 1 << 16
_TAG = re.compile(rb"""<(/?)([A-Za-z][^\s/<>]{0,50})((?:[^<>"']|"[^"]*"|'[^']*')*+)>""")
_OTHER = re.compile(rb"<[!?][^<>]*>")
_KEEP = re.compile(rb"""translate\s*=\s*["']?no\b|\bnotranslate\b""", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]{0,500}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
_WORD = re.compile(rb"[A-Za-z0-9\x80-\xff]")


def declared_encoding(data: bytes) -> str | None:
    """The encoding that a `meta` element names within the first 1024 bytes."""
    found = _CHARSET.search(data[:1024])
    return found[1].decode() if found else None


def scan_html(body: bytes) -> Found:
    """The runs of text of an HTML file."""
    view, found = unified(body), Found()
    for start, end in _runs(view):
        start, end = trimmed(view, start, end)
        if _WORD.search(view, start, end):
            for piece in pieces(view, start, end):
                found.add_text(*piece, piece[0])
    return found


def _runs(view: bytes) -> Iterator[tuple[int, int]]:
    """The spans between tags of block elements."""
    start = 3 if view.startswith(b"\xef\xbb\xbf") else 0
    at = view.find(b"<", start)
    while at >= 0:
        end, resume = _interruption(view, at)
        if resume > at:
            yield start, at
            start = resume
        at = view.find(b"<", max(end, resume))
    yield start, len(view)


def _interruption(view: bytes, at: int) -> tuple[int, int]:
    """Where the tag at `at` ends, and where text goes on after it; 0 where the tag does not interrupt the text."""
    if view.startswith(b"<!--", at):
        end = _after(view, b"-->", at + 4)
        return end, end
    tag = _TAG.match(view, at, at + _LONGEST_TAG)
    if tag is None:
        other = _OTHER.match(view, at, at + _LONGEST_TAG)
        return (other.end(), other.end()) if other else (at + 1, 0)
    name = tag[2].lower()
    if name in INLINE:
        return tag.end(), 0
    kept = not tag[1] and not tag[3].endswith(b"/") and (name in SKIPPED or _KEEP.search(tag[3]) is not None)
    return tag.end(), _after_element(view, name, tag.end()) if kept else tag.end()


def _after(view: bytes, what: bytes, at: int) -> int:
    end = view.find(what, at)
    return len(view) if end < 0 else end + len(what)


def _after_element(view: bytes, name: bytes, at: int) -> int:
    """Where an element that stays ends; elements of the same name within it are counted."""
    depth = 1
    for tag in re.compile(rb"(?i)<(/?)%b(?=[\s/>])" % re.escape(name)).finditer(view, at):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return _after(view, b">", tag.end())
    return len(view)
