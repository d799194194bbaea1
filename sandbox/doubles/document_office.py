"""Office Open XML files: the text inside their parts is translated, and every other part is kept byte for byte."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable
from itertools import groupby

from lxml import etree

from sandbox.doubles.document_errors import BAD_DOCUMENT, ENCRYPTED, Failed
from sandbox.doubles.document_pen import Pen
from sandbox.doubles.document_text import parsed, serialized

OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# For each kind: its main part, the parts that hold text, and the elements of a run's text and of its paragraph.
_KINDS = {
    ".docx": (
        "word/document.xml",
        re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml"),
        f"{_WORD}t",
        (f"{_WORD}p",),
    ),
    ".pptx": (
        "ppt/presentation.xml",
        re.compile(r"ppt/(slides/slide|notesSlides/notesSlide)\d+\.xml"),
        f"{_DRAWING}t",
        (f"{_DRAWING}p",),
    ),
    ".xlsx": (
        "xl/workbook.xml",
        re.compile(r"xl/(sharedStrings|worksheets/sheet\d+)\.xml"),
        f"{_SHEET}t",
        (f"{_SHEET}si", f"{_SHEET}is"),
    ),
}
_PICTURE = re.compile(r"(word|ppt|xl)/media/[^/]+\.(png|jpe?g|bmp|webp)", re.IGNORECASE)
_PICTURE_STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"BM", b"RIFF")


def office(content: bytes, pen: Pen, extension: str) -> bytes:
    """A `.docx`, `.pptx` or `.xlsx` with its texts translated. Raises Failed for what is encrypted or broken."""
    main, parts, text, paragraphs = _KINDS[extension]

    def change(name: str, data: bytes) -> bytes:
        return _part(data, pen, text, paragraphs) if parts.fullmatch(name) else data

    try:
        with _opened(content, main) as archive:
            return _rewritten(archive, change)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise Failed(BAD_DOCUMENT, "The document cannot be opened.") from error


def pictures(content: bytes) -> tuple[int, int]:
    """How many pictures an Office file holds that can be read, and that cannot."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = [archive.read(name) for name in archive.namelist() if _PICTURE.fullmatch(name)]
    readable = sum(data.startswith(_PICTURE_STARTS) for data in found)
    return readable, len(found) - readable


def _opened(content: bytes, main: str) -> zipfile.ZipFile:
    if content.startswith(OLE):
        raise Failed(ENCRYPTED, "The document is encrypted, or of an older format than its name says.")
    archive = zipfile.ZipFile(io.BytesIO(content))
    if main not in archive.namelist():
        raise Failed(BAD_DOCUMENT, "The document is not of the format that its name says.")
    return archive


def _rewritten(archive: zipfile.ZipFile, change: Callable[[str, bytes], bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in archive.infolist():
            target.writestr(entry, change(entry.filename, archive.read(entry)))
    return written.getvalue()


def _part(data: bytes, pen: Pen, text: str, paragraphs: tuple[str, ...]) -> bytes:
    root = parsed(data)
    for _, group in groupby(root.iter(text), key=lambda run: _paragraph(run, paragraphs)):
        runs = list(group)
        for run, translated in zip(runs, pen.runs([run.text or "" for run in runs]), strict=True):
            run.text = translated
    return serialized(root)


def _paragraph(run: etree._Element, names: Iterable[str]) -> etree._Element | None:
    return next(run.iterancestors(*names), None)
