"""Terms of XLIFF 1.0 to 1.2 and TMX glossaries, with the lines that they stand in.

Read by expat: it knows lines and holds no tree. A document type declaration may name a file, as TMX's own does, but
may define nothing.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.parsers import expat

_LANGUAGE = "http://www.w3.org/XML/1998/namespace lang"


class Broken(Exception):
    """A glossary cannot be read further; `line` says where, and `wrong` why."""

    def __init__(self, line: int, wrong: str) -> None:
        super().__init__(wrong)
        self.line, self.wrong = line, wrong


class _Unit(NamedTuple):
    """One entry: its line, the languages of the `file` that it is in, and its texts, each with its own language."""

    line: int
    languages: tuple[str, str]
    texts: list[tuple[str, str]]


def xliff_entries(data: bytes, source: str, target: str) -> Iterator[tuple[int, list[str]]]:
    """The sides of each `trans-unit` in a `file` of these languages, whichever their regions."""
    wanted = (_language(source), _language(target))
    for unit in _Reader("trans-unit", ("source", "target")).read(data):
        if unit.languages == wanted:
            yield unit.line, [text for _, text in unit.texts]


def tmx_entries(data: bytes, source: str, target: str) -> Iterator[tuple[int, list[str]]]:
    """The sides of each `tu` that has both languages, whichever their regions."""
    wanted = (_language(source), _language(target))
    for unit in _Reader("tu", ("seg",)).read(data):
        if {language for language, _ in unit.texts}.issuperset(wanted):
            yield unit.line, [text for side in wanted for language, text in unit.texts if language == side]


class _Reader:
    """Collects the elements called `unit`, with what stands in their elements called `texts`."""

    def __init__(self, unit: str, texts: tuple[str, ...]) -> None:
        self._unit, self._texts = unit, texts
        self._units: list[_Unit] = []
        self._languages = ("", "")
        self._language = ""
        self._text: list[str] | None = None
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.EntityDeclHandler = self._refuse

    def read(self, data: bytes) -> list[_Unit]:
        """The units in their order. Raises Broken."""
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            raise Broken(error.lineno, "it is not well-formed XML") from error
        return self._units

    def _start(self, element: str, attributes: Mapping[str, str]) -> None:
        match element.rpartition(" ")[2]:
            case "xliff" if attributes.get("version", "").startswith("2"):
                raise Broken(self._parser.CurrentLineNumber, "it is XLIFF 2; the service takes 1.0 to 1.2")
            case "file":
                given = (attributes.get("source-language", ""), attributes.get("target-language", ""))
                self._languages = (_language(given[0]), _language(given[1]))
            case "tuv":
                self._language = _language(attributes.get(_LANGUAGE, attributes.get("lang", "")))
            case self._unit:
                self._units.append(_Unit(self._parser.CurrentLineNumber, self._languages, []))
            case name if name in self._texts and self._units:
                self._text = []

    def _end(self, element: str) -> None:
        if self._text is not None and element.rpartition(" ")[2] in self._texts:
            self._units[-1].texts.append((self._language, "".join(self._text)))
            self._text = None

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _refuse(self, *_: object) -> None:
        raise Broken(self._parser.CurrentLineNumber, "it defines an entity; write the text itself")


def _language(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].casefold()
