"""A whole translation, as the provider does it: scan, plan, ask, settle, splice."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import batched
from typing import Any

from shared.subtitles import Context, Document, Limits, Plan, Report, Settled, limits_for, scan, settle, splice, verify
from tests.unit.subtitles.hostile import Translator

MOST_ROUNDS = 4


@dataclass(frozen=True)
class Translated:
    """What came of it. `asked` are the texts that were sent, by key."""

    document: Document
    data: bytes
    encoding: str
    report: dict[str, Any]
    asked: Mapping[str, str]

    @property
    def text(self) -> str:
        """The file as text."""
        return self.data.decode(self.encoding)


def translate(
    data: bytes,
    extension: str,
    source: str | None,
    target: str,
    translator: Translator,
    *,
    context: Context = "sentence",
    limits: Limits | None = None,
) -> Translated:
    """Translate a file, and see that the result has the same cues at the same times."""
    document = scan(data, extension, source)
    plan = Plan.loads(document, Plan.of(document, context).dumps())
    asked: dict[str, str] = {}
    answers: dict[str, str | None] = {}
    units = [
        _settled(plan, number, target, limits or limits_for(target), translator, asked, answers)
        for number in range(len(plan))
    ]
    spliced = splice(document, (item for settled in units for item in settled.payloads.items()))
    verify(document, spliced)
    report = Report.of(document, units).as_json(document)
    return Translated(document, spliced.data, spliced.encoding, report, asked)


def around(document: Document) -> list[bytes]:
    """The document without its text: what stands before, between and behind the cues."""
    edges = [0, *(edge for span in zip(document.found.starts, document.found.ends, strict=True) for edge in span)]
    return [document.body[start:end] for start, end in batched([*edges, len(document.body)], 2, strict=True)]


def _settled(
    plan: Plan,
    number: int,
    target: str,
    limits: Limits,
    translator: Translator,
    asked: dict[str, str],
    answers: dict[str, str | None],
) -> Settled:
    for _ in range(MOST_ROUNDS):
        found = settle(plan.unit(number), answers, target, limits)
        if isinstance(found, Settled):
            return found
        assert found
        for ask in found:
            assert ask.key not in answers, "nothing is asked twice"
            asked[ask.key], answers[ask.key] = ask.text, translator(ask)
    raise AssertionError("the ladder has no end")
