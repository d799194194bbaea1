"""A storage account for the host's tests, with the app settings that lead to it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from azure.core.credentials import AzureNamedKeyCredential
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueServiceClient

from sandbox.azurite import DATA, Azurite, transport
from sandbox.certificate import make_certificate
from tests.integration.host_app.environment import environment, identity
from tests.integration.waiting import eventually


@dataclass(frozen=True)
class Account:
    """The account's clients, and the environment of a host that uses it."""

    settings: Mapping[str, str]
    blobs: BlobServiceClient
    queues: QueueServiceClient

    def url(self, container: str, name: str) -> str:
        """A blob's address."""
        return str(self.blobs.get_blob_client(container, name).url)

    async def upload(self, container: str, name: str, data: bytes, metadata: dict[str, str] | None = None) -> str:
        """Write a blob; return its address."""
        await self.blobs.get_blob_client(container, name).upload_blob(data, metadata=metadata)
        return self.url(container, name)

    async def send(self, queue: str, content: str) -> None:
        """Put a message into a queue as it is."""
        await self.queues.get_queue_client(queue).send_message(content)

    async def make_queue(self, queue: str) -> None:
        """Make a queue where there is none: the host does not make those of an app's own triggers."""
        if not await self._exists(queue):
            await self.queues.create_queue(queue)

    async def take(self, queue: str) -> str:
        """Wait for a message, and for its queue, and take it out."""
        client = self.queues.get_queue_client(queue)

        async def message() -> QueueMessage | None:
            return await client.receive_message() if await self._exists(queue) else None

        taken = await eventually(message)
        await client.delete_message(taken)
        return str(taken.content)

    async def drained(self, queue: str) -> None:
        """Wait until a queue holds no messages, hidden ones neither."""
        client = self.queues.get_queue_client(queue)

        async def is_empty() -> bool:
            return not (await client.get_queue_properties()).approximate_message_count

        await eventually(is_empty)

    async def _exists(self, queue: str) -> bool:
        return queue in [each.name async for each in self.queues.list_queues(name_starts_with=queue)]


@asynccontextmanager
async def open_account(folder: Path) -> AsyncIterator[Account]:
    """An account with the container `inbox`, until the end of the block."""
    certificate = make_certificate(folder)
    async with identity() as token_settings, Azurite(folder / "data", certificate, folder) as azurite:
        queues = QueueServiceClient(
            azurite.uri("queue"),
            AzureNamedKeyCredential(DATA, azurite.key(DATA)),
            transport=transport(certificate),
        )
        async with azurite.blob_service() as blobs, queues:
            await blobs.create_container("inbox")
            yield Account(environment(azurite, certificate, token_settings), blobs, queues)
