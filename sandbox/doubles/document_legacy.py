"""Legacy formats, which the service gives back as Office Open XML: what text is found in them, in a new file."""

import io
import re
import zipfile
from collections.abc import Sequence

import docx
import openpyxl
import pptx
from pptx.util import Cm

from sandbox.doubles.document_errors import BAD_DOCUMENT, Failed
from sandbox.doubles.document_office import OLE
from sandbox.doubles.document_pen import Pen
from sandbox.doubles.document_text import parsed

_RTF_CONTROL = re.compile(rb"\\par[d]?\b ?|\\'[0-9a-f]{2}|\\[a-z]+-?\d* ?|\\[^a-z]|[{}]")
_RTF_GROUP = re.compile(rb"\{\\(?:fonttbl|colortbl|stylesheet|info|\*)(?:[^{}]|\{[^{}]*\})*\}")
# Word and its kin keep their text as code page or as UTF-16; four letters in a row are taken for text.
_STRINGS = re.compile(rb"(?:[\x20-\x7e]\x00){4,}|[\x20-\x7e]{4,}")


def legacy(content: bytes, pen: Pen, extension: str) -> bytes:
    """The file in the newer format, with its text translated. Raises Failed when it is not what its name says."""
    lines = [pen.text(line) for line in _lines(content, extension)]
    return _WRITERS[extension](lines)


def _lines(content: bytes, extension: str) -> list[str]:
    if extension == ".rtf":
        return _rtf(content)
    if extension in (".odt", ".ods", ".odp"):
        return _open_document(content)
    if not content.startswith(OLE):
        raise Failed(BAD_DOCUMENT, "The document is not of the format that its name says.")
    return [_string(found) for found in _STRINGS.findall(content)]


def _rtf(content: bytes) -> list[str]:
    if not content.startswith(b"{\\rtf"):
        raise Failed(BAD_DOCUMENT, "The document is not of the format that its name says.")
    text = _RTF_CONTROL.sub(lambda found: b"\n" if found[0].startswith(b"\\par") else b"", _RTF_GROUP.sub(b"", content))
    return [line for line in text.decode("cp1252", "replace").splitlines() if line.strip()]


def _open_document(content: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            root = parsed(archive.read("content.xml"))
    except (zipfile.BadZipFile, KeyError) as error:
        raise Failed(BAD_DOCUMENT, "The document cannot be opened.") from error
    return ["".join(map(str, paragraph.itertext())) for paragraph in root.iter("{*}p", "{*}h")]


def _string(found: bytes) -> str:
    return found.decode("utf-16-le" if b"\0" in found else "ascii")


def word(lines: Sequence[str]) -> bytes:
    """A Word document with these paragraphs."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _spreadsheet(lines: Sequence[str]) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.worksheets[0].append([line])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _presentation(lines: Sequence[str]) -> bytes:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    slide.shapes.add_textbox(Cm(1), Cm(1), Cm(20), Cm(15)).text_frame.text = "\n".join(lines)
    written = io.BytesIO()
    show.save(written)
    return written.getvalue()


_WRITERS = {
    ".doc": word,
    ".odt": word,
    ".rtf": word,
    ".xls": _spreadsheet,
    ".ods": _spreadsheet,
    ".ppt": _presentation,
    ".odp": _presentation,
}
