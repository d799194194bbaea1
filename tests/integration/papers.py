"""Documents of every kind that people have, made by the libraries that open the results, and what is read in those."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
from pptx.util import Cm
from pypdf import PdfReader

from sandbox.document_samples import write_contract, write_report

TERM, TRANSLATED = "Tenant", "Arrendatario"
SENTENCE = f"The {TERM} pays on the first day."


def _saved(document: Any) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _slides() -> bytes:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    slide.shapes.add_textbox(Cm(1), Cm(1), Cm(8), Cm(2)).text_frame.text = SENTENCE
    return _saved(deck)


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].append([SENTENCE, 12])
    return _saved(book)


def papers(folder: Path) -> dict[str, bytes]:
    """One file of each kind by its name; all but the report hold the term."""
    folder.mkdir(parents=True, exist_ok=True)
    write_contract(folder / "lease.docx")
    write_report(folder / "report.pdf")
    return {
        "lease.docx": (folder / "lease.docx").read_bytes(),
        "report.pdf": (folder / "report.pdf").read_bytes(),
        "deck.pptx": _slides(),
        "rents.xlsx": _workbook(),
        "page.html": f"<html><body><p class='x'>{SENTENCE}</p></body></html>".encode(),
        "note.txt": f"{SENTENCE}\r\nThank you.\r\n".encode(),
        "list.csv": f'1,"{SENTENCE}"\r\n'.encode(),
        "lease.rtf": b"{\\rtf1\\ansi " + SENTENCE.encode() + b"\\par}",
    }


def _word_text(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def _slides_text(content: bytes) -> str:
    deck = pptx.Presentation(io.BytesIO(content))
    return "\n".join(shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame)


def _workbook_text(content: bytes) -> str:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)


def _pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


READERS: Mapping[str, Callable[[bytes], str]] = {
    ".docx": _word_text,
    ".pptx": _slides_text,
    ".xlsx": _workbook_text,
    ".pdf": _pdf_text,
}


def text_in(name: str, content: bytes) -> str:
    """The text of a result, read as its name says that it is to be read."""
    read = READERS.get(name[name.rindex(".") :])
    return read(content) if read else content.decode()
