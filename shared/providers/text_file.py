"""A text file on its way down the ladder: what is still to be asked, or the translated file. No traffic.

It takes some ten seconds for 100,000 cues, so whoever calls it leaves the event loop free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.subtitles import (
    Answers,
    Ask,
    Context,
    Document,
    Limits,
    Plan,
    Report,
    Room,
    Settled,
    scan,
    settle,
    splice,
    verify,
)


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


@dataclass(frozen=True, slots=True)
class Written:
    """The translated file, and what the receipt says of it. `kept` are the reasons why cues keep their source."""

    data: bytes
    translated: int
    kept: Sequence[str]
    report: dict[str, Any]
    warnings: Sequence[str]


def go_on(job: Job, data: bytes, plan: bytes | None, answers: Answers) -> tuple[list[Ask] | Written, bytes]:
    """The next questions or the translated file, and the plan, which is made where there is none; TextUnreadable."""
    document = scan(data, job.extension, job.source)
    units = Plan.loads(document, plan.decode()) if plan else Plan.of(document, job.context)
    asks, settled = _settled(job, units, answers)
    return asks or _written(document, settled), units.dumps().encode()


def _settled(job: Job, units: Plan, answers: Answers) -> tuple[list[Ask], list[Settled]]:
    known, asks, done = dict(answers), list[Ask](), list[Settled]()
    for unit in units:
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


def _written(document: Document, units: Sequence[Settled]) -> Written:
    spliced = splice(document, (item for settled in units for item in settled.payloads.items()))
    verify(document, spliced)
    report = Report.of(document, units)
    warnings = list(document.warnings)
    if spliced.encoding != document.encoding.name:
        warnings.append(f"The translation cannot be written in {document.encoding.name}: it is in {spliced.encoding}.")
    return Written(spliced.data, report.translated, [why for _, why in report.kept], report.as_json(document), warnings)
