"""What Document Translation reads and writes: the tables of its formats calls, and its sizes.

Follows the published example of 2026-03-01, the recorded answers of v1.0 for the versions before it, and the pages
on the batch and the synchronous call (facts on documents, sections 1.10 and 1.11).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

V1, FIRST_GA, LATEST = "v1.1", "2024-05-01", "2026-03-01"
VERSIONS = (V1, FIRST_GA, LATEST)
MEGABYTE = 1024**2
BATCH_BYTES, SYNC_BYTES, TOTAL_BYTES = 40 * MEGABYTE, 10 * MEGABYTE, 250 * MEGABYTE
GLOSSARY_BYTES, SYNC_GLOSSARY_BYTES = 10 * MEGABYTE, MEGABYTE
FILES, LANGUAGES = 1000, 10
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class Format:
    """One row of a formats call: its name, its extensions and media types, and its own versions, default first."""

    name: str
    extensions: Sequence[str]
    types: Sequence[str]
    versions: Sequence[str] = ()
    default: str | None = None
    since: str = V1

    def shown(self, kind: str, version: str) -> dict[str, object]:
        """The FileFormat of that api-version; `v1.1` knows no type."""
        row: dict[str, object] = {
            "format": self.name,
            "fileExtensions": list(self.extensions),
            "contentTypes": list(self.types),
        }
        if self.default:
            row |= {"defaultVersion": self.default, "versions": list(self.versions)}
        return row if version == V1 else row | {"type": kind}


MARKDOWN = [".markdown", ".mdown", ".mkdn", ".md", ".mkd", ".mdwn", ".mdtxt", ".mdtext", ".rmd"]
_DOCUMENTS = (
    Format("PlainText", [".txt"], ["text/plain"]),
    Format("RichTextFormat", [".rtf"], ["application/rtf"]),
    Format("OpenXmlWord", [".docx"], [f"{_OFFICE}.wordprocessingml.document"]),
    Format("OpenXmlPresentation", [".pptx"], [f"{_OFFICE}.presentationml.presentation"]),
    Format("OpenXmlSpreadsheet", [".xlsx"], [f"{_OFFICE}.spreadsheetml.sheet"]),
    Format("WordDocument", [".doc"], ["application/msword"]),
    Format("PowerpointPresentation", [".ppt"], ["application/vnd.ms-powerpoint"]),
    Format("ExcelSpreadsheet", [".xls"], ["application/vnd.ms-excel"]),
    Format("OpenDocumentText", [".odt"], [f"{_OPEN}.text"]),
    Format("OpenDocumentPresentation", [".odp"], [f"{_OPEN}.presentation"]),
    Format("OpenDocumentSpreadsheet", [".ods"], [f"{_OPEN}.spreadsheet"]),
    Format("OutlookMailMessage", [".msg"], ["application/vnd.ms-outlook"]),
    Format("MailMessageEml", [".eml"], ["message/rfc822"], since=LATEST),
    Format("OfficeOpenXml", [".xml", ".ooxml"], [_OFFICE], since=LATEST),
    Format("HtmlFile", [".html", ".htm"], ["text/html"]),
    Format("Markdown", MARKDOWN, ["text/markdown", "text/x-markdown", "text/plain"]),
    Format("Mhtml", [".mhtml", ".mht"], ["message/rfc822", "application/x-mimearchive", "multipart/related"]),
    Format(
        "XLIFF", [".xlf", ".xliff"], ["application/xliff+xml"], ["1.0", "1.1", "1.2", "2.0", "2.1"], "2.1", since=LATEST
    ),
    Format("DITA", [".dita", ".ditamap"], ["application/dita+xml"], ["1.0", "1.1", "1.2", "1.3"], "1.3", since=LATEST),
    Format("TSV", [".tsv", ".tab"], ["text/tab-separated-values"]),
    Format("CSV", [".csv"], ["text/csv"]),
    Format("PortableDocumentFormat", [".pdf"], ["application/pdf"]),
    Format("StreamJSONFile", [".json"], ["application/json"], since=LATEST),
)
_OLD_XLIFF = Format("XLIFF", [".xlf"], ["application/xliff+xml"], ["1.0", "1.1", "1.2"], "1.2")
GLOSSARIES = (
    _OLD_XLIFF,
    Format("TSV", [".tsv", ".tab"], ["text/tab-separated-values"]),
    Format("CSV", [".csv"], ["text/csv"]),
)
SYNCHRONOUS = frozenset(
    [".txt", ".tsv", ".tab", ".csv", ".html", ".htm", ".mhtml", ".mht", ".pptx", ".xlsx", ".docx", ".msg", ".xlf"]
)
MODERN = {
    ".doc": ".docx",
    ".odt": ".docx",
    ".rtf": ".docx",
    ".xls": ".xlsx",
    ".ods": ".xlsx",
    ".ppt": ".pptx",
    ".odp": ".pptx",
}


#: Taken by the newest version as its pages say, though its list of formats does not have them.
IMAGES = frozenset([".jpeg", ".png", ".bmp", ".webp"])


def documents(version: str) -> Sequence[Format]:
    """The formats of documents that the api-version takes."""
    if version == LATEST:
        return _DOCUMENTS
    return [*(each for each in _DOCUMENTS if each.since == V1), _OLD_XLIFF]


def extension(name: str) -> str:
    """The end of a blob's name, in small letters, with its dot."""
    return PurePosixPath(name).suffix.lower()


def is_supported(name: str, version: str) -> bool:
    """Whether the batch takes a document of that name."""
    if version == LATEST and extension(name) in IMAGES:
        return True
    return any(extension(name) in each.extensions for each in documents(version))


def result_name(name: str) -> str:
    """What a document of that name is called in the target: a legacy format comes back as Office Open XML."""
    old = extension(name)
    return name[: -len(old)] + MODERN[old] if old in MODERN else name


def media_type(name: str) -> str:
    """The media type of a result of that name."""
    found = (each.types[0] for each in _DOCUMENTS if extension(name) in each.extensions)
    return next(found, "application/octet-stream")


def glossary_format(name: str, given: str | None) -> Format | None:
    """The format of a glossary: as given, in any case, else by the end of its name."""
    if given:
        return next((each for each in GLOSSARIES if each.name.lower() == given.lower()), None)
    return next((each for each in GLOSSARIES if extension(name) in each.extensions), None)
