"""The whole stack with the real app, started when the first test asks for it, and what tests do with it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Protocol

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob.aio import BlobServiceClient

from sandbox.azurite import Azurite
from sandbox.certificate import make_certificate
from sandbox.stack import Stack
from tests.integration import doubles
from tests.integration.person import Person, person_at

PACE = 0.02


class Drop(Protocol):
    """Drops a file into the inbox; returns its ETag."""

    async def __call__(self, name: str, content: bytes, metadata: Mapping[str, str] | None = None) -> str: ...


@pytest.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with Stack(tmp_path_factory.mktemp("stack"), pace=PACE) as stack:
        yield stack


@pytest.fixture(scope="session")
async def storage(stack: Stack) -> AsyncIterator[BlobServiceClient]:
    """The stack's data account; requests count as the sandbox's."""
    async with stack.blob_service() as service:
        yield service


@pytest.fixture(scope="session")
def drop(storage: BlobServiceClient) -> Drop:
    async def drop(name: str, content: bytes, metadata: Mapping[str, str] | None = None) -> str:
        blob = storage.get_blob_client("inbox", name)
        written = await blob.upload_blob(content, overwrite=True, metadata=dict(metadata or {}))
        return str(written["etag"])

    return drop


@pytest.fixture(scope="session")
def outbox_json(storage: BlobServiceClient) -> Callable[[str], Awaitable[Any]]:
    """Reads a JSON file of the outbox; None while there is none."""

    async def outbox_json(name: str) -> Any:
        try:
            stream = await storage.get_blob_client("outbox", name).download_blob()
        except ResourceNotFoundError:
            return None
        return json.loads(await stream.readall())

    return outbox_json


@pytest.fixture(scope="session")
async def person(stack: Stack) -> AsyncIterator[Person]:
    """Somebody who works with the shared stack."""
    async with person_at(stack, Person) as person:
        yield person


@pytest.fixture(scope="session")
async def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Small real files by name: film.mp4, silent.mp4, talk.mp3."""
    return await doubles.media(tmp_path_factory.mktemp("media"))


@pytest.fixture(scope="session")
async def azurite(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Azurite]:
    """Storage alone, without containers."""
    folder = tmp_path_factory.mktemp("azurite")
    async with Azurite(folder / "data", make_certificate(folder), folder / "logs") as azurite:
        yield azurite
