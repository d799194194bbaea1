"""How Document Translation reaches storage: by the signature in an address, or by the Translator's own identity.

With the identity switched on, an address that holds a signature is refused (the page on managed identities). Azurite
checks signatures and what they allow, but takes any token: so the roles of the identity are checked here.
"""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Self
from urllib.parse import parse_qs, quote, urlsplit

import aiohttp
from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.core.pipeline.transport import AioHttpTransport
from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import BlobClient, ContainerClient
from pydantic import BaseModel, ConfigDict

from sandbox import identity
from sandbox.azurite import mark
from sandbox.doubles.control import without_query
from sandbox.doubles.courier import is_loopback
from sandbox.doubles.document_errors import SOURCE_ACCESS, TARGET_ACCESS, TARGET_EXISTS, TOO_LARGE, Failed

type Role = Literal["Storage Blob Data Reader", "Storage Blob Data Contributor"]
READER: Role = "Storage Blob Data Reader"
CONTRIBUTOR: Role = "Storage Blob Data Contributor"
ANYWHERE = "*"
NO_SOURCE = "Cannot access source document location with the current permissions."
NO_TARGET = "Cannot access target document location with the current permissions."
EXISTS = "Target document file already exists."
_CHUNK = 1024**2  # bytes


class Grants(BaseModel):
    """What the Translator resource may do; the body of `POST /_control/storage`.

    identity: on, off (then plain addresses fail), or None: what a request's addresses say, but all of them alike.
    roles: of the identity, by container; `*` is the whole account.
    blob_signatures: whether a signature for one blob works; a report of 2022 says that only a container's does.
    """

    model_config = ConfigDict(extra="forbid")

    identity: bool | None = None
    roles: dict[str, Role] = {ANYWHERE: CONTRIBUTOR}
    blob_signatures: bool = True


@dataclass(frozen=True)
class Address:
    """A container's or a blob's address, taken apart."""

    url: str

    @property
    def signature(self) -> dict[str, str]:
        """The parameters of the signature; empty for a plain address."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}

    @property
    def plain(self) -> str:
        """Without the signature."""
        return without_query(self.url)

    @property
    def parts(self) -> list[str]:
        """Container and blob. An emulator has the account before them."""
        path = urlsplit(self.url).path.strip("/")
        return path.split("/", 2)[1:] if is_loopback(self.url) else path.split("/", 1)

    def blob(self, name: str) -> Self:
        """The address of a blob in this container, with the same signature."""
        parts = urlsplit(self.url)
        path = f"{parts.path.rstrip('/')}/{quote(name, safe='~/')}"
        return type(self)(parts._replace(path=path).geturl())


class Identity:
    """The Translator's own identity, as Azure's clients want a credential to be."""

    async def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        """A token for storage."""
        return AccessToken(identity.mint(identity.STORAGE), int(time.time()) + 3600)

    async def close(self) -> None:
        """There is nothing to close."""

    async def __aenter__(self) -> Self:
        """There is nothing to open."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """There is nothing to close."""


class Storage:
    """Reads and writes, as the request's addresses and the grants allow. Everything raises Failed."""

    def __init__(self, session: aiohttp.ClientSession, grants: Grants) -> None:
        """Talk over that session."""
        self._session = session
        self.grants = grants

    def check_alike(self, addresses: list[Address]) -> None:
        """Refuse signed addresses where the identity is used, and plain ones where it is not."""
        by_identity = self.grants.identity
        if by_identity is None:
            by_identity = not addresses[0].signature
        if any(bool(address.signature) == by_identity for address in addresses):
            raise Failed(SOURCE_ACCESS, NO_SOURCE)

    async def names(self, folder: Address, prefix: str) -> AsyncIterator[tuple[str, int]]:
        """The blobs of a container, and their sizes in bytes."""
        self._check(folder, "rl", NO_SOURCE, SOURCE_ACCESS)
        if len(folder.parts) != 1:  # a blob's address is read as a container's
            raise Failed(SOURCE_ACCESS, NO_SOURCE)
        with _denied(SOURCE_ACCESS, NO_SOURCE):
            client = ContainerClient.from_container_url(folder.url, **self._options(folder))
            async for blob in client.list_blobs(name_starts_with=prefix or None):
                yield blob.name, blob.size

    async def size(self, source: Address) -> int:
        """The size of a blob in bytes."""
        self._check(source, "r", NO_SOURCE, SOURCE_ACCESS)
        if len(source.parts) != 2:
            raise Failed(SOURCE_ACCESS, NO_SOURCE)
        with _denied(SOURCE_ACCESS, NO_SOURCE):
            properties = await self._blob(source).get_blob_properties()
        return int(properties.size)

    async def read(self, source: Address, limit: int) -> bytes:
        """The bytes of a blob, at most `limit`."""
        if await self.size(source) > limit:
            raise Failed(TOO_LARGE, f"The document is larger than {limit} bytes.")
        with _denied(SOURCE_ACCESS, NO_SOURCE):
            stream = await self._blob(source).download_blob()
            return bytes(await stream.readall())

    async def exists(self, target: Address) -> bool:
        """Whether something is there already; where a signature does not let us look, it does not seem so."""
        self._check(target, "w", NO_TARGET, TARGET_ACCESS)
        if len(target.parts) != 2:
            raise Failed(TARGET_ACCESS, NO_TARGET)
        with _denied(TARGET_ACCESS, NO_TARGET):
            try:
                await self._blob(target).get_blob_properties()
            except ResourceNotFoundError as error:
                if getattr(error, "error_code", None) == "ContainerNotFound":
                    raise
                return False
            except HttpResponseError as error:
                if getattr(error, "error_code", None) != "AuthorizationPermissionMismatch":
                    raise
                return False
        return True

    async def write(self, target: Address, content: bytes, media_type: str) -> None:
        """Write a blob where none is."""
        with _denied(TARGET_ACCESS, NO_TARGET):
            try:
                await self._blob(target).upload_blob(
                    content, overwrite=False, content_settings=ContentSettings(content_type=media_type)
                )
            except ResourceExistsError as error:
                raise Failed(TARGET_EXISTS, EXISTS) from error

    def _check(self, address: Address, needed: str, message: str, code: str) -> None:
        """What no answer of storage would tell: the identity's roles, and what a signature is for."""
        signature = address.signature
        if not signature:
            container = "".join(address.parts[:1])
            granted = self.grants.roles.get(container, self.grants.roles.get(ANYWHERE))
            allowed = granted == CONTRIBUTOR or (granted == READER and needed != "w")
        else:
            given = signature.get("sp", "").replace("c", "w")
            allowed = set(needed) <= set(given) and (signature.get("sr") != "b" or self.grants.blob_signatures)
        if not allowed:
            raise Failed(code, message)

    def _blob(self, address: Address) -> BlobClient:
        return BlobClient.from_blob_url(address.url, **self._options(address))

    def _options(self, address: Address) -> dict[str, Any]:
        transport = AioHttpTransport(session=self._session, session_owner=False)
        by_identity = {} if address.signature else {"credential": Identity()}
        # A body of more than a mebibyte would hold up everything else in this process.
        sizes = {"max_single_put_size": _CHUNK, "max_block_size": _CHUNK}
        return {"transport": transport, "retry_total": 0, "raw_request_hook": mark, **sizes, **by_identity}


@contextmanager
def _denied(code: str, message: str) -> Iterator[None]:
    """Whatever storage says instead of yes becomes the service's one sentence, which hides the reason."""
    try:
        yield
    except (AzureError, aiohttp.ClientError, TimeoutError) as error:
        raise Failed(code, message) from error
