"""Event Grid: what lands in storage becomes BlobCreated events, delivered to the host's webhook at least once.

https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage
"""

import asyncio
import itertools
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import quote

import httpx
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import BlobServiceClient

from sandbox.access_log import Access
from sandbox.azurite import DATA, Azurite
from sandbox.loopback import loopback_client

type Event = dict[str, Any]

TOPIC = "/subscriptions/sandbox/resourceGroups/sandbox/providers/Microsoft.Storage/storageAccounts/babeldrop"
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
DELIVERY_SECONDS, PATIENCE_SECONDS = 10, 300
logger = logging.getLogger(__name__)


class SubscriptionRefused(Exception):
    """The webhook did not prove that it wants the events."""


@dataclass(frozen=True)
class Subscription:
    """The events of a container go to a function."""

    container: str
    function: str


class EventGrid:
    """Delivers to the blob webhook of a Functions host. Use it as an async context manager.

    `duplicate` is how often each event is delivered.
    """

    def __init__(self, azurite: Azurite, host: str, key: str) -> None:
        """Listen to `azurite`; deliver to the host at the address `host`, whose blob extension has `key`."""
        self.duplicate = 1
        self._azurite = azurite
        self._webhook = f"{host}/runtime/webhooks/blobs"
        self._key = key
        self._subscriptions: set[Subscription] = set()
        self._held: list[tuple[Access, str]] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._sequence = itertools.count(1)
        self._http = loopback_client(timeout=DELIVERY_SECONDS)
        self._stack = AsyncExitStack()
        self._storage: BlobServiceClient | None = None

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        await self._stack.enter_async_context(self._http)
        self._storage = await self._stack.enter_async_context(self._azurite.blob_service())
        self._stack.push_async_callback(self._give_up)
        self._stack.enter_context(self._azurite.log.listening(self._take))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening; what is not delivered is lost."""
        await self._stack.aclose()

    async def subscribe(self, subscription: Subscription) -> None:
        """Send the container's events to the function from now on, once the webhook has answered the handshake.

        Raises SubscriptionRefused. https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
        """
        code = str(uuid.uuid4())
        answer = await self._post("SubscriptionValidation", _validation(code), subscription.function)
        if answer.is_error or answer.json() != {"validationResponse": code}:
            raise SubscriptionRefused(f"{subscription}: the host answered {answer.status_code} {answer.text[:200]}")
        self._subscriptions.add(subscription)

    @asynccontextmanager
    async def reversing(self) -> AsyncIterator[None]:
        """Hold the events of what is written inside the `async with`; deliver them after it, the last one first."""
        self._held = []
        try:
            yield
            await self._azurite.settle()
        finally:
            held, self._held = self._held, None
            for access, api in reversed(held):
                await self._publish(access, api)

    def _take(self, access: Access) -> None:
        api = created_by(access)
        if api is None or access.account != DATA:
            return
        if self._held is not None:
            self._held.append((access, api))
            return
        task = asyncio.create_task(self._publish(access, api))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _publish(self, access: Access, api: str) -> None:
        wanted = [each for each in self._subscriptions if each.container == access.container]
        if not wanted:
            return
        event = blob_created(access, api, self._url(access), await self._properties(access), next(self._sequence))
        async with asyncio.TaskGroup() as deliveries:
            for subscription in wanted * self.duplicate:
                deliveries.create_task(self._deliver(event, subscription.function))

    async def _deliver(self, event: Event, function: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._insist(event, function)
        except TimeoutError:
            logger.warning("The event of %s could not be delivered to %s", event["subject"], function)

    async def _insist(self, event: Event, function: str) -> None:
        pause = FIRST_PAUSE
        while not await self._accepted(event, function):
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _accepted(self, event: Event, function: str) -> bool:
        try:
            answer = await self._post("Notification", event, function)
        except httpx.TransportError:
            return False
        return answer.is_success

    async def _post(self, kind: str, event: Event, function: str) -> httpx.Response:
        query = {"functionName": f"Host.Functions.{function}", "code": self._key}
        return await self._http.post(self._webhook, params=query, json=[event], headers={"aeg-event-type": kind})

    async def _properties(self, access: Access) -> BlobProperties:
        assert self._storage is not None  # noqa: S101 - set on entering
        try:
            return await self._storage.get_blob_client(access.container, access.blob).get_blob_properties()
        except HttpResponseError:  # It is gone, or its name cannot be asked for; its event stands.
            return BlobProperties()

    def _url(self, access: Access) -> str:
        return f"{self._azurite.uri('blob')}/{access.container}/{quote(access.blob)}"

    async def _give_up(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def created_by(access: Access) -> str | None:
    """The name of the operation when a request made a blob (Event Grid's `data.api`); None when it did not."""
    if access.service != "blob" or access.method != "PUT" or not access.blob:
        return None
    match access.query.get("comp"), access.status:
        case None, 201:
            return "PutBlob"
        case None, 202:
            return "CopyBlob"
        case "blocklist", 201:
            return "PutBlockList"
    return None


def blob_created(access: Access, api: str, url: str, blob: BlobProperties, sequence: int) -> Event:
    """The event in Event Grid's own schema."""
    data = {
        "api": api,
        "requestId": str(uuid.uuid4()),
        "eTag": (blob.etag or "").strip('"'),
        "contentType": blob.content_settings.content_type or "application/octet-stream",
        "contentLength": blob.size or 0,
        "blobType": blob.blob_type or "BlockBlob",
        "url": url,
        "sequencer": f"{sequence:032X}",
    }
    subject = f"/blobServices/default/containers/{access.container}/blobs/{access.blob}"
    return _envelope("Microsoft.Storage.BlobCreated", subject, data)


def _validation(code: str) -> Event:
    data = {"validationCode": code, "validationUrl": "http://127.0.0.1/none"}
    return _envelope("Microsoft.EventGrid.SubscriptionValidationEvent", "", data)


def _envelope(kind: str, subject: str, data: dict[str, Any]) -> Event:
    return {
        "id": str(uuid.uuid4()),
        "topic": TOPIC,
        "subject": subject,
        "eventType": kind,
        "eventTime": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "dataVersion": "",
        "metadataVersion": "1",
        "data": data,
    }
