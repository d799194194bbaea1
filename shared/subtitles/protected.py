"""What must come back from a translation as it went: placeholders, addresses; and numbers, by value."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from shared.subtitles.scripts import base

#: Addresses; `{name}`, `{{name}}`, `${name}`; `%s`, `%1$s`, `%(name)s`.
PROTECTED = re.compile(
    r"""
    (?: https? | ftp ) :// [^\s<>"'{}|\\^`]{1,2000} (?<! [.,;:!?)\]] )
    | \b www\. [^\s<>"']{1,500} (?<! [.,;:!?)\]] )
    | [\w.+-]{1,64} @ [\w-]{1,63} (?: \. [\w-]{1,63} ){1,5}
    | \$? \{ \{? \s? [A-Za-z_][\w.:-]{0,60} \s? \}? \}
    | (?<! [\d%] ) % (?: \d{1,2} \$ | \( \w{1,60} \) )? [-+0\#]{0,3} \d{0,3} (?: \. \d{1,3} )? [sdifuxXcgGeE@] (?! \w )
    """,
    re.VERBOSE,
)
#: A number may hold points, commas, blanks (also narrow ones) and apostrophes between its digits. A hyphen, an en dash
#: or a slash ends it. `万` and the like multiply it.
_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3}(?!\d))+(?:[.,٫]\d+)?|\d+(?:[.,'’٫٬]\d+)*")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})(?:[:：]|\s?時|\s?点|\s?시\s?|h(?=\d))(\d{2})(?!\d)")
_MYRIADS = {
    "十": 10,
    "百": 100,
    "千": 1000,
    "천": 1000,
    "万": 10**4,
    "萬": 10**4,
    "만": 10**4,
    "億": 10**8,
    "亿": 10**8,
    "억": 10**8,
}
_MAGNITUDES = {
    10**3: "thousand tausend mille mil mila tysiąc tysiące тысяча тысячи тысяч k",
    10**6: "million millions millionen mio millón millones milhão milhões milione milioni миллион миллиона mn m",
    10**9: "billion billions milliarde milliarden mrd milliard milliards miliardo miliardi миллиард миллиардов bn",
}
_MAGNITUDE = {word: value for value, words in _MAGNITUDES.items() for word in words.split()}
_WORD = re.compile(r"\s?([^\W\d_]{1,12})")
#: Up to here numbers may be written as words in the one text and as digits in the other.
LARGEST_SPELLED_OUT = 12
#: Languages whose decimal mark is a comma; the others' is a point. CLDR 46, numbers, symbols:
#: https://cldr.unicode.org
_COMMA = frozenset(
    "af az be bg bs ca cs da de el es et eu fi fr gl hr hu hy id is it ka kk ky lt lv mk mn nb nl nn no pl pt ro ru sk "
    "sl sq sr sv tr uk uz vi".split()
)
_COMMA_NOT = (
    "es-MX",
    "es-US",
    "es-GT",
    "es-HN",
    "es-NI",
    "es-PA",
    "es-PE",
    "es-PR",
    "es-SV",
    "es-DO",
    "de-CH",
    "it-CH",
)


@dataclass(frozen=True)
class Number:
    """The values that a number may have. More than one where its marks, or the word behind it, can be read two ways."""

    values: frozenset[float]

    @property
    def small(self) -> bool:
        """Whether it may be written as a word."""
        return any(value <= LARGEST_SPELLED_OUT and value == int(value) for value in self.values)


def protected(text: str) -> Counter[str]:
    """The placeholders and addresses of a text."""
    return Counter(found[0] for found in PROTECTED.finditer(text))


def missing_number(source: str, translation: str, source_language: str | None, target_language: str) -> bool:
    """Whether a number of the source is not in the translation.

    Numbers are compared by value, each in its own language's marks and digits. A small one may have become a word,
    as long as no other number stands in its place; and what was a word may have become digits.
    """
    wanted = numbers(PROTECTED.sub(" ", source), source_language)
    if not wanted:
        return False
    there = numbers(PROTECTED.sub(" ", translation), target_language)
    missing = [number for number in wanted if not _take(number, there)]
    return any(not number.small for number in missing) or bool(missing and there)


def _take(wanted: Number, there: list[Number]) -> bool:
    for at, number in enumerate(there):
        if wanted.values & number.values:
            del there[at]
            return True
    return False


def numbers(text: str, language: str | None) -> list[Number]:
    """The numbers of a text, in order. Times of day are one number each, the same in the morning and after noon."""
    found = [Number(frozenset((int(hour) % 12 + int(minute) / 100 + 10**12,))) for hour, minute in _CLOCK.findall(text)]
    text = _CLOCK.sub(" ", text)
    return found + list(_numbers(text, language))


def _numbers(text: str, language: str | None) -> Iterator[Number]:
    for match in _NUMBER.finditer(text):
        values = _values(match[0], language)
        behind = text[match.end() : match.end() + 14]
        yield Number(frozenset(values | {value * by for value in values for by in _multipliers(behind)}))


def _multipliers(behind: str) -> set[int]:
    """By how much the characters or the word behind a number multiply it."""
    if behind[:1] in _MYRIADS:
        first = _MYRIADS[behind[0]]
        return {first, first * _MYRIADS.get(behind[1:2], 1)}
    word = _WORD.match(behind)
    by = _MAGNITUDE.get(word[1].lower()) if word else None
    return {by} if by else set()


def _values(written: str, language: str | None) -> set[float]:
    """`1.234` is 1234 or 1.234, by the language; both where the language is not known."""
    if written.isdecimal():
        return {float(int(written[:300]))}
    marks = [",", "."] if language is None else [_decimal_mark(language)]
    values = {value for mark in marks if (value := _value(written, mark)) is not None}
    # Translations often keep the marks of the source: a number that its own language cannot read is read the other way.
    return values or {value for mark in ",." if (value := _value(written, mark)) is not None} or {_unread(written)}


def _value(written: str, decimal: str) -> float | None:
    """None where the groups of digits are no groups of thousands (or of two, as in India)."""
    whole, _, fraction = written.replace("٫", decimal).replace("٬", "," if decimal == "." else ".").partition(decimal)
    groups = re.split(r"\D", whole)
    regular = all(len(group) in (2, 3, 4) for group in groups[1:]) and (len(groups) == 1 or len(groups[-1]) in (3, 4))
    if not regular or (fraction and not fraction.isdecimal()) or len(written) > 300:
        return None
    return float(f"{int(''.join(groups))}.{_digits(fraction)}")


def _unread(written: str) -> float:
    """Stands for what is no number, such as `1.2.3`, so that it is equal to itself only."""
    return -float(_digits(written[:300]))


def _digits(written: str) -> str:
    """The digits as ASCII."""
    return "".join(str(int(digit)) for digit in written if digit.isdecimal()) or "0"


def _decimal_mark(language: str) -> str:
    comma = base(language) in _COMMA and not language.startswith(_COMMA_NOT)
    return "," if comma else "."
