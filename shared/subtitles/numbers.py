"""Numbers that must come back from a translation, by value, in the marks and digits of the target language."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from shared.subtitles.magnitudes import multipliers
from shared.subtitles.protected import PROTECTED
from shared.subtitles.scripts import base

#: A number may hold points, commas, blanks (also narrow ones) and apostrophes between its digits. A hyphen, an en dash
#: or a slash ends it.
_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3}(?!\d))+(?:[.,٫]\d+)?|\d+(?:[.,'’٫٬]\d+)*")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})(?:[:：]|\s?h\s?|\s[Uu]hr\s|\s?[時点點시]\s?(?=[\d半반]))(\d{2}(?!\d)|[半반])")
#: `14.30`, as a time is written in some languages; and a date.
_POINTED_CLOCK = re.compile(r"([01]?\d|2[0-4])\.([0-5]\d)")
#: Thousands with one mark, which another language would read as a fraction. Beside a colon, a slash, a degree sign or a
#: hyphen with a digit, or behind a Latin letter, it may be a lap time, a number of a form or a version.
_THOUSANDS = re.compile(r"(?<![A-Za-z_\d:：/])(?<!\d[-.,])[1-9]\d{0,2}([.,])\d{3}(?![\d:：/]|\s?°|[-.,]\d)")
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}")
#: `12 300` may be a room and a number of people; `5 000` is one number, for none begins with a zero.
_SIDE_BY_SIDE = re.compile(r"[1-9]\d*(?:\s[1-9]\d*)+")
_HALF_OF_DAY = re.compile(r"\s?[ap]\.?\s?m\b", re.IGNORECASE)
#: A century or a king, in a language that counts them so: `XXe siècle`, `siglo XX`.
_ROMAN = re.compile(r"(?<!\w)(?=[XVI])(X{0,3}(?:IX|IV|V?I{0,3}))(?:e|er|ème|th)?(?!\w)")
_ROMANS = ("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1)
#: Up to here numbers may be written as words in the one text and as digits in the other.
LARGEST_SPELLED_OUT = 12
#: Decimal mark and mark of thousands; all others have a point and a comma. Unicode CLDR, version 47, numbers, symbols:
#: https://cldr.unicode.org
_MARKS = {
    language: marks
    for marks, languages in {
        ",.": "az bs ca da de dsb el es eu fo gl hr hsb id is it kmr ku ln lo mk nl ps pt rn ro run rw sl sr tr vi",
        ",\u00a0": "af be bg cs et fi fr-CA ht hu hy ka kk ky lt lv nb nn no pl pt-PT ru sk sq sv tk tt uk uz",
        ",\u202f": "fr",
        ".\u00a0": "nso xh",
        ".’": "tn",
    }.items()
    for language in languages.split()
}
_ALL_OTHERS = ".,"
#: Languages that a large part of their native speakers writes with the other decimal mark, such as Spanish in Mexico.
_WRITTEN_BOTH_WAYS = frozenset(("ar", "es"))
#: Languages that the CLDR does not have.
_UNKNOWN = frozenset("fj ikt lzh mww otq sm tlh ty yua".split())
#: Regions whose decimal mark is not that of their language. A service that has the language alone may write either.
_REGIONS_OF_BOTH = tuple(
    f"{language}-{region}"
    for language, regions in {
        "ar": "DZ LB LY MA MR TN",
        "az": "Arab Cyrl",
        "de": "CH LI",
        "en": "AT BE CZ DE DK ES FI FR HU ID IT NL NO PL PT RO SE SI SK ZA",
        "es": "419 BR BZ CU DO GT HN MX NI PA PE PR SV US",
        "it": "CH",
        "kk": "Arab",
        "ms": "Arab-BN BN ID",
        "sw": "CD",
    }.items()
    for region in regions.split()
)


@dataclass(frozen=True)
class Number:
    """The values that a number may have. More than one where its marks, or the word behind it, can be read two ways.

    `parts` are the numbers that it may be instead: a date, a time of day, a version, two numbers side by side.
    """

    values: frozenset[Fraction]
    parts: tuple["Number", ...] = ()

    @property
    def small(self) -> bool:
        """Whether it may be written as a word."""
        return any(value <= LARGEST_SPELLED_OUT and value == int(value) for value in self.values)


class _Read(NamedTuple):
    """A number where it stands: with the most that the words behind it multiply it by, and where those end."""

    number: Number
    times: int
    start: int
    end: int


def missing_number(source: str, translation: str, source_language: str | None, target_language: str) -> bool:
    """Whether a number of the source is not in the translation.

    Numbers are compared by value, each in its own language's marks and digits; what is left of both sides once more in
    its parts. A small one may have become a word, as long as no other number stands in its place; and what was a word
    may have become digits.
    """
    wanted = numbers(PROTECTED.sub(" ", source), source_language)
    if not wanted:
        return False
    missing, left = _compared(wanted, numbers(PROTECTED.sub(" ", translation), target_language))
    missing, left = _compared(_in_parts(missing), _in_parts(left))
    romans = {_roman(found[1]) for found in _ROMAN.finditer(translation)} if missing else set()
    missing = [number for number in missing if not number.values & romans]
    return any(not number.small for number in missing) or bool(missing and left)


def with_own_marks(
    source: str, translation: str, kept: Collection[tuple[int, int]], source_language: str | None, target_language: str
) -> str:
    """The translation, in which thousands that came back as the source writes them have the target's own mark.

    Only where a number would be missing otherwise, and none is missing then; else it stays as the service wrote it. No
    character is added or taken away. What stands in the spans that are `kept` stays.
    """
    if source_language is None or not missing_number(source, translation, source_language, target_language):
        return translation
    written = {found[0] for found in _THOUSANDS.finditer(source) if _misleads(found, source_language, target_language)}

    def rewritten(found: "re.Match[str]") -> str:
        if found[0] not in written or any(low < found.end() and found.start() < high for low, high in kept):
            return found[0]
        return found[0].replace(found[1], _marks(target_language)[1])

    text = _THOUSANDS.sub(rewritten, translation)
    return translation if missing_number(source, text, source_language, target_language) else text


def _misleads(found: "re.Match[str]", source_language: str, target_language: str) -> bool:
    """Whether they certainly are thousands in the one language, and a fraction in the other.

    With a point they must be round: `48.137` may be a coordinate and `32.456` a time in any language.
    """
    decimals = decimal_marks(source_language), decimal_marks(target_language)
    if len(decimals[0]) > 1 or decimals[1] != found[1] or _marks(source_language)[1] != found[1]:
        return False
    return found[1] == "," or _digits(found[0]).endswith("00")


def numbers(text: str, language: str | None) -> list[Number]:
    """The numbers of a text. Times of day are one number each, the same in the morning and after noon.

    So are amounts such as `1億2000万`, whose parts are numbers of their own.
    """
    text = unicodedata.normalize("NFC", text)
    clocks = [(hour, minute if minute.isdecimal() else "30") for hour, minute in _CLOCK.findall(text)]
    found = [Number(frozenset((_clock(hour, minute),)), (_plain(hour), _plain(minute))) for hour, minute in clocks]
    text = _CLOCK.sub(" ", text)
    amounts: list[list[_Read]] = []
    for match in _NUMBER.finditer(text):
        read = _number(match, text, language)
        if amounts and _goes_on(amounts[-1][-1], read, text):
            amounts[-1].append(read)
        else:
            amounts.append([read])
    return found + [_sum([read.number for read in amount]) for amount in amounts]


def _goes_on(before: _Read, read: _Read, text: str) -> bool:
    """Whether it is added to the one before: `5千` behind `2万`. Without a word behind it, it must be joined to it."""
    between = text[before.end : read.start]
    return before.times > read.times and (not between or (between.isspace() and read.times > 1))


def _sum(amount: Sequence[Number]) -> Number:
    if len(amount) == 1:
        return amount[0]
    return Number(frozenset((sum((max(number.values) for number in amount), Fraction(0)),)), tuple(amount))


def decimal_marks(language: str | None) -> str:
    """The marks that may stand before a fraction in that language."""
    if language is None or base(language) in _UNKNOWN:
        return ",."
    if language in _WRITTEN_BOTH_WAYS or language.startswith(_REGIONS_OF_BOTH):
        return ",."
    return _marks(language)[0]


def _compared(wanted: Sequence[Number], there: list[Number]) -> tuple[list[Number], list[Number]]:
    """Those that are not there, and what is left of those that are."""
    left = list(there)
    return [number for number in wanted if not _take(number, left)], left


def _take(wanted: Number, there: list[Number]) -> bool:
    for at, number in enumerate(there):
        if wanted.values & number.values:
            del there[at]
            return True
    return False


def _in_parts(found: Sequence[Number]) -> list[Number]:
    return [part for number in found for part in number.parts or (number,)]


def _number(match: "re.Match[str]", text: str, language: str | None) -> _Read:
    written, behind = match[0], text[match.end() :]
    values = _values(written, language)
    by, length = multipliers(behind)
    if _HALF_OF_DAY.match(behind) and max(values) <= LARGEST_SPELLED_OUT:
        by, length = set(), 0
        values |= {hour % 12 + after for hour in values for after in (0, 12)}
    if clock := _POINTED_CLOCK.fullmatch(written):
        values |= {_clock(clock[1], clock[2])}
    number = Number(frozenset(values | {value * times for value in values for times in by}), _parts(written, language))
    return _Read(number, max(by, default=1), match.start(), match.end() + length)


def _clock(hour: str, minute: str) -> Fraction:
    """Stands for a time of day, so that it is equal to no other number."""
    return int(hour) % 12 + Fraction(int(minute), 100) + 10**12


def _plain(written: str) -> Number:
    return Number(frozenset((Fraction(int(written[:300])),)))


def _parts(written: str, language: str | None) -> tuple[Number, ...]:
    """The digits between its marks, where it is a date, is no number of its language, or may be two side by side."""
    if _SIDE_BY_SIDE.fullmatch(written):
        return tuple(map(_plain, written.split()))
    is_number = written.isdecimal() or any(_value(written, mark) is not None for mark in decimal_marks(language))
    if is_number and not _DATE.fullmatch(written):
        return ()
    return tuple(map(_plain, re.split(r"\D", written)))


def _values(written: str, language: str | None) -> set[Fraction]:
    """`1.234` is 1234 or 1.234, by the language; both where that is not known."""
    if written.isdecimal():
        return {Fraction(int(written[:300]))}
    # Translations often keep the marks of the source: a number that its own language cannot read is read the other way.
    return (
        _own_values(written, language)
        or {value for mark in ",." if (value := _value(written, mark)) is not None}
        or {_unread(written)}
    )


def _own_values(written: str, language: str | None) -> set[Fraction]:
    """Those that it has in the language's own marks; both where it has a point, and the language has none: Russian."""
    foreign = language is not None and "." in written and "." not in _marks(language)
    marks = ",." if foreign else decimal_marks(language)
    return {value for mark in marks if (value := _value(written, mark)) is not None}


def _value(written: str, decimal: str) -> Fraction | None:
    """None where the groups of digits are no groups of thousands (or of two, as in India): `0.125`, `10.2024`."""
    whole, _, fraction = written.replace("٫", decimal).replace("٬", "," if decimal == "." else ".").partition(decimal)
    groups = re.split(r"\D", whole)
    regular = all(len(group) in (2, 3) for group in groups[1:]) and len(groups[-1]) == 3 and _digits(whole)[0] != "0"
    if not (len(groups) == 1 or regular) or (fraction and not fraction.isdecimal()) or len(written) > 300:
        return None
    return Fraction(int("".join(groups) + fraction), 10 ** len(fraction))


def _unread(written: str) -> Fraction:
    """Stands for what is no number, such as `1.2.3`, so that it is equal to itself only."""
    return -Fraction(_digits(written[:300]))


def _digits(written: str) -> str:
    """The digits as ASCII."""
    return "".join(str(int(digit)) for digit in written if digit.isdecimal()) or "0"


def _marks(language: str) -> str:
    """Decimal mark and mark of thousands."""
    return _MARKS.get(language) or _MARKS.get(base(language), _ALL_OTHERS)


def _roman(numeral: str) -> Fraction:
    value = 0
    for letters, worth in _ROMANS:
        while numeral.startswith(letters):
            numeral, value = numeral.removeprefix(letters), value + worth
    return Fraction(value)
