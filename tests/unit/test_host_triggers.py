"""What comes to a function beside its trigger's data."""

import json
from typing import Any, cast
from unittest.mock import AsyncMock, Mock

import pytest
from azure.storage.blob import BlobProperties
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from sandbox.host.blob_message import BlobMessage
from sandbox.host.blobs import BlobTriggers
from sandbox.host.connections import Connection, Connections
from sandbox.host.function import Function
from sandbox.host.listener import encode
from sandbox.host.queues import QueueTrigger
from sandbox.host.worker import Worker

EVENT = {"data": {"url": "https://account.test/inbox/talk.mp4", "blobType": "BlockBlob", "eTag": "0x8D"}}


def message(content: str) -> QueueMessage:
    return QueueMessage(content=encode(content), id="1", dequeue_count=1)


@pytest.mark.parametrize(
    ("content", "names"), [('{"Name": "talk", "size": 3}', {"Name", "size"}), ("plain", set()), ("[1]", set())]
)
async def test_the_properties_of_a_json_message_come_as_metadata(content: str, names: set[str]) -> None:
    worker = Mock(invoke=AsyncMock())
    trigger = QueueTrigger(Mock(), cast(Worker, worker), cast(QueueClient, Mock()), base64=True)
    await trigger.process(message(content))
    metadata: dict[str, Any] = worker.invoke.await_args.args[2]
    assert metadata["QueueTrigger"].string == content
    assert {name for name in metadata if name in ("Name", "size")} == names
    assert all(metadata[name].json == json.dumps(json.loads(content)[name]) for name in names)


async def test_a_blob_s_address_comes_as_json() -> None:
    worker = Mock(invoke=AsyncMock())
    client = Mock(url="https://account.test/inbox/talk.mp4")
    client.get_blob_properties = AsyncMock(return_value=BlobProperties(**{"Last-Modified": Mock(isoformat=str)}))
    account = Mock(blobs=Mock(get_blob_client=Mock(return_value=client)))
    function = Function(
        "1",
        "start",
        {
            "type": "blobTrigger",
            "path": "inbox/{name}",
            "connection": "x",
            "properties": {"SupportsDeferredBinding": 1},
        },
    )
    triggers = BlobTriggers(
        [function], cast(Worker, worker), cast(Connections, Mock(of=lambda _: account)), cast(Connection, account)
    )
    await triggers.process(QueueMessage(content=BlobMessage.of("Host.Functions.start", EVENT).encoded()))
    metadata: dict[str, Any] = worker.invoke.await_args.args[2]
    assert metadata["Uri"].json == '"https://account.test/inbox/talk.mp4"'
    assert (metadata["BlobTrigger"].string, metadata["name"].string) == ("inbox/talk.mp4", "talk.mp4")
