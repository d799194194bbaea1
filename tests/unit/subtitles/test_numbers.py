"""Numbers that must come back by value; what is written where comes from the CLDR, as Babel has it."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

import pytest
from babel import Locale, UnknownLocaleError
from babel.core import get_cldr_version
from babel.localedata import locale_identifiers
from babel.numbers import get_decimal_symbol, get_group_symbol

from sandbox.doubles.text_languages import codes
from shared.subtitles.magnitudes import multipliers
from shared.subtitles.numbers import decimal_marks, missing_number, with_own_marks

#: Codes of the service for which the CLDR has another, or none.
OTHER_CODES = {"kmr": "ku", "lug": "lg", "nya": "ny", "run": "rn", "prs": "fa_AF"}
NOT_IN_THE_CLDR = {"fj", "ikt", "lzh", "mww", "otq", "sm", "tlh-Latn", "tlh-Piqd", "ty", "yua"}
#: An abbreviation, a slip of the CLDR's (it is ten million elsewhere), and a word that is a product of two.
NOT_TAKEN = {("ps", "G"), ("ne", "करोड"), ("zu", "isigidi sezigidi")}


@cache
def locales() -> dict[str, Locale]:
    """The service's languages, and what the CLDR calls them."""
    return {code: locale for code in codes() if (locale := _locale(OTHER_CODES.get(code, code).replace("-", "_")))}


def _locale(name: str) -> Locale | None:
    for known in (name, name.partition("_")[0]):
        try:
            return Locale.parse(known)
        except UnknownLocaleError:
            continue
    return None


def _decimal(locale: Locale) -> str:
    return get_decimal_symbol(locale, numbering_system="latn")


def test_the_tables_are_those_of_the_cldr_that_they_name() -> None:
    assert get_cldr_version() == "47"


def test_every_language_of_the_service_has_its_decimal_mark() -> None:
    assert set(codes()) - set(locales()) == NOT_IN_THE_CLDR
    wrong = {code for code, locale in locales().items() if decimal_marks(code) != _decimal(locale)}
    assert wrong == {"ar", "es"}  # each is written both ways
    assert {decimal_marks(code) for code in NOT_IN_THE_CLDR} == {",."}


def test_a_region_that_differs_from_its_language_has_both() -> None:
    bases = {locale.language for locale in locales().values()}
    regions = [Locale.parse(name) for name in locale_identifiers() if "_" in name]
    ours = [locale for locale in regions if locale.language in bases]
    wrong = {str(each) for each in ours if _decimal(each) not in decimal_marks(str(each).replace("_", "-"))}
    assert len(ours) > 100
    assert wrong == set()


def test_a_number_that_came_back_as_it_was_gets_the_marks_of_every_language() -> None:
    for code, locale in locales().items():
        group = get_group_symbol(locale, numbering_system="latn")
        theirs, source = ("1.500", "is") if _decimal(locale) == "." else ("1,500", "en")
        text = with_own_marks(theirs, f"x {theirs} x", [], source, code)
        assert len(text) == len(f"x {theirs} x")
        assert not missing_number(theirs, text, source, code), code
        mark = theirs[1] if len(decimal_marks(code)) > 1 else "," if group == "،" else group
        assert text == f"x 1{mark}500 x", code


def _long_words(locale: Locale) -> Iterator[tuple[int, str]]:
    """The words for large numbers, each with what it stands for."""
    for patterns in locale.compact_decimal_formats.get("long", {}).values():
        for size, pattern in patterns.items():
            found = re.fullmatch(r"[^0]*(0+)([^;]*)", str(getattr(pattern, "pattern", pattern)).split(";")[0])
            word = re.sub(r"['\u200e\u200f\u061c]", "", found[2]) if found else ""
            if found and word.strip() and "." not in word and "0" not in word and len(size) < 11:
                yield 10 ** (len(size) - len(found[1])), unicodedata.normalize("NFC", word)


def test_every_word_for_a_large_number_is_known() -> None:
    unknown = {
        (code, word.strip())
        for code, locale in locales().items()
        for value, word in _long_words(locale)
        if value not in multipliers(f"{word} x")[0]
    }
    assert unknown == NOT_TAKEN


@pytest.mark.parametrize(
    ("source", "translation", "language"),
    [
        ("1,234.5 men", "1.234,5 Männer", "de"),
        ("1,234.5 men", "1234,5 Männer", "de"),
        ("1,234.5 men", "1 234,5 hommes", "fr"),
        ("1,234.5", "١٬٢٣٤٫٥", "ar"),
        ("12,500", "12’500", "de-CH"),
        ("1,500 pesos", "1,500 pesos", "es-MX"),
        ("1,500 euros", "1.500 euros", "es-MX"),
        ("20,000 yen", "2万円", "ja"),
        ("1.5 million", "150万人", "zh-Hans"),
        ("1.5 million", "15 लाख", "hi"),
        ("20 million people", "2 करोड़ लोग", "hi"),
        ("500,000 men", "5แสนคน", "th"),
        ("1,500,000 men", "1,5 miljoner man", "sv"),
        ("2 billion dollars", "2 mil millones de dólares", "es"),
        ("at 3:30 p.m.", "um 15:30 Uhr", "de"),
        ("at 3:30 p.m.", "kl. 15.30", "da"),
        ("at 3:30", "3時30分に", "ja"),
        ("at 3:30", "下午3点半", "zh-Hans"),
        ("at 19:30", "à 19 h 30", "fr"),
        ("at 7 p.m. sharp", "Punkt 19 Uhr", "de"),
        ("at 12 a.m.", "um 0 Uhr", "de"),
        ("at 7:00", "7時に", "ja"),
        ("on 12/24/2026", "am 24.12.2026", "de"),
        ("on December 24, 2026", "am 24.12.2026", "de"),
        ("the 20th century", "le XXe siècle", "fr"),
        ("in the 19th century", "en el siglo XIX", "es"),
        ("2 dogs", "zwei Hunde", "de"),
        ("two thousand", "2000", "ja"),
        ("version 1.2.3", "Version 1.2.3", "de"),
        ("10-20 of 30", "10 bis 20 von 30", "de"),
        ("a score of 21:15", "21 zu 15", "de"),
        ("no number", "keine Zahl", "de"),
    ],
)
def test_numbers_come_back_by_value(source: str, translation: str, language: str) -> None:
    assert not missing_number(source, translation, "en", language)


@pytest.mark.parametrize(
    ("source", "translation", "source_language"),
    [
        ("am 24.12.2026", "on December 24, 2026", "de"),
        ("am 24.12.", "on 12/24", "de"),
        ("kl. 14.30", "at 2:30 p.m.", "is"),
        ("19 Uhr", "7 p.m.", "de"),
        ("1.500 krónur", "1,500 krónur", "is"),
        ("2 करोड़", "20 million", "hi"),
        ("1.500 oder 1,5", "1,500 or 1.5", "de"),
        ("1.500", "1.500", None),
    ],
)
def test_numbers_come_back_into_english(source: str, translation: str, source_language: str | None) -> None:
    assert not missing_number(source, translation, source_language, "en")


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("in 1984", "im Jahr 1985"),
        ("2 dogs", "3 Hunde"),
        ("1.500", "1.500"),
        ("50 men", "Männer"),
        ("3:30", "15:31 Uhr"),
        ("1.2.3", "1.2.4"),
        ("on 12/24/2026", "am 24.11.2026"),
        ("at 7 p.m.", "um 20 Uhr"),
        ("the 20th century", "le XXIe siècle"),
        ("20 men", "X Männer"),
    ],
)
def test_numbers_that_changed_are_seen(source: str, translation: str) -> None:
    assert missing_number(source, translation, "en", "de")


@pytest.mark.parametrize(
    ("source", "translation", "languages", "written"),
    [
        ("1.500 krónur", "1.500 krónur", "is en", "1,500 krónur"),
        ("12.000 Leute", "12.000 people", "de en", "12,000 people"),
        ("1,234 people", "1,234 Leute", "en de", "1.234 Leute"),
        ("全1,500人", "全1,500 Leute", "ja de", "全1.500 Leute"),
        ("1,500 people", "1,500 человек", "en ru", "1\u00a0500 человек"),
    ],
)
def test_thousands_that_would_be_read_as_a_fraction_get_the_mark_of_the_target(
    source: str, translation: str, languages: str, written: str
) -> None:
    assert with_own_marks(source, translation, [], *languages.split()) == written
    assert not missing_number(source, written, *languages.split())


@pytest.mark.parametrize(
    ("source", "translation", "languages"),
    [
        ("In room 12 300 people waited", "In Raum 12 warteten 300 Leute", "en de"),
        ("In Raum 12 warteten 300 Leute", "In room 12 300 people waited", "de en"),
        ("May 5 200 people came", "Am 5. Mai kamen 200 Leute", "en de"),
        ("12 300 человек", "12,300 people", "ru en"),
        ("um 14 Uhr 30", "at 2:30 p.m.", "de en"),
        ("um 14 Uhr 30 Leute", "at 2 p.m., 30 people", "de en"),
    ],
)
def test_two_numbers_side_by_side_may_be_one_or_two(source: str, translation: str, languages: str) -> None:
    assert not missing_number(source, translation, *languages.split())


def test_thousands_with_a_blank_are_no_small_numbers() -> None:
    assert missing_number("5 000 человек", "people", "ru", "en")
    assert missing_number("12 300 человек", "12 people", "ru", "en")


@pytest.mark.parametrize(
    ("source", "translation", "languages"),
    [
        ("1億2000万人", "120 million people", "ja en"),
        ("3亿5000万", "350 million", "zh-Hans en"),
        ("1억 5천만 명", "150 million people", "ko en"),
        ("1 करोड़ 50 लाख लोग", "15 million people", "hi en"),
        ("2万5千円", "25,000 yen", "ja en"),
        ("3万5000円", "35,000 yen", "ja en"),
        ("1億2345万6789人", "123,456,789 people", "ja en"),
        ("120 million people", "1億2000万人", "en ja"),
        ("2万 と 5000", "20,000 and 5,000", "ja en"),
        ("2万5000", "20,000 and 5,000", "ja en"),
        ("250 тыс. рублей", "250,000 rubles", "ru en"),
        ("5 tys. ludzi", "5,000 people", "pl en"),
        ("3 tis. lidí", "3,000 people", "cs en"),
        ("5 тис. гривень", "5,000 hryvnias", "uk en"),
        ("5 хил. души", "5,000 people", "bg en"),
        ("3,5 млрд рублей", "3.5 billion rubles", "ru en"),
        ("20 млн рублей", "20 million rubles", "ru en"),
        ("20 mln zł", "20 million zlotys", "pl en"),
        ("$3.5B", "3,5 Milliarden Dollar", "en de"),
        ("3 mld zł", "3 billion zlotys", "pl en"),
        ("3 mia. kr.", "3 billion kroner", "da en"),
        ("3 mdr dollars", "3 billion dollars", "fr en"),
    ],
)
def test_amounts_in_parts_and_abbreviations_come_back_by_value(source: str, translation: str, languages: str) -> None:
    assert not missing_number(source, translation, *languages.split())


@pytest.mark.parametrize(
    ("source", "translation", "languages"),
    [
        ("1億2000万人", "12 million people", "ja en"),
        ("2万5千円", "35,000 yen", "ja en"),
        ("250 тыс. рублей", "300,000 rubles", "ru en"),
    ],
)
def test_amounts_in_parts_that_changed_are_seen(source: str, translation: str, languages: str) -> None:
    assert missing_number(source, translation, *languages.split())


RIGHT_AS_THEY_ARE = [
    ("1,500 pesos", "1,500 pesos", "es en"),
    ("192.168.178.100", "192.168.178.100", "de en"),
    ("CPF 123.456.789-00", "CPF 123.456.789-00", "pt en"),
    ("Stand 10.2024, seit 05.2023", "As of 10.2024, since 05.2023", "de en"),
    ("Runde in 1:32.456", "Lap in 1:32.456", "de en"),
    ("0.125 мг", "0.125 mg", "ru en"),
    ("Версия 2.100", "Version 2.100", "ru en"),
    ("RGB 255,255,255", "RGB 255,255,255", "en de"),
    ("from 1,500 to 1.500", "von 1.500 auf 1,500", "en de"),
    ("$1,299.00", "$1,299.00", "en de"),
    ("1 500,75 рубля", "1 500,75 rubles", "ru en"),
]


@pytest.mark.parametrize(("source", "translation", "languages"), RIGHT_AS_THEY_ARE)
def test_a_number_that_is_right_stays_as_the_service_wrote_it(source: str, translation: str, languages: str) -> None:
    assert not missing_number(source, translation, *languages.split())
    assert with_own_marks(source, translation, [], *languages.split()) == translation


@pytest.mark.parametrize(
    ("source", "translation", "languages"),
    [
        ("48.137, 11.575", "48.137, 11.575", "de en"),
        ("Version 3.141", "Version 3.141", "en de"),
        ("Version v2.100", "Version v2.100", "de en"),
        ("123.400-00", "123.400-00", "pt en"),
        ("48.100° Nord", "48.100° north", "de en"),
        ("1,500 of 1984", "1,500 von 1985", "en de"),
    ],
)
def test_a_number_that_may_be_no_amount_is_refused_and_never_rewritten(
    source: str, translation: str, languages: str
) -> None:
    assert missing_number(source, translation, *languages.split())
    assert with_own_marks(source, translation, [], *languages.split()) == translation


@pytest.mark.parametrize(
    ("word", "translation", "language", "worth"),
    [
        ("billion people", "億人", "ja", 10),
        ("billion people", "亿人", "zh-Hans", 10),
        ("million", "万", "ja", 100),
        ("million", "लाख", "hi", 10),
        ("thousand", "百", "ja", 10),
    ],
)
def test_every_fraction_of_a_large_number_is_exact(word: str, translation: str, language: str, worth: int) -> None:
    for hundredths in range(1, 2_000):
        whole, rest = divmod(hundredths * worth, 100)
        fraction = f".{rest:02}".rstrip("0") if rest else ""
        source = f"{hundredths // 100}.{hundredths % 100:02} {word}"
        assert not missing_number(source, f"{whole}{fraction}{translation}", "en", language), source


def test_groups_that_the_target_has_not_stay() -> None:
    assert with_own_marks("₹15,00,000", "₹15,00,000", [], "hi", "de") == "₹15,00,000"
    assert not missing_number("₹15,00,000", "₹15,00,000", "hi", "de")


def test_what_stays_as_it_was_keeps_its_marks() -> None:
    source = "Run 1,500 of {1,500}."
    assert with_own_marks(source, source, [(12, 19)], "en", "de") == source
    assert with_own_marks("1.5 of 2", "1.5 of 2", [], "en", "de") == "1.5 of 2"
    assert with_own_marks("24.12.2026, 1.2.3", "24.12.2026, 1.2.3", [], "de", "en") == "24.12.2026, 1.2.3"
    assert with_own_marks("1.500", "1.500", [], None, "de") == "1.500"
