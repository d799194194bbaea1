"""Subtitles of one kind written as another; the srt library judges what is SubRip."""

import html

import pytest
import srt

from shared.subtitles import scan
from shared.subtitles.convert import srt_of, vtt_of

VTT = b"""WEBVTT

NOTE made by hand

1
00:01.000 --> 00:02.500 line:0
<v Ana>Fish &amp; <b.loud>chips</b>

100:00:03.000 --> 100:00:04.000
<c.yellow>- One</c> <00:00:03.500><i>two</i>
- Three &lt;four&gt;
"""


def test_webvtt_becomes_subrip_that_a_reader_of_subrip_understands() -> None:
    cues = list(srt.parse(srt_of(VTT).decode()))
    assert [cue.content for cue in cues] == ["Fish & <b>chips</b>", "- One <i>two</i>\n- Three <four>"]
    assert [(cue.start.total_seconds(), cue.end.total_seconds()) for cue in cues] == [(1, 2.5), (360003, 360004)]
    assert [cue.index for cue in cues] == [1, 2]


@pytest.mark.parametrize("text", ["Tom & Ana", "a --> b", "{\\an8}above", '<font color="red">red</font> <i>it</i>'])
def test_subrip_becomes_webvtt_and_comes_back_with_the_same_words(text: str) -> None:
    given = f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".replace(" --> b", " --&gt; b")
    made = vtt_of(scan(given.encode(), ".srt", None))
    assert made.startswith(b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n")
    [cue] = srt.parse(srt_of(made).decode())
    assert cue.content in {"Tom & Ana", "a --> b", "above", "red <i>it</i>"}


@pytest.mark.parametrize(
    "text",
    [
        "I <3 you\nand you too.",
        "If x < 5 and y > 3, stop.",
        "a<b and c>d",
        "<laughs> <3",
        "2 <- 3 </ 4",
        "<<Hello>>",
        "x <",
    ],
)
def test_a_sign_that_begins_no_tag_costs_no_word(text: str) -> None:
    made = vtt_of(scan(f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".encode(), ".srt", None))
    [payload] = made.decode().split("\n", 3)[3:]
    assert "<" not in payload
    assert html.unescape(payload).strip() == text


@pytest.mark.parametrize("text", ["x < 5 and y > 3", "I <3 you", "2 <- 3 </ 4>"])
def test_a_sign_that_begins_no_tag_costs_no_word_in_subrip(text: str) -> None:
    [cue] = srt.parse(srt_of(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n".encode()).decode())
    assert cue.content == text


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("<I>it</I> <font face='a' size=9>red</font><br/>", "<i>it</i> red"),
        ("{\\an8}<v Bob>Hi</v> <c.y>you</c>", "Hi you"),
        ("<s>old</s> <b >new</b>", "old <b>new</b>"),
    ],
)
def test_the_tags_that_webvtt_has_not_are_left_out(text: str, becomes: str) -> None:
    made = vtt_of(scan(f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".encode(), ".srt", None))
    assert made.decode().split("\n")[3] == becomes


def test_a_blank_line_in_a_text_does_not_end_the_cue() -> None:
    given = b"1\n00:00:01,000 --> 00:00:02,000\none\n\ntwo\n\n2\n00:00:03,000 --> 00:00:04,000\nthree\n"
    made = scan(vtt_of(scan(given, ".srt", None)), ".vtt", None)
    assert [made.payload(cue) for cue in range(len(made))] == ["one\ntwo", "three"]


def test_a_file_in_another_encoding_comes_out_in_utf8() -> None:
    given = "1\n00:00:01,000 --> 00:00:02,000\nAño\n".encode("utf-16")
    assert "Año".encode() in vtt_of(scan(given, ".srt", "es"))
