"""A file in which the spans of translatable text are known. Nothing else of it is ever touched."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from shared.subtitles.encoding import Encoding
from shared.subtitles.lexicon import Lexicon
from shared.subtitles.markup import Markup


class Times(NamedTuple):
    """When a cue is shown, in milliseconds from the beginning."""

    begin: int
    end: int


class Problem(NamedTuple):
    """What a reader would have to guess, and the byte at which."""

    at: int
    reason: str


#: Reads the times of the cue whose mark (the place of its timing line) is given.
Clock = Callable[[bytes, int], Times | None]


def _places() -> "array[int]":
    return array("I")


@dataclass
class Found:
    """What a scanner found: places in bytes, one in each column for each cue.

    Numbers in columns, because an object for each cue would take more memory than the file.
    `blocks` is given by formats without times: cues of one block may be parts of one sentence.
    `problems` keep the file from being accepted; `remarks` are told. `unshown` are places of text that belongs to no
    cue, so that no player shows it. `taken_as_text` are lines of a cue's text that look like the times of another.
    """

    starts: "array[int]" = field(default_factory=_places)
    ends: "array[int]" = field(default_factory=_places)
    marks: "array[int]" = field(default_factory=_places)
    blocks: "array[int]" = field(default_factory=_places)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    unshown: list[int] = field(default_factory=list)
    taken_as_text: list[int] = field(default_factory=list)
    clock: Clock | None = None

    def add(self, start: int, end: int, mark: int) -> None:
        """One more cue that is shown at times."""
        self.starts.append(start)
        self.ends.append(end)
        self.marks.append(mark)

    def add_text(self, start: int, end: int, block: int) -> None:
        """One more piece of text without times."""
        self.add(start, end, start)
        self.blocks.append(block)


Scanner = Callable[[bytes], Found]


@dataclass(frozen=True)
class Format:
    """A kind of text file: how its text is found, and what its markup means.

    `references` says whether it knows numeric character references; `embeds` whether players need marks of embedding
    around a right-to-left line; `ornamental` whether a text without the tags within it is still the same text, as in
    subtitles, while a page would lose its links; `declared` finds the encoding that a file itself names.
    """

    name: str
    scan: Scanner
    markup: Markup
    references: bool = False
    embeds: bool = False
    ornamental: bool = True
    declared: Callable[[bytes], str | None] = lambda _: None


@dataclass(frozen=True)
class Document:
    """A scanned file. `source` is the file as it was dropped, `body` the same as UTF-8. Cues are numbered from 0.

    `lexicon` has the terms that are marked in what is sent.
    """

    format: Format
    language: str | None
    source: bytes
    body: bytes
    encoding: Encoding
    found: Found
    warnings: Sequence[str]
    lexicon: Lexicon | None = None

    def __len__(self) -> int:
        """How many cues it has; paragraphs or lines where it has no times."""
        return len(self.found.starts)

    @property
    def timed(self) -> bool:
        """Whether its text is shown at times."""
        return self.found.clock is not None

    @cached_property
    def newline(self) -> str:
        """How its first line ends."""
        return newline(self.body)

    def payload(self, cue: int) -> str:
        """The text of a cue as it stands in the file, markup and all."""
        return self.body[self.found.starts[cue] : self.found.ends[cue]].decode()

    def times(self, cue: int) -> Times | None:
        """When the cue is shown; None where the file does not say."""
        clock = self.found.clock
        return clock(self.body, self.found.marks[cue]) if clock else None

    def where(self, cue: int) -> str:
        """How a person finds the cue. It counts the lines before it, so it is not for every cue of a large file."""
        times, line = self.times(cue), line_of(self.body, self.found.marks[cue])
        at = f" at {clock_face(times.begin)}" if times else ""
        return f"{'cue' if self.timed else 'text'} {cue + 1}{at} (line {line})"

    def unshown(self, most: int) -> tuple[list[str], int]:
        """What no player shows: text that belongs to no cue, and cues that end before they begin.

        At the `most` so many places by their names, without text of the file, and the number of all.
        """
        shown = ((cue, self.times(cue)) for cue in range(len(self)))
        backwards = [cue for cue, times in shown if times and times.end <= times.begin]
        texts = [f"the text on line {line_of(self.body, at)} belongs to no cue" for at in self.found.unshown[:most]]
        cues = [f"{self.where(cue)} ends before it begins" for cue in backwards[: most - len(texts)]]
        return texts + cues, len(self.found.unshown) + len(backwards)


def newline(body: bytes) -> str:
    """How the first line ends."""
    at = min((place for place in (body.find(b"\n"), body.find(b"\r")) if place >= 0), default=-1)
    if at < 0 or body[at : at + 1] == b"\n":
        return "\n"
    return "\r\n" if body[at : at + 2] == b"\r\n" else "\r"


def line_of(body: bytes, at: int) -> int:
    """The number of the line that holds the byte, counted from 1."""
    return 1 + body.count(b"\n", 0, at) + body.count(b"\r", 0, at) - body.count(b"\r\n", 0, at)


def clock_face(milliseconds: int) -> str:
    """`0:01:02.500`, for people."""
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
