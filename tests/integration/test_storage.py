"""Containers of a storage account, as Azurite serves them."""

import uuid
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import ServiceResponseError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncHTTPPolicy
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.storage.blob import BlobSasPermissions, generate_blob_sas
from azure.storage.blob.aio import BlobServiceClient

from sandbox.azurite import DATA, Azurite
from shared.errors import RecordChanged
from shared.storage.azure import AzureContainer, blob_service
from shared.storage.signing import Signer
from tests.container_contract import ContainerContract


class KeySigner(Signer):
    """Signs with the account's key, for Azurite alone has no identities to delegate."""

    def __init__(self, service: BlobServiceClient, key: str) -> None:
        super().__init__(service)
        self._service, self._account_key = service, key

    async def sign(self, container: str, name: str, until: datetime, *, writes: bool = False) -> str:
        """See Signer."""
        permission = BlobSasPermissions(create=True, write=True) if writes else BlobSasPermissions(read=True)
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


class LosesAnswers(AsyncHTTPPolicy[HttpRequest, AsyncHttpResponse]):
    """Stands between the SDK's retries and storage: the next `count` requests take effect, their answers are lost."""

    count = 0

    async def send(self, request: PipelineRequest[HttpRequest]) -> PipelineResponse[HttpRequest, AsyncHttpResponse]:
        """Send it on."""
        answer = await self.next.send(request)
        if self.count:
            self.count -= 1
            raise ServiceResponseError("the answer is lost")
        return answer


class TestALostAnswer:
    """The SDK sends the request again, and its condition holds no longer: who wrote first was ourselves."""

    @pytest.fixture
    def lossy(self) -> LosesAnswers:
        return LosesAnswers()

    @pytest.fixture
    async def container(self, azurite: Azurite, lossy: LosesAnswers) -> AsyncIterator[AzureContainer]:
        async with blob_service(
            azurite.uri("blob"),
            AzureNamedKeyCredential(DATA, azurite.key(DATA)),
            connection_verify=str(azurite.certificate.path),
            use_env_settings=False,
            increment_base=0,  # tries again at once
            random_jitter_range=0,
            _additional_pipeline_policies=[lossy],
        ) as service:
            name = f"lossy-{uuid.uuid4()}"
            await service.create_container(name)
            yield AzureContainer(service, name, Signer(service))

    async def test_what_was_created_is_ours(self, container: AzureContainer, lossy: LosesAnswers) -> None:
        lossy.count = 1
        etag = await container.write("a", b"1")
        await container.write("a", b"2", etag)

    async def test_what_was_replaced_is_ours(self, container: AzureContainer, lossy: LosesAnswers) -> None:
        first = await container.write("a", b"1")
        lossy.count = 1
        second = await container.write("a", b"2", first)
        await container.write("a", b"3", second)

    async def test_what_somebody_else_wrote_the_same_is_not_ours(
        self, container: AzureContainer, lossy: LosesAnswers
    ) -> None:
        first = await container.write("a", b"1")
        await container.write("a", b"2", first)
        lossy.count = 1
        with pytest.raises(RecordChanged):
            await container.write("a", b"2", first)

    async def test_blocks_that_were_made_a_blob_are_ours(self, container: AzureContainer, lossy: LosesAnswers) -> None:
        await container.stage("a", "0", b"1")
        lossy.count = 1
        await container.commit("a", ["0"])
        assert (await container.head("a")) is not None
