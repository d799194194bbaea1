"""Terms of a glossary in what is sent."""

from dataclasses import replace

import pytest

from shared.briefs.glossary import Term
from shared.briefs.terms import Terms
from shared.subtitles import Ask, Lexicon, Plan, Settled, limits_for, scan, settle

TERMS = Terms([Term("port", "Hafen", 1), Term("port side", "Backbord", 2), Term("Café", "Café", 3)])
SRT = "1\n00:00:01,000 --> 00:00:02,500\nOn the port side of the Cafe\u0301 & bar\n"


def asked(dictionary: bool) -> Ask:
    document = replace(scan(SRT.encode(), ".srt", "en"), lexicon=Lexicon(TERMS, dictionary))
    [ask] = first(document_plan := Plan.of(document), {})
    assert len(document_plan) == 1
    return ask


def first(plan: Plan, answers: dict[str, str | None]) -> list[Ask]:
    found = settle(plan.unit(0), answers, "de", limits_for("de"))
    assert not isinstance(found, Settled)
    return list(found)


def test_the_longest_term_is_marked_with_its_translation_and_what_stays_as_such() -> None:
    assert asked(dictionary=True).text == (
        'On the <mstrans:dictionary translation="Backbord">port side</mstrans:dictionary> of the '
        '<span id="1" class="notranslate">Café</span> &amp; bar'
    )


def test_without_a_dictionary_only_what_stays_is_marked() -> None:
    assert (
        asked(dictionary=False).text == 'On the port side of the <span id="1" class="notranslate">Café</span> &amp; bar'
    )


@pytest.mark.parametrize(
    "answer", ['Auf <mstrans:dictionary translation="Backbord">Backbord</mstrans:dictionary> des Café', None]
)
def test_an_answer_that_keeps_the_marks_is_asked_again_without_them(answer: str | None) -> None:
    document = replace(scan(SRT.encode(), ".srt", "en"), lexicon=Lexicon(TERMS, dictionary=True))
    plan = Plan.of(document)
    [ask] = first(plan, {})
    [plain] = first(plan, {ask.key: answer})
    assert (plain.text_type, plain.text) == ("Plain", "On the port side of the Cafe\u0301 & bar")


def test_the_report_names_terms_by_their_lines() -> None:
    pairs = [("the port", "der Hafen"), ("the port", "das Tor"), ("Café", "Kaffeehaus")]
    assert Lexicon(TERMS, dictionary=True).report(pairs) == {
        "terms": 2,
        "termsKept": 0,
        "termsNotAlwaysKept": [{"line": 1, "texts": 2, "kept": 1}, {"line": 3, "texts": 1, "kept": 0}],
    }
