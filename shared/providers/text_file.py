"""A text file on its way down the ladder: what is still to be asked, or the translated file. No traffic.

It takes some ten seconds for 100,000 cues, so whoever calls it leaves the event loop free.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.subtitles import (
    Answers,
    Ask,
    Context,
    Document,
    Lexicon,
    Limits,
    Plan,
    Report,
    Room,
    Settled,
    extension_of,
    scan,
    settle,
    splice,
    verify,
)

#: So many places are named in a warning.
MOST_UNSHOWN = 5
#: What no term is looked for in: tags, and the overrides of SubStation Alpha.
_MARKUP = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with a file. `source` and `target` are BCP 47 tags; `room` is that of one request.

    With `ends` nothing more is asked: what was not answered keeps its source.
    """

    extension: str
    source: str | None
    target: str
    context: Context
    limits: Limits
    room: Room
    ends: bool = False
    lexicon: Lexicon | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The translated file, and what the receipt says of it. `kept` are the reasons why cues keep their source.

    `extension` is that of the file, or another one where it is another kind of subtitles than that says.
    """

    data: bytes
    extension: str
    translated: int
    kept: Sequence[str]
    report: dict[str, Any]
    warnings: Sequence[str]


def go_on(job: Job, data: bytes, answers: Answers) -> list[Ask] | Written:
    """The next questions, or the translated file. TextUnreadable where it is not what it is called."""
    document = replace(scan(data, job.extension, job.source), lexicon=job.lexicon)
    asks, settled = _settled(job, Plan.of(document, job.context), answers)
    return asks or _written(document, settled, job.extension)


def _settled(job: Job, plan: Plan, answers: Answers) -> tuple[list[Ask], list[Settled]]:
    known, asks, done = dict(answers), list[Ask](), list[Settled]()
    for unit in plan:
        found = settle(unit, known, job.target, job.limits, job.room.characters)
        while not isinstance(found, Settled) and (unasked := _unasked(job, found)):
            known |= unasked
            found = settle(unit, known, job.target, job.limits, job.room.characters)
        if isinstance(found, Settled):
            done.append(found)
        else:
            asks += found
    return asks, done


def _unasked(job: Job, asks: Sequence[Ask]) -> dict[str, None]:
    """The questions that are not asked, because they are too long, or because it ends here."""
    return {ask.key: None for ask in asks if job.ends or len(ask.text) > job.room.characters}


def _written(document: Document, units: Sequence[Settled], called: str) -> Written:
    spliced = splice(document, (item for settled in units for item in settled.payloads.items()))
    verify(document, spliced)
    report = Report.of(document, units)
    warnings = [*document.warnings, *_unshown(document), *report.warnings(document)]
    if spliced.encoding != document.encoding.name:
        warnings.append(f"The translation cannot be written in {document.encoding.name}: it is in {spliced.encoding}.")
    extension = extension_of(document.format, called)
    if extension != called:
        warnings.append(f"So the name of its translation ends in {extension}.")
    told = report.as_json(document)
    if document.lexicon:
        told |= document.lexicon.report(_texts(document, settled) for settled in units)
        warnings += [] if told["terms"] else ["No term of the glossary occurs in the text."]
    return Written(spliced.data, extension, report.translated, [why for _, why in report.kept], told, warnings)


def _unshown(document: Document) -> Iterator[str]:
    """One warning of all that no player shows."""
    places, count = document.unshown(MOST_UNSHOWN)
    if places:
        more = f"; and {count - len(places)} more" if count > len(places) else ""
        yield f"No player shows some of the file: {'; '.join(places)}{more}."


def _texts(document: Document, settled: Settled) -> tuple[str, str]:
    """The words of a unit's cues, and of their translations."""
    cues = sorted({*settled.payloads, *settled.wordless, *(kept.cue for kept in settled.kept)})
    source = {cue: document.payload(cue) for cue in cues}
    return _in_line(source.values()), _in_line((source | settled.payloads).values())


def _in_line(payloads: Iterable[str]) -> str:
    """The texts of cues in one line, for a term may run over the end of one."""
    return " ".join(" ".join(_MARKUP.sub("", payload).split()) for payload in payloads)
