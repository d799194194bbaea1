"""What a provider is given: a step to be taken, and all that it may reach for it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from shared.jobs.iterations import Edit
from shared.jobs.step import Work
from shared.media.facts import MediaFacts

#: How often a step whose answer was lost is sent in all. The last time it is halved, where the provider can.
SENDS = 3


class Media(Protocol):
    """The dropped file, as far as a provider may reach it: `size` in bytes, `extension` lower case with its dot.

    Reading it gives the very content that was accepted, or raises SourceChanged.
    """

    name: str
    kind: str
    extension: str
    size: int
    facts: MediaFacts

    async def read(self, limit: int) -> bytes:
        """The whole file; TooLong where it has more than `limit` bytes."""

    async def range(self, start: int, length: int) -> bytes:
        """Up to `length` bytes from `start`."""

    async def url(self) -> str:
        """An address that reads the file, and only it, until the job's deadline. Never kept, never logged."""

    @property
    def address(self) -> str:
        """The bare address, for a service that reads the file by an identity of its own."""


class Scratch(Protocol):
    """A place of its own in `staging` for one translation at one provider, the same in all attempts but a forced one.

    Names are relative to it.
    """

    async def read(self, name: str) -> bytes | None:
        """What lies there; None where nothing does."""

    async def write(self, name: str, data: bytes) -> bytes:
        """Keep it, unless something lies there already; what lies there now. Who comes second takes the first's."""

    def list(self) -> AsyncIterator[str]:
        """The names of all that lies there."""

    def blob(self, name: str) -> str:
        """The name within the container `staging`, by which a result is published."""

    def address(self, name: str) -> str:
        """The bare address, for a service that writes by an identity of its own."""

    async def read_url(self, name: str) -> str:
        """An address that reads this one blob until the job's deadline."""

    async def write_url(self, name: str) -> str:
        """An address that writes this one blob until the job's deadline."""


class Glossary(NamedTuple):
    """A glossary blob: its name, version and bytes, and the address that a service reads it by."""

    name: str
    etag: str
    data: bytes
    url: str
    address: str


class Glossaries(Protocol):
    """The container `glossaries`, as far as a provider may reach it."""

    async def find(self, name: str) -> Glossary | None:
        """The blob of that name; None where there is none."""

    async def named(self, name: str) -> Sequence[str]:
        """The blobs whose names begin like that: the language pairs and formats of one glossary."""


class Pair(NamedTuple):
    """Source and target language as canonical BCP 47 tags; no source where the service is to find it out."""

    source: str | None
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Work):
    """A step to be started. `options` is the brief's part under the provider's name, for this target.

    `lost` says how often this very step was sent before and its answer lost, `edit` what an iteration is made of: its
    checked copy lies in the scratch.
    """

    media: Media
    pair: Pair
    scratch: Scratch
    glossaries: Glossaries
    options: Mapping[str, Any] = field(default_factory=dict)
    callback_url: str | None = None
    lost: int = 0
    edit: Edit | None = None

    @property
    def is_last_send(self) -> bool:
        """Whether the step is not sent again if this answer is lost too."""
        return self.lost + 1 >= SENDS
