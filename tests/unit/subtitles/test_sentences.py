"""Which cues are sent as one sentence, and how a text of several parts is sent."""

from collections.abc import Sequence

import pytest

from shared.subtitles import Ask, Plan, limits_for, scan, settle

LIMITS = limits_for("de")


def film(*cues: tuple[str, int], gap: int = 100) -> bytes:
    """SubRip: each cue's text, and for how many milliseconds it is shown."""
    written, begin = "", 0
    for text, lasting in cues:
        times = [
            f"{at // 3_600_000:02}:{at // 60_000 % 60:02}:{at // 1000 % 60:02},{at % 1000:03}"
            for at in (begin, begin + lasting)
        ]
        written += f"1\n{times[0]} --> {times[1]}\n{text}\n\n"
        begin += lasting + gap
    return written.encode()


def asked(data: bytes, extension: str = ".srt", language: str = "en") -> list[str]:
    """The first questions."""
    texts: list[str] = []
    for unit in Plan.of(scan(data, extension, language)):
        found = settle(unit, {}, "de", LIMITS)
        texts += [ask.text for ask in found] if isinstance(found, Sequence) else []
    return texts


def cues(*texts: str, gap: int = 100) -> list[str]:
    return asked(film(*((text, 2000) for text in texts), gap=gap))


@pytest.mark.parametrize(
    ("texts", "sent"),
    [
        (["When I was a child", "we went to sea."], ["When I was a child we went to sea."]),
        (["We went to sea.", "It was cold."], ["We went to sea.", "It was cold."]),
        (["I saw Mr.", "Smith in the U.S."], ["I saw Mr. Smith in the U.S."]),
        (["I was...", "...going home."], ["I was... ...going home."]),
        (["I was...", "Go home!"], ["I was...", "Go home!"]),
        (["I thought", "- What?"], ["I thought", "What?"]),
        (["I thought", ">> What?"], ["I thought", "What?"]),
        (["I thought", "[ANN]: What?"], ["I thought", "[ANN]: What?"]),
        (["I thought", "ANN: What?"], ["I thought", "ANN: What?"]),
        (["I thought", "[door slams]", "of you."], ["I thought", "[door slams]", "of you."]),
        (["I thought", "♪ la la ♪"], ["I thought", "la la"]),
        (["<i>I thought</i>", "of you."], ["I thought", "of you."]),
        (["<i>I thought</i>", "<i>of you.</i>"], ["I thought of you."]),
        (["so we went", "so we went\non and on"], ["so we went", "so we went on and on"]),
        (["we went\nto the sea", "to the sea\nby train."], ["we went to the sea", "to the sea by train."]),
        (["&nbsp;", "We went."], ["We went."]),
        (["I thought", "42", "of you."], ["I thought", "of you."]),
    ],
)
def test_a_sentence_is_read_across_cues(texts: list[str], sent: list[str]) -> None:
    assert cues(*texts) == sent


@pytest.mark.parametrize(("gap", "sent"), [(999, 1), (1000, 2), (-100, 1), (-500, 2)])
def test_a_pause_or_an_overlap_ends_a_sentence(gap: int, sent: int) -> None:
    assert len(cues("We went", "to sea.", gap=gap)) == sent


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("One line\nand another.", ["One line and another."]),
        ("- Who?\n- You.", ["Who?", "You."]),
        ("Who?\n- You.", ["Who?", "You."]),
        ("<i>- Who?\n- You.</i>", ["Who?", "You."]),
        ("-5 degrees", ["-5 degrees"]),
        ("[sighs]\nWho?", ["[sighs]", "Who?"]),
        ("{\\an8}<i>Who?</i>", ["Who?"]),
        ("<i>One</i>\n<i>two.</i>", ["One two."]),
        ("<i>Oh</i>, you & I", ['<span id="1">Oh</span>, you &amp; I']),
        ("Hi, {name}!", ['Hi, <span id="1" class="notranslate">{name}</span>!']),
        ("♪", []),
    ],
)
def test_a_cue_is_sent_without_what_stands_around_it(text: str, sent: list[str]) -> None:
    assert cues(text) == sent


def test_lines_of_a_language_without_spaces_are_joined_without_one() -> None:
    assert asked(film(("今日は\n天気が", 1000), ("いいですね。", 1000)), language="ja") == ["今日は天気がいいですね。"]


def test_a_voice_of_webvtt_begins_another_text() -> None:
    data = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Who?</v>\n<v Bob>You</v>\n<i>Laughter</i>\n"
    assert asked(data, ".vtt") == ["Who?", "You", "Laughter"]


def test_machine_captions_without_full_stops_are_cut_before_they_are_endless() -> None:
    assert len(cues(*(f"so we went on and {chr(97 + at)}" for at in range(20)))) == 3


def test_a_drawing_is_no_text() -> None:
    head = b"[Events]\nFormat: Start, End, Text\n"
    data = head + b"Dialogue: 0:00:01.00,0:00:02.00,{\\p1}m 0 0 l 100 0 100 100{\\p0}\n"
    assert asked(data, ".ass") == []


def test_a_plan_is_stored_as_json_and_its_keys_are_the_same() -> None:
    document = scan(film(("One", 900), ("two.", 900), ("Three.", 900)), ".srt", "en")
    plan = Plan.of(document)
    again = Plan.loads(document, plan.dumps())
    assert plan.dumps() == "[0,2]"
    asks = settle(again.unit(1), {}, "de", LIMITS)
    assert asks == [Ask("1.0.p", "Three.", "Plain")]


def test_lines_wrapped_by_hand_are_one_sentence_and_a_list_is_not() -> None:
    wrapped = (
        b"This is a paragraph that somebody wrapped by hand so\n"
        b"that its sentence runs over several of its lines and\nends here.\n"
    )
    assert len(asked(wrapped, ".txt")) == 1
    assert asked(b"Apples\nPears\nPlums and cherries\n", ".txt") == ["Apples", "Pears", "Plums and cherries"]
