"""A translated part as it is written into the file: lines, tags, wrappers and marks of direction."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from shared.subtitles.document import Document
from shared.subtitles.limits import Limits
from shared.subtitles.lines import directed, line_breaks
from shared.subtitles.markup import Kind
from shared.subtitles.parts import Part
from shared.subtitles.scripts import without_marks
from shared.subtitles.wire import Answer, Wrong

_TAGS = re.compile(r"(?:<[^<>]*>|\{[^{}]*\}|\s)*")
#: Some players take any line with two of these for the times of a cue, whatever stands between them.
_TIME = re.compile(r"\d:\d\d:\d\d[.,]\d")
_NOTES = "♪♫#"


@dataclass(frozen=True)
class Rules:
    """How text is written into a document in its target language."""

    document: Document
    target: str
    limits: Limits

    @property
    def newline(self) -> str:
        """How a line break within a cue is written, where the cue itself shows no other."""
        return self.document.format.markup.line or self.document.newline


class Rendered(NamedTuple):
    """A part as it is written, and the lines that a viewer sees. `bare` says that the tags within it are gone."""

    raw: str
    lines: Sequence[str]
    bare: bool = False


def rendered(part: Part, answer: Answer, rules: Rules, lines: int) -> Rendered:
    """The part with its translation, in so many lines at the most; Wrong where it would not read back as that."""
    timed = rules.document.timed
    limits = Limits(rules.limits.line_length, lines, rules.limits.reading_speed, rules.limits.full)
    breaks = line_breaks(answer.text, rules.target, limits, answer.kept) if timed else []
    edges = [0, *breaks, len(answer.text)]
    shown = [answer.text[low:high].strip() for low, high in pairwise(edges)]
    body = _body(answer, breaks, _line_break(part, rules), rules)
    _prove(body, answer, rules, part)
    bare = part.has_tags and all(entry.kind is Kind.OPAQUE for entry in answer.insertions)
    return Rendered(_wrapped(part, body, shown, rules), shown, bare)


def _line_break(part: Part, rules: Rules) -> str:
    """The part's own, so that a `<br tts:color="red"/>` stays."""
    return next((token.raw for token in part.tokens if token.kind is Kind.BREAK), rules.newline)


def _body(answer: Answer, breaks: Sequence[int], line_break: str, rules: Rules) -> str:
    """Text, tags and line breaks in order."""
    written: list[str] = []
    at = 0
    escape = rules.document.format.markup.escape
    for place, what, raw, held in _events(answer, breaks, line_break):
        text = answer.text[at:place]
        written += [escape(text.rstrip() if what is Kind.BREAK else text), raw]
        at = place + held
    return "".join([*written, escape(answer.text[at:])])


def _events(answer: Answer, breaks: Sequence[int], line_break: str) -> Iterator[tuple[int, Kind, str, int]]:
    """Tags and line breaks in order: a break stands behind closing tags and before all others.

    The last number is how many characters of the text the event itself stands for.
    """
    waiting = list(breaks)
    for at, _, kind, raw in sorted(answer.insertions, key=lambda entry: entry.at):
        while waiting and (waiting[0] < at or (waiting[0] == at and kind is not Kind.CLOSE)):
            yield waiting.pop(0), Kind.BREAK, line_break, 0
        yield at, kind, raw, len(raw) if kind is Kind.OPAQUE else 0
    yield from ((at, Kind.BREAK, line_break, 0) for at in waiting)


def _prove(body: str, answer: Answer, rules: Rules, part: Part) -> None:
    """The body, read again, must be the text and the tags that were meant."""
    markup = rules.document.format.markup
    tokens = markup.tokens(body)
    tags = [token.raw for token in tokens if token.kind not in (Kind.TEXT, Kind.BREAK)]
    if tags != [entry.raw for entry in sorted(answer.insertions, key=lambda entry: entry.at)]:
        raise Wrong("the translation holds something that would be read as markup")
    seen = "".join(
        {Kind.TEXT: token.text, Kind.BREAK: " ", Kind.OPAQUE: token.raw}.get(token.kind, "") for token in tokens
    )
    if seen.split() != answer.text.split() and "".join(seen.split()) != "".join(answer.text.split()):
        raise Wrong("the translation would be read as another text")
    if rules.document.timed and ("-->" in body or (_TIME.search(body) and not _TIME.search(part.raw))):
        raise Wrong("the translation holds what a player would read as times")
    if not rules.document.timed and not _is_one_text(part.lead + body + part.tail, rules):
        raise Wrong("the translation would be read as a list, a heading or the like")
    if markup.divides and body.count(markup.divides) != part.raw.count(markup.divides):
        raise Wrong("the translation would be read as more cells of a table, or fewer")


def _is_one_text(payload: str, rules: Rules) -> bool:
    """Whether the payload, as a file of its own, is text from its first to its last byte."""
    body = payload.encode()
    found = rules.document.format.scan(body)
    return bool(found.starts) and found.starts[0] == 0 and found.ends[-1] == len(body)


def _wrapped(part: Part, body: str, lines: Sequence[str], rules: Rules) -> str:
    """The body with what was peeled off, and with marks of direction around each line as a viewer sees it."""
    if not rules.document.timed:
        return part.lead + body + part.tail
    embeds, target = rules.document.format.embeds, rules.target
    line_break = _line_break(part, rules)
    pieces = body.split(line_break)
    marks = [directed(line, target, embeds=embeds) for line in lines]
    if len(pieces) != len(lines):
        return part.lead + body + part.tail
    pieces = [before + piece + behind for piece, (before, behind) in zip(pieces, marks, strict=True)]
    begin, end = _tags_end(part.lead), max(part.tail.rfind(note) for note in _NOTES) + 1
    first, last = marks[0][0], marks[-1][1]
    pieces[0] = part.lead[:begin] + first + without_marks(part.lead[begin:]) + pieces[0].removeprefix(first)
    pieces[-1] = pieces[-1].removesuffix(last) + without_marks(part.tail[:end]) + last + part.tail[end:]
    return line_break.join(pieces)


def _tags_end(lead: str) -> int:
    found = _TAGS.match(lead)
    return found.end() if found else 0
