"""A glossary: pairs of terms, read and checked before anything is paid.

The service says little about a faulty one, and nothing where it has not the pair, so every mistake is found here, with
its line. No mistake quotes a term: what people write in their glossaries stays there.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from shared.briefs.glossary_names import GlossaryName
from shared.briefs.glossary_xml import Broken, tmx_entries, xliff_entries
from shared.errors import GlossaryRefused

#: Bytes that Document Translation takes in a batch, and in a synchronous call.
LARGEST, LARGEST_SYNCHRONOUS = 10 * 1024 * 1024, 1024 * 1024
_MOST_TOLD = 20


class Term(NamedTuple):
    """A term in both languages, and the line that it stands in. Equal on both sides: it is not to be translated."""

    source: str
    target: str
    line: int

    @property
    def untranslated(self) -> bool:
        """Whether it stays as it is."""
        return self.source == self.target


@dataclass(frozen=True)
class Glossary:
    """A glossary without mistakes; without terms where it holds only other pairs of languages than its name says."""

    name: GlossaryName
    terms: tuple[Term, ...]


class Entry(NamedTuple):
    """What a line or node of a glossary has: its sides, which should be two."""

    line: int
    sides: tuple[str, ...]


class _Mistake(NamedTuple):
    line: int
    wrong: str


def read_glossary(name: GlossaryName, data: bytes, largest: int = LARGEST) -> Glossary:
    """The terms of a glossary. GlossaryRefused tells every mistake; `largest` is what the service takes, in bytes."""
    if len(data) > largest:
        raise GlossaryRefused(
            f"The glossary {name.blob} has {len(data)} bytes; the service takes {largest}",
            "Divide it, or remove terms; the file starts by itself within ten minutes.",
        )
    entries: list[Entry] = []
    mistakes: list[_Mistake] = []
    try:
        for line, sides in _entries(name, data):
            entries.append(Entry(line, tuple(side.strip() for side in sides)))
    except Broken as error:
        mistakes.append(_Mistake(error.line, error.wrong))
    mistakes += [_Mistake(entry.line, wrong) for entry in entries if (wrong := _wrong(entry))]
    terms = [Term(entry.sides[0], entry.sides[1], entry.line) for entry in entries if not _wrong(entry)]
    mistakes += _contradictions(terms)
    if not mistakes and not terms and name.format in ("TSV", "CSV"):
        mistakes.append(_Mistake(1, "there is no term"))
    if mistakes:
        raise GlossaryRefused(f"The glossary {name.blob} has mistakes: {_told(mistakes)}")
    return Glossary(name, tuple(terms))


def _entries(name: GlossaryName, data: bytes) -> Iterator[tuple[int, Iterable[str]]]:
    match name.format:
        case "XLIFF":
            return xliff_entries(data, name.source, name.target)
        case "TMX":
            return tmx_entries(data, name.source, name.target)
        case _:
            return _rows(_text(data), name.format)


def _rows(text: str, form: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that are not empty. Quotation marks mean nothing in TSV."""
    lines = io.StringIO(text, newline="")
    if form == "TSV":
        yield from ((number, line.split("\t")) for number, line in enumerate(lines, 1) if line.strip())
        return
    rows = csv.reader(lines, strict=True)
    first = 1
    try:
        for row in rows:
            if row:
                yield first, row
            first = rows.line_num + 1
    except csv.Error as error:
        raise Broken(first, "a quotation mark is missing or stands in the wrong place") from error


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Broken(line, "it is not in UTF-8; save it as UTF-8") from error
    if "\0" in text:
        raise Broken(text.count("\n", 0, text.index("\0")) + 1, "it is not in UTF-8, or not text; save it as UTF-8")
    return text


def _wrong(entry: Entry) -> str | None:
    if len(entry.sides) != 2:
        terms = "1 term" if len(entry.sides) == 1 else f"{len(entry.sides)} terms"
        return f"it has {terms} where two are wanted, the source and the target"
    empty = [side for side, text in zip(("source", "target"), entry.sides, strict=True) if not text]
    return f"its {' and '.join(empty)} is empty" if empty else None


def _contradictions(terms: Iterable[Term]) -> Iterator[_Mistake]:
    first: dict[str, Term] = {}
    for term in terms:
        known = first.setdefault(term.source, term)
        if known.target != term.target:
            yield _Mistake(term.line, f"its source has another target in line {known.line}")


def _told(mistakes: list[_Mistake]) -> str:
    told = "; ".join(f"line {line}: {wrong}" for line, wrong in sorted(mistakes)[:_MOST_TOLD])
    more = len(mistakes) - _MOST_TOLD
    return f"{told}; and {more} more" if more > 0 else told
