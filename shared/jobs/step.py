"""One paid step of a translation, and how its provider knows it. Pure: no clock, no storage, no service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.jobs.kept import Kept

#: The name of a step that makes a translation's results, and that an edit has made once more.
ITERATION = "iteration"


class Step(Kept):
    """One paid step of a translation. What name and number mean, its provider says: an iteration, a slice."""

    name: str = "translation"
    number: int = 0

    def __str__(self) -> str:
        """The step in ids and marks: `translation.0`."""
        return f"{self.name}.{self.number}"

    @property
    def is_iteration(self) -> bool:
        """Whether it is one of those that an edit can follow."""
        return self.name == ITERATION

    @property
    def is_correction(self) -> bool:
        """Whether an edit has begun it: the first iteration belongs to the translation itself."""
        return self.is_iteration and self.number > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One step of one translation, as its provider knows it.

    `id` is ours: 3 to 64 of `[a-zA-Z0-9._-]`, unique to the translation and the attempt that began it. `operation` is
    what the provider wanted remembered.
    """

    id: str
    target: str
    step: Step
    operation: Mapping[str, Any] = field(default_factory=dict)


def work_id_of(key: str, target: str, begun_in: int) -> str:
    """The id of a translation at its provider."""
    return f"{key}.{target}.a{begun_in}"
