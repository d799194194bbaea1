"""What a file begins with, against what it is called: an empty file or a page of regrets is no result.

The marks are those of the formats' own definitions: ISO/IEC 14496-12 (`ftyp`), RIFF, EBML (RFC 8794), ID3v2 and the
frame headers of MPEG audio, WebVTT (W3C), ZIP for the Office formats, and so on.
"""

import codecs
import re
from collections.abc import Mapping
from typing import Final

HEAD: Final = 4096  # bytes that are enough to judge

_ISO_MEDIA = rb"....(?:ftyp|moov|mdat|wide|free|skip|pnot)"
_ZIP = rb"PK\x03\x04"
_OLE = rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_VTT_CUE = rb"[\s\S]*?\d\d:\d\d\.\d{3}[ \t]+-->"  # the head line is missing in older samples of Azure's
_SRT_CUE = rb"(?!WEBVTT)[\s\S]*?\d:\d{1,2}(?:[.,]\d{1,3})?[ \t]*-->"
#: How a file of each kind begins, by its extension. Of text, a byte order mark and white space come before.
BEGINNINGS: Mapping[str, re.Pattern[bytes]] = {
    kind: re.compile(pattern, re.DOTALL)
    for kinds, pattern in (
        ("mp4 mov m4v m4a", _ISO_MEDIA),
        ("webm mkv", rb"\x1a\x45\xdf\xa3"),
        ("avi", rb"(?:RIFF|RIFX)....AVI "),
        ("wmv wma", rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
        ("wav", rb"(?:RIFF|RIFX|RF64|BW64)....WAVE"),
        ("mp3", rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"),
        ("aac", rb"\xff[\xf0\xf1\xf8\xf9]|ADIF"),
        ("ogg", rb"OggS"),
        ("flac", rb"fLaC"),
        ("docx pptx xlsx odt odp ods", _ZIP),
        ("doc ppt xls msg", _OLE),
        ("pdf", rb"[\s\S]{0,1024}%PDF-"),
        ("rtf", rb"\{\\rtf"),
        ("vtt", rb"WEBVTT|" + _VTT_CUE),
        ("srt", _SRT_CUE),
        ("ass", rb"(?i:[\s\S]*?\[(?:Script Info|V4\+? Styles|Events)\])"),  # comments may come before
        ("json", rb"[{\[]"),
        ("xml xlf xliff", rb"<"),
    )
    for kind in kinds.split()
}
TEXTS: Final = frozenset({"vtt", "srt", "ass", "json", "xml", "xlf", "xliff", "rtf"})
#: Kinds that a file without the mark of its own kind may be instead, the surest first.
KNOWN_AGAIN: Final = ("wav", "webm", "flac", "ogg", "avi", "wmv", "mp3", "aac", "pdf", "vtt", "srt")
#: Kinds whose text may well be a web page's: a `.txt` or `.md` that shows HTML, an XHTML file called `.xml`.
MAY_BE_PAGES: Final = frozenset({"html", "htm", "xml", "txt", "tsv", "tab", "csv"}) | frozenset(
    {"md", "markdown", "mdown", "mkdn", "mkd", "mdwn", "mdtxt", "mdtext", "rmd"}
)
_PAGE = re.compile(rb"<(?:!doctype +html|html|head|body)\b", re.IGNORECASE)
_BEFORE_TEXT = b"\xef\xbb\xbf \t\r\n"


def why_not(suffix: str, head: bytes) -> str | None:
    """None, or why a file that begins so is not what it is called.

    `suffix` ends its name (`mp4`, `source.vtt`); `head` is its first HEAD bytes, or all of it where it is shorter.
    Of a kind that is not known, it is only told whether it is empty or, where it cannot be one, a web page.
    """
    kind = _kind(suffix)
    if not head:
        return "it is empty"
    text = _text(head)
    if kind not in MAY_BE_PAGES and _PAGE.match(text):
        return "it is a web page"
    known = BEGINNINGS.get(kind)
    if known is None or known.match(text if kind in TEXTS else head):
        return None
    if text[:1] == b"{":
        return f"it is JSON, and does not begin like .{kind}"
    return f"it does not begin like .{kind}"


def true_suffix(suffix: str, head: bytes) -> str:
    """What the file's name should end with: `suffix`, unless its beginning is plainly that of another kind."""
    kind = _kind(suffix)
    if kind not in BEGINNINGS or why_not(suffix, head) is None:
        return suffix
    if found := _again(head):
        return suffix[: len(suffix) - len(kind)] + found
    return suffix


def _again(head: bytes) -> str | None:
    """The kind that a file begins like; of ISO media the brand tells video from audio and from QuickTime."""
    if BEGINNINGS["mp4"].match(head):
        return {b"M4A ": "m4a", b"M4B ": "m4a", b"qt  ": "mov"}.get(head[8:12], "mp4")
    text = _text(head)
    return next((kind for kind in KNOWN_AGAIN if BEGINNINGS[kind].match(text if kind in TEXTS else head)), None)


def _text(head: bytes) -> bytes:
    """Without what comes before text; UTF-16 and UTF-32, which people's own files may be in, as UTF-8."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        head = head.decode("utf-32", "ignore").encode(errors="replace")
    elif head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", "ignore").encode(errors="replace")
    elif b"\0" in head[:2]:  # the first character is a Latin one or a digit, and there is no mark
        head = head.decode("utf-16-be" if head[0] == 0 else "utf-16-le", "ignore").encode(errors="replace")
    return head.lstrip(_BEFORE_TEXT)


def _kind(suffix: str) -> str:
    return suffix.rpartition(".")[2].lower()
