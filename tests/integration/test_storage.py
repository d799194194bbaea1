"""Containers of a storage account, as Azurite serves them."""

import uuid
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from azure.storage.blob import BlobSasPermissions, generate_blob_sas
from azure.storage.blob.aio import BlobServiceClient

from sandbox.azurite import DATA, Azurite
from shared.storage import AzureContainer, Signer
from tests.container_contract import ContainerContract


class KeySigner(Signer):
    """Signs with the account's key, for Azurite alone has no identities to delegate."""

    def __init__(self, service: BlobServiceClient, key: str) -> None:
        super().__init__(service)
        self._service, self._account_key = service, key

    async def sign(self, container: str, name: str, until: datetime) -> str:
        """See Signer."""
        permission = BlobSasPermissions(read=True)
        token = generate_blob_sas(
            DATA, container, name, account_key=self._account_key, permission=permission, expiry=until
        )
        return f"{self._service.get_blob_client(container, name).url}?{token}"


class TestAzureContainer(ContainerContract):
    """See ContainerContract."""

    @pytest.fixture
    async def container(self, azurite: Azurite) -> AsyncIterator[AzureContainer]:
        async with azurite.blob_service() as service:
            name = f"contract-{uuid.uuid4()}"
            await service.create_container(name)
            yield AzureContainer(service, name, KeySigner(service, azurite.key(DATA)))
