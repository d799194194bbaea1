"""PDFs: each page that has text comes back as a page of the same size with the text's pseudo-translation."""

import io
import unicodedata

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from reportlab.pdfgen.canvas import Canvas

from sandbox.doubles.document_errors import BAD_DOCUMENT, ENCRYPTED, Failed
from sandbox.doubles.document_pen import Pen
from sandbox.doubles.pseudo import unaccented

MARGIN, LEADING, SIZE = 40, 14, 0.75  # points; the size of a letter is a part of the leading
_FONT, _ENCODING = "Helvetica", "cp1252"


def pdf(content: bytes, pen: Pen) -> bytes:
    """The translated PDF. Raises Failed for what is encrypted or broken.

    Where no page has text, those with a picture are read as `scanned page`; beside pages with text, pictures stay as
    they are, since the service translates only the digital part of a mixed file.
    """
    texts = pdf_texts(content)
    is_scanned = not any(text.strip() for text in texts)
    writer = PdfWriter()
    for page, text in zip(PdfReader(io.BytesIO(content)).pages, texts, strict=True):
        if text.strip() or (is_scanned and "/XObject" in page.get("/Resources", {})):
            lines = [pen.text(line) for line in (text.splitlines() if text.strip() else ["scanned page"])]
            writer.add_page(_page(lines, float(page.mediabox.width), float(page.mediabox.height)))
        else:
            writer.add_page(page)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def pdf_texts(content: bytes) -> list[str]:
    """The text of each page. Raises Failed."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise Failed(ENCRYPTED, "The document is encrypted.")
        return [page.extract_text() for page in reader.pages]
    except PyPdfError as error:
        raise Failed(BAD_DOCUMENT, "The document is not a PDF that can be opened.") from error


def _page(lines: list[str], width: float, height: float) -> PageObject:
    drawn = io.BytesIO()
    canvas = Canvas(drawn, pagesize=(width, height))
    text = canvas.beginText(MARGIN, height - MARGIN)
    leading = min(LEADING, (height - 2 * MARGIN) / len(lines))
    text.setFont(_FONT, SIZE * leading, leading)
    for line in lines:
        text.textLine(_printable(line))
    canvas.drawText(text)
    canvas.showPage()
    canvas.save()
    return PdfReader(drawn).pages[0]


def _printable(text: str) -> str:
    """The text in the letters of a PDF's built-in font: accents that it lacks are left out."""
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    for form in (letter, unaccented(letter), unicodedata.normalize("NFKD", letter)[0]):
        if form.encode(_ENCODING, "ignore"):
            return form
    return "?"
