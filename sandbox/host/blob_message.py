"""A blob's event on its way through the host's queue and, when its runs fail, the poison queue."""

import json
from collections.abc import Mapping
from typing import Any, Self

from azure.storage.blob import BlobClient as BlobAddress
from azure.storage.queue.aio import QueueClient
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal

from sandbox.host.listener import encode


class BlobMessage(BaseModel):
    """What the host's queue and the poison queue say about a blob."""

    model_config = ConfigDict(alias_generator=to_pascal, validate_by_name=True)

    function_id: str
    blob_type: str
    container_name: str
    blob_name: str
    e_tag: str

    @classmethod
    def of(cls, function_id: str, event: Mapping[str, Any]) -> Self:
        """Read an Event Grid event; KeyError or ValueError when it does not name a blob."""
        data = event["data"]
        address = BlobAddress.from_blob_url(data["url"])
        return cls(
            function_id=function_id,
            blob_type=data.get("blobType", "BlockBlob"),
            container_name=address.container_name,
            blob_name=address.blob_name,
            e_tag=data.get("eTag", ""),
        )

    @property
    def path(self) -> str:
        """`container/name`."""
        return f"{self.container_name}/{self.blob_name}"


async def enqueue(queue: QueueClient, blob: BlobMessage) -> None:
    """Put a blob's event into the host's queue."""
    content = {"Type": "BlobTrigger", **blob.model_dump(by_alias=True)}
    await queue.send_message(encode(json.dumps(content)))
