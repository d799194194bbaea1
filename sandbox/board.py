"""Progress on the screen: a line for each file and language."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

FINAL = ("succeeded", "failed", "canceled", "superseded", "refused")


@dataclass(frozen=True)
class Progress:
    """How far a translation is, as the jobs API tells; `detail` is what it is doing, or why it failed."""

    file: str
    target: str
    state: str = "dropped"
    provider: str = ""
    detail: str = ""

    @classmethod
    def of_job(cls, file: str, targets: Sequence[str], job: dict[str, Any]) -> Iterator["Progress"]:
        """Read the API's answer about a job; one that waits or is refused has no translations, but says why."""
        for translation in job["translations"]:
            yield cls._of(file, translation)
        if not job["translations"]:
            reasons = " ".join(problem["reason"] for problem in job["problems"])
            yield from (cls(file, target, job["status"], detail=reasons) for target in targets)

    @classmethod
    def _of(cls, file: str, translation: dict[str, Any]) -> "Progress":
        problem, iterations = translation.get("problem") or {}, translation["iterations"]
        detail = problem.get("reason") or (f"iteration {iterations}" if iterations else "")
        return cls(file, translation["target"], translation["status"], translation["provider"] or "", detail)

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in FINAL

    def line(self, seconds: float) -> str:
        """One line of text."""
        text = f"{seconds:6.1f} s  {self.file:<36} {self.target:<6} {self.state:<11} {self.provider:<12} {self.detail}"
        return text.rstrip()


class Board:
    """Shows the lines again and again in one place on a terminal; elsewhere, each when it has changed."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        """Print to `out`."""
        self._out = out
        self._shown: dict[tuple[str, str], Progress] = {}
        self._height = 0

    def show(self, rows: Sequence[tuple[Progress, float]]) -> None:
        """Show each translation with the seconds that it has taken."""
        if self._out.isatty():
            self._rewrite([progress.line(seconds) for progress, seconds in rows])
        else:
            self._append(rows)
        self._out.flush()

    def _rewrite(self, lines: Sequence[str]) -> None:
        up = f"\x1b[{self._height}A" if self._height else ""
        width = shutil.get_terminal_size().columns - 1
        self._out.write(up + "".join(f"\x1b[2K{line[:width]}\n" for line in lines))
        self._height = len(lines)

    def _append(self, rows: Sequence[tuple[Progress, float]]) -> None:
        for progress, seconds in rows:
            key = (progress.file, progress.target)
            if self._shown.get(key) != progress:
                self._shown[key] = progress
                self._out.write(progress.line(seconds) + "\n")
