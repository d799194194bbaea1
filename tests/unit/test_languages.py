"""Languages: canonical tags, what each service calls them, and folders that name them."""

import pytest

from shared.errors import LanguageRefused
from shared.languages import (
    DUBBING_LOCALES,
    FURTHER_LANGUAGES,
    canonical,
    dubbing_locale,
    folder_languages,
    short_locale,
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
    ],
)
def test_tags_are_brought_into_canonical_form(written: str, tag: str) -> None:
    assert canonical(written) == tag


@pytest.mark.parametrize(
    "written", ["", "x", "english", "Spanisch (Spanien)", "es-ES-es", "und", "zxx", "qaa", "../es"]
)
def test_what_names_no_language_is_refused(written: str) -> None:
    with pytest.raises(LanguageRefused):
        canonical(written)


@pytest.mark.parametrize(
    ("written", "choices"),
    [("pt-AO", "pt-BR, pt-PT"), ("en-XX", "en-AU, en-CA, en-GB"), ("zh-Hans-CN", "zh-CN")],
)
def test_a_region_that_nobody_knows_is_refused_with_the_choices(written: str, choices: str) -> None:
    with pytest.raises(LanguageRefused, match=choices):
        canonical(written)


def test_every_language_of_the_table_can_be_asked_for() -> None:
    for written in DUBBING_LOCALES | FURTHER_LANGUAGES:
        assert canonical(canonical(written)) == canonical(written)


def test_every_dubbing_locale_keeps_azures_own_spelling() -> None:
    assert {dubbing_locale(canonical(locale)) for locale in DUBBING_LOCALES} == DUBBING_LOCALES


@pytest.mark.parametrize(
    ("tag", "locale"), [("ja", "ja-JP"), ("da", "da-DK"), ("fil", "fil-PH"), ("sr-Latn-RS", "sr-LATN-RS")]
)
def test_a_bare_language_is_dubbed_where_it_leaves_no_choice(tag: str, locale: str) -> None:
    assert dubbing_locale(tag) == locale


@pytest.mark.parametrize(
    ("tag", "choices"),
    [("pt", "pt-BR, pt-PT"), ("zh", "zh-CN"), ("iu", "iu-CANS-CA, iu-LATN-CA"), ("zh-Hans", "zh-CN")],
)
def test_dubbing_makes_no_guess_and_names_the_choices(tag: str, choices: str) -> None:
    with pytest.raises(LanguageRefused, match=choices):
        dubbing_locale(tag)


@pytest.mark.parametrize("tag", ["ha", "eo", "tlh-Latn"])
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
        ("en-us_to_ES-es", ("en-US", ["es-ES"])),
        ("to_de-DE_fr", (None, ["de-DE", "fr"])),
        ("en_to_es", ("en", ["es"])),
    ],
)
def test_a_folder_may_name_its_languages(folder: str, languages: tuple[str | None, list[str]]) -> None:
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
        "en-US_to_es-ES_final",
        "en-US_to_es-ES (1)",
        "from_en-US_to_es-ES",
        "en-US_es-ES",
    ],
)
def test_any_other_folder_is_just_a_folder(folder: str) -> None:
    assert folder_languages(folder) is None
