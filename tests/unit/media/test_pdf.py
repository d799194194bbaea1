import io

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, IndirectObject, NameObject

from tests.unit.media.files import SCAN, WORDS, looked_at, pdf


def _forms(form: IndirectObject | None) -> DictionaryObject:
    """Resources that have a form called F."""
    names = DictionaryObject({NameObject("/F"): form} if form else {})
    return DictionaryObject({NameObject("/XObject"): names})


async def test_pages_and_characters() -> None:
    facts = await looked_at("a.pdf", pdf(WORDS, WORDS))
    assert (facts.pages, facts.image_pages, facts.characters, facts.warnings) == (2, 0, 2 * len(WORDS), ())


async def test_an_encrypted_one_is_unfit() -> None:
    writer, target = PdfWriter(io.BytesIO(pdf(WORDS))), io.BytesIO()
    writer.encrypt("", "owner", algorithm="RC4-128")
    writer.write(target)
    facts = await looked_at("a.pdf", target.getvalue())
    assert (facts.encrypted, facts.unfit, facts.pages) == (True, "The PDF is encrypted", None)


async def test_pages_that_are_pictures_are_told() -> None:
    facts = await looked_at("scan.pdf", pdf(SCAN, SCAN))
    assert (facts.image_pages, facts.characters, facts.unfit) == (2, 0, None)
    assert "only digital text" in facts.warnings[0]


async def test_pages_with_neither_text_nor_pictures_are_told() -> None:
    facts = await looked_at("blank.pdf", pdf("", ""))
    assert (facts.image_pages, facts.characters) == (0, 0)
    assert "nothing to translate" in facts.warnings[0]


async def test_some_pages_that_are_pictures_are_told() -> None:
    facts = await looked_at("mixed.pdf", pdf(SCAN, WORDS, WORDS))
    assert facts.image_pages == 1
    assert "Of its 3 pages 1 are pictures" in facts.warnings[0]


async def test_more_than_a_thousand_pages_are_told() -> None:
    writer, target = PdfWriter(), io.BytesIO()
    for _ in range(1001):
        writer.add_blank_page(100, 100)
    writer.write(target)
    facts = await looked_at("a.pdf", target.getvalue())
    assert (facts.pages, facts.image_pages, facts.characters) == (1001, 0, 0)
    assert [words in warning for words, warning in zip(("1001 pages", "No text"), facts.warnings, strict=True)] == [
        True
    ] * 2


async def test_forms_within_forms_cannot_double_the_work_for_ever() -> None:
    writer, target = PdfWriter(), io.BytesIO()
    page = writer.add_blank_page(100, 100)
    inner = None
    for _ in range(30):
        form = DecodedStreamObject()
        form.set_data(b"BT (ha) Tj ET" if inner is None else b"/F Do /F Do")
        form.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form")})
        form[NameObject("/Resources")] = _forms(inner)
        inner = writer._add_object(form)
    content = DecodedStreamObject()
    content.set_data(b"/F Do")
    page[NameObject("/Contents")] = writer._add_object(content)
    page[NameObject("/Resources")] = _forms(inner)
    writer.write(target)
    facts = await looked_at("a.pdf", target.getvalue())
    assert facts.pages == 1
