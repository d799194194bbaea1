"""Folders of this machine that follow containers: what people drop goes up, what lands in the outbox comes down."""

import asyncio
import hashlib
import logging
import mimetypes
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple, Self

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import BlobProperties, ContentSettings
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

UP = ("glossaries", "inbox", "edits")
OUTBOX = "outbox"
UNFINISHED = (".part", ".tmp")
SECONDS_BETWEEN_LOOKS = 0.5
logger = logging.getLogger(__name__)


class Look(NamedTuple):
    """What a file looked like; a file that looks the same twice is taken to be finished."""

    modified: int
    size: int


class Drops:
    """A folder whose finished files go up into a container, each version once."""

    def __init__(self, folder: Path, container: ContainerClient) -> None:
        """Make `folder` where it is missing, and mirror it into `container`."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._container = container
        self._before: dict[str, Look] = {}
        self._sent: dict[str, Look] = {}

    async def look(self) -> None:
        """Upload what is new and finished: briefs first, and no other file while a brief is still being written."""
        now = self._scan()
        changing = [name for name, look in now.items() if look != self._before.get(name)]
        self._before = now
        for name in self._to_send(now, changing):
            await self._send(name, now[name])

    def _to_send(self, now: Mapping[str, Look], changing: Sequence[str]) -> list[str]:
        news = [name for name, look in now.items() if look != self._sent.get(name) and name not in changing]
        briefs = sorted(filter(_is_brief, news))
        if any(map(_is_brief, changing)):
            return briefs
        return briefs + sorted(set(news) - set(briefs))

    def _scan(self) -> dict[str, Look]:
        found = {}
        for path in self._folder.rglob("*"):
            name = path.relative_to(self._folder)
            if _ignored(name) or not path.is_file():
                continue
            status = path.stat()
            found[name.as_posix()] = Look(status.st_mtime_ns, status.st_size)
        return found

    async def _send(self, name: str, look: Look) -> None:
        try:
            digest = await asyncio.to_thread(_md5, self._folder / name)
            # After a restart, what storage already has is not a new drop.
            if name in self._sent or not await self._has(name, digest):
                await self._upload(name, digest)
        except OSError as error:  # The person took it away, or may not let us read it.
            logger.warning("%s was not uploaded: %s", name, error)
        self._sent[name] = look

    async def _has(self, name: str, digest: bytes) -> bool:
        try:
            blob = await self._container.get_blob_client(name).get_blob_properties()
        except ResourceNotFoundError:
            return False
        return bytes(blob.content_settings.content_md5 or b"") == digest

    async def _upload(self, name: str, digest: bytes) -> None:
        kind = mimetypes.guess_type(name)[0]
        settings = ContentSettings(content_type=kind, content_md5=bytearray(digest))
        with _opened(self._folder / name) as file:
            await self._container.upload_blob(name, file, overwrite=True, content_settings=settings)


class Results:
    """A folder into which a container's blobs come down, each version once."""

    def __init__(self, folder: Path, container: ContainerClient) -> None:
        """Make `folder` where it is missing, and bring down what is in `container`."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._container = container
        self._known: dict[str, str] = {}

    async def look(self) -> None:
        """Download what is new or changed."""
        async for blob in self._container.list_blobs():
            if self._known.get(blob.name) != blob.etag and not self._is_here(blob):
                await self._receive(blob)
            self._known[blob.name] = blob.etag

    def _is_here(self, blob: BlobProperties) -> bool:
        """Whether an earlier run brought it down already."""
        path = self._folder / blob.name
        if blob.name in self._known or not path.is_file():
            return False
        status = path.stat()
        return status.st_size == blob.size and status.st_mtime == blob.last_modified.timestamp()

    async def _receive(self, blob: BlobProperties) -> None:
        try:
            await self._download(blob)
        except (ResourceNotFoundError, ResourceModifiedError):
            logger.info("%s changed while it was read; the next look sees what became of it", blob.name)
        except (OSError, ValueError) as error:  # A name that this file system cannot have.
            logger.warning("%s stays in the outbox container: %s", blob.name, error)

    async def _download(self, blob: BlobProperties) -> None:
        path = self._place(blob.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        stream = await self._container.download_blob(
            blob.name, etag=blob.etag, match_condition=MatchConditions.IfNotModified
        )
        with _created(part) as file:
            async for chunk in stream.chunks():
                file.write(chunk)
        modified = blob.last_modified.timestamp()
        os.utime(part, (modified, modified))
        part.replace(path)

    def _place(self, name: str) -> Path:
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder.resolve()):
            raise ValueError("the name leads out of the folder")
        return path


@dataclass(frozen=True)
class Folders:
    """Where the mirror's ends are on this machine."""

    inbox: Path
    edits: Path
    glossaries: Path
    outbox: Path

    @classmethod
    def under(cls, folder: Path) -> Self:
        """The four folders with the names of their containers."""
        return cls(*(folder / name for name in ("inbox", "edits", "glossaries", OUTBOX)))


class Mirror:
    """Looks at both ends twice a second."""

    def __init__(self, service: BlobServiceClient, folders: Folders, containers: Mapping[str, str]) -> None:
        """Mirror `folders`, which are made where they are missing, to the containers of their names."""
        self._service = service
        client = {role: service.get_container_client(containers[role]) for role in (*UP, OUTBOX)}
        drops = [Drops(getattr(folders, role), client[role]) for role in UP]
        self._parts: list[Drops | Results] = [*drops, Results(folders.outbox, client[OUTBOX])]

    async def run(self) -> None:
        """Mirror until cancelled; then close the service's client."""
        async with self._service, asyncio.TaskGroup() as group:
            for part in self._parts:
                group.create_task(_keep_looking(part))


async def _keep_looking(part: Drops | Results) -> None:
    while True:
        try:
            await part.look()
        except AzureError as error:
            logger.warning("Storage does not answer the mirror, which tries again: %s", error)
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


def _is_brief(name: str) -> bool:
    return PurePosixPath(name).name == "translate.json" or name.endswith(".translate.json")


def _ignored(name: Path) -> bool:
    return name.suffix in UNFINISHED or any(part.startswith(".") for part in name.parts)


def _md5(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).digest()


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _created(path: Path) -> BinaryIO:
    return path.open("wb")
