"""The formats by extension, and the one rule for a file that is not what it is called."""

import re
from collections.abc import Mapping, Sequence

from shared.errors import TextUnreadable
from shared.subtitles.document import Document, Format, Found, Problem, line_of
from shared.subtitles.encoding import decode
from shared.subtitles.hypertext import declared_encoding as declared_by_page
from shared.subtitles.hypertext import scan_html
from shared.subtitles.markdown import scan_markdown
from shared.subtitles.patterns import (
    ASS_MARKUP,
    HTML_MARKUP,
    MARKDOWN_MARKUP,
    PLAIN_MARKUP,
    SBV_MARKUP,
    SRT_MARKUP,
    TTML_MARKUP,
    VTT_MARKUP,
)
from shared.subtitles.plaintext import scan_text
from shared.subtitles.subrip import scan_sbv, scan_srt
from shared.subtitles.substation import scan_ass
from shared.subtitles.timedtext import declared_encoding as declared_by_xml
from shared.subtitles.timedtext import scan_ttml
from shared.subtitles.webvtt import scan_vtt

SRT = Format("SubRip", scan_srt, SRT_MARKUP, embeds=True)
VTT = Format("WebVTT", scan_vtt, VTT_MARKUP)
SBV = Format("SubViewer", scan_sbv, SBV_MARKUP, embeds=True)
ASS = Format("SubStation Alpha", scan_ass, ASS_MARKUP, embeds=True)
TTML = Format("Timed Text", scan_ttml, TTML_MARKUP, references=True, embeds=True, declared=declared_by_xml)
TEXT = Format("plain text", scan_text, PLAIN_MARKUP)
HTML = Format("HTML", scan_html, HTML_MARKUP, references=True, ornamental=False, declared=declared_by_page)
MARKDOWN = Format("Markdown", scan_markdown, MARKDOWN_MARKUP, ornamental=False)

SUBTITLES: Mapping[str, Format] = {
    ".srt": SRT,
    ".vtt": VTT,
    ".sbv": SBV,
    ".ass": ASS,
    ".ssa": ASS,
    ".ttml": TTML,
    ".dfxp": TTML,
}
TEXTS: Mapping[str, Format] = {".txt": TEXT, ".html": HTML, ".htm": HTML, ".md": MARKDOWN}
FORMATS: Mapping[str, Format] = {**SUBTITLES, **TEXTS}
#: In this order a subtitle file that is not what it is called is tried as another.
_OTHERS = (VTT, SRT, SBV, ASS, TTML)
_MOST_TOLD = 5
_PAGE = re.compile(rb"(?i)(?:\xef\xbb\xbf)?\s{0,1000}<(?:!doctype\s{1,100}html|html)\b")


def scan(data: bytes, extension: str, language: str | None) -> Document:
    """The file with its spans of translatable text. `language` is its BCP 47 tag, where it is known.

    The extension decides the format. A file that cannot be read as that without a guess is accepted, with a warning,
    where it can be read as another kind of subtitles without one. Otherwise TextUnreadable names the line and the
    reason. A scan takes a fraction of a second for 100,000 cues, so it is made again wherever the document is needed.
    """
    form = FORMATS[extension.lower()]
    encoding, body = decode(data, language, form.declared(data))
    found, warnings = form.scan(body), []
    if encoding.guessed:
        warnings.append(
            f"The file does not say its encoding; it was read as {encoding.name}, judged by {encoding.how}."
        )
    if found.problems:
        other, found = _otherwise(body, form, found.problems)
        warnings.append(f"The file is named {extension} but is {other.name}; it was read as that.")
        form = other
    if found.taken_as_text:
        warnings.append(_taken_as_text(body, found.taken_as_text))
    return Document(form, language, data, body, encoding, found, [*warnings, *found.remarks])


def extension_of(form: Format, called: str) -> str:
    """The extension of a file of that format: the one that it is `called` by, where that is one of the format's own."""
    if FORMATS[called.lower()] is form:
        return called
    return next(extension for extension, other in FORMATS.items() if other is form)


def _taken_as_text(body: bytes, places: Sequence[int]) -> str:
    lines = ", ".join(str(line_of(body, at)) for at in places[:_MOST_TOLD])
    more = f" and {len(places) - _MOST_TOLD} more" if len(places) > _MOST_TOLD else ""
    return (
        "What looks like the times of a cue was read as text, because no cue can begin there: "
        f"line{'s' if len(places) > 1 else ''} {lines}{more}."
    )


def _otherwise(body: bytes, form: Format, problems: Sequence[Problem]) -> tuple[Format, Found]:
    """The other kind of subtitles that the file is; TextUnreadable where it is none."""
    for other in _OTHERS if form in _OTHERS else ():
        if other is not form and not (found := other.scan(body)).problems:
            return other, found
    at, reason = problems[0]
    if _PAGE.match(body):
        at, reason = 0, "it is a web page"
    elif not body.removeprefix(b"\xef\xbb\xbf").strip():
        at, reason = 0, "it is empty"
    raise TextUnreadable(f"Line {line_of(body, at)} cannot be read as {form.name}: {reason}")
