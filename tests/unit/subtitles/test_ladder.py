"""What is asked when an answer does not hold what it must."""

from collections.abc import Callable

import pytest

from shared.subtitles import Ask
from tests.unit.subtitles.driving import translate
from tests.unit.subtitles.test_sentences import film

SENTENCE = film(("He saw <i>the old</i> harbour", 2000), ("and the ships.", 2000))
TAGGED = 'He saw <span id="1">the old</span> harbour and the ships.'


def asked(answer: Callable[[Ask], str | None]) -> tuple[list[str], str, dict[str, object]]:
    result = translate(SENTENCE, ".srt", "en", "de", answer)
    return list(result.asked), result.text, result.report


def test_the_sentence_goes_with_its_tags_and_comes_back_over_its_cues() -> None:
    keys, text, report = asked(lambda _: 'Er sah <span id="1">den alten</span> Hafen und die Schiffe.')
    assert keys == ["0.0.t"]
    assert "\nEr sah <i>den alten</i> Hafen\n" in text
    assert "\nund die Schiffe.\n" in text
    assert (report["translated"], report["keptInSource"]) == (2, 0)


def test_without_its_tags_it_goes_a_second_time() -> None:
    keys, text, report = asked(lambda ask: ask.text.replace("</span>", ""))
    assert keys == ["0.0.t", "0.0.p"]
    assert "\nHe saw the old harbour\n" in text
    assert (report["withoutInnerTags"], report["keptInSource"]) == (1, 0)
    assert report["withoutInnerTagsCues"] == ["cue 1 at 0:00:00.000 (line 2)"]


def test_italics_over_two_lines_that_did_not_come_back_are_told() -> None:
    data = film(("Hann sagði: <i>Ég kem\nekki aftur.</i>", 4000))
    result = translate(data, ".srt", "is", "sw", lambda ask: ask.text.replace("</span>", ""))
    assert "<i>" not in result.text
    assert result.report["withoutInnerTagsCues"] == ["cue 1 at 0:00:00.000 (line 2)"]


@pytest.mark.parametrize(
    "text",
    [
        "<i>Fyrsta lína,\nönnur lína.</i>",
        "<i>Fyrsta lína,</i>\n<i>önnur lína.</i>",
        "{\\an8}<i><b>Fyrsta lína,\nönnur lína.</b></i>",
        "<i>- Hver ert þú?\n- Enginn.</i>",
    ],
)
def test_what_is_wrapped_around_a_whole_cue_is_never_sent_and_never_lost(text: str) -> None:
    result = translate(film((text, 4000)), ".srt", "is", "sw", lambda ask: ask.text.upper())
    assert all("<" not in sent for sent in result.asked.values())
    assert result.text.count("<i>") == result.text.count("</i>") == 1
    assert result.report["withoutInnerTags"] == 0


def test_then_each_cue_goes_alone() -> None:
    keys, text, report = asked(lambda ask: "Ja." if len(ask.key) == len("0.0.p") else f"So {ask.text}")
    assert keys == ["0.0.t", "0.0.p", "0.0.a0", "0.0.a1"]
    assert "\nSo He saw the old harbour\n" in text
    assert report["keptInSource"] == 0


def test_at_last_the_source_is_kept_and_named_with_its_cue() -> None:
    _, text, report = asked(lambda ask: None if "ships" in ask.text else "Er sah ihn.")
    assert "\nEr sah ihn.\n" in text
    assert "\nand the ships.\n" in text
    assert report["keptCues"] == [{"cue": "cue 2 at 0:00:02.100 (line 6)", "why": "the service gave no answer"}]


def test_of_a_cue_with_two_speakers_one_may_be_kept() -> None:
    data = film(("- Who are you?\n- Nobody in 1984.", 3000))
    result = translate(data, ".srt", "en", "de", lambda ask: "Wer bist du?" if "Who" in ask.text else "Niemand.")
    assert "\n- Wer bist du?\n- Nobody in 1984.\n" in result.text
    assert result.report["keptInSource"] == result.report["translated"] == 1


def test_a_page_keeps_its_links_or_its_source() -> None:
    result = translate(b'<p>See <a href="x">this page</a> now.</p>', ".html", "en", "de", lambda _: "Siehe jetzt.")
    assert result.text == '<p>See <a href="x">this page</a> now.</p>'
    assert list(result.asked) == ["0.0.t"]


def test_what_is_too_long_for_a_service_is_kept() -> None:
    result = translate(film(("word " * 1999 + "end.", 3000)), ".srt", "en", "de", lambda _: "x")
    assert result.report["translated"] == 1
    result = translate(film(("word " * 3000, 3000)), ".srt", "en", "de", lambda _: "x")
    assert result.report["keptCues"] == [
        {"cue": "cue 1 at 0:00:00.000 (line 2)", "why": "it is longer than a cue can be"}
    ]


def test_cues_that_nobody_can_read_in_time_are_counted() -> None:
    result = translate(
        film(("Hi.", 1000), ("Ho.", 1000)), ".srt", "en", "de", lambda ask: "Hallo." if "Hi" in ask.text else "Ho " * 40
    )
    assert (result.report["overReadingSpeed"], result.report["overLineLimits"]) == (1, 1)


def test_the_receipt_holds_no_text_of_the_file() -> None:
    result = translate(film(("Secret words 1984.", 1000)), ".srt", "en", "de", lambda _: "nothing")
    assert "ecret" not in str(result.report)


def test_a_cdata_section_is_named_as_kept_in_the_source() -> None:
    data = b'<tt><body><p begin="1s" end="2s"><![CDATA[Hello]]></p><p begin="3s" end="9s">Go.</p></body></tt>'
    result = translate(data, ".ttml", "en", "de", lambda _: "Geh.")
    assert result.data == data.replace(b"Go.", b"Geh.")
    assert (result.report["translated"], result.report["keptInSource"], result.report["withoutWords"]) == (1, 1, 0)


def test_a_line_break_as_youtube_writes_it_is_none_of_the_words() -> None:
    data = b"0:00:01.000,0:00:05.000\nThe ships of the harbour[br]came in.\n"
    result = translate(data, ".sbv", "en", "de", lambda _: "Die Schiffe des Hafens sind am Abend wieder da.")
    assert list(result.asked.values()) == ["The ships of the harbour came in."]
    assert "Die Schiffe des Hafens[br]sind am Abend wieder da." in result.text
