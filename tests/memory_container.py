"""Containers held in memory, which keep the same conditions as Azure's.

`MemoryAccount` makes containers that can copy from one another. Both sides of every operation can be watched:

    account.before   awaited before an operation takes effect; an error that it raises takes its place
    account.after    awaited once it has taken effect; an error that it raises is a lost answer

Nothing else here waits, so that a scheduler which holds the watchers holds everything.
"""

import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from shared.errors import RecordChanged, ResultUnavailable, TooLong
from shared.storage.container import ANY, Blob, Facts

PENDING, SUCCESS = "pending", "success"


class Operation(NamedTuple):
    """One call of storage: its name in `Container`, a range being a `read`."""

    kind: str
    container: str
    name: str  #: of the blob, or the prefix of a listing

    @property
    def changes(self) -> bool:
        """Whether it leaves the container another than before."""
        return self.kind in ("write", "delete", "copy", "stage", "commit", "start")


Watcher = Callable[[Operation], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Stored:
    """A blob as the container keeps it."""

    data: bytes
    facts: Facts

    @property
    def content_type(self) -> str | None:
        """What it is served as."""
        return self.facts.content_type


class MemoryAccount:
    """A storage account. `web` is what lies elsewhere, by URL, for copies; `slow_copies` leaves copies pending."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        self.web: dict[str, bytes] = {}
        self.slow_copies = False
        self.before: Watcher = _unwatched
        self.after: Watcher = _unwatched
        self.containers: dict[str, MemoryContainer] = {}

    def container(self, name: str) -> "MemoryContainer":
        """The container of that name; made where there is none."""
        return self.containers.get(name) or MemoryContainer(name, self)

    def fetch(self, url: str) -> bytes | None:
        """What a URL reads: something of `web`, or a blob behind a signed URL of this account."""
        stored = self._signed(url)
        return self.web.get(url, stored.data if stored else None)

    def type_of(self, url: str) -> str | None:
        """What it is served as; what lies in `web` is all web pages, if one believes it."""
        stored = self._signed(url)
        return stored.content_type if stored else "text/html"

    def _signed(self, url: str) -> Stored | None:
        parts = urlsplit(url)
        return self.container(parts.netloc).blobs.get(unquote(parts.path[1:])) if parts.scheme == "memory" else None


class MemoryContainer:
    """A `Container`, see `shared.storage`. Its `blobs` may be looked at and changed without being watched."""

    def __init__(self, name: str, account: MemoryAccount | None = None) -> None:
        self.name = name
        self.blobs: dict[str, Stored] = {}
        self._blocks: dict[str, dict[str, bytes]] = {}  # that were staged and not committed
        self.account = account or MemoryAccount()
        self.account.containers[name] = self
        self._versions = 0

    async def head(self, name: str) -> Facts | None:
        """See Container."""
        stored = await self._watched("head", name, lambda: self.blobs.get(name))
        return stored.facts if stored else None

    async def read(self, name: str, limit: int = 4 * 1024 * 1024) -> Blob | None:
        """See Container."""
        stored = await self._watched("read", name, lambda: self.blobs.get(name))
        if stored is None:
            return None
        if stored.facts.size > limit:
            raise TooLong(f"{self.name}/{name} has {stored.facts.size} bytes; no more than {limit} are read")
        return Blob(stored.data, stored.facts)

    async def range(self, name: str, start: int, length: int, etag: str) -> bytes:
        """See Container."""
        stored = await self._watched("read", name, lambda: self.blobs.get(name))
        if stored is None or etag not in (ANY, stored.facts.etag):
            raise RecordChanged(f"{self.name}/{name} is not at {etag} any more")
        return stored.data[start : start + length]

    async def write(self, name: str, data: bytes, over: str | None = None, **details: Any) -> str:
        """See Container."""
        return await self._watched("write", name, lambda: self.put(name, data, over, md5=_md5(data), **details))

    async def delete(self, name: str, etag: str) -> None:
        """See Container."""
        await self._watched("delete", name, lambda: self._remove(name, etag))

    async def list(self, prefix: str = "", after: str = "") -> AsyncIterator[Facts]:
        """See Container; the listing is the container at one moment, and shows no copies at work, as Azure's does."""
        for facts in await self._watched("list", prefix, lambda: self._names(prefix, after)):
            yield facts

    def address(self, name: str) -> str:
        """See Container."""
        return f"memory://{self.name}/{quote(name)}"

    async def sign(self, name: str, until: datetime, *, writes: bool = False) -> str:
        """See Container."""
        may = "&may=write" if writes else ""
        return await self._watched("sign", name, lambda: f"{self.address(name)}?until={until.isoformat()}{may}")

    async def copy(self, name: str, url: str, over: str | None = None, **details: Any) -> None:
        """See Container."""
        await self._watched("copy", name, lambda: self._copy(name, url, over, details.get("metadata")))

    async def set_type(self, facts: Facts, content_type: str) -> None:
        """See Container."""
        await self._watched("write", facts.name, lambda: self._set_type(facts, content_type))

    async def staged(self, name: str) -> Mapping[str, int]:
        """See Container."""
        return await self._watched("staged", name, lambda: {i: len(d) for i, d in self._blocks.get(name, {}).items()})

    async def stage(self, name: str, block: str, data: bytes) -> None:
        """See Container."""
        await self._watched("stage", name, lambda: self._blocks.setdefault(name, {}).update({block: data}))

    async def commit(self, name: str, blocks: Sequence[str], over: str | None = None, **details: Any) -> str:
        """See Container. Storage computes no MD5 of what comes in blocks."""
        return await self._watched("commit", name, lambda: self._commit(name, blocks, over, details))

    def put(self, name: str, data: bytes, over: str | None = ANY, **details: Any) -> str:
        """Write without being watched; the new ETag."""
        self._check(name, over)
        self._versions += 1
        now = self.account.clock().replace(microsecond=0)
        facts = Facts(
            name=name,
            etag=f"0x{self._versions:X}",
            size=len(data),
            last_modified=now,
            created=details.get("created", now),
            md5=details.get("md5"),
            metadata=dict(details.get("metadata") or {}),
            copy_status=details.get("copy_status"),
            content_type=details.get("content_type", "application/octet-stream"),
        )
        self.blobs[name] = Stored(data, facts)
        return facts.etag

    def _commit(self, name: str, blocks: Sequence[str], over: str | None, details: Mapping[str, Any]) -> str:
        self._check(name, over)
        staged = self._blocks.pop(name)
        return self.put(name, b"".join(staged[block] for block in blocks), over, **details)

    def copy_to(self, other: "MemoryContainer") -> None:
        """Make another container the same."""
        other.blobs, other._versions = dict(self.blobs), self._versions
        other._blocks = {name: dict(blocks) for name, blocks in self._blocks.items()}

    def finish_copies(self, status: str = SUCCESS) -> None:
        """End all copies that are pending."""
        for name, stored in self.blobs.items():
            if stored.facts.copy_status == PENDING:
                self.blobs[name] = replace(stored, facts=replace(stored.facts, copy_status=status))

    async def _watched[Answer](self, kind: str, name: str, effect: Callable[[], Answer]) -> Answer:
        operation = Operation(kind, self.name, name)
        await self.account.before(operation)
        answer = effect()
        await self.account.after(operation)
        return answer

    def _check(self, name: str, over: str | None) -> None:
        stored = self.blobs.get(name)
        there = stored.facts.etag if stored else None
        if over not in (ANY, there):
            raise RecordChanged(f"{self.name}/{name} is at {there}, not at {over}")

    def _set_type(self, facts: Facts, content_type: str) -> None:
        self._check(facts.name, facts.etag)
        there = self.blobs[facts.name].facts
        details: dict[str, Any] = {"md5": there.md5, "metadata": there.metadata, "copy_status": there.copy_status}
        data = self.blobs[facts.name].data
        self.put(facts.name, data, content_type=content_type, created=there.created, **details)

    def _remove(self, name: str, etag: str) -> None:
        self._check(name, etag)
        if self.blobs.pop(name, None) is None:
            raise RecordChanged(f"{self.name}/{name} is gone")

    def _names(self, prefix: str, after: str) -> tuple[Facts, ...]:
        names = sorted(name for name in self.blobs if name.startswith(prefix) and name > after)
        return tuple(replace(self.blobs[name].facts, copy_status=None) for name in names)

    def _copy(self, name: str, url: str, over: str | None, metadata: Mapping[str, str] | None) -> None:
        data = self.account.fetch(url)
        if data is None:
            raise ResultUnavailable(f"storage cannot copy the result to {name}: there is nothing at {url}")
        status = PENDING if self.account.slow_copies else SUCCESS
        details: dict[str, Any] = {
            "metadata": metadata,
            "copy_status": status,
            "content_type": self.account.type_of(url),
        }
        self.put(name, data, over, md5=_md5(data), **details)


async def _unwatched(_operation: Operation) -> None:
    """Let every operation pass."""


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
