"""What the receipt says of a translated text file."""

from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass, field
from typing import Any

from shared.subtitles.document import Document
from shared.subtitles.settle import Settled

#: A receipt that names more is read by nobody; the number is always whole.
MOST_NAMED = 100


@dataclass
class Report:
    """Counts of cues. `kept` names those in which something stays in the source language, with the reason.

    `bare` are those that lost the tags within their text, because the sentence came back only without them.
    """

    cues: int
    translated: int = 0
    wordless: int = 0
    kept: list[tuple[int, str]] = field(default_factory=list)
    bare: list[int] = field(default_factory=list)
    fast: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, document: Document, units: Iterable[Settled]) -> "Report":
        """Add up what became of the units."""
        report = cls(len(document))
        for settled in units:
            report.translated += len(settled.payloads)
            report.wordless += len(settled.wordless)
            report.kept += settled.kept
            report.bare += settled.bare
            report.fast += settled.fast
            report.long += settled.long
        return report

    def warnings(self, document: Document) -> Iterator[str]:
        """What a person should look at before the file is used."""
        cue = "cue" if document.timed else "text"
        if not self.translated and not self.kept:
            yield f"Nothing was translated: the file has no {cue} with words."
        if self.kept:
            yield f"{_counted(self.kept, cue)} wholly or in part in the source language; keptCues says which, and why."
        if self.bare:
            yield f"{_counted(self.bare, cue)} without the tags within; withoutInnerTagsCues says which."

    def as_json(self, document: Document) -> dict[str, Any]:
        """For the receipt. It holds no text of the file."""
        return {
            "cues": self.cues,
            "translated": self.translated,
            "withoutWords": self.wordless,
            "keptInSource": len(self.kept),
            "keptCues": [{"cue": document.where(cue), "why": why} for cue, why in self.kept[:MOST_NAMED]],
            "withoutInnerTags": len(self.bare),
            "withoutInnerTagsCues": [document.where(cue) for cue in self.bare[:MOST_NAMED]],
            "overReadingSpeed": len(self.fast),
            "overReadingSpeedCues": [document.where(cue) for cue in self.fast[:MOST_NAMED]],
            "overLineLimits": len(self.long),
            "encoding": document.encoding.name,
            "encodingFrom": document.encoding.how,
        }


def _counted(cues: Sized, called: str) -> str:
    return f"1 {called} is" if len(cues) == 1 else f"{len(cues)} {called}s are"
