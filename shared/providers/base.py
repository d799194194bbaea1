"""What every provider is. The engine tells the story; a provider fills in the blanks.

    mistakes    what is wrong with its part of a brief?
    accepts     may this file go into this language here?
    start       take one paid step; the engine has written down that it is about to
    find        nobody knows whether a step was taken: was it?
    adopt       a callback names work while that is unknown: is it the step's?
    check       how is it going?
    cancel      stop it, where it can be stopped
    forget      remove what the provider holds of it

Everything that goes wrong outside is one of the ProviderErrors of `shared.errors`.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, ClassVar, Protocol

from shared.errors import Denied, LanguageRefused, ProviderError
from shared.jobs.job import Step, Work
from shared.providers.http import Service

log = logging.getLogger(__name__)
#: What a provider wants remembered of a step that it has started; JSON.
Operation = dict[str, Any]


class Media(Protocol):
    """The dropped file, as far as a provider may reach it. `size` is in bytes, `extension` lower case with its dot."""

    name: str
    kind: str
    extension: str
    size: int

    async def url(self) -> str:
        """An address that reads the file, and only it, until the job's deadline. Never kept, never logged."""

    @property
    def address(self) -> str:
        """The bare address, for a service that reads the file by an identity of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Work):
    """A step to be started. `options` is the brief's part under the provider's name."""

    media: Media
    source: str | None
    options: Mapping[str, Any] = field(default_factory=dict)
    callback_url: str | None = None


class Found(Enum):
    """What `find` says when it has no operation to show."""

    NOTHING = auto()  #: it was surely never started
    UNKNOWN = auto()  #: the provider cannot tell


@dataclass(frozen=True, slots=True)
class Result:
    """One file to bring home. `suffix` ends its name (`mp4`, `source.vtt`). Storage copies it if `copied`."""

    suffix: str
    url: str
    essential: bool = True
    copied: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """Still at work."""


@dataclass(frozen=True, slots=True)
class Next:
    """This step is done and another paid one follows."""

    step: Step


@dataclass(frozen=True, slots=True)
class Finished:
    """All done: fetch the results. `answer` is the provider's last word, as it came."""

    results: Sequence[Result]
    units: Mapping[str, float] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    answer: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """The provider gave up; `error` says why."""

    error: ProviderError
    answer: Mapping[str, Any] = field(default_factory=dict)


Outcome = Running | Next | Finished | Failed


class Provider(ABC):
    """A translation service. `name` is its name in briefs, settings and addresses.

    It is off while the app setting `needs` is empty: `service` is None then.
    """

    name: ClassVar[str]
    needs: ClassVar[str]

    def __init__(self, service: Service | None) -> None:
        self._maybe_service = service
        self._strange: set[str] = set()

    def accepts(self, media: Media, source: str | None, target: str) -> str | None:
        """None, or the reason why this file and language pair cannot be done here."""
        if self._maybe_service is None:
            return self._off
        try:
            self.language(target)
            self.language(source or target)
        except LanguageRefused as error:
            return error.reason
        return self.unfit(media, source)

    @abstractmethod
    def mistakes(self, options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """What is wrong with the brief's part under this provider's name: (JSON path below it, what is wrong)."""

    @abstractmethod
    def language(self, tag: str) -> str:
        """What the service calls a canonical BCP 47 tag; LanguageRefused where it cannot be said without a guess."""

    @abstractmethod
    def unfit(self, media: Media, source: str | None) -> str | None:
        """None, or the reason why the file cannot be done here."""

    @abstractmethod
    async def start(self, task: Task) -> Operation | Finished:
        """Take the paid step `task.step`: what to remember of it, or the results at once."""

    @abstractmethod
    async def check(self, work: Work) -> Outcome:
        """How the step goes."""

    async def find(self, work: Work) -> Operation | Found:
        """The operation of a step that may or may not have been started. By default, nobody knows."""
        return Found.UNKNOWN

    async def adopt(self, work: Work, hint: Mapping[str, Any]) -> Operation | None:
        """The operation that a callback's body hints at, once the service confirms that it exists; None otherwise."""
        return None

    async def cancel(self, work: Work) -> bool:
        """Stop the work; False where the service has no way to stop it."""
        return False

    async def forget(self, work: Work) -> None:
        """Remove what the service holds of it, where the service lets us."""
        return

    def _running(self, status: object, known: Set[str]) -> Running:
        """Still at work, also where the service says so in a word that is not `known`: that is logged once."""
        word = str(status)[:100]
        if word not in known | self._strange:
            self._strange.add(word)
            log.warning("%s says that work is %r, which is not known; it is taken for running", self.name, word)
        return Running()

    @property
    def _service(self) -> Service:
        if self._maybe_service is None:
            raise Denied(f"{self.name}: {self._off}")
        return self._maybe_service

    @property
    def _off(self) -> str:
        return f"it is off: the app setting {self.needs} is not set"
