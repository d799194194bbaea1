"""The ledger: jobs in blob storage, created once, changed by compare and swap, listed when they are at work.

open/<key>     a job at work, with all its translations; its metadata is a summary, so that a listing is enough to poll
done/<key>     the same record once it has ended, written before `open/<key>` is deleted, so that a crash
               in between loses nothing
ended/<key>    what is kept of an ended job for ever, some hundred bytes: `done/` may expire
seen/<name>    the job that is current for an inbox name
stems/<stem>   which inbox name the results of that stem belong to
edits/<name>   the last drop in the container `edits` that was answered
starts/<day>/<provider>      paid starts of a day, where they are limited
operations/<provider>/<id>   which translation owns work that a provider named by an id of its own
heartbeat      what one tick leaves for the next
"""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

from cachetools import LRUCache
from pydantic import AwareDatetime

from shared.errors import RecordChanged, RecordNewer
from shared.jobs.job import SCHEMA, Job
from shared.jobs.kept import Frozen
from shared.jobs.starts import Starts
from shared.jobs.summary import JobSummary
from shared.jobs.translation import State
from shared.names import BlobName, refuse_unsafe
from shared.storage.container import ANY, Blob, Container, Facts, Versioned, until_undisturbed

OPEN, DONE, ENDED, SEEN, STEMS, EDITS = "open/", "done/", "ended/", "seen/", "stems/", "edits/"
OPERATIONS = "operations/"
HEARTBEAT = "heartbeat"
LONGEST_NAME = 1024 - len(STEMS)  # characters of what is kept in a folder
GENERATION, SCHEMA_FIELD = "generation", "schema"
REMEMBERED = 1000  # records, some kilobytes each


class Seen(Frozen):
    """What is current under an inbox name: the job, and the drop that it answers."""

    key: str
    etag: str
    stem: str
    generation: int = 1  #: counts the contents that the name has had, from 1
    forced: bool = False  #: whether the metadata of the drop ask for a beginning from nothing
    uploaded: AwareDatetime | None = None  #: when the drop was
    replaced: str | None = None  #: the job of the content before, which is to be superseded


class Ended(Frozen):
    """What is kept of an ended job for ever: enough to recognise its content, and to begin no attempt twice."""

    attempt: int
    generation: int
    succeeded: tuple[str, ...] = ()  #: targets


class Heartbeat(Frozen):
    """What one tick leaves for the next, and for `health`. `cursor` is the last inbox name that was looked at.

    It takes many ticks to go through a large inbox: `round` is when this round began, `round_before` the one before.
    """

    first: AwareDatetime  #: when the first tick of all began
    last: AwareDatetime  #: when the tick that left it was over
    cursor: str = ""
    round: AwareDatetime | None = None
    round_before: AwareDatetime | None = None
    left_alone: int = 0  #: files older than the first run, counted and not started


class Ledger:
    """See the module. Every write names the version that it replaces; RecordChanged means that somebody was first."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self.starts = Starts(container)
        self._written: LRUCache[str, Versioned[Job]] = LRUCache(REMEMBERED)

    async def read_open(self, key: str) -> Versioned[Job] | None:
        """The job at work, or None. RecordNewer where this version of the app must leave it alone."""
        return await self._read(OPEN + key, job_of)

    async def read_listed(self, summary: JobSummary) -> Versioned[Job] | None:
        """The job of a summary; not read again where this process wrote the very version that was listed."""
        written = self._written.get(summary.key)
        return written if written and written.etag == summary.etag else await self.read_open(summary.key)

    async def read_latest(self, key: str) -> Versioned[Job] | None:
        """The job as this process wrote it last, or as storage has it. It may be outdated; then a write of it fails."""
        return self._written.get(key) or await self.read_open(key)

    async def read_done(self, key: str) -> Versioned[Job] | None:
        """The job that has ended, or None."""
        return await self._read(DONE + key, job_of)

    async def is_done(self, key: str, generation: int) -> bool:
        """Whether the job has ended in that generation of its name, or in a later one."""
        facts = await self._container.head(DONE + key)
        return facts is not None and int(facts.metadata.get(GENERATION, 1)) >= generation

    async def is_known(self, key: str, generation: int) -> bool:
        """Whether the job is at work, or has ended in that generation of its name or in a later one."""
        return await self._container.head(OPEN + key) is not None or await self.is_done(key, generation)

    async def save(self, replaced: Versioned[Job], job: Job) -> Versioned[Job]:
        """Write `job` over what was read, or create it where it was never written."""
        metadata = JobSummary.of(job).metadata()
        self._written.pop(job.key, None)  # should the write fail, what is remembered is outdated
        etag = await self._container.write(
            OPEN + job.key, record_of(job), replaced.etag, metadata=metadata, content_type="application/json"
        )
        written = Versioned(job, etag)
        self._written[job.key] = written
        return written

    async def confirm(self, folder: str, read: Versioned[Job]) -> None:
        """RecordChanged where the record in `open/` or `done/` is not as it was read."""
        facts = await self._container.head(folder + read.value.key)
        if facts is None or facts.etag != read.etag:
            raise RecordChanged(f"the record of {read.value.name} has changed")

    async def end(self, job: Job) -> Job:
        """Write the ended job to `done`, unless this attempt or a later one is there; what is there now.

        What is kept of it for ever is written next: a process that ends in between leaves the open record, by which
        the next one does all this again.
        """
        metadata = {GENERATION: str(job.generation)}
        done = await self._write_end(DONE, job.key, job, record_of(job), job_of, metadata=metadata)
        succeeded = (t.target for t in done.translations if t.state is State.SUCCEEDED)
        kept = Ended(attempt=done.attempt, generation=done.generation, succeeded=(*done.expired, *succeeded))
        await self._write_end(ENDED, job.key, kept, kept.model_dump_json().encode(), _ended_of)
        return done

    async def amend_end(self, job: Job) -> None:
        """Write an ended job over itself; nothing where somebody else or a later attempt has written there since."""
        done = await self.read_done(job.key)
        if done is None or done.value.attempt != job.attempt:
            return
        with suppress(RecordChanged):
            await self._container.write(
                DONE + job.key, record_of(job), done.etag, metadata={GENERATION: str(job.generation)}
            )

    async def how_ended(self, key: str) -> Ended | None:
        """What is kept of an ended job, also when `done` has expired; None where it never ended."""
        read = await self._read(ENDED + key, _ended_of)
        return read.value if read else None

    async def _write_end[End: (Job, Ended)](
        self, folder: str, key: str, end: End, data: bytes, parse: Callable[[Blob], End], **details: Any
    ) -> End:
        """Write how an attempt has ended, unless the end of this attempt or of a later one is there; what is there."""
        if end.attempt == 1:  # there is nothing to replace, so it need not be looked for
            with suppress(RecordChanged):
                await self._container.write(folder + key, data, **details)
                return end

        async def attempt() -> End:
            there = await self._read(folder + key, parse)
            if there is not None and there.value.attempt >= end.attempt:
                return there.value
            await self._container.write(folder + key, data, there.etag if there else None, **details)
            return end

        return await until_undisturbed(attempt, f"the end of {key}")

    async def drop_open(self, opened: Versioned[Job]) -> bool:
        """Delete the open record. False where it has changed or is gone already: that is somebody else's business."""
        self._written.pop(opened.value.key, None)
        if opened.etag is None:
            return True
        try:
            await self._container.delete(OPEN + opened.value.key, opened.etag)
        except RecordChanged:
            return False
        return True

    async def ended(self, job: Job) -> Job | None:
        """How this attempt, or a later one, has ended; None where neither has."""
        done = await self.read_done(job.key)
        return done.value if done and done.value.attempt >= job.attempt else None

    async def summaries(self) -> AsyncIterator[JobSummary]:
        """All jobs at work, by key; one listing, no reads."""
        async for facts in self._container.list(OPEN):
            yield JobSummary.read(facts, facts.name.removeprefix(OPEN))

    async def seen(self, name: BlobName) -> Versioned[Seen] | None:
        """What is current under a name."""
        return await self._read(SEEN + name, lambda blob: Seen.model_validate_json(blob.data))

    async def set_seen(self, name: BlobName, seen: Seen, over: str | None) -> Versioned[Seen]:
        """Make it current. Its metadata has what the rescan compares."""
        metadata = {"etag": seen.etag, "key": seen.key, GENERATION: str(seen.generation)}
        etag = await self._container.write(SEEN + name, seen.model_dump_json().encode(), over, metadata=metadata)
        return Versioned(seen, etag)

    def all_seen(self, after: str) -> AsyncIterator[Facts]:
        """Names that were accepted, in order, from the first past `after`."""
        return self._container.list(SEEN, SEEN + after if after else "")

    async def heartbeat(self) -> Versioned[Heartbeat] | None:
        """What the last tick left; None before the first."""
        return await self._read(HEARTBEAT, lambda blob: Heartbeat.model_validate_json(blob.data))

    async def set_heartbeat(self, heartbeat: Heartbeat, over: str | None) -> str:
        """Leave it for the next tick; its ETag."""
        return await self._container.write(HEARTBEAT, heartbeat.model_dump_json().encode(), over)

    async def claim_stem(self, stem: str, name: BlobName) -> bool:
        """Claim the stem of results for an inbox name; False where it belongs to another.

        NameRefused where the stem would leave its place in the ledger.
        """
        return await self._claim(STEMS + refuse_unsafe(stem, LONGEST_NAME), name)

    async def stem_owner(self, stem: str) -> BlobName | None:
        """The inbox name whose results have that stem; None where nobody has claimed it. NameRefused as above."""
        held = await self._container.read(STEMS + refuse_unsafe(stem, LONGEST_NAME))
        return BlobName(held.data.decode()) if held else None

    async def answer_edit(self, name: BlobName, etag: str) -> None:
        """Remember that this drop of an edit was taken, or refused."""
        await self._container.write(EDITS + name, b"", ANY, metadata={"etag": etag})

    async def answered_edit(self, name: BlobName) -> str | None:
        """The ETag of the drop of an edit that was answered last; None where none was."""
        facts = await self._container.head(EDITS + name)
        return facts.metadata["etag"] if facts else None

    async def forget_edit(self, name: BlobName) -> None:
        """Remember nothing of that name."""
        await self._remove(EDITS + name)

    def answered_edits(self, prefix: str = "") -> AsyncIterator[Facts]:
        """The names of edits that were answered, in order, each with the ETag of its last drop."""
        return self._container.list(EDITS + prefix)

    async def claim_operation(self, provider: str, operation_id: str, owner: str) -> bool:
        """Claim work that a provider named by an id of its own; False where it was ever another translation's."""
        digest = hashlib.sha256(operation_id.encode()).hexdigest()
        return await self._claim(f"{OPERATIONS}{provider}/{digest}", owner)

    async def erase(self, job: Job) -> None:
        """Remove all records of an ended job, its own last: of its name and stem only what no other job has taken."""
        name = BlobName(job.name)
        seen = await self.seen(name)
        if seen is not None and seen.value.key == job.key:
            await self._container.delete(SEEN + name, str(seen.etag))
        if seen is None or seen.value.key == job.key:
            await self._remove(STEMS + job.stem, owner=name)
        await self._remove(ENDED + job.key)
        await self._remove(DONE + job.key)

    async def _remove(self, name: str, owner: str | None = None) -> None:
        held = await self._container.read(name)
        if held is not None and owner in (None, held.data.decode()):
            await self._container.delete(name, held.facts.etag)

    async def _claim(self, name: str, owner: str) -> bool:
        try:
            await self._container.write(name, owner.encode())
        except RecordChanged:
            held = await self._container.read(name)
            return held is not None and held.data == owner.encode()
        return True

    async def _read[Value](self, name: str, parse: Callable[[Blob], Value]) -> Versioned[Value] | None:
        blob = await self._container.read(name)
        return Versioned(parse(blob), blob.facts.etag) if blob else None


def record_of(job: Job) -> bytes:
    """The job as it is kept."""
    return json.dumps({SCHEMA_FIELD: SCHEMA} | job.model_dump(mode="json", exclude_defaults=True)).encode()


def job_of(blob: Blob) -> Job:
    """The job of a record; RecordNewer where it is kept in a form that this version of the app does not know."""
    record = json.loads(blob.data)
    number = record.pop(SCHEMA_FIELD, 1)
    if number > SCHEMA:
        raise RecordNewer(f"the record {blob.facts.name} has the schema {number}, and this app knows up to {SCHEMA}")
    return Job.model_validate(record)


def _ended_of(blob: Blob) -> Ended:
    return Ended.model_validate_json(blob.data)
