"""What somebody does about a batch while the app works: corrects results, has lost ones brought back, stops what waits.

One thing follows the other, each as soon as the app has done with the one before. A call that the app does not answer,
for it is dead just then, is made again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx
from azure.storage.blob.aio import ContainerClient

from shared.jobs.ledger import EDITS
from tests.faults.batch import CLIP, TARGET, WAITING, Batch

STEM = CLIP.removesuffix(".mp4")
#: Both say as much, for in which order they count is not told: the app may die over the first.
CORRECTIONS: Mapping[str, bytes] = {
    f"{STEM}.{TARGET}.source.vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\nOne thing\n",
    f"{STEM}.source.vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\nAnd other\n",
}
DELETED = f"{STEM}.{TARGET}.vtt"


@dataclass
class Person:
    """Works on one batch; `url` and `key` are those of its app."""

    batch: Batch
    container: Callable[[str], ContainerClient]
    client: httpx.AsyncClient
    url: str
    key: str
    corrected: int = 0
    has_deleted: bool = False
    has_asked: bool = False
    has_canceled: bool = False

    async def act(self) -> None:
        """Do the next thing about each file, if its time has come."""
        if CLIP in self.batch.contents and not self.has_asked:
            await self._care_for_clip()
        if WAITING in self.batch.contents and not self.has_canceled:
            is_told = await self.batch.receipt(self.container("outbox"), WAITING) is not None
            self.has_canceled = is_told and await self._is_answered(WAITING, "cancel", httpx.codes.OK)

    async def _care_for_clip(self) -> None:
        if self.has_deleted:
            # A retry is refused while the job is at work: it is not closed yet, or was retried and could not answer.
            is_back = await self._exists("outbox", DELETED)
            self.has_asked = is_back or await self._is_answered(CLIP, "retry", httpx.codes.OK)
        elif await self._is_done_with(self.corrected):
            await self._correct_or_delete()

    async def is_content(self) -> bool:
        """Whether nothing is left to be done, all is there, and each correction is noted as answered.

        The note is written last: where the app has died before, the event comes again, and the note with it.
        """
        if CLIP not in self.batch.contents:
            return True
        answered = [await self._exists("jobs", name, EDITS) for name in CORRECTIONS]
        return self.has_asked and await self._exists("outbox", DELETED) and all(answered)

    async def _correct_or_delete(self) -> None:
        if self.corrected == len(CORRECTIONS):
            await self.container("outbox").get_blob_client(self._name(DELETED)).delete_blob()
            self.has_deleted = True
            return
        name = [*CORRECTIONS][self.corrected]
        await self.container("edits").upload_blob(self._name(name), CORRECTIONS[name])
        self.corrected += 1

    async def _is_done_with(self, corrections: int) -> bool:
        """Whether the iterations of so many corrections have ended, and that of the film itself."""
        receipt = await self.batch.receipt(self.container("outbox"), f"{CLIP}.{TARGET}")
        ended = [line for line in (receipt or {"iterations": ()})["iterations"] if line["ended"]]
        return len(ended) == corrections + 1

    async def _is_answered(self, name: str, what: str, status: int) -> bool:
        """Make a call about the file's job; whether it was answered so."""
        try:
            headers = {"x-functions-key": self.key}
            answer = await self.client.post(f"{self.url}/api/jobs/{self.batch.key(name)}/{what}", headers=headers)
        except httpx.TransportError:
            return False
        return answer.status_code == status

    async def _exists(self, role: str, name: str, prefix: str = "") -> bool:
        return await self.container(role).get_blob_client(prefix + self._name(name)).exists()

    def _name(self, name: str) -> str:
        return f"{self.batch.folder}/{name}"
