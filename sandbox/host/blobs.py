"""Blob triggers with Event Grid as their source.

Each event becomes a message of the host's own queue, and each message a run.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger
"""

import json
import logging
from collections.abc import Iterable

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import BlobClient
from azure.storage.queue import QueueMessage

from sandbox.host.blob_message import BlobMessage
from sandbox.host.connections import Connection, Connections
from sandbox.host.function import Function, captures
from sandbox.host.listener import decode, put
from sandbox.host.protocol import Message, TypedData, as_json, text
from sandbox.host.worker import Worker

logger = logging.getLogger(__name__)
POISON_QUEUE = "webjobs-blobtrigger-poison"


class BlobTriggers:
    """The handler of the host's blob queue."""

    def __init__(
        self, functions: Iterable[Function], worker: Worker, connections: Connections, storage: Connection
    ) -> None:
        """`storage` is the host's own account."""
        self._functions = {f"Host.Functions.{function.name}": function for function in functions}
        self._worker = worker
        self._connections = connections
        self._storage = storage

    async def process(self, message: QueueMessage) -> None:
        """Run the message's function. A function or a blob that is gone is as good as done.

        ValueError, which ends the host, where the message names no function or no blob.
        """
        blob = BlobMessage.model_validate_json(decode(message.content))
        if not blob.function_id or not blob.blob_name:
            raise ValueError(f"an event names no function or no blob: {blob.function_id}, {blob.path}")
        function = self._functions.get(blob.function_id)
        if function is not None:
            await self._run(function, blob)

    async def give_up(self, message: QueueMessage) -> None:
        """Name the blob in the poison queue of its function's account, or of the host's where no function is known."""
        blob = BlobMessage.model_validate_json(decode(message.content))
        function = self._functions.get(blob.function_id or "")
        account = self._connections.of(function) if function else self._storage
        await put(account.queues.get_queue_client(POISON_QUEUE), blob.encoded())

    async def _run(self, function: Function, blob: BlobMessage) -> None:
        client = self._client(function, blob)
        try:
            properties = await client.get_blob_properties()
            data = await _data(function, blob, client)
        except ResourceNotFoundError:
            logger.debug("Blob %s is gone, its event is dropped", blob.path)
            return
        metadata = _metadata(client.url, blob, properties) | captures(function.trigger["path"], blob.path)
        await self._worker.invoke(function, data, metadata)

    def _client(self, function: Function, blob: BlobMessage) -> BlobClient:
        service = self._connections.of(function).blobs
        return service.get_blob_client(blob.container_name, blob.blob_name)


async def _data(function: Function, blob: BlobMessage, client: BlobClient) -> TypedData:
    """Give the function a reference to the blob, or all of its bytes, as its annotation wants."""
    if not function.takes_client:
        return TypedData(bytes=await (await client.download_blob()).readall())
    reference = {
        "Connection": function.trigger["connection"],
        "ContainerName": blob.container_name,
        "BlobName": blob.blob_name,
    }
    return TypedData(
        model_binding_data=Message(
            version="1.0",
            source="AzureStorageBlobs",
            content_type="application/json",
            content=json.dumps(reference).encode(),
        )
    )


def _metadata(url: str, blob: BlobMessage, properties: BlobProperties) -> dict[str, TypedData]:
    described = {
        "ContentLength": properties.size,
        "Length": properties.size,
        "ETag": properties.etag,
        "ContentType": properties.content_settings.content_type,
        "LastModified": properties.last_modified.isoformat(),
    }
    return {
        "BlobTrigger": text(blob.path),
        "Uri": as_json(url),
        "Properties": as_json(described),
        "Metadata": as_json(properties.metadata),
    }
