"""How much of a language fits on the screen and can be read in time: numbers, each with its source.

Sources disagree in places; a brief may give its own numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from shared.subtitles.scripts import base

NETFLIX = "Netflix, Timed Text Style Guide, general requirements"
SUBTITLE_EDIT = "SubtitleEdit, table of limits by language"
OURS = "our own choice"


class Figure(NamedTuple):
    """A number, and who says so."""

    value: float
    source: str


#: Characters in a line. Japanese, Chinese and Korean count full-width characters, of which a Latin letter is half.
LINE_LENGTH: Mapping[str, Figure] = {
    "": Figure(42, NETFLIX),
    "ja": Figure(13, SUBTITLE_EDIT),
    "ko": Figure(16, SUBTITLE_EDIT),
    "th": Figure(35, SUBTITLE_EDIT),
    "zh": Figure(16, SUBTITLE_EDIT),
}
LINES: Mapping[str, Figure] = {"": Figure(2, NETFLIX)}
#: Characters that an adult reads in a second.
READING_SPEED: Mapping[str, Figure] = {
    "": Figure(17, NETFLIX),
    "ar": Figure(20, SUBTITLE_EDIT),
    "en": Figure(20, SUBTITLE_EDIT),
    "hi": Figure(22, SUBTITLE_EDIT),
    "ja": Figure(4, SUBTITLE_EDIT),
    "ko": Figure(12, SUBTITLE_EDIT),
    "zh": Figure(9, SUBTITLE_EDIT),
}
_FULL_WIDTH = frozenset(("ja", "ko", "zh", "yue", "wuu", "lzh"))
_AS_CHINESE = frozenset(("yue", "wuu", "lzh"))


@dataclass(frozen=True)
class Limits:
    """What fits: characters in a line, lines in a cue, characters in a second. `full`: full-width ones are counted."""

    line_length: float
    lines: int
    reading_speed: float
    full: bool = False

    @property
    def room(self) -> float:
        """Characters in a cue."""
        return self.line_length * self.lines


def limits_for(
    language: str, *, line_length: float | None = None, lines: int | None = None, reading_speed: float | None = None
) -> Limits:
    """The limits of a target language; numbers that are given win over the tables."""
    key = "zh" if base(language) in _AS_CHINESE else base(language)
    return Limits(
        line_length or _figure(LINE_LENGTH, key).value,
        lines or int(_figure(LINES, key).value),
        reading_speed or _figure(READING_SPEED, key).value,
        base(language) in _FULL_WIDTH,
    )


def _figure(table: Mapping[str, Figure], key: str) -> Figure:
    return table.get(key, table[""])
