"""What a provider says: whether it takes a file, what became of a step, what there is to bring home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from shared.errors import ProviderError
from shared.jobs.step import Step

#: What a provider wants remembered of a step that it has started; JSON.
Operation = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Yes:
    """The provider takes the file, and wants these warnings told."""

    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class No:
    """The provider does not take the file, for this reason. `advice`: beside naming another provider."""

    reason: str
    advice: str | None = None


class Found(Enum):
    """What `find` says when it has nothing to show."""

    NOTHING = auto()  #: it was surely never started, or no answer to it was kept
    UNKNOWN = auto()  #: the provider cannot tell


@dataclass(frozen=True, slots=True)
class Result:
    """One file to bring home. `suffix` ends its name (`mp4`, `source.vtt`).

    It lies at `url`, from where storage copies it if `copied`; or in `staging` under the name `staged`. With
    `whole_name` its name begins with the source's whole name: `contract.doc.es-ES.docx`. What lies there is WebVTT, and
    `suffix` ends in srt, where it is to be `converted`.
    """

    suffix: str
    url: str = ""
    staged: str = ""
    essential: bool = True
    copied: bool = False
    whole_name: bool = False
    converted: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """Still at work."""


@dataclass(frozen=True, slots=True)
class Next:
    """This step is done and another paid one follows, after `wait` seconds at the earliest.

    `operation` is what is to be remembered; None: what was.
    """

    step: Step
    operation: Operation | None = None
    units: Mapping[str, float] = field(default_factory=dict)
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Finished:
    """All done: fetch the results. `units` is what the last step was charged, `answer` the last word, as it came.

    `operation` is what `check` needs to say the same again; None: what was remembered. `details` stand in the receipt:
    what was applied, and how the service calls the work, for a support case.
    """

    results: Sequence[Result]
    units: Mapping[str, float] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    answer: Mapping[str, Any] = field(default_factory=dict)
    operation: Operation | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """The provider gave up; `error` says why, `units` what it charged all the same."""

    error: ProviderError
    answer: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, float] = field(default_factory=dict)


Outcome = Running | Next | Finished | Failed
Started = Operation | Next | Finished
