"""What the host keeps in its own account for a timer: who may run it, and when it is due.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#scale-out
"""

from contextlib import suppress
from typing import NoReturn

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob.aio import BlobLeaseClient, BlobServiceClient

from sandbox.host.timers import Clock, Status

CONTAINER = "azure-webjobs-hosts"


class TimerStorage:
    """The lease and the status of one timer function, for the host `host_id`.

    One of all hosts holds the lease, which is `seconds` long, and alone runs the timer. Another one asks for it each
    time that span is over, so a timer pauses for a span or two when its host is gone.
    """

    def __init__(self, service: BlobServiceClient, host_id: str, name: str, seconds: int, clock: Clock) -> None:
        self._container = service.get_container_client(CONTAINER)
        self._lock = self._container.get_blob_client(f"locks/{host_id}/{name}.Listener")
        self._status = self._container.get_blob_client(f"timers/{host_id}/{name}/status")
        self._lease: BlobLeaseClient | None = None
        self._seconds = seconds
        self._clock = clock

    async def acquire(self) -> None:
        """Wait until the lease is ours."""
        while self._lease is None:
            try:
                self._lease = await self._lock.acquire_lease(self._seconds)
            except ResourceNotFoundError:
                await self._make_lock()
            except HttpResponseError as error:
                if error.status_code != 409:  # Another host holds it.
                    raise
                await self._clock.sleep(self._seconds)

    async def keep(self) -> NoReturn:
        """Renew the lease again and again. An error, as after a renewal that came too late, is not caught."""
        while True:
            await self._clock.sleep(self._seconds / 2)
            if self._lease is not None:
                await self._lease.renew()

    async def release(self) -> None:
        """Let another host have it at once."""
        if self._lease is not None:
            await self._lease.release()

    async def read(self) -> Status | None:
        """The status that was written last."""
        try:
            return Status.model_validate_json(await (await self._status.download_blob()).readall())
        except ResourceNotFoundError:
            return None

    async def write(self, status: Status) -> None:
        """Put another one in its place."""
        await self._status.upload_blob(status.model_dump_json(by_alias=True), overwrite=True)

    async def _make_lock(self) -> None:
        with suppress(ResourceExistsError):
            await self._container.create_container()
        await self._lock.upload_blob(b"", overwrite=True)
