"""Languages: canonical tags, what each service calls them, and folders that name them."""

import re

import pytest

from shared.errors import LanguageAmbiguous, LanguageRefused
from shared.languages import (
    DUBBING_LOCALES,
    FURTHER_LANGUAGES,
    NOT_OFFERED,
    canonical,
    choices,
    dubbing_locale,
    folder_languages,
    is_known,
    short_locale,
    without_variant,
)


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("es-ES", "es-ES"),
        ("ES-es", "es-ES"),
        ("es_es", "es-ES"),
        (" fr ", "fr"),
        ("zh-hans", "zh-Hans"),
        ("sr-latn-rs", "sr-Latn-RS"),
        ("ZH-cn-Guangxi", "zh-CN-guangxi"),
        ("iw-IL", "he-IL"),  # Hebrew, Indonesian, Filipino and Romanian were called otherwise once
        ("in", "id"),
        ("tl", "fil"),
        ("mo", "ro"),
        ("zh-Hant-TW", "zh-TW"),  # the script goes without saying
        ("zh-Hans-CN", "zh-CN"),
        ("sr-Cyrl-RS", "sr-RS"),
        ("ES-es-X-Female", "es-ES-x-female"),
        ("zh-hant-tw-x-1", "zh-TW-x-1"),
        ("es-x-12345678", "es-x-12345678"),
    ],
)
def test_tags_are_brought_into_canonical_form(written: str, tag: str) -> None:
    assert canonical(written) == tag


@pytest.mark.parametrize(
    "written",
    ["", "x", "english", "Spanisch (Spanien)", "es-ES-es", "und", "zxx", "qaa", "../es", "x-female", "e" * 60_000],
)
def test_what_names_no_language_is_refused(written: str) -> None:
    with pytest.raises(LanguageRefused):
        canonical(written)


@pytest.mark.parametrize(
    ("written", "choices"),
    [
        ("pt-AO", "known are pt-PT, pt-BR$"),
        ("en-XX", "known are en-GB, en-AU"),
        ("es-SP", "known are es-ES, .*es-MX"),
        ("es-419", "known are .*es-MX"),
        ("zh-Hant-CN", "known are zh-Hant, zh-TW, zh-HK, zh-CN"),
        ("ku-TR", "known are ku$"),
        ("es_ES_es", "not a BCP 47 language tag such as es-ES; known are es-ES"),
    ],
)
def test_a_region_that_nobody_knows_is_refused_with_the_choices_the_nearest_first(written: str, choices: str) -> None:
    with pytest.raises(LanguageRefused, match=choices):
        canonical(written)


@pytest.mark.parametrize(
    ("written", "choices"), [("jp", "ja-JP$"), ("no-NO", "nb-NO$"), ("cz", "cs-CZ$"), ("kr", "ko-KR$")]
)
def test_a_country_that_is_taken_for_a_language_is_told_the_language(written: str, choices: str) -> None:
    with pytest.raises(LanguageRefused, match=f"known are {choices}"):
        canonical(written)


@pytest.mark.parametrize("written", ["zh-XX", "sr-XX", "iu-XX", "wuu-XX"])
def test_what_is_not_offered_is_recommended_to_nobody(written: str) -> None:
    with pytest.raises(LanguageRefused) as refused:
        canonical(written)
    assert not set(re.findall(r"[\w-]+", refused.value.reason)) & NOT_OFFERED
    assert not set(choices(written)) & NOT_OFFERED


@pytest.mark.parametrize("written", ["es-ES-x-a-b", "es-ES-x-", "es-ES-x-123456789", "es-ES-x-fräulein"])
def test_a_variant_is_one_word_of_up_to_eight_letters_or_digits(written: str) -> None:
    with pytest.raises(LanguageRefused):
        canonical(written)
    assert not is_known(written)


@pytest.mark.parametrize("tag", ["es-ES", "zh-Hans", "fil", "sr-Latn-RS"])
def test_a_service_gets_the_tag_without_its_variant(tag: str) -> None:
    assert without_variant(canonical(f"{tag}-x-female")) == without_variant(tag) == tag
    assert is_known(f"{tag}-x-female")


def test_every_language_of_the_table_can_be_asked_for() -> None:
    for written in DUBBING_LOCALES | FURTHER_LANGUAGES:
        assert canonical(canonical(written)) == canonical(written)


def test_every_dubbing_locale_keeps_azures_own_spelling() -> None:
    assert {dubbing_locale(canonical(locale)) for locale in DUBBING_LOCALES} == DUBBING_LOCALES


@pytest.mark.parametrize(
    ("tag", "locale"),
    [("ja", "ja-JP"), ("da", "da-DK"), ("fil", "fil-PH"), ("sr-Latn-RS", "sr-LATN-RS"), ("sr", "sr-RS")],
)
def test_a_bare_language_is_dubbed_where_it_leaves_no_choice(tag: str, locale: str) -> None:
    assert dubbing_locale(tag) == locale


@pytest.mark.parametrize(
    ("tag", "choices"),
    [("pt", "pt-BR, pt-PT"), ("zh", "zh-CN, zh-CN-GUANGXI, zh-HK, zh-TW"), ("es", "es-ES, .*es-MX")],
)
def test_dubbing_makes_no_guess_and_names_the_choices(tag: str, choices: str) -> None:
    with pytest.raises(LanguageAmbiguous, match=f"'{tag}' could be any of {choices}.*: name one of them"):
        dubbing_locale(tag)


def test_what_is_no_dubbing_locale_names_those_of_its_language() -> None:
    with pytest.raises(LanguageRefused, match="'zh-Hans' cannot be dubbed; zh-CN, zh-CN-GUANGXI, zh-HK, zh-TW can"):
        dubbing_locale("zh-Hans")


@pytest.mark.parametrize("tag", ["ha", "eo", "tlh-Latn", "iu", "wuu"])
def test_a_language_without_a_voice_cannot_be_dubbed(tag: str) -> None:
    with pytest.raises(LanguageRefused, match="cannot be dubbed"):
        dubbing_locale(tag)


@pytest.mark.parametrize("tag", ["es", "es-ES", "zh-CN"])
def test_vozo_takes_two_letters_and_a_region(tag: str) -> None:
    assert short_locale(tag) == tag


@pytest.mark.parametrize("tag", ["fil", "fil-PH", "yue-CN", "zh-Hans", "sr-Latn-RS", "zh-CN-guangxi"])
def test_what_vozo_cannot_say_is_refused(tag: str) -> None:
    with pytest.raises(LanguageRefused, match=tag):
        short_locale(tag)


@pytest.mark.parametrize(
    ("folder", "languages"),
    [
        ("en-US_to_es-ES", ("en-US", ["es-ES"])),
        ("en-US_to_es-ES_fr-FR", ("en-US", ["es-ES", "fr-FR"])),
        ("en-us_to_ES-es", ("en-us", ["ES-es"])),
        ("en-US_to_iw", ("en-US", ["iw"])),
        ("en-US_to_IT", ("en-US", ["IT"])),
        ("iw_to_fr", ("iw", ["fr"])),
        ("to_fr", (None, ["fr"])),
        ("to_iw", (None, ["iw"])),
        ("to_es-ES-x-a_es-ES-x-b", (None, ["es-ES-x-a", "es-ES-x-b"])),
        ("to_de-DE_fr", (None, ["de-DE", "fr"])),
        ("en_to_es", ("en", ["es"])),
    ],
)
def test_a_folder_may_name_its_languages(folder: str, languages: tuple[str | None, list[str]]) -> None:
    assert folder_languages(folder) == languages


@pytest.mark.parametrize(
    ("folder", "languages"),
    [
        ("en-US_to_es-SP", ("en-US", ["es-SP"])),
        ("en-US_to_es-ES_final", ("en-US", ["es-ES", "final"])),
        ("en-US_to_es-ES_", ("en-US", ["es-ES", ""])),
        ("en-US_to_es-ES (1)", ("en-US", ["es-ES (1)"])),
        ("from_en-US_to_es-ES", ("from_en-US", ["es-ES"])),
        ("Intro_to_es-ES", ("Intro", ["es-ES"])),
        ("to_es-ES_AI", (None, ["es-ES", "AI"])),
        ("en_to_AI", ("en", ["AI"])),
    ],
)
def test_a_folder_that_plainly_names_languages_names_unknown_ones_too(
    folder: str, languages: tuple[str | None, list[str]]
) -> None:
    assert folder_languages(folder) == languages


@pytest.mark.parametrize(
    "folder",
    [
        "",
        "talks",
        "es-ES",
        "Intro_to_AI",
        "How_to_go",
        "things_to_do",
        "from_A_to_Z",
        "to_IT",  # a department: a bare language counts in small letters only
        "en-US_to_",
        "_to_",
        "en-US_TO_es-ES",
        "to_fr_final",
        "EN_to_AI",
        "en-US_es-ES",
    ],
)
def test_any_other_folder_is_just_a_folder(folder: str) -> None:
    assert folder_languages(folder) is None
