"""The Speech service's own storage: where it puts what it makes, and the signed addresses that it gives out."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobSasPermissions, ContentSettings, generate_blob_sas
from azure.storage.blob.aio import BlobServiceClient
from pydantic import BaseModel, ConfigDict

CONTAINER = "speech"
LIFETIME = timedelta(hours=1)


class Place(BaseModel):
    """Where results are kept: the blob endpoint of an account, its name and its base64 key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    endpoint: str
    account: str
    key: str


class Results:
    """Blobs in the service's own account. Use it as an async context manager."""

    def __init__(self, place: Place, ca: str | None) -> None:
        """Talk to `place`, trusting the certificate at `ca`."""
        self._place = place
        self._client = BlobServiceClient(
            place.endpoint,
            credential=AzureNamedKeyCredential(place.account, place.key),
            connection_verify=ca or True,
            use_env_settings=False,  # a proxy of the person's does not lead to this machine
        )
        self._container = self._client.get_container_client(CONTAINER)
        self._prepared = False

    async def __aenter__(self) -> Self:
        """Open the client. The container is made with the first result."""
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the client."""
        await self._client.close()

    async def put(self, name: str, content: bytes | Path, content_type: str) -> None:
        """Write the blob, over whatever was there."""
        await self._prepare()
        blob = self._container.get_blob_client(name)
        settings = ContentSettings(content_type=content_type)
        if isinstance(content, bytes):
            await blob.upload_blob(content, overwrite=True, content_settings=settings)
            return
        with content.open("rb") as file:
            await blob.upload_blob(file, overwrite=True, content_settings=settings)

    async def _prepare(self) -> None:
        if self._prepared:
            return
        with suppress(ResourceExistsError):
            await self._container.create_container()
        self._prepared = True

    async def remove(self, prefix: str) -> None:
        """Delete every blob whose name begins with `prefix`."""
        with suppress(ResourceNotFoundError):  # Nothing was ever put there.
            async for name in self._container.list_blob_names(name_starts_with=prefix):
                await self._container.delete_blob(name)

    def url(self, name: str, *, expired: bool = False) -> str:
        """A signed, read-only address of the blob, good for an hour; with `expired`, one that has run out."""
        now = datetime.now(UTC)
        token = generate_blob_sas(
            self._place.account,
            CONTAINER,
            name,
            account_key=self._place.key,
            permission=BlobSasPermissions(read=True),
            start=now - 2 * LIFETIME,
            expiry=now + (-LIFETIME if expired else LIFETIME),
        )
        return f"{self._container.get_blob_client(name).url}?{token}"
