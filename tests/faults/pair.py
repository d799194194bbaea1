"""The two files that are dropped for one run, and what storage and the doubles show of them afterwards."""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob.aio import ContainerClient

from shared.job import job_key
from tests.faults.calls import Aliases

FOLDER = "en-US_to_es-ES"
TARGET = "es-ES"
VIDEO, AUDIO = "film.mp4", "talk.mp3"
ENDED = ("succeeded", "failed", "canceled", "superseded")

type Receipt = Mapping[str, Any]


@dataclass(frozen=True)
class Traces:
    """What a run left, in stable words: receipts, blobs with their sizes, the ledger's records, paid starts."""

    translations: Mapping[str, Receipt | None]
    drops: Mapping[str, Receipt | None]
    blobs: Mapping[str, int]
    records: frozenset[str]
    paid: Counter[str]


@dataclass(frozen=True)
class Pair:
    """A video and an audio file under names that nobody else has."""

    number: int
    contents: Mapping[str, bytes]

    @property
    def folder(self) -> str:
        """Where they are dropped."""
        return f"{self._own_word}/{FOLDER}"

    @property
    def _own_word(self) -> str:
        return f"run-{self.number:04}"

    def aliases(self, others: Mapping[str, str]) -> Aliases:
        """Stable words for the folder and the jobs' keys, beside those for `others`."""
        return Aliases({self._own_word: "run", **self._keys(), **others})

    async def drop(self, inbox: ContainerClient) -> None:
        """Put both into the inbox."""
        for name, content in self.contents.items():
            await inbox.upload_blob(f"{self.folder}/{name}", content)

    async def has_ended(self, outbox: ContainerClient, jobs: ContainerClient) -> bool:
        """Whether both are told as ended, and no job is at work any more."""
        for name in self.contents:
            receipt = await _json(outbox, f"{self.folder}/{name}.{TARGET}.translation.json", Aliases({}))
            if receipt is None or receipt["status"] not in ENDED:
                return False
        return not [blob async for blob in jobs.list_blob_names(name_starts_with="open/")]

    async def traces(
        self, outbox: ContainerClient, jobs: ContainerClient, paid: Counter[str], aliases: Aliases
    ) -> Traces:
        """What is left of it in these containers, and of all that was paid, what was paid for it."""
        names = {name: f"{self.folder}/{name}" for name in self.contents}
        return Traces(
            {name: await _json(outbox, f"{path}.{TARGET}.translation.json", aliases) for name, path in names.items()},
            {name: await _json(outbox, f"{path}.translation.json", aliases) for name, path in names.items()},
            {aliases.apply(blob.name): blob.size async for blob in outbox.list_blobs(self.folder)},
            frozenset([aliases.apply(name) async for name in jobs.list_blob_names() if self._is_own(name)]),
            Counter({aliases.apply(what): times for what, times in paid.items() if self._is_own(what)}),
        )

    def _is_own(self, text: str) -> bool:
        return any(word in text for word in (self._own_word, *self._keys()))

    def _keys(self) -> dict[str, str]:
        return {_key(f"{self.folder}/{name}", content): name for name, content in self.contents.items()}


def _key(name: str, content: bytes) -> str:
    md5 = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
    return job_key(name, f"{md5}/{len(content)}")


async def _json(container: ContainerClient, name: str, aliases: Aliases) -> Receipt | None:
    try:
        content = await (await container.download_blob(name)).readall()
    except ResourceNotFoundError:
        return None
    receipt: Receipt = json.loads(aliases.apply(content.decode()))
    return receipt
