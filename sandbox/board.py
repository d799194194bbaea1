"""Progress on the screen: a line for each file and language."""

import logging
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

logger = logging.getLogger(__name__)
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
        problem, iterations = translation.get("problem") or {}, len(translation["iterations"])
        detail = problem.get("reason") or (f"iteration {iterations}" if iterations else "")
        return cls(file, translation["target"], translation["status"], translation["provider"] or "", detail)

    @classmethod
    def of_receipt(cls, receipt: Mapping[str, Any]) -> Iterator["Progress"]:
        """Read a receipt: that of a drop tells of all its translations, that of a translation only of its warnings.

        What a drop waits for, and what it was refused for, is told without a language. A correction is told of for each
        of its languages.
        """
        file, provider = receipt["source"]["name"], receipt.get("provider") or ""
        if "target" in receipt:
            for warning in receipt.get("warnings", ()):
                yield cls(file, receipt["target"], "warning", provider, warning)
            return
        for line in receipt.get("translations", ()):
            problem = line.get("problem")
            yield cls(file, line["target"], line["status"], line["provider"] or "", _advice([problem]))
        for target in receipt.get("targets", ()):
            yield cls(file, target, receipt["status"])
        for target, problem in receipt.get("refused", {}).items():
            yield cls(file, target, "refused", detail=_advice([problem]))
        if problems := [*receipt.get("problems", ()), *filter(None, [receipt.get("problem")])]:
            yield cls(file, "", receipt["status"], detail=_advice(problems))

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in FINAL

    def line(self, when: str) -> str:
        """One line of text."""
        text = f"{when:>8}  {self.file:<36} {self.target:<6} {self.state:<11} {self.provider:<12} {self.detail}"
        return text.rstrip()


def _advice(problems: Sequence[Mapping[str, str] | None]) -> str:
    return " ".join(f"{_sentence(problem['reason'])} {problem['advice']}" for problem in problems if problem)


def _sentence(reason: str) -> str:
    """A reason in one line, with what ends a sentence."""
    line = reason.replace("\n", "; ")
    return line if line.endswith((".", "?", "!")) else f"{line}."


class Ticker:
    """Prints a line for each change of a translation, and for each problem."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        """Print to `out`."""
        self._out = out
        self._shown: dict[tuple[str, str], list[Progress]] = {}

    def tell(self, receipt: Mapping[str, Any]) -> None:
        """Print what is new in a receipt, with the time of day."""
        try:
            told = list(Progress.of_receipt(receipt))
            self.show(receipt["source"]["name"], receipt.get("target", ""), told, time.strftime("%H:%M:%S"))
        except (KeyError, TypeError, AttributeError) as error:
            logger.warning("A file in the outbox is named like a receipt, and is none of this app's: %r", error)

    def show(self, file: str, target: str, told: list[Progress], when: str) -> None:
        """Print what was not told when this file and language were told of last."""
        before = self._shown.get((file, target), [])
        self._shown[file, target] = told
        for progress in told:
            if progress not in before:
                print(progress.line(when), file=self._out, flush=True)


class Board:
    """Shows the lines again and again in one place on a terminal; elsewhere, each when it has changed."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        """Print to `out`."""
        self._out = out
        self._ticker = Ticker(out)
        self._height = 0

    def show(self, rows: Sequence[tuple[Progress, float]]) -> None:
        """Show each translation with the seconds that it has taken."""
        if self._out.isatty():
            self._rewrite([progress.line(_seconds(seconds)) for progress, seconds in rows])
            return
        for progress, seconds in rows:
            self._ticker.show(progress.file, progress.target, [progress], _seconds(seconds))

    def _rewrite(self, lines: Sequence[str]) -> None:
        up = f"\x1b[{self._height}A" if self._height else ""
        width = shutil.get_terminal_size().columns - 1
        self._out.write(up + "".join(f"\x1b[2K{line[:width]}\n" for line in lines))
        self._out.flush()
        self._height = len(lines)


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s"
