"""The documents that the double of Document Translation makes, opened by the libraries that people use."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pytest
from lxml import etree
from pptx.util import Cm
from pypdf import PdfReader, PdfWriter

from sandbox.document_samples import CONTRACT, GLOSSARY, REPORT, SEAL, write_document_samples, write_glossary
from sandbox.doubles.document_errors import Failed
from sandbox.doubles.document_formats import MODERN
from sandbox.doubles.document_glossary import terms
from sandbox.doubles.document_office import OLE
from sandbox.doubles.document_pen import Pen
from sandbox.doubles.document_translate import PICTURE_CHARACTERS, Translated, translate
from sandbox.doubles.pseudo import accented, pseudo
from tests.unit.media.files import SCAN, pdf

XLIFF_1 = """<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
<file source-language="en" target-language="{target}" original="a" datatype="plaintext"><body>
<trans-unit id="1"><source>Lease</source>{unit}</trans-unit></body></file></xliff>"""
XLIFF_2 = """<xliff version="2.1" xmlns="urn:oasis:names:tc:xliff:document:2.0" srcLang="en">
<file id="f"><unit id="1"><segment><source>The <pc id="1">Lease</pc> ends</source></segment></unit></file></xliff>"""


def said(text: str) -> str:
    return pseudo(text, "es")


def done(name: str, content: bytes, pen: Pen | None = None, **options: bool) -> Translated:
    return translate(name, content, pen or Pen("es"), **options)


def text(name: str, content: str, pen: Pen | None = None) -> str:
    return done(name, content.encode(), pen).content.decode()


def saved(document: Any) -> bytes:
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    write_document_samples(folder)
    write_glossary(folder / "glossaries")
    return folder


def test_a_word_document_keeps_its_form_and_loses_its_words(samples: Path) -> None:
    result = docx.Document(io.BytesIO(done(CONTRACT, (samples / CONTRACT).read_bytes()).content))
    assert [paragraph.style.name for paragraph in result.paragraphs if paragraph.style][:2] == ["Title", "Normal"]
    assert result.paragraphs[0].text == said("Lease")
    assert [run.text for run in result.paragraphs[-2].runs] == [said("Signed with "), accented("Babeldrop")]
    assert [run.bold for run in result.paragraphs[-2].runs] == [None, True]
    assert [cell.text for cell in result.tables[0].rows[1].cells] == [said("First"), "12,000"]
    assert len(result.inline_shapes) == 1
    assert result.sections[0].footer.paragraphs[0].text.startswith("[es] ")


def test_the_parts_of_an_office_file_without_text_are_kept_byte_for_byte(samples: Path) -> None:
    source = (samples / CONTRACT).read_bytes()
    before, after = (zipfile.ZipFile(io.BytesIO(each)) for each in (source, done(CONTRACT, source).content))
    assert before.namelist() == after.namelist()
    changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
    assert changed <= {"word/document.xml", "word/footer1.xml"}


def test_a_presentation_has_its_slides_and_notes_translated() -> None:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[0])
    slide.shapes.title.text = "Budget"
    slide.notes_slide.notes_text_frame.text = "Speak slowly"
    result = pptx.Presentation(io.BytesIO(done("a.pptx", saved(show)).content))
    assert result.slides[0].shapes.title.text == said("Budget")
    assert result.slides[0].notes_slide.notes_text_frame.text.startswith("[es] ")


def test_a_picture_comes_back_with_the_words_that_were_read_in_it() -> None:
    result = done("a.png", SEAL)
    assert result.content == SEAL + said("words in a picture").encode()
    assert (result.scans_succeeded, result.scans_failed) == (1, 0)


def test_a_spreadsheet_keeps_its_numbers_formulas_and_sheets() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Rent", 12, "=B1*2"])
    result = openpyxl.load_workbook(io.BytesIO(done("a.xlsx", saved(book)).content))
    assert [cell.value for cell in result.worksheets[0][1]] == [said("Rent"), 12, "=B1*2"]
    assert result.sheetnames == book.sheetnames


def test_a_pdf_comes_back_as_a_pdf_whose_text_says_so(samples: Path) -> None:
    before = PdfReader(samples / REPORT)
    after = PdfReader(io.BytesIO(done(REPORT, (samples / REPORT).read_bytes()).content))
    assert [page.mediabox for page in after.pages] == [page.mediabox for page in before.pages]
    assert after.pages[0].extract_text().startswith("[es] Åññûál répört\n")
    assert "Annual report" not in after.pages[0].extract_text()


def test_a_pdf_of_pictures_is_read_and_one_with_some_keeps_them(samples: Path) -> None:
    scanned = PdfReader(io.BytesIO(done("scan.pdf", pdf(SCAN)).content))
    assert scanned.pages[0].extract_text().startswith("[es] ")
    mixed = PdfWriter(clone_from=samples / REPORT)
    mixed.add_blank_page(200, 300)
    pages = PdfReader(io.BytesIO(done("mixed.pdf", written(mixed)).content)).pages
    assert [bool(page.extract_text()) for page in pages] == [True, True, False]


def written(pdf: PdfWriter) -> bytes:
    content = io.BytesIO()
    pdf.write(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "source", "result"),
    [
        ("a.txt", "Hello\r\n\r\n12\r\nyou", f"{said('Hello')}\r\n\r\n12\r\n{said('you')}"),
        (
            "a.html",
            "<p class='x'>Hello <b>you</b></p><script>let a</script>",
            f"<p class='x'>{said('Hello ')}<b>{said('you')}</b></p><script>let a</script>",
        ),
        ("a.csv", 'Rent,"a, b",12\r\n', f'{said("Rent")},"{said("a, b")}",12\r\n'),
        ("a.tsv", "Rent\t12\n", f"{said('Rent')}\t12\n"),
        (
            "a.md",
            "# Rent\n\n- see [it](http://a/b) `code`\n\n```\nlet\n```\n",
            f"# {said('Rent')}\n\n- {said('see [it')}](http://a/b) `code`\n\n```\nlet\n```\n",
        ),
    ],
)
def test_a_text_file_keeps_all_but_its_words(name: str, source: str, result: str) -> None:
    assert text(name, source) == result


def test_front_matter_of_markdown_is_broken_as_the_service_does() -> None:
    assert text("a.md", "---\ntitle: Rent\n---\n").splitlines()[1] == said("title: Rent")


def test_a_text_in_utf_16_comes_back_in_it_and_another_encoding_is_refused() -> None:
    assert done("a.txt", "Hello".encode("utf-16")).content.decode("utf-16") == said("Hello")
    with pytest.raises(Failed, match="encoding"):
        done("a.txt", "né".encode("cp1252"))


@pytest.mark.parametrize("unit", ["", "<target>old</target>"])
def test_an_xliff_file_gets_its_targets(unit: str) -> None:
    root = etree.fromstring(text("a.xlf", XLIFF_1.format(target="fr", unit=unit)).encode())
    assert [each.text for each in root.iter("{*}target")] == [said("Lease")]
    assert next(root.iter("{*}file")).get("target-language") == "es"


def test_an_xliff_2_file_keeps_its_inline_codes() -> None:
    root = etree.fromstring(text("a.xliff", XLIFF_2).encode())
    target = next(root.iter("{*}target"))
    assert ["".join(map(str, target.itertext())), target[0].get("id")] == [said("The Lease ends"), "1"]


def test_json_xml_and_mail_keep_what_is_not_text() -> None:
    assert json.loads(text("a.json", '{"Rent": ["due", 2, null]}')) == {"Rent": [said("due"), 2, None]}
    assert text("a.dita", "<topic id='a'>Rent</topic>").endswith(f'<topic id="a">{said("Rent")}</topic>')
    mail = text("a.eml", "Subject: Rent\nContent-Type: text/html; charset=utf-8\n\n<p>due</p>\n")
    assert mail.startswith("Subject: Rent\n")
    assert "<p>due</p>" not in mail


@pytest.mark.parametrize("name", [f"a{end}" for end in MODERN])
def test_a_legacy_document_comes_back_as_one_that_opens(name: str) -> None:
    result = done(name, old(name)).content
    openers: dict[str, Callable[[io.BytesIO], object]] = {
        ".docx": docx.Document,
        ".xlsx": openpyxl.load_workbook,
        ".pptx": pptx.Presentation,
    }
    assert openers[MODERN[name[1:]]](io.BytesIO(result))


def cut_zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("word/document.xml", "<w>whole</w>")
    return content.getvalue().replace(b"whole", b"other")


def old(name: str) -> bytes:
    if name.endswith(".rtf"):
        return rb"{\rtf1{\fonttbl{\f0 Arial;}}\f0 Hello\par you}"
    if name[2] == "o":
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("content.xml", "<o xmlns:t='t'><t:p>Hello</t:p></o>")
        return content.getvalue()
    return OLE + "Hello you".encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.docx", OLE, "EncryptedDocument"),
        ("a.docx", b"no zip", "InvalidDocumentFormat"),
        ("a.docx", cut_zip(), "InvalidDocumentFormat"),
        ("a.pptx", b"no zip", "InvalidDocumentFormat"),
        ("a.pdf", b"no pdf", "InvalidDocumentFormat"),
        ("a.doc", b"no ole", "InvalidDocumentFormat"),
        ("a.odt", b"no zip", "InvalidDocumentFormat"),
        ("a.rtf", b"no rtf", "InvalidDocumentFormat"),
        ("a.xlf", b"<a>", "InvalidDocumentFormat"),
        ("a.json", b"{", "InvalidDocumentFormat"),
        ("a.csv", b"a" * 200_000, "InvalidDocumentFormat"),
        ("a.msg", b"", "InvalidDocumentFormat"),
        ("a.txt", b"", "NoTranslatableText"),
        ("a.txt", b" \n\t\n", "NoTranslatableText"),
        ("a.pdf", pdf(""), "NoTranslatableText"),
    ],
)
def test_a_document_that_cannot_be_read_says_why(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Failed) as refused:
        done(name, content)
    assert refused.value.fault.inner == code


def test_an_encrypted_pdf_is_refused(samples: Path) -> None:
    pdf = PdfWriter(clone_from=samples / REPORT)
    pdf.encrypt("secret", algorithm="RC4-128")
    with pytest.raises(Failed, match="encrypted"):
        done("a.pdf", written(pdf))


def test_a_word_document_of_another_kind_is_refused() -> None:
    with pytest.raises(Failed, match="its name says"):
        done("a.docx", saved(openpyxl.Workbook()))


def test_characters_of_the_source_are_counted() -> None:
    assert done("a.txt", b"Hello\nyou").characters == len("Helloyou")


def test_pictures_in_office_files_are_counted_when_asked_for() -> None:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "Budget"
    slide.shapes.add_picture(io.BytesIO(SEAL), Cm(1), Cm(1))
    asked, unasked = (done("a.pptx", saved(show), within_images=each) for each in (True, False))
    assert (asked.scans_succeeded, asked.picture_characters, asked.scans_failed) == (1, PICTURE_CHARACTERS, 0)
    assert (unasked.scans_succeeded, unasked.picture_characters) == (0, 0)


def test_terms_are_applied_to_whole_words_in_the_same_case(samples: Path) -> None:
    pen = Pen("es", terms(GLOSSARY, (samples / "glossaries" / GLOSSARY).read_bytes(), ("en", "es")))
    assert pen.text("The Tenant, a tenant, Tenants") == f"{said('The ')}Arrendatario{accented(', a tenant, Tenants')}"
    assert pen.text("TENANT") == "[es] Arrendatario"


def test_an_xliff_glossary_without_the_pair_is_silently_not_applied() -> None:
    content = XLIFF_1.format(target="es", unit="<target>Alquiler</target>").encode()
    assert terms("g.xlf", content, ("en", "es-MX")) == {"Lease": "Alquiler"}
    assert terms("g.xlf", content, (None, "es")) == {"Lease": "Alquiler"}
    assert terms("g.xlf", content, ("en", "fr")) == {}
    assert terms("g.xlf", content.replace(b'"en"', b'"not a language"'), ("en", "es")) == {}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("g.tsv", b"a\tb\tc\n", "only 2 nodes"),
        ("g.csv", b"a\n", "only 2 nodes"),
        ("g.csv", b"a,\n", "only 2 nodes"),
        ("g.csv", b"a" * 200_000, "not a table"),
        ("g.tsv", b"\xff\xfea", "encoding"),
        ("g.xlf", b"<a>", "well-formed"),
        ("g.tmx", b"", "format"),
    ],
)
def test_a_faulty_glossary_says_why(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(Failed, match=reason):
        terms(name, content, ("en", "es"))


def test_the_request_may_name_the_format_and_version_of_a_glossary() -> None:
    assert terms("g", b"a,b", ("en", "es"), "csv") == {"a": "b"}
    with pytest.raises(Failed, match="version"):
        terms("g.xlf", b"", ("en", "es"), "XLIFF", "2.1")
