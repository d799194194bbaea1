"""What a file really is, by its first bytes, and whether its name says so."""

import codecs
import re
from collections.abc import Mapping, Sequence

#: First bytes at an offset, and the type that they tell. Containers of RIFF are told by their second word.
_SIGNATURES: Sequence[tuple[int, bytes, str]] = (
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (0, b"{\\rtf", "rtf"),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (0, b"OggS", "ogg"),
    (0, b"fLaC", "flac"),
    (0, b"ID3", "mp3"),
    (0, b"\xff\xf1", "aac"),
    (0, b"\xff\xf9", "aac"),
    (0, b"ADIF", "aac"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"GIF8", "gif"),
    (0, b"\x1f\x8b", "gzip"),
    (8, b"WAVE", "wav"),
    (8, b"AVI ", "avi"),
    (8, b"WEBP", "webp"),
    *((4, atom, "mp4") for atom in (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")),
)
_MP3_FRAME = re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]")
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\b")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

MEDIA = frozenset({"mp4", "matroska", "ogg", "flac", "mp3", "aac", "asf", "wav", "avi"})
TEXTS = frozenset({"text", "html", "xml"})
_OFFICE = (".docx", ".pptx", ".xlsx", ".odt", ".odp", ".ods")
_TEXT_FILES = frozenset(
    {".txt", ".html", ".htm", ".mhtml", ".mht", ".eml", ".tsv", ".tab", ".csv", ".json", ".md", ".markdown"}
    | {".mdown", ".mkdn", ".mkd", ".mdwn", ".mdtxt", ".mdtext", ".rmd", ".xlf", ".xliff", ".dita", ".ditamap"}
    | {".srt", ".vtt", ".sbv", ".ass", ".ssa", ".ttml", ".dfxp"}
)
#: The types that a file of that extension may really have. Any text file may begin like any other.
EXPECTED: Mapping[str, frozenset[str]] = {
    **dict.fromkeys((".mp4", ".m4v", ".mov", ".m4a"), frozenset({"mp4"})),
    **dict.fromkeys((".webm", ".mkv"), frozenset({"matroska"})),
    **{f".{name}": frozenset({name}) for name in ("avi", "wav", "flac", "ogg", "pdf", "rtf", "png", "bmp", "webp")},
    ".wmv": frozenset({"asf"}),
    ".mp3": frozenset({"mp3"}),
    ".aac": frozenset({"aac", "mp3"}),  # ID3 tags may stand before either
    ".jpeg": frozenset({"jpeg"}),
    **dict.fromkeys(_OFFICE, frozenset({"zip"})),
    **dict.fromkeys((".doc", ".xls", ".ppt"), frozenset({"ole", "rtf", "zip"}) | TEXTS),  # Office opens all of these
    ".msg": frozenset({"ole"}),
    **dict.fromkeys((".xml", ".ooxml"), frozenset({"zip"}) | TEXTS),
    **dict.fromkeys(_TEXT_FILES, TEXTS),
}
_CALLED = {
    "text": "plain text",
    "html": "HTML",
    "xml": "XML",
    "zip": "a zip archive (as Office files are)",
    "ole": "a file of Office 97 to 2003, or one that is protected with a password",
    "rtf": "rich text",
    "matroska": "a Matroska or WebM video",
    "asf": "a Windows Media file",
}
_CONVERT = "Give it the extension of what it is, or convert it; then drop it again."


def real_type(head: bytes, extension: str = "") -> str | None:
    """The type that the first bytes tell, or None. What reads as text is text where the extension is a text file's.

    (A text may well begin with "ID3", but no video file is plain text.)
    """
    text = _text_type(head)
    if text and extension in _TEXT_FILES:
        return text
    return _binary_type(head) or text


def misnamed(extension: str, real: str | None) -> tuple[str, str] | None:
    """Why nobody can translate a file of that extension and real type, and what to do; None where somebody might."""
    expected = EXPECTED.get(extension)
    if expected is None or real in expected or _plausible(extension, expected, real):
        return None
    if real == "ole" and expected == {"zip"}:
        return (
            f"The {extension} file is protected with a password, or it is of Office 97 to 2003 and was renamed",
            "Save it without a password, in the current format, and drop it again.",
        )
    if real is None:
        return f"The file is called {extension}, but is not one: it is damaged", "Mend it and drop it again."
    return f"The file is called {extension}, but is {_CALLED.get(real, f'a {real.upper()} file')}", _CONVERT


def strange(extension: str, real: str | None) -> str | None:
    """A warning where the first bytes are not what the extension says, and yet a service may take the file."""
    expected = EXPECTED.get(extension)
    if expected is None or real in expected or expected == TEXTS:
        return None
    told = _CALLED.get(real, f"a {real.upper()} file") if real else "something that its first bytes do not tell"
    return f"The file is called {extension}, but is {told}; the service may refuse it."


def _plausible(extension: str, expected: frozenset[str], real: str | None) -> bool:
    """Whether somebody may be able to work with it all the same: media under another name, or unknown bytes.

    An Office file that is no zip archive, however, is none, whatever else it is.
    """
    if real is None:
        return extension not in _OFFICE
    return real in MEDIA and bool(expected & MEDIA)


def _binary_type(head: bytes) -> str | None:
    for offset, signature, name in _SIGNATURES:
        if head.startswith(signature, offset) and (offset != 8 or head.startswith(b"RIFF")):
            return name
    if b"%PDF-" in head[:1024]:  # readers look for it that far
        return "pdf"
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return "bmp"
    return "mp3" if _MP3_FRAME.match(head) else None


def _text_type(head: bytes) -> str | None:
    if head.startswith(_MARKS[1:]):
        return "text"
    try:
        # A character may be cut at the end of what was read.
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return None
    if not text or _BINARY.search(text):
        return None
    return "html" if _HTML.match(head) else "xml" if _XML.match(head) else "text"
