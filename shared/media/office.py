"""Characters and pictures of Word, PowerPoint, Excel and OpenDocument files: zip archives of XML.

Each part is parsed as it is unpacked, so neither a part that unpacks to gigabytes nor one that nests a million deep
takes memory. A document type declaration, which such parts never have, ends the parsing: entities are defined there.
"""

import re
import zipfile
from collections.abc import Iterator
from typing import IO, NamedTuple
from xml.parsers import expat

from shared.media.ranges import BLOCK, Found, RangeReader, Spent

_MOST_UNPACKED = 64 * 1024 * 1024  # bytes, of all parts together
_ENCRYPTED = 0x1  # of a zip entry's flags


class _Layout(NamedTuple):
    """Where the text of a type of file is: parts by their names, and the elements in them; None: any element."""

    parts: re.Pattern[str]
    elements: frozenset[str] | None
    pictures: str


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main t"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main t"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main t"
_OPEN = _Layout(re.compile(r"content\.xml"), None, "Pictures/")
_LAYOUTS = {
    ".docx": _Layout(
        re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml"),
        frozenset({_W, _A}),
        "word/media/",
    ),
    ".pptx": _Layout(re.compile(r"ppt/(slides|notesSlides)/[^/]+\.xml"), frozenset({_A}), "ppt/media/"),
    ".xlsx": _Layout(re.compile(r"xl/(sharedStrings|worksheets/[^/]+)\.xml"), frozenset({_S}), "xl/media/"),
    **dict.fromkeys((".odt", ".odp", ".ods"), _OPEN),
}
EXTENSIONS = frozenset(_LAYOUTS)
#: Elements after which another text begins: paragraphs, headings, shared strings and cells.
_BLOCKS = frozenset({"p", "h", "si", "is"})


def read_office(reader: RangeReader, extension: str) -> Found:
    """Pictures and characters; a text that many cells of a spreadsheet share counts once."""
    layout = _LAYOUTS[extension]
    with zipfile.ZipFile(reader) as archive:
        entries = archive.infolist()
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            yield "encrypted", True
            yield "unfit", f"The {extension} file is protected with a password"
            yield "advice", "Save it without a password and drop it again."
            return
        yield "images", sum(entry.filename.startswith(layout.pictures) for entry in entries)
        counter = _Counter(layout.elements)
        for entry in entries:
            if layout.parts.fullmatch(entry.filename):
                with archive.open(entry) as part:
                    counter.read(part, reader)
        yield "characters", counter.characters


def office_texts(reader: RangeReader, extension: str) -> Iterator[str]:
    """The text of each part, a line for each paragraph or cell."""
    layout = _LAYOUTS[extension]
    gatherer = _Gatherer(layout.elements)
    with zipfile.ZipFile(reader) as archive:
        for entry in archive.infolist():
            if layout.parts.fullmatch(entry.filename):
                with archive.open(entry) as part:
                    gatherer.read(part, reader)
                yield "".join(gatherer.pieces)
                gatherer.pieces.clear()


class _Counter:
    """Counts the characters within certain elements, over all parts of a file."""

    def __init__(self, elements: frozenset[str] | None) -> None:
        self.characters = 0
        self._elements, self._within, self._unpacked = elements, elements is None, 0

    def read(self, part: IO[bytes], reader: RangeReader) -> None:
        """Parse a part; Spent where the parts are larger, or take longer, than any that a person made."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.CharacterDataHandler = self._text
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        while data := part.read(BLOCK):
            reader.check_time()
            self._unpacked += len(data)
            if self._unpacked > _MOST_UNPACKED:
                raise Spent
            parser.Parse(data)
        parser.Parse(b"", True)

    def _refuse(self, *_: object) -> None:
        raise ValueError("a document type declaration")

    def _start(self, name: str, _: object) -> None:
        self._within = self._elements is None or name in self._elements

    def _end(self, _name: str) -> None:
        self._within = self._elements is None

    def _text(self, text: str) -> None:
        if self._within:
            self.characters += len(text)


class _Gatherer(_Counter):
    """Keeps the text as well."""

    def __init__(self, elements: frozenset[str] | None) -> None:
        super().__init__(elements)
        self.pieces: list[str] = []

    def _end(self, name: str) -> None:
        super()._end(name)
        if name.rpartition(" ")[2] in _BLOCKS:
            self.pieces.append("\n")

    def _text(self, text: str) -> None:
        super()._text(text)
        if self._within:
            self.pieces.append(text)
