import io

import docx
import openpyxl
import pptx
import pytest

from sandbox.document_samples import SEAL, write_contract
from tests.unit.media.files import WORDS, archive, looked_at, word


async def test_characters_and_pictures_of_word(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("word") / "lease.docx"
    write_contract(path)
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = [paragraph.text for paragraph in document.paragraphs] + cells + ["Confidential"]
    facts = await looked_at("lease.docx", path.read_bytes())
    assert (facts.characters, facts.images) == (len("".join(text)), 1)
    assert facts.warnings == ()


async def test_characters_of_powerpoint() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    assert slide.shapes.title
    slide.shapes.title.text = WORDS
    slide.notes_slide.notes_text_frame.text = "Notes"
    target = io.BytesIO()
    deck.save(target)
    assert (await looked_at("deck.pptx", target.getvalue())).characters == len(WORDS + "Notes")


async def test_characters_of_excel() -> None:
    book = openpyxl.Workbook()
    assert book.active
    book.active["A1"], book.active["A2"], book.active["A3"] = WORDS, "Rent", 12000
    target = io.BytesIO()
    book.save(target)
    assert (await looked_at("rent.xlsx", target.getvalue())).characters == len(WORDS + "Rent")


async def test_characters_of_opendocument() -> None:
    data = archive({"content.xml": f"<text>{WORDS}</text>", "Pictures/1.png": SEAL})
    facts = await looked_at("a.odt", data)
    assert (facts.characters, facts.images) == (len(WORDS), 1)


@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.xlsx"])
async def test_a_protected_or_legacy_file_is_unfit_and_says_what_to_do(name: str) -> None:
    facts = await looked_at(name, bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    assert "password" in (facts.unfit or "")
    assert "Office 97" in (facts.unfit or "")
    assert "Save it" in (facts.advice or "")


async def test_a_protected_entry_makes_it_unfit() -> None:
    data = bytearray(archive({"word/document.xml": word(WORDS)}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    facts = await looked_at("a.docx", bytes(data))
    assert facts.encrypted
    assert facts.unfit


async def test_what_unpacks_to_far_more_than_anybody_wrote_is_not_unpacked_to_its_end() -> None:
    bomb = archive({"word/document.xml": word(" " * 70_000_000)})
    facts = await looked_at("a.docx", bomb)
    assert (facts.characters, facts.images) == (None, 0)
    assert "too long" in facts.warnings[0]


async def test_a_million_levels_of_xml_do_no_harm() -> None:
    deep = "<a>" * 1_000_000 + "x" + "</a>" * 1_000_000
    assert (await looked_at("a.odt", archive({"content.xml": deep}))).characters == 1


async def test_entities_are_not_expanded() -> None:
    laughs = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    facts = await looked_at("a.odt", archive({"content.xml": laughs}))
    assert facts.characters is None
    assert "damaged" in facts.warnings[0]
