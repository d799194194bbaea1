"""Storage accounts by the name of their connection, reached by managed identity.

https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection
"""

import os
from functools import cached_property

from azure.core.pipeline import PipelineRequest
from azure.core.rest import HttpRequest
from azure.identity.aio import ManagedIdentityCredential
from azure.storage.blob.aio import BlobServiceClient, LinearRetry
from azure.storage.queue.aio import QueueServiceClient

from sandbox.host.function import Function, require_setting


class Connection:
    """One storage account, as the app settings `<name>__blobServiceUri`, `__queueServiceUri` and `__clientId` say."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._credential = ManagedIdentityCredential(client_id=os.environ.get(f"{name}__clientId"))

    @cached_property
    def blobs(self) -> BlobServiceClient:
        """The account's blob service."""
        uri = os.environ[f"{self._name}__blobServiceUri"]
        return BlobServiceClient(uri, self._credential, raw_request_hook=_mark, retry_policy=_retries())

    @cached_property
    def queues(self) -> QueueServiceClient:
        """The account's queue service."""
        uri = os.environ[f"{self._name}__queueServiceUri"]
        return QueueServiceClient(uri, self._credential, raw_request_hook=_mark, retry_policy=_retries())

    async def close(self) -> None:
        """Close the clients that were used."""
        for service in ("blobs", "queues"):
            if service in vars(self):
                await getattr(self, service).close()
        await self._credential.close()


class Connections:
    """Every connection, opened once."""

    def __init__(self) -> None:
        self._opened: dict[str, Connection] = {}

    def __getitem__(self, name: str) -> Connection:
        if name not in self._opened:
            self._opened[name] = Connection(name)
        return self._opened[name]

    def of(self, function: Function) -> Connection:
        """The connection that a blob or queue trigger names; raise StartupError when a setting of it is missing."""
        name = str(function.trigger.get("connection", ""))
        services = ("blobServiceUri", "queueServiceUri") if function.type == "blobTrigger" else ("queueServiceUri",)
        for service in services:
            require_setting(function.name, f"{name}__{service}")
        return self[name]

    def host_storage(self, otherwise: Connection) -> Connection:
        """Where the host keeps its own queues: AzureWebJobsStorage where it is set, or else this connection."""
        named = "AzureWebJobsStorage__queueServiceUri" in os.environ
        return self["AzureWebJobsStorage"] if named else otherwise

    async def close(self) -> None:
        """Close all of them."""
        for connection in self._opened.values():
            await connection.close()


def _retries() -> LinearRetry:
    """Six tries in twenty-five seconds, as Azure's host makes them."""
    return LinearRetry(backoff=5, retry_total=5, random_jitter_range=0)


def _mark(request: PipelineRequest[HttpRequest]) -> None:
    """Say in the query that the platform is asking, so that the app's own operations can be counted."""
    request.http_request.format_parameters({"caller": "sandbox"})
