"""Somebody who has storage and a key of the Document Translation double, and talks to it in plain requests."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import httpx
from azure.storage.blob import generate_blob_sas, generate_container_sas
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from sandbox import identity
from sandbox.azurite import DATA, Azurite
from tests.integration.doubles import TRANSLATOR_KEY, Doubles, running
from tests.integration.waiting import eventually

LATEST = {"api-version": "2026-03-01"}
OLD, NEW = "/translator/text/batch/v1.1", "/translator/document"
ENDED = ("Succeeded", "Failed", "Cancelled", "ValidationFailed")


class Documents:
    """One source and one target container, and calls to the double. `base` and `query` choose the api-version."""

    def __init__(self, doubles: Doubles, azurite: Azurite, source: ContainerClient, target: ContainerClient) -> None:
        self.doubles, self.source, self.target = doubles, source, target
        self.base, self.query = NEW, LATEST
        self._key = azurite.key(DATA)

    async def put(self, name: str, content: bytes | str = "Hello you") -> str:
        """Write a source; its plain address."""
        await self.source.upload_blob(name, content, overwrite=True)
        return self.source.get_blob_client(name).url

    async def got(self, name: str) -> bytes:
        """The bytes of a result."""
        return await (await self.target.download_blob(name)).readall()

    async def results(self) -> set[str]:
        """Names of the results."""
        return {name async for name in self.target.list_blob_names()}

    def place(self, name: str) -> str:
        """The plain address of a result."""
        return self.target.get_blob_client(name).url

    def signed(self, url: str, permission: str, *, lifetime: int = 3600) -> str:
        """A blob's address, signed for that blob alone."""
        container, name = unquote(url).split("/", 5)[4:]
        expiry = datetime.now(UTC) + timedelta(seconds=lifetime)
        token = generate_blob_sas(DATA, container, name, account_key=self._key, permission=permission, expiry=expiry)
        return f"{url}?{token}"

    def signed_container(self, url: str, permission: str, *, lifetime: int = 3600) -> str:
        """A container's or a blob's address, signed for the whole container."""
        container = url.split("/", 5)[4]
        expiry = datetime.now(UTC) + timedelta(seconds=lifetime)
        token = generate_container_sas(DATA, container, account_key=self._key, permission=permission, expiry=expiry)
        return f"{url}?{token}"

    async def call(self, method: str, path: str, *, query: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        """A request with the key."""
        headers = {"Ocp-Apim-Subscription-Key": TRANSLATOR_KEY} | more.pop("headers", {})
        url = f"{self.doubles.translator}{self.base}{path}"
        return await self.doubles.client.request(
            method, url, params=self.query | (query or {}), headers=headers, **more
        )

    async def start(self, *inputs: dict[str, Any], **more: Any) -> str:
        """Begin a batch; its id."""
        answer = await self.call("POST", "/batches", json={"inputs": inputs, **more})
        assert answer.status_code == 202, answer.text
        assert answer.content == b""
        return answer.headers["Operation-Location"].rpartition("/")[2].partition("?")[0]

    async def ended(self, batch: str) -> dict[str, Any]:
        """The status of a batch, once it has ended."""

        async def end() -> dict[str, Any] | None:
            shown: dict[str, Any] = (await self.call("GET", f"/batches/{batch}")).json()
            return shown if shown["status"] in ENDED else None

        return await eventually(end)

    async def documents(self, batch: str, **query: str) -> list[dict[str, Any]]:
        """The statuses of a batch's documents, one page."""
        shown: dict[str, Any] = (await self.call("GET", f"/batches/{batch}/documents", query=query)).json()
        rows: list[dict[str, Any]] = shown["value"]
        return rows

    async def run(self, *inputs: dict[str, Any], **more: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A batch from its start to its end, and its documents."""
        batch = await self.start(*inputs, **more)
        return await self.ended(batch), await self.documents(batch)

    async def misbehave(self, do: str, **rule: Any) -> None:
        """Have the next thing go wrong."""
        await self.doubles.misbehave(self.doubles.translator, {"do": do, **rule})

    async def grant(self, **grants: Any) -> None:
        """Say what the Translator's identity may do."""
        answer = await self.doubles.client.post(f"{self.doubles.translator}/_control/storage", json=grants)
        assert answer.status_code == 204, answer.text

    async def paid(self) -> dict[str, int]:
        """What was billed, and how often."""
        return {row["key"]: row["count"] for row in await self.doubles.control(self.doubles.translator, "paid")}


def file(source: str, target: str, language: str = "es", **more: Any) -> dict[str, Any]:
    """An input of one file and one target; `more` belongs to the target."""
    return {
        "storageType": "File",
        "source": {"sourceUrl": source},
        "targets": [{"targetUrl": target, "language": language, **more}],
    }


def folder(source: str, target: str, language: str = "es", **filters: str) -> dict[str, Any]:
    """An input of a container and one target."""
    given: dict[str, Any] = {"sourceUrl": source} | ({"filter": filters} if filters else {})
    return {"source": given, "targets": [{"targetUrl": target, "language": language}]}


def bearer() -> dict[str, str]:
    """A header with a token that is good for the service."""
    return {"Authorization": f"Bearer {identity.mint(identity.COGNITIVE_SERVICES)}"}


@asynccontextmanager
async def documents(azurite: Azurite) -> AsyncIterator[Documents]:
    """The doubles and two new containers."""
    async with running(ca=azurite.certificate.path) as doubles, azurite.blob_service() as service:
        yield await fresh(doubles, azurite, service)


async def fresh(doubles: Doubles, azurite: Azurite, service: BlobServiceClient) -> Documents:
    """Two new containers, and the double without memory."""
    await doubles.reset()
    name = uuid.uuid4().hex
    source = await service.create_container(f"source-{name}")
    target = await service.create_container(f"target-{name}")
    return Documents(doubles, azurite, source, target)
