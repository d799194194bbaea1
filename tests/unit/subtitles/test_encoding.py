"""How a file's bytes are read, and written back."""

from collections.abc import Callable

import pytest

from shared.errors import TextUnreadable
from shared.subtitles.encoding import CODE_PAGES, Encoding, decode, encode
from tests.unit.subtitles.driving import translate

#: Few words, as a short file has them, in languages that were written in code pages which fit each other's bytes.
SHORT = {
    "ru": "В 1984 году мы жили\nЭто стоило 1 500,75 рубля!",
    "bg": "Живеехме край морето.",
    "cs": "Příliš žluťoučký kůň.",
    "hr": "Čudno je što šuti.",
    "hu": "Árvíztűrő tükörfúrógép.",
    "ja": "こんにちは。",
    "pl": "Zażółć gęślą jaźń.",
    "sr-Latn": "Šta radiš, čoveče? Žao mi je.",
    "sr-Cyrl": "Шта радиш, човече? Како се зове ова река?",
    "sk": "Ľudia žili pri mori.",
}
PAGES_OF = {
    **{each: CODE_PAGES.get(each, ()) for each in SHORT},
    "sr-Latn": CODE_PAGES["hr"],
    "sr-Cyrl": CODE_PAGES["sr"],
}
#: Neither says in which script it is written.
SERBIAN = ("sr", "sr-RS")
RUSSIAN = "Привет! Как у тебя дела сегодня? Мы давно не виделись, мой старый друг."


@pytest.mark.parametrize(
    ("data", "language", "taken"),
    [
        (b"\xef\xbb\xbfa", None, Encoding("utf-8", "its byte order mark")),
        ("é".encode("utf-16"), None, Encoding("utf-16-le", "its byte order mark")),
        ("hello, you".encode("utf-16-be"), None, Encoding("utf-16-be", "its bytes")),
        ("é".encode(), "fr", Encoding("utf-8", "strict UTF-8")),
        ("é".encode("cp1252"), "fr", Encoding("cp1252", "the source language")),
        (RUSSIAN.encode("cp1251"), "ru", Encoding("cp1251", "the source language")),
        (RUSSIAN.encode("koi8-r"), "ru-RU", Encoding("koi8-r", "the source language")),
        ("こんにちは、元気ですか。".encode("cp932"), "ja-JP", Encoding("cp932", "the source language")),
        ("你好，今天天氣很好。".encode("big5"), "zh-Hant", Encoding("big5hkscs", "the source language")),
    ],
)
def test_the_encoding_is_found(data: bytes, language: str | None, taken: Encoding) -> None:
    assert decode(data, language)[0] == taken


@pytest.mark.parametrize("capitals", [False, True])
@pytest.mark.parametrize(("language", "page"), [(each, page) for each in SHORT for page in PAGES_OF[each]])
def test_a_short_file_is_read_by_the_letters_of_its_language(language: str, page: str, capitals: bool) -> None:
    text = SHORT[language].upper() if capitals else SHORT[language]
    assert decode(text.encode(page), language)[1].decode() == text


@pytest.mark.parametrize("language", SERBIAN)
@pytest.mark.parametrize(
    ("script", "page"), [(each, page) for each in ("sr-Latn", "sr-Cyrl") for page in PAGES_OF[each]]
)
def test_serbian_without_a_script_is_read_in_the_one_that_it_is_written_in(
    language: str, script: str, page: str
) -> None:
    text = SHORT[script]
    assert decode(text.encode(page), language)[1].decode() == text


def test_the_code_of_japanese_mail_is_known_by_its_escapes() -> None:
    assert decode("こんにちは。".encode("iso2022-jp"), "ja") == (
        Encoding("iso2022-jp", "its bytes"),
        "こんにちは。".encode(),
    )


def test_without_a_language_the_bytes_themselves_are_judged() -> None:
    encoding, body = decode((RUSSIAN * 20).encode("cp1251"), None)
    assert (encoding.how, body.decode()) == ("its bytes", RUSSIAN * 20)
    assert encoding.guessed


def test_what_is_declared_is_taken_before_a_guess() -> None:
    assert decode("é".encode("latin-1"), "ru", "ISO-8859-1")[0] == Encoding("iso-8859-1", "its own declaration")


def test_a_mark_that_lies_is_refused() -> None:
    with pytest.raises(TextUnreadable, match="byte order mark says UTF-8, but not all of it is"):
        decode(b"\xef\xbb\xbf\xff", "en")


GOOD = {
    "de": "Schöne grüße, wir möchten Ärger vermeiden.\n",
    "ru": "Привет, как дела?\n",
    "sr-Latn": "Šta radiš, čoveče?\n",
    "zh": "你好，今天天气很好。\n",
}


@pytest.mark.parametrize("language", GOOD)
@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda text: text * 20 + b"50 \xb4\n" + text, 21),
        (lambda text: text.replace(b"\n", b"\r\n") * 20 + b"50 \xb4", 21),
        (lambda text: text * 2 + "é".encode()[:1], 3),
        (lambda text: text + "Preis 5 €".encode()[:-1], 2),
        (lambda text: b"\xc3" + text * 20, 1),
    ],
    ids=["a byte within", "returns", "cut in a character of two bytes", "cut in one of three bytes", "the first byte"],
)
def test_utf8_with_a_bad_byte_is_refused_with_its_line(
    language: str, damage: Callable[[bytes], bytes], line: int
) -> None:
    with pytest.raises(TextUnreadable, match=f"^The file is UTF-8 but for line {line}$") as refusal:
        decode(damage(GOOD[language].encode()), language)
    assert "UTF-8" in refusal.value.advice


@pytest.mark.parametrize(
    ("text", "page", "language"), [("Café", "cp1252", "fr"), ("Ça, un café", "cp1252", "fr"), (RUSSIAN, "cp1251", "ru")]
)
def test_a_code_page_whose_last_byte_could_begin_a_character_of_utf8_is_still_read(
    text: str, page: str, language: str
) -> None:
    assert decode(text.encode(page), language)[1].decode() == text


def test_what_the_encoding_cannot_hold_becomes_references_or_utf8() -> None:
    latin = Encoding("cp1252", "the source language")
    assert encode("é".encode(), latin, references=False) == ("é".encode("cp1252"), "cp1252")
    assert encode("日".encode(), latin, references=True) == (b"&#26085;", "cp1252")
    assert encode("日".encode(), latin, references=False) == ("日".encode(), "utf-8")


def test_a_file_in_an_old_code_page_becomes_utf8_where_the_target_needs_it_and_says_so() -> None:
    source = "1\n00:00:01,000 --> 00:00:02,000\nÇa va\n".encode("cp1252")
    german = translate(source, ".srt", "fr", "de", lambda _: "Wie geht’s?")
    japanese = translate(source, ".srt", "fr", "ja", lambda _: "元気?")
    assert (german.encoding, japanese.encoding) == ("cp1252", "utf-8")
    assert "Wie geht’s?" in german.text
    assert "元気?" in japanese.text
    assert any("read as cp1252" in warning for warning in german.document.warnings)
