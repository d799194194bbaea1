"""Folders of this machine that follow containers: what people drop goes up, what lands in the outbox comes down."""

import asyncio
import hashlib
import json
import logging
import mimetypes
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, NamedTuple, Self

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import BlobProperties, ContentSettings
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from sandbox.kept import keep, kept
from shared.redaction import storable

UP = ("glossaries", "inbox", "edits")
OUTBOX = "outbox"
RECEIPT = ".translation.json"
SECONDS_BETWEEN_LOOKS = 0.5
#: A file counts when it has looked the same for this long: a browser or a copy may pause for a moment.
STILL_SECONDS = 3.0
#: Names that editors, office programs, browsers and file managers give to what is not meant for anybody else.
LEFT_BEHIND = (
    ".*", "*~", "~$*", "#*#", "*.swp", "*.swo", "*.swx", "4913", "*.bak", "*.tmp", "*.temp", "*___jb_tmp___",
    "*___jb_old___", "*.part", "*.partial", "*.filepart", "*.crdownload", "*.download", "*.opdownload", "*.aria2",
    "Thumbs.db", "desktop.ini", "__MACOSX",
)  # fmt: skip
logger = logging.getLogger(__name__)

type Receipt = Mapping[str, Any]


class Look(NamedTuple):
    """What a file looked like, and since when it looks so."""

    modified: int
    size: int
    since: float

    def is_as(self, other: "Look | None") -> bool:
        """Whether the file has not changed."""
        return other is not None and self[:2] == other[:2]


class Drops:
    """A folder whose finished files go up into a container, each version once; a file that goes takes its blob along.

    The names of what was sent are kept in the file `memory`, so that a file can also go while nobody looks, and a blob
    that came by another way is left alone.
    """

    def __init__(
        self,
        folder: Path,
        container: ContainerClient,
        memory: Path,
        *,
        still: float = STILL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make `folder` where it is missing, and mirror it into `container`. `clock` tells seconds."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._container = container
        self._memory = memory
        self._still = still
        self._clock = clock
        self._before: dict[str, Look] = {}
        self._sent: dict[str, Look] = {}
        self._ours: set[str] = set(kept(memory, lambda: {"sent": []})["sent"])
        self._missing: dict[str, float] = {}

    async def look(self) -> None:
        """Upload what is new and finished: briefs first, and no other file while a brief is still being written."""
        now = self._scan()
        for name in self._to_send(now):
            await self._send(name, now[name])
        await self._remove(self._ours - now.keys())

    def _scan(self) -> dict[str, Look]:
        found = {}
        for path in self._folder.rglob("*"):
            name = path.relative_to(self._folder)
            if any(fnmatch(part, pattern) for part in name.parts for pattern in LEFT_BEHIND) or not path.is_file():
                continue
            try:
                status = path.stat()
            except OSError:  # It has just gone.
                continue
            look = Look(status.st_mtime_ns, status.st_size, self._clock())
            before = self._before.get(name.as_posix())
            found[name.as_posix()] = before if before and look.is_as(before) else look
        self._before = found
        return found

    def _to_send(self, now: Mapping[str, Look]) -> list[str]:
        news = {name for name, look in now.items() if not look.is_as(self._sent.get(name))}
        finished = {name for name in news if self._clock() - now[name].since >= self._still}
        briefs = sorted(filter(_is_brief, finished))
        if any(map(_is_brief, news - finished)):
            return briefs
        return briefs + sorted(finished - set(briefs))

    async def _send(self, name: str, look: Look) -> None:
        try:
            digest = await asyncio.to_thread(_md5, self._folder / name)
            # After a restart, what storage already has is not a new drop.
            if name in self._sent or not await self._has(name, digest):
                await self._upload(name, digest)
        except (OSError, ValueError) as error:  # It may not be read, was taken away, or its name is no text.
            logger.warning("%s was not uploaded: %s", storable(name), storable(str(error)))
        else:
            self._remember(self._ours | {name})
        self._sent[name] = look

    async def _remove(self, missing: Iterable[str]) -> None:
        """Delete the blobs of files that are gone for good: an editor that saves may take one away for a moment."""
        self._missing = {name: self._missing.get(name, self._clock()) for name in missing}
        for name, since in self._missing.items():
            if self._clock() - since < self._still:
                continue
            try:
                await self._container.delete_blob(name)
            except ResourceNotFoundError:
                logger.info("%s was deleted from the container already", name)
            self._sent.pop(name, None)
            self._remember(self._ours - {name})

    def _remember(self, names: set[str]) -> None:
        if names != self._ours:
            self._ours = names
            keep(self._memory, {"sent": sorted(names)})

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

    def __init__(
        self, folder: Path, container: ContainerClient, tell: Callable[[Receipt], object] = lambda _: None
    ) -> None:
        """Make `folder` where it is missing, and bring down what is in `container`; `tell` gets each new receipt."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._container = container
        self._tell = tell
        self._known: dict[str, str] = {}

    async def look(self) -> None:
        """Download what is new or changed."""
        async for blob in self._container.list_blobs():
            if self._known.get(blob.name) != blob.etag:
                await self._receive(blob)
            self._known[blob.name] = blob.etag

    async def _receive(self, blob: BlobProperties) -> None:
        try:
            path = self._place(blob.name)
            if blob.name in self._known or not _is_here(path, blob):
                await self._download(blob, path)
                self._hand_on(path)
        except (ResourceNotFoundError, ResourceModifiedError):
            logger.info("%s changed while it was read; the next look sees what became of it", blob.name)
        except (OSError, ValueError) as error:  # A name that this file system cannot have.
            logger.warning("%s stays in the outbox container: %s", blob.name, error)

    async def _download(self, blob: BlobProperties, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{_short_hash(path.name)}.part")
        stream = await self._container.download_blob(
            blob.name, etag=blob.etag, match_condition=MatchConditions.IfNotModified
        )
        with _created(part) as file:
            async for chunk in stream.chunks():
                file.write(chunk)
        modified = blob.last_modified.timestamp()
        os.utime(part, (modified, modified))
        part.replace(path)

    def _hand_on(self, path: Path) -> None:
        if path.name.endswith(RECEIPT):
            self._tell(json.loads(path.read_bytes()))

    def _place(self, name: str) -> Path:
        longest = os.pathconf(self._folder, "PC_NAME_MAX")
        here = "/".join(shortened(part, longest) for part in name.split("/"))
        path = (self._folder / here).resolve()
        if not path.is_relative_to(self._folder.resolve()):
            raise ValueError("the name leads out of the folder")
        if here != name:
            logger.warning("%s is called %s here, for its name is too long for this disk", name, here)
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

    def __init__(
        self,
        service: BlobServiceClient,
        folders: Folders,
        containers: Mapping[str, str],
        memory: Path,
        *,
        still: float = STILL_SECONDS,
        tell: Callable[[Receipt], object] = lambda _: None,
    ) -> None:
        """Mirror `folders`, which are made where they are missing, to the containers of their names.

        What it must remember lies in the folder `memory`.
        """
        self._service = service
        client = {role: service.get_container_client(containers[role]) for role in (*UP, OUTBOX)}
        self._parts: list[Drops | Results] = [
            Drops(getattr(folders, role), client[role], memory / f"{role}.json", still=still) for role in UP
        ]
        self._parts.append(Results(folders.outbox, client[OUTBOX], tell))

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


def shortened(part: str, longest: int) -> str:
    """One part of a path in at most `longest` bytes of UTF-8: its middle is replaced by a hash where it has more."""
    data = part.encode()
    if len(data) <= longest:
        return part
    middle = f"~{_short_hash(part)}~"
    half = (longest - len(middle)) // 2
    return data[:half].decode(errors="ignore") + middle + data[-half:].decode(errors="ignore")


def _is_here(path: Path, blob: BlobProperties) -> bool:
    """Whether an earlier run brought it down already."""
    if not path.is_file():
        return False
    status = path.stat()
    return status.st_size == blob.size and status.st_mtime == blob.last_modified.timestamp()


def _is_brief(name: str) -> bool:
    return PurePosixPath(name).name == "translate.json" or name.endswith(".translate.json")


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _md5(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).digest()


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _created(path: Path) -> BinaryIO:
    return path.open("wb")
