"""The files that are dropped for one run, and what storage and the doubles show of them afterwards."""

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob.aio import ContainerClient

from shared.jobs.job import job_key
from tests.faults.calls import Aliases
from tests.receipts import read_receipt

TARGET = "es-ES"
#: These are translated, as their folder says; nobody has said what is to become of the last.
VIDEO, AUDIO, WAITING = "en-US_to_es-ES/film.mp4", "en-US_to_es-ES/talk.mp3", "memo.mp3"
#: The first is translated at once, the second by batch.
LEASE, REPORT = "en-US_to_es-ES/lease.docx", "en-US_to_es-ES/report.pdf"
CAPTIONS = "en-US_to_es-ES/captions.srt"
TRANSLATED = (VIDEO, AUDIO, LEASE, REPORT, CAPTIONS)
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
class Batch:
    """The files under names that no other run has: below a folder with a number."""

    number: int
    contents: Mapping[str, bytes]

    @property
    def folder(self) -> str:
        """Where they are dropped."""
        return f"run-{self.number:04}"

    def aliases(self, others: Mapping[str, str]) -> Aliases:
        """Stable words for the folder and the jobs' keys, beside those for `others`."""
        return Aliases({self.folder: "run", **self._keys(), **others})

    async def drop(self, inbox: ContainerClient, *names: str) -> None:
        """Put these into the inbox."""
        for name in names:
            await inbox.upload_blob(f"{self.folder}/{name}", self.contents[name])

    async def has_ended(self, outbox: ContainerClient, jobs: ContainerClient) -> bool:
        """Whether all is told, and no job is at work but the one that waits."""
        if await self._json(outbox, f"{WAITING}.translation.json") is None:
            return False
        for name in TRANSLATED:
            receipt = await self._json(outbox, f"{name}.{TARGET}.translation.json")
            if receipt is None or receipt["status"] not in ENDED:
                return False
        return len([name async for name in jobs.list_blob_names(name_starts_with="open/") if self._is_own(name)]) == 1

    async def waits_for_deadline(self, outbox: ContainerClient) -> bool:
        """Whether nothing is left but translations of which nobody knows whether they were started."""
        for name in TRANSLATED:
            receipt = await self._json(outbox, f"{name}.translation.json")
            if receipt is None:
                return False
            for line in receipt["translations"]:
                # A step whose answer was lost has that problem, too, until it is sent again.
                is_unknown = (
                    line["status"] == "starting" and (line.get("problem") or {}).get("code") == "outcome-unknown"
                )
                if line["status"] not in ENDED and not is_unknown:
                    return False
        return True

    async def traces(
        self, outbox: ContainerClient, jobs: ContainerClient, paid: Counter[str], aliases: Aliases
    ) -> Traces:
        """What is left of it in these containers, and of all that was paid, what was paid for it."""
        return Traces(
            {name: await self._json(outbox, f"{name}.{TARGET}.translation.json", aliases) for name in TRANSLATED},
            {name: await self._json(outbox, f"{name}.translation.json", aliases) for name in self.contents},
            {aliases.apply(blob.name): blob.size async for blob in outbox.list_blobs(self.folder)},
            frozenset([aliases.apply(name) async for name in jobs.list_blob_names() if self._is_own(name)]),
            Counter({aliases.apply(what): times for what, times in paid.items() if self._is_own(what)}),
        )

    async def _json(self, outbox: ContainerClient, name: str, aliases: Aliases | None = None) -> Receipt | None:
        try:
            content = await (await outbox.download_blob(f"{self.folder}/{name}")).readall()
        except ResourceNotFoundError:
            return None
        return read_receipt((aliases or Aliases({})).apply(content.decode()))

    def _is_own(self, text: str) -> bool:
        return any(word in text for word in (self.folder, *self._keys()))

    def _keys(self) -> dict[str, str]:
        return {self._key(name): name for name in self.contents}

    def _key(self, name: str) -> str:
        content = self.contents[name]
        md5 = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        return job_key(f"{self.folder}/{name}", f"{md5}/{len(content)}")
