"""What is particular to a language's writing: spaces, direction, widths, digits."""

import re
import unicodedata
from functools import lru_cache

#: Words are written without spaces between them.
_SPACELESS = frozenset("ja zh yue wuu lzh th lo km my bo dz".split())
#: https://www.unicode.org/reports/tr9/: languages that are written from right to left.
_RIGHT_TO_LEFT = frozenset("ar fa he ur ps sd ug dv ku yi syr arc ckb iw".split())
_BIDI_MARKS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_WIDE = ("W", "F")


def base(language: str) -> str:
    """`zh` of `zh-Hant-TW`."""
    return language.partition("-")[0].lower()


def joint(language: str | None) -> str:
    """What stands between two words or lines."""
    return "" if language and base(language) in _SPACELESS else " "


def right_to_left(language: str) -> bool:
    """Whether the language is written from right to left; `ku-Latn` is not."""
    return base(language) in _RIGHT_TO_LEFT and "-Latn" not in language


def without_marks(text: str) -> str:
    """The text without invisible marks of direction."""
    return _BIDI_MARKS.sub("", text)


def begins_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction is of a script from right to left."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((direction in ("R", "AL") for direction in directions if direction in ("L", "R", "AL")), False)


@lru_cache(maxsize=4096)
def _width(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(character) in _WIDE else 0.5


def width(text: str, *, full: bool) -> float:
    """How much of a line the text takes: characters without combining marks.

    Where the limit counts `full`-width characters, a Latin letter or a digit is half of one.
    """
    if full:
        return sum(map(_width, text))
    return float(len(text)) if text.isascii() else float(sum(1 for character in text if _width(character)))
