"""No file makes us hang: each of these is read and settled within the time that any test has."""

import pytest

from shared.errors import TextUnreadable
from shared.subtitles import FORMATS
from tests.unit.subtitles.driving import translate

pytestmark = pytest.mark.slow

SIZE = 10_000
UNITS = (
    *(
        b"<",
        b"<i",
        b"<a '",
        b'<a "',
        b"<!--",
        b"<p",
        b"<pre>",
        b"-->",
        b"-->\n",
        b"{",
        b"{\\",
        b"&",
        b"&amp",
        b"[",
        b"](",
        b"`",
        b"``a",
    ),
    *(
        b"|",
        b"|  ",
        b" ",
        b"\t",
        b"\r",
        b"\n",
        b"\n\n",
        b"*",
        b"_",
        b"**a",
        b"$a",
        b"- ",
        b"> ",
        b"1",
        b"1\n",
        b"1,",
        b"1 000",
        b"%",
        b"\xe2\x99\xaa",
    ),
    *(
        b"00:00:01,000 --> 00:00:02,000\n",
        b"a@",
        b"www.",
        b"http://",
        b".",
        b"a.",
        b"\x00",
        b"\xff",
        b"Dialogue: 0,",
        b"</",
        b"]]>",
        b"\n\nx: 1",
        b"\n00:00:01,000 -> 00:00:02,000",
        b"\n00:00:03,000 --> 00:00:02,000\n",
        b"\na --> b",
    ),
)
FRAMES = {
    ".srt": (b"1\n00:00:01,000 --> 00:00:02,000\n", b"\n"),
    ".vtt": (b"WEBVTT\n\n00:01.000 --> 00:02.000\n", b"\n"),
    ".sbv": (b"0:00:01.000,0:00:02.000\n", b"\n"),
    ".ass": (b"[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,", b"\n"),
    ".ttml": (b'<tt><body><p begin="1s" end="2s">', b"</p></body></tt>"),
}


@pytest.mark.parametrize("extension", sorted(FORMATS))
def test_nothing_repeated_makes_us_hang(extension: str) -> None:
    before, behind = FRAMES.get(extension, (b"", b""))
    for unit in UNITS:
        data = before + unit * (SIZE // len(unit)) + behind
        try:
            translate(data, extension, "en", "de", lambda ask: ask.text).document.unshown(5)
        except TextUnreadable as refusal:
            assert refusal.reason
