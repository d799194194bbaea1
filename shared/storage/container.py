"""What the app asks of a container of blobs: read, write on a condition, list, sign, copy, write in blocks."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from shared.errors import RecordChanged, RecordGone

#: Overwrite whatever is there.
ANY = "*"
BLOCK = 1024 * 1024  # bytes that are sent to storage at a time; a blob has at most 50,000 blocks
LONGEST_READ = 4 * 1024 * 1024  # bytes that are held in memory
CLOCK_SKEW = timedelta(minutes=15)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
TRIES = 8


class Versioned[Value](NamedTuple):
    """A value as it was read or written, and the ETag to replace it by; None as long as it is written nowhere."""

    value: Value
    etag: str | None


async def until_undisturbed[Answer](attempt: Callable[[], Awaitable[Answer]], what: str, tries: int = TRIES) -> Answer:
    """Read, change and write: `attempt` is made again for as long as somebody else writes in between.

    RecordChanged, which names `what`, where that happens every time; RecordGone where another try cannot help.
    """
    for _ in range(tries):
        try:
            return await attempt()
        except RecordGone:
            raise
        except RecordChanged:
            continue
    raise RecordChanged(f"{what} changes too fast")


@dataclass(frozen=True, slots=True)
class Facts:
    """What storage tells of a blob without its content. `md5` is base64, `size` bytes."""

    name: str
    etag: str
    size: int = 0
    last_modified: datetime = LONG_AGO
    created: datetime = LONG_AGO  #: when it was uploaded: a change of properties or metadata alone leaves it
    md5: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    copy_status: str | None = None
    content_type: str | None = None
    content: str | None = None  #: what the content is known by where storage has no MD5, see `shared.storage.content`

    @property
    def version(self) -> str:
        """What the content is known by: a hash of it and its length where there is one, else the ETag."""
        known = self.md5 or self.content
        return f"{known}/{self.size}" if known else self.etag


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob's content, with its facts."""

    data: bytes
    facts: Facts


class Container(Protocol):
    """A container of blobs. `over` is the ETag of the blob to be replaced; None: there must be none; ANY: either.

    A condition that does not hold raises RecordChanged; anything else that storage refuses, StorageTrouble.
    """

    async def head(self, name: str) -> Facts | None:
        """The facts, or None where there is no such blob."""

    async def read(self, name: str, limit: int = LONGEST_READ) -> Blob | None:
        """The content; None where there is no such blob, TooLong where it has more than `limit` bytes."""

    async def range(self, name: str, start: int, length: int, etag: str) -> bytes:
        """Up to `length` bytes from `start` of the version `etag`, or ANY; RecordChanged where that is not there."""

    async def write(self, name: str, data: bytes, over: str | None = None, **details: Any) -> str:
        """Write it whole; the new ETag. Details: `metadata`, `content_type`."""

    async def delete(self, name: str, etag: str) -> None:
        """Delete it as it was read; RecordChanged where it is not, or is gone."""

    def list(self, prefix: str = "", after: str = "") -> AsyncIterator[Facts]:
        """Blobs in the order of their names, with metadata, from the first name past `after`."""

    def address(self, name: str) -> str:
        """The blob's URL, which opens nothing by itself."""

    async def sign(self, name: str, until: datetime, *, writes: bool = False) -> str:
        """A URL that reads this one blob until then, or that `writes` it; it lasts seven days at the longest."""

    async def copy(self, name: str, url: str, over: str | None = None, **details: Any) -> None:
        """Have storage copy from `url`; a large copy goes on after this returns (`Facts.copy_status`)."""

    async def set_type(self, facts: Facts, content_type: str) -> None:
        """Say what the blob is served as, and nothing else of how; RecordChanged where it is not as in `facts`."""

    async def staged(self, name: str) -> Mapping[str, int]:
        """The blocks that were staged for a blob and not committed, by id, with their sizes."""

    async def stage(self, name: str, block: str, data: bytes) -> None:
        """Stage one block of a blob that is not whole yet. The ids of a blob's blocks are all of one length."""

    async def commit(self, name: str, blocks: Sequence[str], over: str | None = None, **details: Any) -> str:
        """Make the blob of staged blocks, in this order; the new ETag. Details as for `write`."""
