"""Subtitle cues, and the three forms that the services write them in: WebVTT, SRT and Advanced SubStation Alpha."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sandbox.doubles.pseudo import pseudo

SECONDS_PER_CUE = 2.0
_CLOCK = r"(?:(\d+):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_TIMING = re.compile(rf"{_CLOCK}[ \t]+-->[ \t]+{_CLOCK}(?:[ \t].*)?")
_ASS_HEAD = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, MarginV
Style: Default,Arial,16,&H00FFFFFF,&H00000000,10

[Events]
Format: Layer, Start, End, Style, Text
"""


class BadSubtitles(Exception):
    """The text is not the subtitle file it should be; the message says where."""


@dataclass(frozen=True)
class Cue:
    """One subtitle: from `start` to `end`, in seconds from the beginning of the media."""

    start: float
    end: float
    text: str


def transcript(seconds: float) -> list[Cue]:
    """What the doubles pretend to hear in media of that length: one cue every two seconds, at least one."""
    count = max(1, int(seconds // SECONDS_PER_CUE))
    return [_heard(index) for index in range(count)]


def _heard(index: int) -> Cue:
    start = index * SECONDS_PER_CUE
    return Cue(start, start + SECONDS_PER_CUE - 0.1, f"This is line {index + 1} of a pretended transcript.")


def translated(cues: Iterable[Cue], locale: str) -> list[Cue]:
    """The same cues, pseudo-translated; their times stay."""
    return [replace(cue, text=pseudo(cue.text, locale)) for cue in cues]


def parse_webvtt(text: str) -> list[Cue]:
    """The cues of a WebVTT file. Raises BadSubtitles when it has no `WEBVTT` line, no cue, or a bad time."""
    if not text.removeprefix("\ufeff").startswith("WEBVTT"):
        raise BadSubtitles("The file does not begin with WEBVTT.")
    return _cues(text)


def parse_srt(text: str) -> list[Cue]:
    """The cues of a SubRip file. Raises BadSubtitles for no cue, a bad time, or cues that overlap."""
    cues = _cues(text)
    for earlier, later in pairwise(cues):
        if later.start < earlier.end:
            raise BadSubtitles(f"The cue at {_clock(later.start)} begins before the one above has ended.")
    return cues


def _cues(text: str) -> list[Cue]:
    blocks = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip())
    cues = [_cue(block.split("\n")) for block in blocks if "-->" in block]
    if not cues:
        raise BadSubtitles("The file has no cue.")
    return cues


def _cue(lines: Sequence[str]) -> Cue:
    at = next(index for index, line in enumerate(lines) if "-->" in line)
    timing = _TIMING.fullmatch(lines[at].strip())
    if timing is None:
        raise BadSubtitles(f"{lines[at]!r} is not a time span.")
    parts = [int(part or 0) for part in timing.groups()]
    start, end = _seconds(*parts[:4]), _seconds(*parts[4:])
    if end < start:
        raise BadSubtitles(f"The cue at {_clock(start)} ends before it begins.")
    return Cue(start, end, "\n".join(lines[at + 1 :]))


def _seconds(hours: int, minutes: int, seconds: int, milliseconds: int) -> float:
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _clock(seconds: float, mark: str = ".") -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}{mark}{milliseconds % 1000:03}"


def webvtt(cues: Iterable[Cue]) -> str:
    """The cues as WebVTT (https://www.w3.org/TR/webvtt1/)."""
    blocks = [f"{_clock(cue.start)} --> {_clock(cue.end)}\n{cue.text}\n" for cue in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def srt(cues: Iterable[Cue]) -> str:
    """The cues as SubRip: numbered from one, with a comma before the milliseconds."""
    blocks = [
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{cue.text}\n"
        for number, cue in enumerate(cues, 1)
    ]
    return "\n".join(blocks)


def ass(cues: Iterable[Cue]) -> str:
    """The cues as Advanced SubStation Alpha, with one default style."""
    return _ASS_HEAD + "".join(f"Dialogue: 0,{_span(cue)},Default,{_one_line(cue.text)}\n" for cue in cues)


def _span(cue: Cue) -> str:
    return ",".join(_clock(at).removeprefix("0")[:-1] for at in (cue.start, cue.end))


def _one_line(text: str) -> str:
    return text.replace("\n", "\\N")
