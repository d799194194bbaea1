"""One document, translated by what its name says that it is."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sandbox.doubles.document_errors import BAD_DOCUMENT, NO_TEXT, Failed
from sandbox.doubles.document_formats import IMAGES, MARKDOWN, MODERN, extension
from sandbox.doubles.document_legacy import legacy
from sandbox.doubles.document_office import office, pictures
from sandbox.doubles.document_pdf import pdf
from sandbox.doubles.document_pen import Pen
from sandbox.doubles.document_text import html, json_strings, mail, markdown, plain_text, table, xliff, xml
from sandbox.doubles.misbehaviour import Fates

PICTURE_CHARACTERS = 20
_OFFICE = (".docx", ".pptx", ".xlsx")

type Translate = Callable[[bytes, Pen], bytes]


def _picture(content: bytes, pen: Pen) -> bytes:
    """The picture as it is, with the words that are pretended to be in it after its end, where viewers do not look."""
    return content + pen.text("words in a picture").encode()


@dataclass(frozen=True)
class Translated:
    """A result: its bytes, the source's characters, and the pictures scanned (read, and not to be read)."""

    content: bytes
    characters: int
    scans_succeeded: int = 0
    scans_failed: int = 0

    @property
    def picture_characters(self) -> int:
        """What is pretended to have been found in the pictures."""
        return self.scans_succeeded * PICTURE_CHARACTERS


_TRANSLATE: dict[str, Translate] = {
    ".txt": plain_text,
    ".html": html,
    ".htm": html,
    ".csv": partial(table, delimiter=","),
    ".tsv": partial(table, delimiter="\t"),
    ".tab": partial(table, delimiter="\t"),
    ".xlf": xliff,
    ".xliff": xliff,
    ".xml": xml,
    ".dita": xml,
    ".ditamap": xml,
    ".json": json_strings,
    ".eml": mail,
    ".mht": mail,
    ".mhtml": mail,
    ".pdf": pdf,
    **dict.fromkeys(MARKDOWN, markdown),
    **{name: partial(office, extension=name) for name in _OFFICE},
    **{name: partial(legacy, extension=name) for name in MODERN},
    **dict.fromkeys(IMAGES, _picture),
}


def translate(name: str, content: bytes, pen: Pen, *, within_images: bool = False) -> Translated:
    """The document of that name. Raises Failed for what the service cannot read, and for one without text.

    `.msg` and `.ooxml` the service takes, and this double does not: they fail as a broken document would.
    """
    kind = extension(name)
    translated = _TRANSLATE.get(kind, _unreadable)(content, pen)
    if not pen.has_text:
        raise Failed(NO_TEXT, "The document does not have any translatable text.")
    return Translated(translated, pen.characters, *_scans(kind, content, within_images))


def _scans(kind: str, content: bytes, within_images: bool) -> tuple[int, int]:
    """How many pictures were read, and how many could not be."""
    if kind in IMAGES:
        return 1, 0
    return pictures(content) if within_images and kind in _OFFICE else (0, 0)


def delivered(fates: Fates, source: bytes, result: Translated) -> bytes:
    """The result as a job's fates want it: whole, cut short, or not translated at all."""
    if "untranslated" in fates:
        return source
    cut = "truncated_result" in fates
    return result.content[: len(result.content) // 2] if cut else result.content


def _unreadable(_content: bytes, _pen: Pen) -> bytes:
    raise Failed(BAD_DOCUMENT, "The sandbox does not read documents of this format.")
