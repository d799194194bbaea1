"""The files that are dropped for one run, and what storage and the doubles show of them afterwards."""

import base64
import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob.aio import ContainerClient

from shared.jobs.job import job_key
from tests.faults.calls import Aliases
from tests.receipts import read_receipt

TARGET = "es-ES"
#: These are translated, as their folder says; nobody has said what is to become of the last, which somebody stops.
VIDEO, AUDIO, WAITING = "en-US_to_es-ES/film.mp4", "en-US_to_es-ES/talk.mp3", "memo.mp3"
#: The first is translated at once, the second by batch.
LEASE, REPORT = "en-US_to_es-ES/lease.docx", "en-US_to_es-ES/report.pdf"
CAPTIONS = "en-US_to_es-ES/captions.srt"
#: What somebody corrects; dropped alone, for it takes as long as all others.
CLIP = "en-US_to_es-ES/clip.mp4"
TRANSLATED = (VIDEO, AUDIO, LEASE, REPORT, CAPTIONS, CLIP)
FILES = (VIDEO, AUDIO, LEASE, REPORT, CAPTIONS, WAITING)
#: Whose calls are those whose address names no file.
_ADDRESSES = {
    "/v1/media/translate": (AUDIO,),
    "/cdn/": (AUDIO,),
    "/jobs/operations/vozo": (AUDIO,),
    "/translator/text": (CAPTIONS,),
    "/translator/document": (LEASE, REPORT),
}
ENDED = ("succeeded", "failed", "canceled", "superseded")

type Receipt = Mapping[str, Any]


def files_of(call: str) -> tuple[str, ...]:
    """The files that a call is about; all but the clip where it is about none in particular."""
    if named := tuple(name for name in (*FILES, CLIP) if _is_about(name, call)):
        return named
    return next((files for address, files in _ADDRESSES.items() if address in call), FILES)


def _is_about(name: str, text: str) -> bool:
    """Whether the text has the file's name, or its stem."""
    return PurePath(name).stem in text


@dataclass(frozen=True)
class Traces:
    """What a run left, in stable words: receipts, blobs with their sizes, the ledger's records, paid starts."""

    translations: Mapping[str, Receipt | None]
    drops: Mapping[str, Receipt | None]
    blobs: Mapping[str, int]
    records: frozenset[str]
    paid: Counter[str]

    def of(self, names: Collection[str]) -> "Traces":
        """The part that is about these files."""

        def ours(text: str) -> bool:
            return any(_is_about(name, text) for name in names)

        return Traces(
            {name: receipt for name, receipt in self.translations.items() if name in names},
            {name: receipt for name, receipt in self.drops.items() if name in names},
            {name: size for name, size in self.blobs.items() if ours(name)},
            frozenset(filter(ours, self.records)),
            Counter({what: times for what, times in self.paid.items() if ours(what)}),
        )


@dataclass(frozen=True)
class Batch:
    """The files under names that no other run has: below a folder with a number."""

    number: int
    contents: Mapping[str, bytes]

    @property
    def folder(self) -> str:
        """Where they are dropped."""
        return f"run-{self.number:04}"

    @property
    def translated(self) -> list[str]:
        """Those of the files that are translated."""
        return [name for name in TRANSLATED if name in self.contents]

    def aliases(self, others: Mapping[str, str]) -> Aliases:
        """Stable words for the folder and the jobs' keys, beside those for `others`."""
        return Aliases({self.folder: "run", **self._keys(), **others})

    async def drop(self, inbox: ContainerClient, *names: str) -> None:
        """Put these into the inbox, as far as they belong to the batch."""
        for name in filter(self.contents.__contains__, names):
            await inbox.upload_blob(f"{self.folder}/{name}", self.contents[name])

    async def has_ended(self, outbox: ContainerClient, jobs: ContainerClient) -> bool:
        """Whether all is told, what waited is stopped, and no job is at work."""
        told = await self.receipt(outbox, WAITING) if WAITING in self.contents else {"status": "refused"}
        if told is None or told["status"] != "refused":
            return False
        for name in self.translated:
            receipt = await self.receipt(outbox, f"{name}.{TARGET}")
            if receipt is None or receipt["status"] not in ENDED:
                return False
        names = jobs.list_blob_names(name_starts_with="open/")
        return not [name async for name in names if self._is_own(name)]

    async def waits_for_deadline(self, outbox: ContainerClient) -> bool:
        """Whether nothing is left but translations of which nobody knows whether they were started."""
        for name in self.translated:
            receipt = await self.receipt(outbox, name)
            if receipt is None:
                return False
            for line in receipt["translations"]:
                # A step whose answer was lost has that problem, too, until it is sent again.
                is_unknown = (
                    line["status"] == "starting" and (line.get("problem") or {}).get("code") == "outcome-unknown"
                )
                if line["status"] not in ENDED and not is_unknown:
                    return False
        return bool(self.translated)

    async def traces(
        self, outbox: ContainerClient, jobs: ContainerClient, paid: Counter[str], aliases: Aliases
    ) -> Traces:
        """What is left of it in these containers, and of all that was paid, what was paid for it."""
        return Traces(
            {name: await self.receipt(outbox, f"{name}.{TARGET}", aliases) for name in self.translated},
            {name: await self.receipt(outbox, name, aliases) for name in self.contents},
            {aliases.apply(blob.name): blob.size async for blob in outbox.list_blobs(self.folder)},
            frozenset([aliases.apply(name) async for name in jobs.list_blob_names() if self._is_own(name)]),
            Counter({aliases.apply(what): times for what, times in paid.items() if self._is_own(what)}),
        )

    async def receipt(self, outbox: ContainerClient, name: str, aliases: Aliases | None = None) -> Receipt | None:
        """The receipt of that name without its end; None where there is none."""
        try:
            content = await (await outbox.download_blob(f"{self.folder}/{name}.translation.json")).readall()
        except ResourceNotFoundError:
            return None
        return read_receipt((aliases or Aliases({})).apply(content.decode()))

    def _is_own(self, text: str) -> bool:
        return any(word in text for word in (self.folder, *self._keys()))

    def _keys(self) -> dict[str, str]:
        return {self.key(name): name for name in self.contents}

    def key(self, name: str) -> str:
        """The id of the file's job."""
        content = self.contents[name]
        md5 = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        return job_key(f"{self.folder}/{name}", f"{md5}/{len(content)}")
