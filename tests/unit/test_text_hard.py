"""What a translation that makes it hard does to a text, way by way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.doubles.text_hard import WAYS, Hardness, Way

TAGGED = "One <b>two</b> three. Four 1,234.5 {name}!"


def hard(text: str, *ways: Way, language: str = "es") -> str:
    return Hardness(ways=ways).harden(text, language)


@pytest.mark.parametrize(
    ("way", "result"),
    [
        ("double", "One <b>two</b> three. Four 1,234.5 {name}! One two three. Four 1,234.5 {name}!"),
        ("halve", "One <b>two</b> three.   "),
        ("reorder", "{name}! <b>1,234.5</b> Four three. two One"),
        ("move_tags", "One two three. Four 1,234.5 {name}!<b></b>"),
        ("drop_tags", "One two</b> three. Four 1,234.5 {name}!"),
        ("repeat_tags", "One <b><b>two</b></b> three. Four 1,234.5 {name}!"),
        ("merge_sentences", "One <b>two</b> three four 1,234.5 {name}!"),
        ("change_numbers", "One <b>two</b> three. Four 1,234.6 {name}!"),
        ("own_digits", "One <b>two</b> three. Four 1.234,5 {name}!"),
        ("break_placeholders", "One <b>two</b> three. Four 1,234.5 name}!"),
        ("empty", ""),
    ],
)
def test_each_way_does_what_it_is_called(way: Way, result: str) -> None:
    assert hard(TAGGED, way) == result


@pytest.mark.parametrize(
    ("language", "result"),
    [
        ("en", "1,234.5"),
        ("de", "1.234,5"),
        ("fr", "1\u202f234,5"),
        ("ar", "\u0661\u066c\u0662\u0663\u0664\u066b\u0665"),
        ("fa", "\u06f1\u066c\u06f2\u06f3\u06f4\u066b\u06f5"),
        ("mr", "\u0967,\u0968\u0969\u096a.\u096b"),
        ("xx", "1,234.5"),
    ],
)
def test_own_digits_are_those_of_the_language(language: str, result: str) -> None:
    assert hard("1,234.5", "own_digits", language=language) == result


@pytest.mark.parametrize("kept", ['<span class="notranslate">one 7</span>', '<i translate="no">two {x} 7</i>'])
@pytest.mark.parametrize("way", [way for way in WAYS if way not in ("empty", "halve", "double")])
def test_what_is_not_to_be_translated_stays_whole(way: Way, kept: str) -> None:
    assert kept in hard(f"A {kept} b. C 5 <b>d</b>", way)


def test_numbers_in_tags_are_left_alone() -> None:
    assert hard('<span id="1">2</span>', "change_numbers", "own_digits") == '<span id="1">3</span>'


def test_several_ways_are_taken_one_after_the_other() -> None:
    assert hard("a 1 <b>c</b>", "reorder", "change_numbers", "drop_tags") == "c 2 a</b>"


@given(st.text(), st.sampled_from([*WAYS]), st.integers())
def test_the_same_text_has_the_same_lot(text: str, way: Way, seed: int) -> None:
    hardness = Hardness(ways=[way], share=0.5, seed=seed)
    assert hardness.harden(text, "es") == hardness.harden(text, "es")


@given(st.text())
def test_without_a_way_or_a_share_nothing_is_changed(text: str) -> None:
    assert Hardness().harden(text, "es") == text
    assert Hardness(ways=[*WAYS], share=0).harden(text, "es") == text


def test_about_the_share_of_the_texts_is_damaged() -> None:
    hardness = Hardness(ways=["empty"], share=0.25)
    assert 200 < sum(hardness.harden(f"text {number}", "es") == "" for number in range(1000)) < 300
