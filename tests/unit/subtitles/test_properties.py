"""What holds for every file and every translator, however hostile."""

import io

import pysubs2
import pytest
import srt
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import TextUnreadable
from shared.subtitles import FORMATS, Document, scan, splice
from shared.subtitles.markup import plain
from tests.unit.subtitles.driving import Translated, around, translate
from tests.unit.subtitles.files import DIALECTS, file
from tests.unit.subtitles.hostile import hostile

pytestmark = pytest.mark.slow

HEAVY = settings(deadline=None, max_examples=10)
EXTENSION = pytest.mark.parametrize("extension", sorted(DIALECTS))
TARGETS = ("de", "ja-JP", "ar", "zh-Hans", "th", "fr", "he")
FRAGMENTS = (
    *(
        "WEBVTT",
        "\n",
        "\n\n",
        "\r",
        "\r\n",
        "1\n",
        "00:00:01,000 --> 00:00:02,000\n",
        "00:01.000 --> 00:02.000",
        "-->",
        "NOTE",
    ),
    *(
        "0:00:01.000,0:00:02.000\n",
        "[Events]\n",
        "Format: Start, End, Text\n",
        "Dialogue: 0:00:01.00,0:00:02.00,",
        "{\\i1}",
        "\\N",
        "{",
    ),
    *(
        "<tt><body>",
        '<p begin="1s" end="2s">',
        "</p>",
        "</body></tt>",
        "<",
        ">",
        "<i>",
        "</i>",
        "&",
        "&amp;",
        "<!--",
        "-->",
        "]]>",
    ),
    *(
        "---\n",
        "```\n",
        "| a | b |\n",
        "|---|---|\n",
        "**",
        "[a](b)",
        "`",
        "$",
        "\\",
        "\x00",
        "\ufeff",
        "- ",
        "♪",
        "Hello.",
        "  ",
        "%s",
        "1,5",
    ),
)


@st.composite
def cases(draw: st.DrawFn, extension: str) -> Translated:
    data = draw(file(extension))
    return translate(
        data,
        extension,
        draw(st.sampled_from(("en", None))),
        draw(st.sampled_from(TARGETS)),
        hostile(draw(st.integers(0, 10**6))),
        context=draw(st.sampled_from(("sentence", "sentence", "cue"))),
    )


@EXTENSION
@settings(max_examples=25)
@given(data=st.data())
def test_without_a_translation_every_byte_stays(extension: str, data: st.DataObject) -> None:
    content = data.draw(file(extension))
    assert splice(scan(content, extension, "en"), []).data == content


@EXTENSION
@HEAVY
@given(data=st.data())
def test_a_hostile_translator_changes_nothing_but_text(extension: str, data: st.DataObject) -> None:
    result = data.draw(cases(extension))
    again = scan(result.data, extension, "en")
    assert around(again) == around(result.document)
    assert [again.times(cue) for cue in range(len(again))] == [result.document.times(cue) for cue in range(len(again))]
    emptied = [
        cue for cue in range(len(again)) if result.document.payload(cue).strip() and not again.payload(cue).strip()
    ]
    assert emptied == []


@EXTENSION
@HEAVY
@given(data=st.data())
def test_every_cue_is_translated_or_named(extension: str, data: st.DataObject) -> None:
    result = data.draw(cases(extension))
    report = result.report
    assert report["translated"] + report["withoutWords"] + report["keptInSource"] >= report["cues"]
    assert len(report["keptCues"]) == report["keptInSource"]


@EXTENSION
@HEAVY
@given(data=st.data())
def test_a_translator_that_answers_with_the_source_loses_no_word(extension: str, data: st.DataObject) -> None:
    content = data.draw(file(extension))
    result = translate(content, extension, "en", "en", lambda ask: ask.text)
    assert result.report["keptInSource"] == 0
    assert words(scan(result.data, extension, "en")) == words(result.document)


def words(document: Document) -> list[str]:
    """Everything that a reader sees."""
    markup = document.format.markup
    shown = (plain(markup.tokens(document.payload(cue))) for cue in range(len(document)))
    return " ".join(shown).split()


@pytest.mark.parametrize("extension", sorted(FORMATS))
@HEAVY
@given(
    content=st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=5)), max_size=30).map("".join),
    seed=st.integers(0, 99),
)
def test_garbage_is_refused_or_kept_whole(extension: str, content: str, seed: int) -> None:
    data = content.encode("utf-8", "surrogatepass")
    try:
        document = scan(data, extension, "en")
    except TextUnreadable:
        return
    assert splice(document, []).data == data
    translate(data, extension, "en", "de", hostile(seed))


@pytest.mark.parametrize("extension", sorted(FORMATS))
@HEAVY
@given(data=st.binary(max_size=300))
def test_no_bytes_break_a_scanner(extension: str, data: bytes) -> None:
    try:
        assert splice(scan(data, extension, "en"), []).data == data
    except TextUnreadable as refusal:
        assert refusal.reason


@HEAVY
@given(data=st.data())
def test_srt_reads_the_same_cues_at_the_same_times(data: st.DataObject) -> None:
    result = data.draw(cases(".srt"))
    before, after = (
        [(cue.index, cue.start, cue.end) for cue in srt.parse(content.decode("utf-8-sig").replace("\r\n", "\n"))]
        for content in (result.document.source, result.data)
    )
    assert after == before


@HEAVY
@given(data=st.data())
def test_webvtt_py_reads_the_same_cues_at_the_same_times(data: st.DataObject) -> None:
    result = data.draw(cases(".vtt"))
    before, after = (
        [(cue.identifier, cue.start, cue.end) for cue in webvtt.from_string(content.decode("utf-8-sig")).captions]
        for content in (result.document.source, result.data)
    )
    assert after == before


# Not WebVTT: it takes two karaoke times in a line, such as <00:00:01.500>, for the times of another cue.
@pytest.mark.parametrize("extension", [".srt", ".ass", ".ttml"])
@HEAVY
@given(data=st.data())
def test_pysubs2_reads_the_same_cues_at_the_same_times(extension: str, data: st.DataObject) -> None:
    result = data.draw(cases(extension))
    before, after = (
        [
            (event.start, event.end, event.type)
            for event in pysubs2.SSAFile.from_file(io.StringIO(content.decode("utf-8-sig")), extension[1:]).events
        ]
        for content in (result.document.source, result.data)
    )
    assert after == before
