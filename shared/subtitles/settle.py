"""From answers to cues: what is still to be asked for a unit, or what its cues become.

The ladder needs no memory of its own. All that is kept is the answers, by key; asked again with one answer more,
`settle` gives the next question, until it gives the cues.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.subtitles.limits import Limits
from shared.subtitles.numbers import missing_number, with_own_marks
from shared.subtitles.plan import Cue, Group, Unit
from shared.subtitles.render import Rendered, Rules, rendered
from shared.subtitles.scripts import width
from shared.subtitles.split import Slot, split
from shared.subtitles.wire import Message, TextType, Wrong, read


class Ask(NamedTuple):
    """A text to be translated. Its key is unique in the document, and the same whenever the plan is made again."""

    key: str
    text: str
    text_type: TextType


class Kept(NamedTuple):
    """A cue of which something stays in the source language, and why."""

    cue: int
    reason: str


@dataclass
class Settled:
    """What became of a unit's cues.

    `payloads` holds the new text of each cue that was translated, markup and all; `kept` what stays in the source
    language, `bare` the cues that lost the tags within their text, `wordless` those that have no words; `fast` those
    that are shown too short to be read, `long` those with more text than the lines hold.
    """

    payloads: dict[int, str] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    bare: list[int] = field(default_factory=list)
    wordless: list[int] = field(default_factory=list)
    fast: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)


#: Answers by key. None: the service gave none, and will not.
Answers = Mapping[str, str | None]
#: What became of a part; None where it has no words.
_Outcome = Rendered | Wrong | None


@dataclass
class _Step:
    """Where a text stands on its ladder: questions, or an outcome for each of its parts."""

    asks: Sequence[Ask] = ()
    outcomes: Sequence[_Outcome] = ()


def settle(unit: Unit, answers: Answers, target: str, limits: Limits, longest: int = 50_000) -> Settled | Sequence[Ask]:
    """The cues of a unit, or what must be asked before they are known.

    `target` is a BCP 47 tag; `longest` the most characters that the service takes in one text. Each round of questions
    goes one rung down the ladder, so three rounds are the most.
    """
    rules = Rules(unit.document, target, limits)
    steps = [
        _climb(group, f"{unit.number}.{number}", answers, rules, longest) for number, group in enumerate(unit.groups)
    ]
    if asks := [ask for step in steps for ask in step.asks]:
        return asks
    return _settled(unit, [outcome for step in steps for outcome in step.outcomes], rules)


def _climb(group: Group, key: str, answers: Answers, rules: Rules, longest: int) -> _Step:
    """The first rung that was not tried, or what a rung gave."""
    if not group.translatable:
        return _Step(outcomes=[None] * len(group.parts))
    wrong = Wrong("it is longer than the service takes")
    for letter, message in group.whole:
        if len(message.text) > longest:
            continue
        if (rung := f"{key}.{letter}") not in answers:
            return _Step(asks=[Ask(rung, message.text, message.text_type)])
        try:
            return _Step(outcomes=_fitted(group, range(len(group.parts)), message, answers[rung], rules))
        except Wrong as error:
            wrong = error
    return _alone(group, key, answers, rules) if group.alone else _Step(outcomes=[wrong] * len(group.parts))


def _alone(group: Group, key: str, answers: Answers, rules: Rules) -> _Step:
    """The last rung: each part by itself."""
    messages = {f"{key}.a{number}": message for number, message in enumerate(group.alone)}
    if asks := [
        Ask(rung, message.text, message.text_type) for rung, message in messages.items() if rung not in answers
    ]:
        return _Step(asks=asks)
    outcomes: list[_Outcome] = []
    for number, (rung, message) in enumerate(messages.items()):
        try:
            outcomes += _fitted(group, range(number, number + 1), message, answers[rung], rules)
        except Wrong as error:
            outcomes.append(error)
    return _Step(outcomes=outcomes)


def _fitted(group: Group, which: range, message: Message, answer: str | None, rules: Rules) -> list[Rendered]:
    """Those of the group's parts in their new words; Wrong where the answer does not hold what it must."""
    if answer is None:
        raise Wrong("the service gave no answer")
    found, languages = read(message, answer), (rules.document.language, rules.target)
    found.text = with_own_marks(message.shown, found.text, found.kept, *languages)
    if missing_number(message.shown, found.text, *languages):
        raise Wrong("a number did not come back")
    parts = group.parts[which.start : which.stop]
    slots = [Slot(len(part.text), _seconds(group.unit, number)) for number, part in zip(which, parts, strict=True)]
    pieces = split(found, slots, rules.target, rules.limits)
    if pieces is None:
        raise Wrong("it has fewer words than cues, or a tag moved to another cue")
    lines = max(1, rules.limits.lines // len(group.unit.cues[0].parts))
    return [rendered(part, piece, rules, lines) for part, piece in zip(parts, pieces, strict=True)]


def _seconds(unit: Unit, number: int) -> float | None:
    """For how long a cue of the unit is shown."""
    cue = unit.cues[number] if len(unit.cues) > 1 else unit.cues[0]
    times = unit.document.times(cue.number)
    return None if times is None else max(0, times.end - times.begin) / 1000


def _settled(unit: Unit, outcomes: Sequence[_Outcome], rules: Rules) -> Settled:
    """The cues from the outcomes of their parts."""
    settled, at = Settled(), 0
    for number, cue in enumerate(unit.cues):
        own = outcomes[at : at + len(cue.parts)]
        at += len(cue.parts)
        if not cue.parts:
            settled.kept.append(Kept(cue.number, "it is longer than a cue can be"))
        _enter(settled, cue, own)
        _measure(settled, cue, [part for part in own if isinstance(part, Rendered)], _seconds(unit, number), rules)
    return settled


def _enter(settled: Settled, cue: Cue, outcomes: Sequence[_Outcome]) -> None:
    """What is written for a cue, and what of it is kept."""
    if any(part.has_cdata for part in cue.parts):
        settled.kept.append(Kept(cue.number, "a CDATA section stays as it is"))
    elif all(outcome is None for outcome in outcomes) and cue.parts:
        settled.wordless.append(cue.number)
    if any(isinstance(outcome, Rendered) for outcome in outcomes):
        texts = [
            outcome.raw if isinstance(outcome, Rendered) else part.raw
            for part, outcome in zip(cue.parts, outcomes, strict=True)
        ]
        settled.payloads[cue.number] = "".join(
            text + line_break for text, line_break in zip(texts, [*cue.breaks, ""], strict=True)
        )
    if any(isinstance(outcome, Rendered) and outcome.bare for outcome in outcomes):
        settled.bare.append(cue.number)
    if wrong := next((outcome for outcome in outcomes if isinstance(outcome, Wrong)), None):
        settled.kept.append(Kept(cue.number, str(wrong)))


def _measure(settled: Settled, cue: Cue, parts: Sequence[Rendered], seconds: float | None, rules: Rules) -> None:
    """Whether a viewer can read the cue in its time, and whether its lines hold it."""
    if not rules.document.timed:
        return
    widths = [width(line, full=rules.limits.full) for part in parts for line in part.lines]
    if seconds is not None and sum(widths) > seconds * rules.limits.reading_speed:
        settled.fast.append(cue.number)
    if any(length > rules.limits.line_length for length in widths) or len(widths) > max(
        rules.limits.lines, len(cue.parts)
    ):
        settled.long.append(cue.number)
