"""The webhook by which Event Grid hands blob events to the host.

https://learn.microsoft.com/azure/event-grid/webhook-event-delivery
"""

import json
import logging
from http import HTTPStatus
from typing import Any

from aiohttp import web
from azure.storage.queue.aio import QueueClient

from sandbox.host.blob_message import BlobMessage
from sandbox.host.keys import Keys
from sandbox.host.listener import QueueListener, put

logger = logging.getLogger(__name__)


class BlobWebhook:
    """Accepts events into the host's queue, and wakes the listener of that queue."""

    def __init__(self, keys: Keys, queue: QueueClient, listener: QueueListener) -> None:
        self._keys = keys
        self._queue = queue
        self._listener = listener

    async def __call__(self, request: web.Request) -> web.Response:
        """Answer a subscription's handshake or take its events."""
        if refused := self._keys.refusal("BLOBS", request):
            return web.Response(status=refused)
        try:
            return await self._answer(request, await request.json())
        except (KeyError, IndexError, TypeError, ValueError) as error:
            logger.warning("A request to the blob webhook is not understood: %r", error)
            return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)

    async def _answer(self, request: web.Request, events: list[dict[str, Any]]) -> web.Response:
        match request.headers.get("aeg-event-type"):
            case "SubscriptionValidation":
                code = events[0]["data"]["validationCode"]
                return web.Response(text=json.dumps({"validationResponse": code}))
            case "Notification":
                await self._accept(request.query.get("functionName"), events)
                return web.Response(status=HTTPStatus.ACCEPTED)
            case _:
                return web.Response(status=HTTPStatus.BAD_REQUEST)

    async def _accept(self, function_id: str | None, events: list[dict[str, Any]]) -> None:
        """Enqueue one after the other: those before a faulty one stay, and its sender sends them again."""
        for event in events:
            await put(self._queue, BlobMessage.of(function_id, event).encoded())
            self._listener.wake()
