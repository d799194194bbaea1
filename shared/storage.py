"""Containers: read, write on a condition, list, sign, copy, stream. The one module that knows Azure's storage SDK."""

import base64
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

from azure.core import MatchConditions
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobProperties, BlobSasPermissions, ContentSettings, UserDelegationKey, generate_blob_sas
from azure.storage.blob.aio import BlobServiceClient

from shared.errors import RecordChanged, ResultUnavailable, StorageTrouble, TooLong

#: Metadata that tells one write from every other.
MARK = "babeldropwrite"
#: Overwrite whatever is there.
ANY = "*"
BLOCK = 1024 * 1024  # nine of them are held while one is on its way; a blob has at most 50,000
LONGEST_READ = 4 * 1024 * 1024  # bytes that are held in memory
CLOCK_SKEW = timedelta(minutes=15)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_SIGNATURE = timedelta(days=7)
KEY_LIFETIME = timedelta(days=7) - CLOCK_SKEW


@dataclass(frozen=True, slots=True)
class Facts:
    """What storage tells of a blob without its content. `md5` is base64, `size` bytes."""

    name: str
    etag: str
    size: int = 0
    last_modified: datetime = LONG_AGO
    md5: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    copy_status: str | None = None

    @property
    def version(self) -> str:
        """What the content is known by: MD5 and length where storage has the MD5, else the ETag."""
        return f"{self.md5}/{self.size}" if self.md5 else self.etag


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

    async def write(self, name: str, data: bytes, over: str | None = None, **details: Any) -> str:
        """Write it whole; the new ETag. Details: `metadata`, `content_type`."""

    async def delete(self, name: str, etag: str) -> None:
        """Delete it as it was read; RecordChanged where it is not, or is gone."""

    def list(self, prefix: str = "", after: str = "") -> AsyncIterator[Facts]:
        """Blobs in the order of their names, with metadata, from the first name past `after`."""

    def address(self, name: str) -> str:
        """The blob's URL, which opens nothing by itself."""

    async def sign(self, name: str, until: datetime) -> str:
        """A URL that reads this one blob until then, and seven days at the longest."""

    async def copy(self, name: str, url: str, over: str | None = None, **details: Any) -> None:
        """Have storage copy from `url`; a large copy goes on after this returns (`Facts.copy_status`)."""

    async def stream(self, name: str, chunks: AsyncIterator[bytes], over: str | None = None, **details: Any) -> None:
        """Write what `chunks` yields in constant memory; nothing is written when they end in an error."""


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

    def __init__(self, service: BlobServiceClient, name: str, signer: "Signer") -> None:
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

    async def write(self, name: str, data: bytes, over: str | None = None, **details: Any) -> str:
        """See Container."""
        return await self._upload(name, data, over, **details)

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

    async def sign(self, name: str, until: datetime) -> str:
        """See Container."""
        return await self._signer.sign(self._name, name, until)

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
                raise ResultUnavailable(f"storage cannot copy the result to {name}: {_words(error)}") from error

    async def stream(self, name: str, chunks: AsyncIterator[bytes], over: str | None = None, **details: Any) -> None:
        """See Container."""
        await self._upload(name, chunks, over, **details)

    async def _upload(self, name: str, data: bytes | AsyncIterator[bytes], over: str | None, **details: Any) -> str:
        mark = uuid4().hex
        with storage_errors(f"writing {self._name}/{name}"):
            try:
                answer = await self._client.get_blob_client(name).upload_blob(
                    data, overwrite=True, max_concurrency=1, **_condition(over), **_details(mark, **details)
                )
            except (ResourceExistsError, ResourceModifiedError):
                # The SDK sends again what got no answer, and may then find its own first try in the way.
                there = await self.head(name)
                if there is None or there.metadata.get(MARK) != mark:
                    raise
                return there.etag
        return str(answer["etag"]).strip('"')


class Signer:
    """Makes user-delegation SAS URLs: one blob, read only. The delegation key is kept while it lasts.

    https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas
    """

    def __init__(self, service: BlobServiceClient) -> None:
        self._service = service
        self._key: UserDelegationKey | None = None
        self._key_ends = LONG_AGO

    async def sign(self, container: str, name: str, until: datetime) -> str:
        """The blob's URL with a signature that holds from a quarter of an hour ago."""
        now = datetime.now(UTC)
        expiry = min(until, now + KEY_LIFETIME)
        blob = self._service.get_blob_client(container, name)
        token = generate_blob_sas(
            account_name=str(blob.account_name),
            container_name=container,
            blob_name=name,
            user_delegation_key=await self._delegation_key(now, expiry),
            permission=BlobSasPermissions(read=True),
            start=now - CLOCK_SKEW,
            expiry=expiry,
        )
        return f"{blob.url}?{token}"

    async def _delegation_key(self, now: datetime, needed_until: datetime) -> UserDelegationKey:
        if self._key is None or self._key_ends < needed_until:
            ends = now + LONGEST_SIGNATURE - timedelta(minutes=1)
            with storage_errors("asking for a delegation key"):
                self._key = await self._service.get_user_delegation_key(now - CLOCK_SKEW, ends)
            self._key_ends = ends
        return self._key


@contextmanager
def storage_errors(doing: str) -> Iterator[None]:
    """Turn the SDK's errors into ours, most specific first."""
    try:
        yield
    except (ResourceExistsError, ResourceModifiedError) as error:
        raise RecordChanged(f"somebody else was first while {doing}") from error
    except AzureError as error:
        raise StorageTrouble(f"storage failed while {doing}: {_words(error)}") from error


def _words(error: AzureError) -> str:
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or error.message).splitlines()[0]


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
        md5=base64.b64encode(md5).decode() if md5 else None,
        metadata=blob.metadata or {},
        copy_status=blob.copy.status,
    )
