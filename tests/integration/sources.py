"""A storage account with sources for the doubles, and the account where the Speech double keeps its results."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from azure.storage.blob import BlobSasPermissions, generate_blob_sas
from azure.storage.blob.aio import ContainerClient

from sandbox.azurite import DATA, SERVICES, Azurite
from sandbox.certificate import make_certificate
from sandbox.doubles.results import Place

CONTAINER = "sources"


@dataclass(frozen=True)
class Sources:
    """The container of the sources, and what the doubles must know to reach it."""

    container: ContainerClient
    key: str
    results: Place
    ca: Path

    def address(self, name: str) -> str:
        """The blob's plain address."""
        return self.container.get_blob_client(name).url

    async def put(self, name: str, content: bytes, permission: str = "r") -> str:
        """Write a blob; its signed address with these permissions, good for an hour."""
        await self.container.upload_blob(name, content, overwrite=True)
        token = generate_blob_sas(
            str(self.container.account_name),
            CONTAINER,
            name,
            account_key=self.key,
            permission=BlobSasPermissions.from_string(permission),
            expiry=datetime.now(UTC) + timedelta(hours=1),
        )
        return f"{self.address(name)}?{token}"

    async def get(self, name: str) -> bytes:
        """The bytes of a blob."""
        return await (await self.container.download_blob(name)).readall()


@asynccontextmanager
async def sources(folder: Path) -> AsyncIterator[Sources]:
    """Both accounts, in an Azurite of their own that keeps its data in `folder`."""
    certificate = make_certificate(folder / "tls")
    async with Azurite(folder / "data", certificate, folder / "logs") as azurite, azurite.blob_service() as service:
        container = await service.create_container(CONTAINER)
        key = azurite.key(SERVICES)
        results = Place(endpoint=azurite.uri("blob", SERVICES), account=SERVICES, key=key)
        yield Sources(container, azurite.key(DATA), results, certificate.path)
