"""Somebody who drops files, reads what comes back, and looks at what the doubles were asked and paid for."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob.aio import BlobServiceClient

from sandbox.access_log import Access
from sandbox.loopback import loopback_client
from sandbox.stack import Stack
from tests.integration.doubles import Doubles
from tests.integration.waiting import eventually
from tests.receipts import read_receipt

UNENDED = ("running", "held", "waiting")


class Person:
    """Works with one stack. Receipts are JSON objects, as in design 2.3."""

    def __init__(self, stack: Stack, storage: BlobServiceClient, client: httpx.AsyncClient) -> None:
        self.stack, self.storage, self.client = stack, storage, client
        settings = stack.settings
        identity = settings["IDENTITY_ENDPOINT"].removesuffix("/msi/token")
        translator = str(stack.addresses()["translator"])
        self.doubles = Doubles(identity, settings["SPEECH_ENDPOINT"], settings["VOZO_ENDPOINT"], translator, client)

    async def drop(self, name: str, content: bytes | str, **metadata: str) -> str:
        """Upload into the inbox over whatever is there; the ETag."""
        blob = self.storage.get_blob_client("inbox", name)
        written = await blob.upload_blob(content, overwrite=True, metadata=metadata)
        return str(written["etag"]).strip('"')

    async def delete(self, name: str) -> None:
        """Delete from the inbox."""
        await self.storage.get_blob_client("inbox", name).delete_blob()

    async def read(self, name: str, container: str = "outbox") -> bytes:
        """The content of a blob."""
        return await (await self.storage.get_blob_client(container, name).download_blob()).readall()

    async def results(self, start: str) -> set[str]:
        """Names in the outbox that begin so."""
        names = self.storage.get_container_client("outbox").list_blob_names(name_starts_with=start)
        return {name async for name in names}

    async def receipt(self, name: str, target: str | None = None) -> dict[str, Any] | None:
        """The receipt of a drop, or of one of its translations; None while there is none."""
        place = f"{name}.{target}.translation.json" if target else f"{name}.translation.json"
        try:
            return read_receipt(await self.read(place))
        except ResourceNotFoundError:
            return None

    async def told(self, name: str, *statuses: str, etag: str = "") -> dict[str, Any]:
        """The receipt of the drop (of the one with this ETag), once its status is one of these, or else an end."""

        async def look() -> dict[str, Any] | None:
            receipt = await self.receipt(name)
            if receipt is None or etag not in ("", receipt["source"].get("etag")):
                return None
            wanted = receipt["status"] in statuses if statuses else receipt["status"] not in UNENDED
            return receipt if wanted else None

        with self._writes(f"{name}.translation.json") as written:
            return await eventually(look, changed=written)

    @contextmanager
    def _writes(self, name: str) -> Iterator[asyncio.Event]:
        """Set each time that the blob of the outbox was written. To ask storage all the time would slow everything."""
        written = asyncio.Event()

        def look(access: Access) -> None:
            if access.kind == "write" and access.blob == name.replace("\\", "/"):
                written.set()

        with self.stack.azurite.log.listening(look):
            yield written

    async def accepted(self, name: str, etag: str) -> None:
        """Wait until the app has taken note of this very drop: the ledger's `seen` record says so."""

        async def seen() -> bool:
            try:
                properties = await self.storage.get_blob_client("jobs", f"seen/{name}").get_blob_properties()
            except ResourceNotFoundError:
                return False
            return bool(properties.metadata["etag"] == etag)

        await eventually(seen)

    async def bill(self, *parts: str) -> dict[str, int]:
        """What both services were paid for, how often each; only what names all of these."""
        rows = [
            row
            for service in (self.doubles.speech, self.doubles.vozo)
            for row in await self.doubles.control(service, "paid")
        ]
        return {row["key"]: row["count"] for row in rows if all(part in row["key"] for part in parts)}

    async def api(self, method: str, path: str, *, key: bool = True, **request: Any) -> httpx.Response:
        """Ask the app's own HTTP functions; `key` says whether to show the function key."""
        headers = {"x-functions-key": self.stack.functions_key} if key else {}
        return await self.client.request(method, f"{self.stack.host_url}/api/{path}", headers=headers, **request)


@asynccontextmanager
async def person_at[P: Person](stack: Stack, kind: type[P]) -> AsyncIterator[P]:
    """A person of that kind, with clients of their own."""
    async with stack.blob_service() as storage, loopback_client(timeout=120) as client:
        yield kind(stack, storage, client)
