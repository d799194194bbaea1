"""Where a text may be broken into lines or cues: between words, and between phrases where a language has no spaces."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from shared.subtitles.scripts import base, joint

if TYPE_CHECKING:
    from budoux import Parser

_BLANK = re.compile(r"[ \t\u3000]+")
#: No line ends behind these, and none begins with those: https://www.w3.org/TR/jlreq/#line_composition_rules
_OPENING = frozenset("([{（［｛「『【〈《“‘¿¡«‹")
_CLOSING = frozenset(")]}）］｝」』】〉》”’»›、。，．,.!?！？：:；;…‥ー～・%％")
_SENTENCE_END = frozenset(".!?。！？…؟۔।")
_CLAUSE_END = frozenset(",;:、，；：،؛—–-")
_CLOSERS = "\"'”’»›)]）］」』】"


def places(text: str, language: str, kept: Iterable[tuple[int, int]] = ()) -> list[int]:
    """Where the text may be broken: places of the first character behind each break, in order.

    Never within `kept` spans (placeholders, addresses), nor between digits.
    """
    spans = list(kept)
    within = {at for start, end in spans for at in range(start + 1, end)}
    return [at for at in _candidates(text, language) if at not in within and _allowed(text, at)]


def weakness(text: str, at: int) -> float:
    """How bad it is to break at a place: 0 behind a sentence, 1 within a clause, more behind a word that leans on."""
    before = text[:at].rstrip()[-24:].rstrip(_CLOSERS)
    last = before[-1:]
    if last in _SENTENCE_END:
        return 0.0
    if last in _CLAUSE_END:
        return 0.3
    rest, _, word = before.rpartition(" ")
    if word[:1].isupper() and text[at].isdecimal():
        return 2.0  # `Pier 7` is one name
    if word[-1:].isdecimal() and text[at].isalpha() and not rest.rpartition(" ")[2][:1].isupper():
        return 2.0  # `3:30 p.m.`, `12 dollars`
    return 1.5 if len(word) <= 3 and word.isascii() and word.islower() else 1.0


def _allowed(text: str, at: int) -> bool:
    before, behind = text[at - 1], text[at]
    if before in _OPENING or (behind in _CLOSING and not before.isspace()):
        return False
    if before.isascii() and behind.isascii() and before.isprintable() and not before.isspace() and behind.isalnum():
        return False  # within a Latin word or name: `Wi-Fi`
    left = text[:at].rstrip()[-1:]
    return not (left.isdecimal() and behind.isdecimal())


def _candidates(text: str, language: str) -> Iterator[int]:
    blanks = [found.end() for found in _BLANK.finditer(text) if found.start() > 0 and found.end() < len(text)]
    if joint(language):
        yield from blanks
        return
    ends = accumulate(map(len, _phrases(language)(text)))
    yield from sorted({*blanks, *(at for at in ends if at < len(text) and not text[at].isspace())})


def _phrases(language: str) -> Callable[[str], list[str]]:
    parser = _parser("zh-Hant" if language.startswith(("zh-Hant", "zh-TW", "zh-HK", "yue")) else base(language))
    return parser.parse if parser else _clusters


@lru_cache(maxsize=8)
def _parser(language: str) -> "Parser | None":
    import budoux  # 50 ms with its models, and only three languages need it

    loaders = {
        "ja": budoux.load_default_japanese_parser,
        "zh": budoux.load_default_simplified_chinese_parser,
        "zh-Hant": budoux.load_default_traditional_chinese_parser,
        "th": budoux.load_default_thai_parser,
    }
    load = loaders.get(language)
    return load() if load else None


def _clusters(text: str) -> list[str]:
    """Words where there are blanks, for languages that no model is known for."""
    return re.findall(r"\S+\s*|\s+", text)
