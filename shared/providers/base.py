"""What every provider is. The engine tells the story; a provider fills in the blanks.

    mistakes    what is wrong with its part of a brief? And with that of all its layers together (merged_mistakes)?
    accepts     may this file go into this language here? No traffic: what must be read of a file was read before
    start       take one paid step; the engine has written down that it is about to
    find        nobody knows whether a step was taken: was it?
    adopt       a callback names work while that is unknown: is it the step's?
    check       how is it going?
    cancel      stop it, where it can be stopped
    forget      remove what the provider holds of it

A service that works for a while answers `start` with an Operation, and is asked with `check`. A service that answers at
once declares a `lease`; its `start` sends one bounded request, keeps the answer in `scratch` before it counts, and says
Next or Finished. A service that has both ways names its steps by them: `first_step` chooses the way, `lease_of` tells
which steps are answered at once. Everything that goes wrong outside is one of the ProviderErrors of `shared.errors`.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence, Set
from datetime import timedelta
from typing import Any, ClassVar, Self

from shared.errors import Denied, LanguageRefused, NotReady, ProviderError
from shared.jobs.step import Step, Work
from shared.languages import without_variant
from shared.providers.http import Clients, Service
from shared.providers.options import Fields
from shared.providers.outcome import Finished, Found, Next, No, Operation, Outcome, Running, Started, Yes
from shared.providers.settings import ProviderSettings
from shared.providers.task import Media, Pair, Scratch, Task

log = logging.getLogger(__name__)
#: How many words for states that are not known are remembered, and logged, of one service.
MOST_STRANGE = 100


class Provider(ABC):
    """A translation service. `name` is its name in briefs, settings and addresses.

    It is off while the app setting `needs` is empty: `service` is None then.
    """

    name: ClassVar[str]
    needs: ClassVar[str]
    settings: ClassVar[type[ProviderSettings]] = ProviderSettings
    #: What a brief may say under its name, in any version of the service. The published schema is made of it.
    fields: ClassVar[Fields] = Fields({})
    #: Its place in the default route of each kind of file; the lowest is asked first.
    route: ClassVar[Mapping[str, int]] = {}
    #: The kinds of corrected files that it makes another iteration of, as `shared.outbox.names` calls them.
    edits: ClassVar[Set[str]] = frozenset()
    #: How many translations it has at once unless a setting says otherwise; None: as many as come.
    most_in_flight: ClassVar[int | None] = None
    #: For a service that answers at once: how long a claimed step belongs to its process, for nobody else may take the
    #: step before; and how long its longest request may take, after which it is cut off. The lease is longer.
    lease: ClassVar[timedelta | None] = None
    longest_request: ClassVar[timedelta] = timedelta()
    #: For a service that would take the same start twice as two: how long after the start window it may still be on
    #: its way. Nobody asks the service about it earlier.
    on_its_way: ClassVar[timedelta] = timedelta()

    def __init__(self, service: Service | None) -> None:
        self._maybe_service = service
        self._strange: set[str] = set()

    @classmethod
    def build(cls, settings: Any, clients: Clients) -> Self:
        """The provider as the app settings, an instance of its `settings`, want it. `clients` sign in."""
        raise NotImplementedError(f"{cls.__module__}.{cls.__name__} must say how it is built from its settings")

    def accepts(self, media: Media, pair: Pair, options: Mapping[str, Any]) -> Yes | No:
        """Whether this file and language pair can be done here under these options."""
        if self._maybe_service is None:
            return No(self._off)
        try:
            self.called(pair.target)
            if pair.source:
                self.called(pair.source)
        except LanguageRefused as error:
            return No(error.reason, error.advice)
        reason = self.unfit(media, pair, options)
        return No(reason) if reason else Yes((*media.facts.warnings, *self.doubts(media, pair, options)))

    def called(self, tag: str) -> str:
        """What the service calls a language; a variant is ours alone."""
        return self.language(without_variant(tag))

    @abstractmethod
    def mistakes(self, options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """What is wrong with the brief's part under this provider's name: (JSON path below it, what is wrong)."""

    def merged_mistakes(self, options: Mapping[str, Any], kind: str) -> Sequence[tuple[str, str]]:
        """What is wrong with its part once all layers of a brief are merged, for a kind of file, in the same form.

        Each layer by itself has no `mistakes`; together they may lack something, or ask for what excludes each other.
        """
        return ()

    @abstractmethod
    def language(self, tag: str) -> str:
        """What the service calls a canonical BCP 47 tag; LanguageRefused where it cannot be said without a guess."""

    @abstractmethod
    def unfit(self, media: Media, pair: Pair, options: Mapping[str, Any]) -> str | None:
        """None, or the reason why the file cannot be done here."""

    def doubts(self, media: Media, pair: Pair, options: Mapping[str, Any]) -> Sequence[str]:
        """What a person should know of a file that is taken all the same."""
        return ()

    def first_step(self, media: Media, options: Mapping[str, Any]) -> Step:
        """The step that a translation begins with; its name says which way, where there are several. No traffic."""
        return Step()

    def lease_of(self, step: Step) -> timedelta | None:
        """The `lease` of a step; None for one that is answered with an Operation."""
        return self.lease

    async def unready(self, task: Task) -> NotReady | None:
        """What a person must still mend before the step can be taken, once `start` raised NotReady. It pays nothing."""
        try:
            await self.prepare(task)
        except NotReady as error:
            return error
        except ProviderError:  # it is no person's to mend: `start` meets it again, and it is told then
            return None
        return None

    async def prepare(self, task: Task) -> None:
        """Read what a person must have ready for the step; NotReady where it is to be mended. It pays nothing."""
        return

    @abstractmethod
    async def start(self, task: Task) -> Started:
        """Take the paid step `task.step`: what to remember of it, what is to follow, or the results at once."""

    @abstractmethod
    async def check(self, work: Work, scratch: Scratch) -> Outcome:
        """How the step goes; asked again when a delivery is taken up, so that it must be answered more than once."""

    async def find(self, work: Work, scratch: Scratch) -> Started | Found:
        """The outcome of a step that may or may not have been started. By default, nobody knows."""
        return Found.UNKNOWN

    async def go_on_without(self, task: Task) -> Next | Finished | None:
        """Go on without a step that was sent SENDS times and never answered, paying nothing; None: it fails."""
        return None

    async def adopt(self, work: Work, hint: Mapping[str, Any]) -> Operation | None:
        """The operation that a callback's body hints at, once the service confirms that it exists; None otherwise."""
        return None

    def named_by_service(self, operation: Operation) -> str | None:
        """The id that the service gave to the work, by which a callback may name it; None for ids of our own."""
        return None

    async def cancel(self, work: Work) -> bool:
        """Stop the work; False where the service has no way to stop it."""
        return False

    async def forget(self, work: Work) -> None:
        """Remove what the service holds of it, where the service lets us.

        Of an earlier attempt only the `id` is known, and the service may hold nothing of it.
        """
        return

    def edited(self, name: str, data: bytes, kind: str, pair: Pair) -> bytes:
        """A corrected file as the service is to read it; NotReady, with lines and reasons, where it is malformed.

        Asked only for kinds that are among `edits`. The iteration is then a step of `start`, with `task.edit`.
        """
        raise NotImplementedError(f"{self.name} must say how it takes corrections")

    def _running(self, status: object, known: Set[str]) -> Running:
        """Still at work, also where the service says so in a word that is not `known`: that is logged once."""
        word = str(status)[:100]
        if word not in known | self._strange and len(self._strange) < MOST_STRANGE:
            self._strange.add(word)
            log.warning("%s says that work is %r, which is not known; it is taken for running", self.name, word)
        return Running()

    @property
    def is_on(self) -> bool:
        """Whether it is set up here."""
        return self._maybe_service is not None

    @property
    def _service(self) -> Service:
        if self._maybe_service is None:
            raise Denied(f"{self.name}: {self._off}")
        return self._maybe_service

    @property
    def _off(self) -> str:
        return f"it is off: the app setting {self.needs} is not set"
