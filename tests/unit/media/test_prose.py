"""The text of a document, read to tell which terms occur in it."""

import io

import docx
import openpyxl
import pytest

from shared.media.prose import LARGEST, LONGEST, text_of
from tests.unit.media.files import MemoryFile, pdf


def word() -> bytes:
    document = docx.Document()
    paragraph = document.add_paragraph("The Land")
    paragraph.add_run("lord lets").bold = True
    document.add_paragraph("the Premises.")
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Rent", "Tenant"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


async def test_words_that_formatting_cuts_are_whole_and_paragraphs_are_apart() -> None:
    text = await text_of(MemoryFile(word()), ".docx")
    assert text is not None
    assert "The Landlord lets\nthe Premises." in text


async def test_cells_are_apart() -> None:
    assert (await text_of(MemoryFile(workbook()), ".xlsx") or "").split() == ["Rent", "Tenant"]


async def test_tags_are_no_text_and_entities_are() -> None:
    page = "<html><p class='x'>Rent &amp; Tenant</p></html>".encode("utf-16")
    assert (await text_of(MemoryFile(page), ".html") or "").split() == ["Rent", "&", "Tenant"]


@pytest.mark.parametrize(("pages", "found"), [(2, True), (51, False)])
async def test_a_pdf_is_read_if_all_its_pages_are(pages: int, found: bool) -> None:
    text = await text_of(MemoryFile(pdf(*["The Tenant pays."] * pages)), ".pdf")
    assert (text is not None and "Tenant pays" in text) is found


@pytest.mark.parametrize(
    ("content", "extension"),
    [(b"\xff\xe9 caf\xe9", ".txt"), (b"PK broken", ".docx"), (b"text", ".msg"), (b"x" * (LONGEST + 1), ".txt")],
)
async def test_what_cannot_be_read_without_a_guess_or_whole_is_not_judged(content: bytes, extension: str) -> None:
    assert await text_of(MemoryFile(content), extension) is None


async def test_a_large_file_is_not_even_read() -> None:
    file = MemoryFile(bytes(LARGEST + 1))
    assert await text_of(file, ".txt") is None
    assert file.ranges == []
