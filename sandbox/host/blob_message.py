"""A blob's event on its way through the host's queue and, when its runs fail, the poison queue."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from azure.storage.blob import BlobClient as BlobAddress
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal

from sandbox.host.listener import encode


class BlobMessage(BaseModel):
    """What the host's queue and the poison queue say about a blob."""

    model_config = ConfigDict(alias_generator=to_pascal, validate_by_name=True)

    type: Literal["BlobTrigger"] = "BlobTrigger"
    function_id: str | None
    blob_type: str
    container_name: str
    blob_name: str
    e_tag: str

    @classmethod
    def of(cls, function_id: str | None, event: Mapping[str, Any]) -> Self:
        """Read an Event Grid event; KeyError or TypeError when it has no address or no type of blob.

        An address that names no blob is taken, and so is a missing function: they are only found out when the message
        is processed. Slashes around a blob's name are lost, as in Azure.
        """
        data = event["data"]
        try:
            address = BlobAddress.from_blob_url(data["url"])
            container, name = address.container_name, address.blob_name.strip("/")
        except ValueError:
            container = name = ""
        return cls(
            function_id=function_id,
            blob_type=data["blobType"],
            container_name=container,
            blob_name=name,
            e_tag=f'"{data.get("eTag", "")}"',
        )

    @property
    def path(self) -> str:
        """`container/name`."""
        return f"{self.container_name}/{self.blob_name}"

    def encoded(self) -> str:
        """The text of the message."""
        return encode(self.model_dump_json(by_alias=True, indent=2))
