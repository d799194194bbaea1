"""Small documents to translate, made by the libraries that judge the results: a contract, a report, a glossary."""

import io
from pathlib import Path

import docx
from docx.shared import Cm
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

CONTRACT = "contracts/lease.docx"
REPORT = "contracts/report.pdf"
GLOSSARY = "default.en-es.tsv"
_CLAUSES = (
    "The Landlord lets the Premises to the Tenant for three years.",
    "The Tenant pays the Rent on the first day of each month.",
    "Either Party may end this Lease with three months' notice.",
)
_RENTS = (("Year", "Rent"), ("First", "12,000"), ("Second", "12,400"))
_FINDINGS = ("Annual report", "The roof was repaired in May.", "No other damage was found.")
# A term that is equal on both sides stays as it is.
# A grey picture of one pixel.
SEAL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a494441"
    "54789c636800000082008177cd72b60000000049454e44ae426082"
)
_TERMS = (("Landlord", "Arrendador"), ("Tenant", "Arrendatario"), ("Premises", "Local"), ("Babeldrop", "Babeldrop"))


def write_document_samples(folder: Path) -> None:
    """Write the contract and the report into `folder`. Each is under 40 kB."""
    for name, write in ((CONTRACT, write_contract), (REPORT, write_report)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write(folder / name)


def write_glossary(folder: Path) -> None:
    """Write the glossary into `folder`, which stands for the root of the glossaries."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / GLOSSARY).write_text("".join(f"{source}\t{target}\n" for source, target in _TERMS), encoding="utf-8")


def write_contract(path: Path) -> None:
    """A Word document with a heading, clauses (one of them partly bold), a table, a picture and a footer."""
    document = docx.Document()
    document.add_heading("Lease", 0)
    for clause in _CLAUSES:
        document.add_paragraph(clause)
    last = document.add_paragraph("Signed with ")
    last.add_run("Babeldrop").bold = True
    table = document.add_table(rows=len(_RENTS), cols=2)
    for row, texts in zip(table.rows, _RENTS, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_picture(io.BytesIO(SEAL), width=Cm(2))
    document.sections[0].footer.paragraphs[0].text = "Confidential"
    document.save(str(path))


def write_report(path: Path) -> None:
    """A PDF of two pages."""
    canvas = Canvas(str(path), pagesize=A4)
    for number in (1, 2):
        for line, finding in enumerate(_FINDINGS):
            canvas.drawString(72, 760 - 20 * line, finding)
        canvas.drawString(72, 72, f"Page {number}")
        canvas.showPage()
    canvas.save()
