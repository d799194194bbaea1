"""What of a file is text, in every format; and which files are refused."""

import pytest

from shared.errors import TextUnreadable
from shared.subtitles import scan, splice
from tests.unit.subtitles.awkward import ACCEPTED, REFUSED, Awkward, Hopeless
from tests.unit.subtitles.driving import around, translate

SRT = b"1\n00:00:01,000 --> 00:00:02,000\n"
AWKWARD = pytest.mark.parametrize("file", ACCEPTED, ids=lambda file: f"{file.extension} {file.name}")


@AWKWARD
def test_the_text_is_found(file: Awkward) -> None:
    document = scan(file.data, file.extension, file.language)
    assert [document.payload(cue) for cue in range(len(document))] == list(file.texts)


@AWKWARD
def test_without_a_translation_every_byte_stays(file: Awkward) -> None:
    document = scan(file.data, file.extension, file.language)
    assert splice(document, []).data == file.data


@AWKWARD
def test_with_its_own_text_every_byte_stays(file: Awkward) -> None:
    document = scan(file.data, file.extension, file.language)
    assert splice(document, enumerate(file.texts)).data == file.data


@AWKWARD
def test_a_translation_changes_nothing_but_the_text(file: Awkward) -> None:
    result = translate(file.data, file.extension, file.language, "de", lambda ask: ask.text.replace("o", "ö"))
    again = scan(result.data, file.extension, file.language)
    assert around(again) == around(result.document)


@pytest.mark.parametrize("file", REFUSED, ids=lambda file: f"{file.extension} {file.name}")
def test_what_needs_a_guess_is_refused_with_line_and_reason(file: Hopeless) -> None:
    with pytest.raises(TextUnreadable, match=r"^Line \d+ cannot be read as [A-Z]") as refusal:
        scan(file.data, file.extension, "en")
    assert file.reason in refusal.value.reason


@pytest.mark.parametrize(
    ("data", "extension", "lines"),
    [
        (SRT + b"Results:\n1:32.456 - 1:32.789\n", ".srt", "line 4"),
        (SRT + b"One\n2\n00:00:03,000 00:00:04,000\nTwo\n", ".srt", "line 5"),
        (SRT + b"1:01.1 1:01.2\n" * 7, ".srt", "lines 3, 4, 5, 6, 7 and 2 more"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n1:32.456 - 1:32.789\n", ".vtt", "line 4"),
    ],
)
def test_two_times_where_no_cue_can_begin_are_text_and_told(data: bytes, extension: str, lines: str) -> None:
    told = f"What looks like the times of a cue was read as text, because no cue can begin there: {lines}."
    assert scan(data, extension, "en").warnings == [told]


@pytest.mark.parametrize(
    "data",
    [
        b"WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\nNOTE\nfrom\n1:32.456 - 1:32.789\n",
        b"WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\n0:00:01 - 0:00:02\n00:03.000 --> 00:04.000\nTwo\n",
    ],
)
def test_times_in_a_comment_or_an_identifier_are_not_told(data: bytes) -> None:
    assert scan(data, ".vtt", "en").warnings == []


def test_texts_are_written_in_the_order_of_their_cues() -> None:
    document = scan(b"One\n\nTwo\n", ".txt", "en")
    assert splice(document, [(1, "Zwei")]).data == b"One\n\nZwei\n"
    with pytest.raises(ValueError, match="cue 0 comes behind cue 1"):
        splice(document, [(1, "Zwei"), (0, "Eins")])
