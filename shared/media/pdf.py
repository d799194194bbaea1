"""Pages and characters of a PDF, and which of its pages are only pictures of text.

Document Translation translates the digital part of a PDF alone; scanned pages stay as they are:
https://learn.microsoft.com/azure/ai-services/translator/document-translation/faq
"""

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from shared.media.ranges import Found, RangeReader

if TYPE_CHECKING:  # 0.7 s to import, so only where a PDF has been dropped
    from pypdf import PageObject, PdfReader

MANY_PAGES = 1_000
#: Pages that are read, spread over the document; the rest is taken to be like them.
_SAMPLED = 50
_MEGABYTE = 1024 * 1024
#: Of pypdf's own limits those whose defaults allow more work, or more memory, than judging a file is worth.
_LIMITS: Mapping[str, Any] = {
    "array_based_stream_maximum_output_length": 8 * _MEGABYTE,
    "lzw_maximum_output_length": 8 * _MEGABYTE,
    "run_length_maximum_output_length": 8 * _MEGABYTE,
    "zlib_maximum_output_length": 8 * _MEGABYTE,
    "zlib_maximum_recovery_input_length": _MEGABYTE,
    "stream_decoding_work_maximum_length": 32 * _MEGABYTE,
    "stream_parsing_work_maximum_count": 300_000,
    "page_tree_maximum_page_entries": 500_000,
    "xform_maximum_invocations_per_extraction": 100,
}


def read_pdf(reader: RangeReader) -> Found:
    """Pages, those without text, and characters; unfit where it is encrypted."""
    from pypdf import PdfReader, apply_configuration

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings quote the file
    with apply_configuration(disable_legacy_handling=True, **_LIMITS):
        pdf = PdfReader(reader)  # type: ignore[arg-type] # a BinaryIO in all that it uses
        if pdf.is_encrypted:
            yield "encrypted", True
            yield "unfit", "The PDF is encrypted"
            yield "advice", "Save it without protection and drop it again."
            return
        yield from _pages(pdf, reader)


def pdf_texts(reader: RangeReader) -> Iterator[str]:
    """The text of each page; nothing where there are more than are read to judge a document."""
    from pypdf import PdfReader, apply_configuration

    with apply_configuration(disable_legacy_handling=True, **_LIMITS):
        pdf = PdfReader(reader)  # type: ignore[arg-type] # a BinaryIO in all that it uses
        if not pdf.is_encrypted and len(pdf.pages) <= _SAMPLED:
            for page in pdf.pages:
                yield _text(page, reader) + "\n"


def _pages(pdf: "PdfReader", reader: RangeReader) -> Found:
    pages = len(pdf.pages)
    yield "pages", pages
    if pages > MANY_PAGES:
        yield "warnings", f"It has {pages} pages; the service may take hours, or refuse more than {MANY_PAGES}."
    seen = characters = pictures = 0
    try:
        for number in range(0, pages, max(1, pages // _SAMPLED)):
            text = _text(pdf.pages[number], reader)
            seen, characters = seen + 1, characters + len(text)
            pictures += not text and _has_picture(pdf.pages[number])
    finally:  # what was seen before the bounds were reached is an estimate all the same
        if seen:
            yield from _estimates(pages, seen, characters, pictures)


def _estimates(pages: int, seen: int, characters: int, pictures: int) -> Found:
    """For the whole document, from the pages that were read."""
    about = "" if seen == pages else "about "
    image_pages = round(pictures * pages / seen)
    yield "characters", round(characters * pages / seen)
    yield "image_pages", image_pages
    if not characters and not pictures:
        yield "warnings", "No text was found in it, so there may be nothing to translate."
    elif pictures == seen:
        yield "warnings", "Its pages are pictures without text; the service translates only digital text."
    elif pictures:
        yield (
            "warnings",
            f"Of its {pages} pages {about}{image_pages} are pictures without text, which stay as they are.",
        )


def _text(page: "PageObject", reader: RangeReader) -> str:
    """The text of a page; Spent where it takes too long."""
    text = page.extract_text(visitor_operand_before=lambda *_: reader.check_time())
    reader.check_time()  # a form within the page swallows what its visitor raises
    return text.strip()


def _has_picture(page: "PageObject") -> bool:
    return "/XObject" in page.get("/Resources", {})
