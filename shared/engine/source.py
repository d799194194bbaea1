"""The dropped file, as far as a provider may reach it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from shared.errors import RecordChanged, SourceChanged, StorageTrouble, TooLong, Unreachable
from shared.jobs.job import Job
from shared.names import BlobName
from shared.storage.container import Container
from shared.storage.content import identified

GRACE = timedelta(hours=1)


class DroppedFile:
    """Implements the providers' `Media` for the source of a job. What is read is what was accepted, or nothing."""

    def __init__(self, inbox: Container, job: Job, now: datetime) -> None:
        self._inbox, self._job, self._now = inbox, job, now
        self.name, self.kind, self.size, self.facts = job.name, job.kind, job.size, job.facts
        self.extension = BlobName(job.name).extension.lower()
        self._etag = job.etag

    @property
    def address(self) -> str:
        """The address without a signature."""
        return self._inbox.address(self.name)

    async def url(self) -> str:
        """A signed address, for as long as a translation has that starts now, and an hour more.

        Unreachable where storage signs nothing: then the provider was not asked for anything either.
        """
        try:
            return await self._inbox.sign(self.name, self._now + timedelta(hours=self._job.hours) + GRACE)
        except StorageTrouble as error:
            raise Unreachable(error.reason, error.advice) from error

    async def read(self, limit: int) -> bytes:
        """The whole file; TooLong where it has more than `limit` bytes."""
        if self.size > limit:
            raise TooLong(f"{self.name} has {self.size} bytes; no more than {limit} are read")
        return await self.range(0, self.size)

    async def range(self, start: int, length: int) -> bytes:
        """Up to `length` bytes from `start`."""
        return await self._pinned(lambda etag: self._inbox.range(self.name, start, length, etag))

    async def _pinned(self, read: Callable[[str], Awaitable[bytes]]) -> bytes:
        try:
            return await read(self._etag)
        except RecordChanged:
            facts = await self._inbox.head(self.name)
            if facts is None or (await identified(self._inbox, facts)).version != self._job.version:
                raise SourceChanged(f"{self.name} is not the file any more that was accepted") from None
            # Only its properties were written again, or the same content was dropped again.
            self._etag = facts.etag
            return await read(self._etag)
