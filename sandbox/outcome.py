"""What became of a sample: the results that lie in the outbox's folder, or the reason why there are none."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.board import Progress

_ROW = "{:<36} {:<8} {:<12} {:>7}  {:<52} {:>11}"
_HEAD = _ROW.format("file", "language", "provider", "seconds", "output", "bytes")


def results(outbox: Path, file: str, target: str) -> list[Path]:
    """The files that a translation has left in the folder `outbox`, its receipt among them."""
    source = outbox / file
    names = (f"{source.stem}.{target}.*", f"{source.name}.{target}.*")
    return sorted({path for name in names for path in source.parent.glob(name)})


@dataclass(frozen=True)
class Outcome:
    """A translation after its end, or after the time that it was given."""

    progress: Progress
    seconds: float
    outputs: Sequence[tuple[str, int]]

    @classmethod
    def of(cls, progress: Progress, seconds: float, outbox: Path) -> "Outcome":
        """Look into the folder for its results."""
        files = results(outbox, progress.file, progress.target)
        return cls(progress, seconds, [(str(path.relative_to(outbox)), path.stat().st_size) for path in files])

    @property
    def finished(self) -> bool:
        """Whether it succeeded, and left more than a receipt."""
        return self.progress.state == "succeeded" and len(self.outputs) > 1

    @property
    def reason(self) -> str:
        """Why it did not finish."""
        if not self.progress.ended:
            return f"still {self.progress.state} after {self.seconds:.0f} seconds. {self.progress.detail}".rstrip()
        if self.progress.state == "succeeded":
            return "it succeeded, but its results are not in the outbox"
        return f"{self.progress.state}: {self.progress.detail}"

    def lines(self) -> Iterator[str]:
        """Its rows of the table: one for each output."""
        progress = self.progress
        first = [progress.file, progress.target, progress.provider, f"{self.seconds:.1f}"]
        for output, size in self.outputs or [("-", 0)]:
            yield _ROW.format(*first, output, f"{size:,}")
            first = [""] * len(first)


def table(outcomes: Iterable[Outcome]) -> str:
    """All of them, under a head."""
    lines = [line for outcome in outcomes for line in outcome.lines()]
    return "\n".join([_HEAD, "-" * len(_HEAD), *lines])
