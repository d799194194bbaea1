"""Containers of an Azure storage account, through Azure's SDK."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from azure.core import MatchConditions
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import BlobBlock, BlobProperties, ContentSettings
from azure.storage.blob.aio import BlobServiceClient

from shared.errors import RecordChanged, ResultUnavailable, TooLong
from shared.storage.container import ANY, BLOCK, LONGEST_READ, Blob, Facts
from shared.storage.errors import storage_errors, words
from shared.storage.signing import Signer

#: Metadata that tells one write from every other.
MARK = "babeldropwrite"
#: One way of the SDK to write a blob: conditions and details in, the answer's headers out.
Upload = Callable[..., Awaitable[Mapping[str, Any]]]


def blob_service(
    address: str, credential: AsyncTokenCredential | AzureNamedKeyCredential, **more: Any
) -> BlobServiceClient:
    """A client of a storage account; it opens no connection yet. `more` is for the SDK."""
    options = {
        "max_block_size": BLOCK,
        "max_single_get_size": LONGEST_READ,  # it is fetched before anybody knows that the blob is longer
        # Waits of 3, 9, 27 and 81 s: the SDK's own begin with 18 s, which is most of the time that a start has.
        "initial_backoff": 0,
        "retry_total": 4,
    }
    return BlobServiceClient(address, credential=credential, **options | more)


class AzureContainer:
    """A container of an Azure storage account; https://learn.microsoft.com/rest/api/storageservices/ ."""

    def __init__(self, service: BlobServiceClient, name: str, signer: Signer) -> None:
        self._name = name
        self._client = service.get_container_client(name)
        self._signer = signer

    async def head(self, name: str) -> Facts | None:
        """See Container."""
        with storage_errors(f"reading {self._name}/{name}"):
            try:
                return _facts(await self._client.get_blob_client(name).get_blob_properties())
            except ResourceNotFoundError:
                return None

    async def read(self, name: str, limit: int = LONGEST_READ) -> Blob | None:
        """See Container."""
        with storage_errors(f"reading {self._name}/{name}"):
            try:
                download = await self._client.get_blob_client(name).download_blob(max_concurrency=1)
            except ResourceNotFoundError:
                return None
            if download.size > limit:
                raise TooLong(f"{self._name}/{name} has {download.size} bytes; no more than {limit} are read")
            return Blob(await download.readall(), _facts(download.properties))

    async def range(self, name: str, start: int, length: int, etag: str) -> bytes:
        """See Container."""
        with storage_errors(f"reading {self._name}/{name}"):
            blob = self._client.get_blob_client(name)
            try:
                download = await blob.download_blob(start, length, max_concurrency=1, **_condition(etag))
                return bytes(await download.readall())
            except ResourceNotFoundError as error:
                raise RecordChanged(f"{self._name}/{name} is gone") from error
            except HttpResponseError as error:
                if error.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                    return b""  # it ends before `start`
                raise

    async def write(self, name: str, data: bytes, over: str | None = None, **details: Any) -> str:
        """See Container."""
        upload = partial(self._client.get_blob_client(name).upload_blob, data, overwrite=True, max_concurrency=1)
        return await self._upload(name, upload, over, **details)

    async def delete(self, name: str, etag: str) -> None:
        """See Container."""
        with storage_errors(f"deleting {self._name}/{name}"):
            try:
                await self._client.get_blob_client(name).delete_blob(**_condition(etag))
            except ResourceNotFoundError as error:
                raise RecordChanged(f"{self._name}/{name} is gone") from error

    async def list(self, prefix: str = "", after: str = "") -> AsyncIterator[Facts]:
        """See Container."""
        with storage_errors(f"listing {self._name}/{prefix}"):
            async for blob in self._client.list_blobs(prefix or None, include=["metadata"], start_from=after or None):
                if blob.name > after:
                    yield _facts(blob)

    def address(self, name: str) -> str:
        """See Container."""
        return str(self._client.get_blob_client(name).url)

    async def sign(self, name: str, until: datetime, *, writes: bool = False) -> str:
        """See Container."""
        return await self._signer.sign(self._name, name, until, writes=writes)

    async def copy(self, name: str, url: str, over: str | None = None, **details: Any) -> None:
        """See Container; https://learn.microsoft.com/rest/api/storageservices/copy-blob ."""
        blob = self._client.get_blob_client(name)
        with storage_errors(f"copying to {self._name}/{name}"):
            try:
                await blob.start_copy_from_url(url, metadata=details.get("metadata"), **_condition(over))
            except ResourceExistsError as error:
                raise RecordChanged(f"{self._name}/{name} exists") from error
            except ResourceModifiedError:
                raise
            except HttpResponseError as error:
                raise ResultUnavailable(f"storage cannot copy the result to {name}: {words(error)}") from error

    async def set_type(self, facts: Facts, content_type: str) -> None:
        """See Container; https://learn.microsoft.com/rest/api/storageservices/set-blob-properties .

        It clears whatever it is not told, the MD5 too.
        """
        md5 = bytearray(base64.b64decode(facts.md5)) if facts.md5 else None
        with storage_errors(f"writing {self._name}/{facts.name}"):
            await self._client.get_blob_client(facts.name).set_http_headers(
                ContentSettings(content_type=content_type, content_md5=md5), **_condition(facts.etag)
            )

    async def staged(self, name: str) -> Mapping[str, int]:
        """See Container; https://learn.microsoft.com/rest/api/storageservices/get-block-list ."""
        with storage_errors(f"reading {self._name}/{name}"):
            try:
                _, staged = await self._client.get_blob_client(name).get_block_list("uncommitted")
            except ResourceNotFoundError:
                return {}
            return {block.id: block.size for block in staged}

    async def stage(self, name: str, block: str, data: bytes) -> None:
        """See Container; https://learn.microsoft.com/rest/api/storageservices/put-block ."""
        with storage_errors(f"writing {self._name}/{name}"):
            await self._client.get_blob_client(name).stage_block(block, data)

    async def commit(self, name: str, blocks: Sequence[str], over: str | None = None, **details: Any) -> str:
        """See Container; https://learn.microsoft.com/rest/api/storageservices/put-block-list ."""
        blob = self._client.get_blob_client(name)
        commit = partial(blob.commit_block_list, [BlobBlock(block) for block in blocks])
        return await self._upload(name, commit, over, **details)

    async def _upload(self, name: str, send: Upload, over: str | None, **details: Any) -> str:
        mark = uuid4().hex
        with storage_errors(f"writing {self._name}/{name}"):
            try:
                answer = await send(**_condition(over), **_details(mark, **details))
            except (ResourceExistsError, ResourceModifiedError):
                # The SDK sends again what got no answer, and may then find its own first try in the way.
                there = await self.head(name)
                if there is None or there.metadata.get(MARK) != mark:
                    raise
                return there.etag
        return str(answer["etag"]).strip('"')


def _condition(over: str | None) -> dict[str, Any]:
    if over == ANY:
        return {}
    if over is None:
        return {"match_condition": MatchConditions.IfMissing}
    return {"etag": over, "match_condition": MatchConditions.IfNotModified}


def _details(mark: str, metadata: Mapping[str, str] | None = None, content_type: str | None = None) -> dict[str, Any]:
    settings = ContentSettings(content_type=content_type) if content_type else None
    return {"metadata": {**(metadata or {}), MARK: mark}, "content_settings": settings}


def _facts(blob: BlobProperties) -> Facts:
    md5 = blob.content_settings.content_md5
    return Facts(
        name=blob.name,
        etag=blob.etag.strip('"'),
        size=blob.size,
        last_modified=blob.last_modified,
        created=blob.creation_time,
        md5=base64.b64encode(md5).decode() if md5 else None,
        metadata=blob.metadata or {},
        copy_status=blob.copy.status,
        content_type=blob.content_settings.content_type,
    )
