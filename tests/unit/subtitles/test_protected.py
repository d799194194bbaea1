"""Numbers, placeholders and addresses that must come back."""

import pytest

from shared.subtitles.protected import missing_number, protected


@pytest.mark.parametrize(
    ("source", "translation", "language"),
    [
        ("1,234.5 men", "1.234,5 Männer", "de"),
        ("1,234.5 men", "1234,5 Männer", "de"),
        ("1,234.5 men", "1 234,5 hommes", "fr"),
        ("1,234.5", "١٬٢٣٤٫٥", "ar"),
        ("12,500", "12’500", "de-CH"),
        ("20,000 yen", "2万円", "ja"),
        ("1.5 million", "150万人", "zh-Hans"),
        ("at 3:30 p.m.", "um 15:30 Uhr", "de"),
        ("at 3:30", "3時30分に", "ja"),
        ("2 dogs", "zwei Hunde", "de"),
        ("two thousand", "2000", "ja"),
        ("version 1.2.3", "Version 1.2.3", "de"),
        ("10-20 of 30", "10 bis 20 von 30", "de"),
        ("no number", "keine Zahl", "de"),
    ],
)
def test_numbers_come_back_by_value(source: str, translation: str, language: str) -> None:
    assert not missing_number(source, translation, "en", language)


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("in 1984", "im Jahr 1985"),
        ("2 dogs", "3 Hunde"),
        ("1.500", "1.500"),
        ("50 men", "Männer"),
        ("3:30", "15:31 Uhr"),
        ("1.2.3", "1.2.4"),
    ],
)
def test_numbers_that_changed_are_seen(source: str, translation: str) -> None:
    assert missing_number(source, translation, "en", "de")


def test_placeholders_and_addresses_are_known() -> None:
    text = "See https://a.example/b?c=1, {name}, {{x}}, ${y}, %s, %1$s, %(n)s or me@a.example. 100% sure, {not this}."
    assert sorted(protected(text)) == sorted(
        ["https://a.example/b?c=1", "{name}", "{{x}}", "${y}", "%s", "%1$s", "%(n)s", "me@a.example"]
    )
