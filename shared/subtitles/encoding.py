"""How a text file's bytes are read, and written back.

Everything else here works on the file as UTF-8: its own bytes where it is UTF-8, else a copy. What was taken, and why,
is kept for the receipt.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from shared.errors import TextUnreadable

How = Literal["its byte order mark", "strict UTF-8", "its own declaration", "the source language", "its bytes"]

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
#: The code pages that text in a language was written in before UTF-8, the likeliest first. Windows' own come first,
#: because that is where subtitle files were made: https://learn.microsoft.com/windows/win32/intl/code-page-identifiers
CODE_PAGES = {
    **dict.fromkeys(("ar", "fa", "ur"), ("cp1256",)),
    **dict.fromkeys(("be", "bg", "mk", "ru", "sr", "uk"), ("cp1251", "koi8-r", "cp866")),
    **dict.fromkeys(("bs", "cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq"), ("cp1250", "iso8859-2")),
    **dict.fromkeys(("et", "lt", "lv"), ("cp1257",)),
    **dict.fromkeys(("az", "tr"), ("cp1254",)),
    "el": ("cp1253",),
    "he": ("cp1255",),
    "ja": ("cp932", "euc-jp"),
    "ko": ("cp949",),
    "th": ("cp874",),
    "vi": ("cp1258",),
    "zh": ("gb18030", "big5hkscs"),
    "zh-Hant": ("big5hkscs", "gb18030"),
    **dict.fromkeys(
        (
            "af",
            "ca",
            "da",
            "de",
            "en",
            "es",
            "eu",
            "fi",
            "fr",
            "ga",
            "gl",
            "id",
            "is",
            "it",
            "ms",
            "nb",
            "nl",
            "pt",
            "sv",
        ),
        ("cp1252",),
    ),
}
#: The letters beyond ASCII that a text in a language is mostly made of, where its code pages fit each other's bytes:
#: vowels of Cyrillic, and the letters with marks of the others.
LETTERS = {
    **dict.fromkeys(("be", "bg", "mk", "ru", "sr", "uk"), "оеаиі"),
    **dict.fromkeys(("bs", "hr", "sl"), "čćđšž"),
    "cs": "áčďéěíňóřšťúůýž",
    "hu": "áéíóöőúüű",
    "pl": "ąćęłńóśźż",
    "ro": "ăâîşţ",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "sq": "ëç",
}
_TRADITIONAL = ("zh-Hant", "zh-TW", "zh-HK", "yue")
#: Enough for a judgement; judging twenty megabytes would take seconds.
_SAMPLE_BYTES = 1 << 16
#: The share of the bytes beyond ASCII that must form characters of UTF-8, so that a file is UTF-8 with some damage.
_MOSTLY = 0.9
_MIXED = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
_UNMIXED = re.compile(rb"[\x80-\xff]{2}")


@dataclass(frozen=True)
class Encoding:
    """The encoding that was taken, by Python's name, and what it was taken from."""

    name: str
    how: How

    @property
    def guessed(self) -> bool:
        """Whether the file itself does not say so, so that a person should know."""
        return self.how in ("the source language", "its bytes")


def decode(data: bytes, language: str | None, declared: str | None = None) -> tuple[Encoding, bytes]:
    """The encoding of a file, and the file as UTF-8, with the byte order mark if it has one.

    Tried in this order: the byte order mark, what the file declares, strict UTF-8, the code pages of its language (the
    one first that gives the letters of the language), and charset-normalizer. What is taken can be written back to the
    same bytes. TextUnreadable where nothing fits, or where the file is UTF-8 but for some bytes.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Encoding(name, "its byte order mark"), _marked(data, name)
    for candidate in _candidates(data, language, declared):
        if (body := _as_utf8(data, candidate.name)) is not None:
            return candidate, body
    raise TextUnreadable("The file is in no known encoding", "Save it as UTF-8 and drop it again.")


def encode(body: bytes, encoding: Encoding, *, references: bool) -> tuple[bytes, str]:
    """UTF-8 text in the file's own encoding, and the name of the encoding that was written.

    Where that cannot hold the text, character references stand in where the format knows `references`, else the
    whole is written as UTF-8.
    """
    if encoding.name == "utf-8":
        return body, encoding.name
    try:
        errors = "xmlcharrefreplace" if references else "strict"
        return body.decode().encode(encoding.name, errors), encoding.name
    except UnicodeEncodeError:
        return body, "utf-8"


def _marked(data: bytes, name: str) -> bytes:
    body = _as_utf8(data, name)
    if body is None:
        message = f"The file's byte order mark says {name.upper()}, but not all of it is"
        raise TextUnreadable(message, "Save it as UTF-8 and drop it again.")
    return body


def _as_utf8(data: bytes, name: str) -> bytes | None:
    """The text as UTF-8; None where the encoding does not fit, or would write it back with other bytes."""
    try:
        text = data.decode(name)
        return data if name == "utf-8" else text.encode() if text.encode(name) == data else None
    except (UnicodeError, LookupError):
        return None


def _candidates(data: bytes, language: str | None, declared: str | None) -> Iterator[Encoding]:
    if (wide := _without_mark(data)) is not None:
        yield Encoding(wide, "its bytes")
    if b"\x1b$" in data:
        yield Encoding("iso2022-jp", "its bytes")  # it has no byte that UTF-8 has not
    if declared and declared.lower() not in ("utf-8", "utf-16"):
        yield Encoding(declared.lower(), "its own declaration")
    yield Encoding("utf-8", "strict UTF-8")
    _refuse_damaged(data)
    language = _by_script(data, language)
    pages = _code_pages(language)
    if language and (letters := LETTERS.get(language.partition("-")[0])):
        pages = tuple(sorted(pages, key=lambda name: -_share(data, name, letters)))
    elif len(pages) > 1:
        yield from (Encoding(name, "the source language") for name in _judged(data, pages))
    yield from (Encoding(name, "the source language") for name in pages)
    yield from (Encoding(name, "its bytes") for name in _judged(data, ()))


def _refuse_damaged(data: bytes) -> None:
    """TextUnreadable where the file is UTF-8 but for some bytes; as a code page, all of its letters would be wrong."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        valid, every = _beyond_ascii(data.decode(errors="ignore").encode()), _beyond_ascii(data)
        cut_off = error.reason == "unexpected end of data" and _beyond_ascii(data[: error.start])
        if cut_off or valid >= _MOSTLY * every:
            line = len((data[: error.start] + b"x").splitlines())
            message = f"The file is UTF-8 but for line {line}"
            raise TextUnreadable(message, "Correct that line, save the file as UTF-8 and drop it again.") from None


def _beyond_ascii(data: bytes) -> int:
    """How many bytes are none of ASCII."""
    return len(data.translate(None, bytes(range(128))))


def _by_script(data: bytes, language: str | None) -> str | None:
    """The language whose code pages to take. Serbian has two scripts; in Latin it has the letters of Croatian.

    Where its tag does not say which, letters of code pages right beside those of ASCII do: words of Cyrillic have none.
    """
    parts = (language or "").split("-")
    if parts[0] != "sr" or "Cyrl" in parts:
        return language
    sample = data[:_SAMPLE_BYTES]
    latin = "Latn" in parts or len(_MIXED.findall(sample)) > len(_UNMIXED.findall(sample))
    return "hr" if latin else language


def _without_mark(data: bytes) -> str | None:
    """UTF-16 that does not say so: every other byte of its Latin letters, digits and line ends is zero."""
    sample = data[:4096]
    even, odd, most = sample[::2].count(0), sample[1::2].count(0), len(sample) // 5
    if odd > most and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > most and odd == 0 else None


def _code_pages(language: str | None) -> tuple[str, ...]:
    if language is None:
        return ()
    if language.startswith(_TRADITIONAL):
        return CODE_PAGES["zh-Hant"]
    return CODE_PAGES.get(language.partition("-")[0], ())


def _share(data: bytes, name: str, letters: str) -> float:
    """How many of the characters beyond ASCII are among those letters, read in that encoding."""
    text = data[:_SAMPLE_BYTES].decode(name, "replace").lower()
    beyond = [character for character in text if not character.isascii()]
    return sum(character in letters for character in beyond) / max(1, len(beyond))


def _judged(data: bytes, pages: tuple[str, ...]) -> Iterator[str]:
    """What charset-normalizer holds likeliest, of those pages where some are given."""
    from charset_normalizer import from_bytes  # 50 ms to import, and hardly ever needed

    sample = data[:_SAMPLE_BYTES]
    if len(data) > _SAMPLE_BYTES:
        sample = re.sub(rb"[^\n]*\Z", b"", sample, count=1) or sample  # not in the middle of a character
    best = from_bytes(sample, cp_isolation=list(pages) or None).best()
    if best is not None:
        yield codecs.lookup(best.encoding).name
