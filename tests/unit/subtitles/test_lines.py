"""Lines of a cue, and their direction."""

from itertools import pairwise

import pytest

from shared.subtitles import limits_for
from shared.subtitles.limits import LINE_LENGTH, LINES, READING_SPEED
from shared.subtitles.lines import line_breaks
from shared.subtitles.scripts import width
from tests.unit.subtitles.driving import translate

ONE = b"1\n00:00:01,000 --> 00:00:04,000\nHello\n"
VTT = b"WEBVTT\n\n00:01.000 --> 00:04.000\nHello\n"


def lines(text: str, language: str, **own: int) -> list[str]:
    edges = [0, *line_breaks(text, language, limits_for(language, **own)), len(text)]
    return [text[start:end].strip() for start, end in pairwise(edges)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Kurz genug.", ["Kurz genug."]),
        (
            "de",
            "Er sagte, dass er niemals wieder in diese Stadt kommt.",
            ["Er sagte, dass er niemals", "wieder in diese Stadt kommt."],
        ),
        (
            "de",
            "Die Fähre legt um 10:45 Uhr von Pier 7 ab und wird nicht auf dich warten.",
            ["Die Fähre legt um 10:45 Uhr von Pier 7", "ab und wird nicht auf dich warten."],
        ),
        ("ja", "この町には二度と戻らないと言った。", ["この町には二度と", "戻らないと言った。"]),
        ("ja", "監督 Directed by Hirokazu Kore-eda", ["監督 Directed by", "Hirokazu Kore-eda"]),
        ("zh-Hant", "他說 Wi-Fi 又斷線了，我們只好用手機上網。", ["他說 Wi-Fi 又斷線了，", "我們只好用手機上網。"]),
        (
            "de",
            "Donaudampfschifffahrtsgesellschaftskapitänsmütze",
            ["Donaudampfschifffahrtsgesellschaftskapitänsmütze"],
        ),
    ],
)
def test_a_text_is_broken_where_it_reads_well(language: str, text: str, expected: list[str]) -> None:
    assert lines(text, language) == expected


def test_own_numbers_win() -> None:
    assert len(lines("eins zwei drei vier fünf", "de", line_length=10, lines=3)) == 3
    assert limits_for("ja", reading_speed=7).reading_speed == 7


def test_every_number_has_its_source() -> None:
    assert all(
        figure.value > 0 and figure.source for table in (LINE_LENGTH, LINES, READING_SPEED) for figure in table.values()
    )


def test_full_width_characters_count_twice_as_much_as_latin_ones() -> None:
    assert (width("日本語", full=True), width("abc", full=True), width("a\u0301b", full=False)) == (3, 1.5, 2)


def test_players_get_each_line_from_right_to_left_embedded() -> None:
    result = translate(ONE.replace(b"Hello", b"<i>- Hello</i>"), ".srt", "en", "ar", lambda _: "مرحبا، أنا هنا.")
    assert "<i>\u202b- مرحبا، أنا هنا.\u202c</i>\n" in result.text


def test_browsers_get_a_mark_only_where_a_line_does_not_begin_in_the_script() -> None:
    assert "\nمرحبا.\n" in translate(VTT, ".vtt", "en", "ar", lambda _: "مرحبا.").text
    assert "\n\u200fNASA هنا.\n" in translate(VTT, ".vtt", "en", "ar", lambda _: "NASA هنا.").text


def test_marks_of_the_source_are_not_sent() -> None:
    source = ONE.replace(b"Hello", "\u202bשלום.\u202c".encode())
    result = translate(source, ".srt", "he", "en", lambda _: "Peace.")
    assert list(result.asked.values()) == ["שלום."]
    assert "\nPeace.\n" in result.text
