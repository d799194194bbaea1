"""Queue triggers.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger
"""

import json
from datetime import datetime

from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from sandbox.host.function import Function
from sandbox.host.listener import decode, put
from sandbox.host.protocol import TypedData, as_json, text
from sandbox.host.worker import Worker


class QueueTrigger:
    """The handler of one function's queue; `poison` is the queue `<queue>-poison`."""

    def __init__(self, function: Function, worker: Worker, poison: QueueClient, *, base64: bool) -> None:
        self._function = function
        self._worker = worker
        self._poison = poison
        self._base64 = base64

    async def process(self, message: QueueMessage) -> None:
        """Run the function on the message's text."""
        content = decode(message.content) if self._base64 else message.content
        metadata = _metadata(message) | _properties(content) | {"QueueTrigger": text(content)}
        await self._worker.invoke(self._function, text(content), metadata)

    async def give_up(self, message: QueueMessage) -> None:
        """Move the message to the poison queue, as it came."""
        await put(self._poison, message.content)


def _metadata(message: QueueMessage) -> dict[str, TypedData]:
    return {
        "Id": text(message.id),
        "PopReceipt": text(message.pop_receipt or ""),
        "DequeueCount": as_json(message.dequeue_count),
        "InsertionTime": _time(message.inserted_on),
        "ExpirationTime": _time(message.expires_on),
        "NextVisibleTime": _time(message.next_visible_on),
    }


def _properties(content: str) -> dict[str, TypedData]:
    """The properties of a message that is a JSON object, by which bindings may be written."""
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return {name: as_json(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _time(value: datetime | None) -> TypedData:
    return as_json(value.isoformat() if value else None)
