"""The dropped file, as far as a provider may reach it."""

from datetime import datetime, timedelta

from shared.errors import StorageTrouble, Unreachable
from shared.jobs.job import Job
from shared.names import BlobName
from shared.storage import Container

GRACE = timedelta(hours=1)


class DroppedFile:
    """Implements the providers' `Media` for the source of a job."""

    def __init__(self, inbox: Container, job: Job, now: datetime) -> None:
        self._inbox, self._job, self._now = inbox, job, now
        self.name, self.kind, self.size = job.name, job.kind, job.size
        self.extension = BlobName(job.name).extension.lower()

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
