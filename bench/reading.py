"""What was measured, beside what it may be at the most."""

from collections.abc import Iterable
from dataclasses import dataclass

_ROW = "{:<58} {:>10} {:>10}  {}"


@dataclass(frozen=True)
class Reading:
    """One line of the table. `measured` and `budget` are in `unit`; without one they are ratios or counts."""

    name: str
    measured: float
    budget: float
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether the budget holds."""
        return self.measured <= self.budget

    def line(self) -> str:
        """Its row of the table."""
        return _ROW.format(
            self.name, self._shown(self.measured), self._shown(self.budget), "met" if self.met else "NOT MET"
        )

    def _shown(self, number: float) -> str:
        return f"{number:.4g} {self.unit}".rstrip()


def table(readings: Iterable[Reading]) -> str:
    """All of them, under a head."""
    head = _ROW.format("name", "measured", "at most", "")
    return "\n".join([head, "-" * len(head), *(reading.line() for reading in readings)])
