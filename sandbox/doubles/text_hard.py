"""A translation that makes it hard for its reader: every damage that people report of the services, on demand.

`POST /_control/hard {"ways": [...], "share": 0.5, "seed": 0}` has each of the ways happen to that share of the texts.
Which texts it happens to follows from the seed and the text, so that the same request gets the same answer.
What is marked as not to be translated stays whole, as the service promises.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Literal

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel, ConfigDict, Field

from sandbox.doubles.text_markup import TAG

type Way = Literal[
    "double",
    "halve",
    "reorder",
    "move_tags",
    "drop_tags",
    "repeat_tags",
    "merge_sentences",
    "change_numbers",
    "own_digits",
    "break_placeholders",
    "empty",
]
_KEPT = r"<(?P<kept>\w+)[^<>]*(?:\bnotranslate\b|translate=\"no\")[^<>]*>.*?</(?P=kept)>"
_PIECE = re.compile(rf"{_KEPT}|{TAG.pattern}|\s+|[^\s<]+|<", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PLACEHOLDER = re.compile(r"\{+[^{}]*\}+|%\w")
_SENTENCE_END = re.compile(r"(?<=\w)[.!?]\s+(\w)")
_ZEROES = {"arab": 0x660, "arabext": 0x6F0, "beng": 0x9E6, "deva": 0x966, "mymr": 0x1040}


class Hardness(BaseModel):
    """Which ways, how often (a share of the texts, 0 to 1), and which texts (another seed, other texts)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ways: Sequence[Way] = ()
    share: float = Field(default=1.0, ge=0, le=1)
    seed: int = 0

    def harden(self, text: str, language: str) -> str:
        """A translation into `language`, damaged in the ways that are its lot."""
        ways = [way for way in self.ways if self._falls_on(text, way)]
        for way in ways:
            text = WAYS[way](text, language)
        return text

    def _falls_on(self, text: str, way: Way) -> bool:
        lot = hashlib.sha256(f"{self.seed} {way} {text}".encode()).digest()
        return int.from_bytes(lot[:4]) < self.share * 2**32


def _pieces(text: str) -> list[str]:
    """Words, spaces, tags, and elements that are not to be translated, one after the other."""
    return [found[0] for found in _PIECE.finditer(text)]


def _is_tag(piece: str) -> bool:
    return TAG.fullmatch(piece) is not None


def _outside_tags(text: str, change: Callable[[str], str]) -> str:
    return "".join(piece if piece.startswith("<") else change(piece) for piece in _pieces(text))


def _double(text: str, _language: str) -> str:
    return " ".join([text, TAG.sub("", text)]) if text else text


def _halve(text: str, _language: str) -> str:
    pieces = _pieces(text)
    words = [index for index, piece in enumerate(pieces) if not piece.isspace() and not _is_tag(piece)]
    lost = set(words[(len(words) + 1) // 2 :])
    return "".join(piece for index, piece in enumerate(pieces) if index not in lost)


def _reorder(text: str, _language: str) -> str:
    pieces = _pieces(text)
    places = [index for index, piece in enumerate(pieces) if not piece.isspace() and not _is_tag(piece)]
    moved = dict(zip(places, [pieces[index] for index in reversed(places)], strict=True))
    return "".join(moved.get(index, piece) for index, piece in enumerate(pieces))


def _move_tags(text: str, _language: str) -> str:
    """All tags come together at the end, still in their order."""
    pieces = _pieces(text)
    return "".join([*(each for each in pieces if not _is_tag(each)), *(each for each in pieces if _is_tag(each))])


def _drop_tags(text: str, _language: str) -> str:
    """The first tag is lost; the one that would end it stays."""
    pieces = _pieces(text)
    first = next((index for index, piece in enumerate(pieces) if _is_tag(piece)), None)
    return "".join(piece for index, piece in enumerate(pieces) if index != first)


def _repeat_tags(text: str, _language: str) -> str:
    return "".join(piece * 2 if _is_tag(piece) else piece for piece in _pieces(text))


def _merge_sentences(text: str, _language: str) -> str:
    return _SENTENCE_END.sub(lambda found: f" {found[1].lower()}", text)


def _change_numbers(text: str, _language: str) -> str:
    """The last digit of each number is another one."""
    return _outside_tags(
        text, lambda piece: _NUMBER.sub(lambda found: f"{found[0][:-1]}{(int(found[0][-1]) + 1) % 10}", piece)
    )


def _own_digits(text: str, language: str) -> str:
    """The same numbers in the digits and with the separators of the language: no damage, though it looks like one."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return text
    system = locale.other_numbering_systems.get("native", locale.default_numbering_system)
    digits = {ord(str(digit)): _ZEROES[system] + digit for digit in range(10)} if system in _ZEROES else {}
    symbols = {**locale.number_symbols["latn"], **locale.number_symbols.get(system, {})}
    separators = {ord(","): symbols["group"], ord("."): symbols["decimal"]}
    return _outside_tags(
        text, lambda piece: _NUMBER.sub(lambda found: found[0].translate({**separators, **digits}), piece)
    )


def _break_placeholders(text: str, _language: str) -> str:
    return _outside_tags(text, lambda piece: _PLACEHOLDER.sub(lambda found: found[0][1:], piece))


def _empty(_text: str, _language: str) -> str:
    return ""


WAYS: dict[Way, Callable[[str, str], str]] = {
    "double": _double,
    "halve": _halve,
    "reorder": _reorder,
    "move_tags": _move_tags,
    "drop_tags": _drop_tags,
    "repeat_tags": _repeat_tags,
    "merge_sentences": _merge_sentences,
    "change_numbers": _change_numbers,
    "own_digits": _own_digits,
    "break_placeholders": _break_placeholders,
    "empty": _empty,
}
