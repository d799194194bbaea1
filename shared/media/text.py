"""Characters, encoding and front matter of text files, from their beginning; the rest is taken to be like it."""

import codecs
import html
import re

from shared.media.ranges import Found

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkdn", ".mkd", ".mdwn", ".mdtxt", ".mdtext", ".rmd"})
MARKUP = frozenset({".html", ".htm", ".xml", ".xlf", ".xliff", ".dita", ".ditamap"})
PLAIN = frozenset({".txt", ".tsv", ".tab", ".csv", ".json"})
EXTENSIONS = MARKDOWN | MARKUP | PLAIN
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_TAG = re.compile(r"<(/?)([A-Za-z]*)[^<>]*>")
_HIDDEN = ("script", "style")
_FRONT_MATTER = re.compile(r"(---|\+\+\+)[ \t]*\r?\n(?:.*\n)*?(?:\1|\.\.\.)[ \t]*(?:\r?\n|\Z)")


def read_text(head: bytes, size: int, extension: str) -> Found:
    """What the beginning of a text file tells; `size` is that of the whole file in bytes."""
    encoding, text = _decoded(head)
    if encoding:
        yield "encoding", encoding
    if extension in MARKDOWN and _FRONT_MATTER.match(text):
        yield "front_matter", True
    characters = _visible(text) if extension in MARKUP else len(text)
    yield "characters", round(characters * size / len(head))


def encoding_of(head: bytes) -> str | None:
    """The encoding, where a byte order mark or strict UTF-8 tells it without a guess."""
    return _decoded(head)[0]


def _decoded(head: bytes) -> tuple[str | None, str]:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, head[len(mark) :].decode(name, "replace")
    try:
        return "utf-8", codecs.getincrementaldecoder("utf-8")().decode(head)  # the last character may be cut
    except UnicodeDecodeError:
        return None, head.decode("latin-1")  # one character a byte: enough to count


def _visible(text: str) -> int:
    """Characters outside of tags, scripts and styles."""
    characters = end = 0
    hidden = ""
    for tag in _TAG.finditer(text):
        closing, name = tag[1], tag[2].lower()
        if not hidden:
            characters += len(html.unescape(text[end : tag.start()]))
            hidden = name if name in _HIDDEN and not closing else ""
        elif closing and name == hidden:
            hidden = ""
        end = tag.end()
    return characters + (0 if hidden else len(html.unescape(text[end:])))
