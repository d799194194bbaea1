"""Batches and their documents: what the Document Translation double knows, and how it shows it.

Statuses and times are as in the recorded answers: a document
that failed early has neither `path` nor `createdDateTimeUtc`, and a batch counts nothing before it was validated.
"""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from sandbox.doubles.document_errors import Fault
from sandbox.doubles.document_formats import LATEST
from sandbox.doubles.document_rules import StartRequest
from sandbox.doubles.misbehaviour import Fates

type Status = Literal["NotStarted", "Running", "Succeeded", "Failed", "Cancelled", "Cancelling", "ValidationFailed"]
STATUSES = ("NotStarted", "Running", "Succeeded", "Failed", "Cancelled", "Cancelling", "ValidationFailed")
ENDED = ("Succeeded", "Failed", "Cancelled", "ValidationFailed")


def _now() -> datetime:
    return datetime.now(UTC)


def stamp(time: datetime) -> str:
    """A time with seven decimals, as the service writes it."""
    return f"{time:%Y-%m-%dT%H:%M:%S.%f}0Z"


@dataclass(kw_only=True)
class _Record:
    status: Status = "NotStarted"
    created: datetime = field(default_factory=_now)
    last_action: datetime = field(default_factory=_now)
    fault: Fault | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in ENDED

    def move(self, status: Status, fault: Fault | None = None) -> None:
        """Enter a state, now."""
        self.status, self.fault, self.last_action = status, fault, _now()


@dataclass(kw_only=True)
class Document(_Record):
    """One source document and one language. `input` and `target` say which of the request's it came from."""

    id: str
    source: str
    path: str
    to: str
    input: int
    target: int
    begun: bool = False
    characters: int = 0
    scans_succeeded: int = 0
    scans_failed: int = 0
    picture_characters: int = 0
    deployment: str | None = None

    @property
    def bill(self) -> str:
        """What it is paid for."""
        return f"{self.source} {self.to}"

    def shown(self, version: str, *, pathless: bool = False) -> dict[str, Any]:
        """The DocumentStatus of that api-version."""
        row: dict[str, Any] = {
            "sourcePath": self.source,
            "lastActionDateTimeUtc": stamp(self.last_action),
            "status": self.status,
            "to": self.to,
            "progress": {"Succeeded": 1, "Running": 0.5}.get(self.status, 0),
            "id": self.id,
            "characterCharged": self.characters,
        }
        if self.status in ("Running", "Succeeded") and not pathless:
            row["path"] = self.path
        if self.begun or not self.ended:
            row["createdDateTimeUtc"] = stamp(self.created)
        if self.fault:
            row["error"] = self.fault.shown("Document")
        return row | self._pictures() if version == LATEST else row

    def _pictures(self) -> dict[str, Any]:
        counters: dict[str, Any] = {
            "totalImageScansSucceeded": self.scans_succeeded,
            "totalImageScansFailed": self.scans_failed,
            "imageCharged": self.scans_succeeded,
            "imageCharacterDetected": self.picture_characters,
        }
        return counters | ({"deploymentName": self.deployment} if self.deployment else {})


@dataclass(kw_only=True)
class Batch(_Record):
    """One start. `word` is an odd status to show for it."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    version: str
    asked: StartRequest
    fates: Fates = field(default_factory=Fates)
    documents: list[Document] = field(default_factory=list)
    word: str | None = None

    def shown(self, version: str) -> dict[str, Any]:
        """The TranslationStatus of that api-version."""
        row: dict[str, Any] = {
            "id": self.id,
            "createdDateTimeUtc": stamp(self.created),
            "lastActionDateTimeUtc": stamp(self.last_action),
            "status": self.word or self.status,
            "summary": self._summary(version),
        }
        return row | ({"error": self.fault.shown("Operation")} if self.fault else {})

    def documents_shown(self, documents: Iterable[Document], version: str) -> list[dict[str, Any]]:
        """The DocumentStatus of each of these."""
        pathless = "pathless" in self.fates
        return [each.shown(version, pathless=pathless) for each in documents]

    def _summary(self, version: str) -> dict[str, int]:
        count = Counter(document.status for document in self.documents)
        summary = {
            "total": len(self.documents),
            "failed": count["Failed"],
            "success": count["Succeeded"],
            "inProgress": count["Running"],
            "notYetStarted": count["NotStarted"],
            "cancelled": count["Cancelled"],
            "totalCharacterCharged": sum(document.characters for document in self.documents),
        }
        return summary | self._pictures() if version == LATEST else summary

    def _pictures(self) -> dict[str, int]:
        succeeded = sum(document.scans_succeeded for document in self.documents)
        failed = sum(document.scans_failed for document in self.documents)
        return {
            "totalImageScansSucceeded": succeeded,
            "totalImageScansFailed": failed,
            "totalImageCharged": succeeded,
        }
