"""What of a document is sent together: units, addressed by number.

A unit is a run of cues that hold one sentence or more, or one cue. Its texts are sent one by one, and each has a
ladder: the sentence with its tags, without them, each cue alone; at last the source is kept.
"""

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Self

from shared.subtitles.document import Document
from shared.subtitles.parts import Part, parts_of
from shared.subtitles.sentences import MOST_CHARACTERS, MOST_CUES, ends, pause, rolls, same_voice
from shared.subtitles.wire import Message, plain_message, tagged_message

Context = Literal["sentence", "cue"]

#: A longer cue is none: nobody could read it. It stays as it is, so that no file makes the patterns slow.
LONGEST_CUE_BYTES = 10_000


@dataclass(frozen=True)
class Cue:
    """A cue in its parts, and the line breaks between them."""

    number: int
    parts: Sequence[Part]
    breaks: Sequence[str] = ()


@dataclass(frozen=True)
class Unit:
    """Cues that are settled together. Several cues have one part each, and are one text."""

    number: int
    cues: Sequence[Cue]
    document: Document

    @cached_property
    def groups(self) -> Sequence["Group"]:
        """The texts of the unit: one over all of its cues, or one for each part of its only cue."""
        if len(self.cues) > 1:
            return [Group(self, tuple(cue.parts[0] for cue in self.cues))]
        return [Group(self, (part,)) for cue in self.cues for part in cue.parts]


@dataclass(frozen=True)
class Group:
    """Parts that are sent as one text."""

    unit: Unit
    parts: tuple[Part, ...]

    @property
    def translatable(self) -> bool:
        """Whether there is a word in them."""
        return any(part.translatable for part in self.parts)

    @cached_property
    def whole(self) -> Sequence[tuple[str, Message]]:
        """The rungs of the ladder that send all parts as one text, each with its letter."""
        document = self.unit.document
        form, language = document.format, document.language
        tagged = tagged_message(self.parts, language, document.lexicon)
        rungs = [("t", tagged)] if tagged else []
        if tagged is None or form.ornamental:
            rungs.append(("p", plain_message(self.parts, language)))
        return rungs

    @cached_property
    def alone(self) -> Sequence[Message]:
        """The last rung of a sentence over several cues: each part as a text of its own."""
        if len(self.parts) < 2:
            return []
        document = self.unit.document
        form, language = document.format, document.language
        tagged = [
            None if form.ornamental else tagged_message([part], language, document.lexicon) for part in self.parts
        ]
        return [message or plain_message([part], language) for message, part in zip(tagged, self.parts, strict=True)]


@dataclass(frozen=True)
class Plan:
    """The units of a document: the number of the first cue of each.

    Made again from the same document it is the same. That takes some ten seconds for 100,000 cues, so `dumps` gives it
    as JSON (a number for each unit) for whoever works in slices: `loads` and one unit take no time at all.
    """

    document: Document
    starts: "array[int]"

    @classmethod
    def of(cls, document: Document, context: Context = "sentence") -> Self:
        """Join cues to sentences, or take each for itself."""
        if context == "cue":
            return cls(document, array("I", range(len(document))))
        return cls(document, array("I", _starts(document)))

    @classmethod
    def loads(cls, document: Document, stored: str) -> Self:
        """The plan that `dumps` gave."""
        return cls(document, array("I", json.loads(stored)))

    def dumps(self) -> str:
        """The plan as JSON."""
        return json.dumps(self.starts.tolist(), separators=(",", ":"))

    def __len__(self) -> int:
        """How many units there are."""
        return len(self.starts)

    def __iter__(self) -> Iterator[Unit]:
        """Every unit, made when it is asked for."""
        return (self.unit(number) for number in range(len(self)))

    def unit(self, number: int) -> Unit:
        """One unit, counted from 0."""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.document)
        return Unit(number, [cue_of(self.document, cue) for cue in range(self.starts[number], end)], self.document)


def cue_of(document: Document, number: int) -> Cue:
    """A cue in its parts; none where it is longer than any cue is."""
    found = document.found
    if found.ends[number] - found.starts[number] > LONGEST_CUE_BYTES:
        return Cue(number, ())
    return Cue(number, *parts_of(document.payload(number), document.format.markup, spoken=document.timed))


def _starts(document: Document) -> Iterator[int]:
    """The number of each cue that begins a unit."""
    before: Cue | None = None
    cues = characters = 0
    for number in range(len(document)):
        cue = cue_of(document, number)
        length = sum(len(part.text) for part in cue.parts)
        fits = cues < MOST_CUES and characters + length <= MOST_CHARACTERS
        if before is None or not fits or not _continues(document, before, cue):
            yield number
            cues = characters = 0
        before, cues, characters = cue, cues + 1, characters + length


def _continues(document: Document, before: Cue, cue: Cue) -> bool:
    """Whether a cue goes on with the sentence of the one before."""
    if len(before.parts) != 1 or len(cue.parts) != 1:
        return False
    if document.timed:
        if pause(document.times(before.number), document.times(cue.number)):
            return False
    elif document.found.blocks[before.number] != document.found.blocks[cue.number]:
        return False
    part, following = before.parts[0], cue.parts[0]
    if not part.translatable or not following.translatable or not same_voice(part, following) or rolls(part, following):
        return False
    return not ends(part.text, following.text, document.language)
