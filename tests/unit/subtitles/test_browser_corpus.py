"""The WebVTT files of a browser parser's test suite, with the cues that it reads.

Its results follow the draft of 2013. Where ours differ, today's standard does: each difference is listed.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.errors import TextUnreadable
from shared.subtitles import splice
from shared.subtitles.encoding import decode
from shared.subtitles.formats import VTT, scan
from tests.unit.subtitles.corpora import CORPORA, corpus
from tests.unit.subtitles.driving import around, translate

FILES = 134
#: What the standard's parser reads today, where that is not what the suite says.
READ_TODAY = {
    "file-layout/header-no-new-line.vtt": [(11.0, 13.0, "Test")],  # a timing line ends the head without a blank line
    "integration/id.vtt": [  # the line after an identifier that is an arrow begins a cue
        *((1.0, 2.0, "This"), (2.0, 3.0, "Is"), (3.0, 4.0, "A"), (4.0, 5.0, "Test"), (6.0, 7.0, "And stuff?")),
    ],
}
#: Files that a browser does not read at all, because their first line is wrong, while their cues need no guess.
READ_WITH_A_WARNING = {
    "file-layout/newline-before-webvtt.vtt": [(0.0, 2.0, "text")],
    "file-layout/bom-tab-webvtt.vtt": [(0.0, 2.0, "text")],
    "file-layout/tab-after-bom-before-header.vtt": [(0.0, 2.0, "text")],
}
#: A browser reads nothing, and neither do we, so that somebody hears of it.
REFUSED = {
    **{
        f"file-layout/{name}.vtt": reason  # their first line is wrong, and so is something else
        for name, reason in {
            "bad-double-webvtt": "it looks like the times of a cue",
            "blank-file-with-bom": "it is empty",
            "blank-file": "it is empty",
            "bom-garbage-data": "a block of text has no times",
            "garbage-signature": "no line gives the times of a cue",
        }.items()
    },
    **{
        f"cue-times/{name}.vtt": "it looks like the times of a cue"  # their only cue has times that cannot be read
        for name in (
            *("fraction-digits", "incorrect-delimiter", "min-mid-digits", "missing-separator"),
            *("min-top-digits", "minimum-spots-over-sixty"),  # today 000:00.000 is hours and minutes without seconds
        )
    },
}


def listed() -> Iterator[tuple[str, Path]]:
    """Each file's name, and the file of its cues; none where the corpus is not present."""
    table = CORPORA / "webvtt" / "cues.tsv"
    if table.is_file():
        with table.open() as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                yield row["file"], table.parent / row["cues"]


NAMES = dict(listed())
EVERY = pytest.mark.parametrize("name", sorted(NAMES) or ["none"])


def content(name: str) -> bytes:
    return (corpus("webvtt") / name).read_bytes()


def test_the_corpus_is_whole() -> None:
    corpus("webvtt")
    assert len(NAMES) == FILES


@EVERY
def test_without_a_translation_every_byte_stays(name: str) -> None:
    data = content(name)
    _, body = decode(data, "en")
    found = VTT.scan(body)
    texts = [body[start:end] for start, end in zip(found.starts, found.ends, strict=True)]
    assert rebuilt(body, list(found.starts), texts) == data
    if name not in REFUSED:
        assert splice(scan(data, ".vtt", "en"), []).data == data


def rebuilt(body: bytes, starts: list[int], texts: list[bytes]) -> bytes:
    """The body with those texts put where its cues begin."""
    written, at = b"", 0
    for start, text in zip(starts, texts, strict=True):
        written += body[at:start] + text
        at = start + len(text)
    return written + body[at:]


@EVERY
def test_the_cues_are_those_of_the_standard(name: str) -> None:
    data = content(name)
    if name in REFUSED:
        with pytest.raises(TextUnreadable, match=REFUSED[name]):
            scan(data, ".vtt", "en")
        return
    document = scan(data, ".vtt", "en")
    times = [document.times(cue) for cue in range(len(document))]
    read = [
        (at.begin / 1000, at.end / 1000, document.payload(cue).replace("\r\n", "\n"))
        for cue, at in enumerate(times)
        if at
    ]
    assert read == (READ_TODAY | READ_WITH_A_WARNING).get(name, expected(name))
    assert bool(document.warnings) or name not in READ_WITH_A_WARNING


def expected(name: str) -> list[tuple[float, float, str]]:
    cues: list[dict[str, Any]] = json.loads(NAMES[name].read_text())["cues"]
    return [(cue["startTime"], cue["endTime"], cue["text"]) for cue in cues]


@EVERY
def test_translating_everything_changes_no_time_setting_or_identifier(name: str) -> None:
    data = content(name)
    if name in REFUSED:
        return
    result = translate(data, ".vtt", "en", "de", lambda ask: ask.text.replace("e", "ee").replace("o", "ö"))
    assert around(scan(result.data, ".vtt", "en")) == around(result.document)
