"""A task of Vozo's Translate & Dub, and how the status endpoint shows it (D2 in the facts on Vozo)."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.doubles.misbehaviour import Fates
from sandbox.doubles.vozo_cdn import Cdn
from sandbox.doubles.vozo_rules import TaskRequest

QUEUING, DONE, FAILED = "queuing", "done", "failed"
STEPS = ("preprocessing", "transcribing", "translating", "dubbing", "rendering")


@dataclass
class Task:
    """One file and one language.

    `files` maps a field of the result to a path of the CDN, `published` such a path to the file behind it.
    """

    id: str
    asked: TaskRequest
    fates: Fates
    status: str = QUEUING
    err_code: str | None = None
    err_message: str | None = None
    files: dict[str, str] = field(default_factory=dict)
    published: dict[str, Path] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether it is done or failed."""
        return self.status in (DONE, FAILED)

    def fail(self, code: str, message: str) -> None:
        """End as failed, for that reason."""
        self.status, self.err_code, self.err_message = FAILED, code, message

    def shown(self, cdn: Cdn) -> dict[str, Any]:
        """The status object: no id, no time, no language. Each showing signs the result's addresses anew."""
        if self.status == FAILED:
            return {"status": FAILED, "err_code": self.err_code, "err_message": self.err_message}
        if self.status == DONE:
            return {"status": DONE, "result": {name: self._url(cdn, name) for name in self.files}}
        return {"status": self.status}

    def _url(self, cdn: Cdn, name: str) -> str:
        zeros = self.fates.get("zeros_result")
        if zeros and name != "subtitle_url":
            return f"{cdn.origin}/cdn/zeros/{zeros.size}.{'mp3' if name == 'audio_url' else 'mp4'}"
        return cdn.url(self.files[name], expired="expired_results" in self.fates)
