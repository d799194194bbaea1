"""The ledger: jobs in blob storage, created once, changed by compare and swap, listed when they are at work.

open/<key>     a job at work, with all its translations; its metadata is a summary, so that a listing is enough to poll
done/<key>     the same record once it has ended, written before `open/<key>` is deleted
seen/<name>    the job that is current for an inbox name
stems/<stem>   which inbox name the results of that stem belong to
starts/<day>/<provider>   paid starts of a day, where they are limited
heartbeat      what one tick leaves for the next
"""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import AwareDatetime, ValidationError

from shared.errors import RecordChanged
from shared.jobs.job import Frozen, Job, State, Step, Translation, Work, work_id_of
from shared.names import BlobName
from shared.storage import Container, Facts

OPEN, DONE, SEEN, STEMS, STARTS = "open/", "done/", "seen/", "stems/", "starts/"
HEARTBEAT = "heartbeat"
SUMMARY, NUMBER = "summary", "number"
#: Storage takes 8 KB of metadata; what is longer is left out, and the record is read instead.
SUMMARY_LIMIT = 7500
TRIES = 8
REMEMBERED = 1000  # records, some kilobytes each


class Entry(NamedTuple):
    """A job as it was read or written; `etag` is None as long as it is written nowhere."""

    job: Job
    etag: str | None


class Seen(Frozen):
    """What is current under an inbox name: the job, and the drop that it answers."""

    key: str
    etag: str
    stem: str
    number: int = 1  #: how many contents the name has had


class TranslationSummary(Frozen):
    """What a listing shows of one translation: enough to ask its provider how it goes."""

    target: str
    state: State
    since: datetime
    provider: str | None = None
    step: Step = Step()
    operation: dict[str, Any] | None = None
    not_before: datetime | None = None
    deadline: datetime | None = None
    detail: str | None = None

    @property
    def waits_for_others(self) -> bool:
        """Whether it is held until others have ended: only that hold says why it waits, and no time."""
        return self.state is State.QUEUED and self.detail is not None and self.not_before is None

    @classmethod
    def of(cls, job: Job, translation: Translation) -> "TranslationSummary":
        """The line of a translation; what is needed for polling only where it is polled."""
        problem = translation.problem
        return cls(
            target=translation.target,
            state=translation.state,
            since=translation.since,
            provider=translation.provider,
            step=translation.step,
            operation=translation.operation if not translation.has_ended else None,
            not_before=translation.not_before,
            deadline=job.deadline(translation.target),
            detail=problem.reason[:100] if problem else None,
        )


class JobSummary(Frozen):
    """What a listing shows of one open job. Without `complete`, the record must be read."""

    key: str
    name: str = ""
    attempt: int = 1
    accepted: datetime | None = None
    translations: tuple[TranslationSummary, ...] = ()
    complete: bool = False
    etag: str = ""  #: of the record when it was listed

    @classmethod
    def of(cls, job: Job) -> "JobSummary":
        """The summary of a job."""
        return cls(
            key=job.key,
            name=job.name,
            attempt=job.attempt,
            accepted=job.accepted,
            translations=tuple(TranslationSummary.of(job, translation) for translation in job.translations),
            complete=True,
        )

    def work(self, line: TranslationSummary) -> Work:
        """The present step of one of its translations."""
        work_id = work_id_of(self.key, line.target, self.attempt)
        return Work(id=work_id, target=line.target, step=line.step, operation=line.operation or {})

    def metadata(self) -> dict[str, str]:
        """As blob metadata, which takes ASCII only; empty where it is too long."""
        text = json.dumps(self.model_dump(mode="json", exclude_defaults=True, exclude={"etag"}))
        return {SUMMARY: text} if len(text) <= SUMMARY_LIMIT else {}

    @classmethod
    def read(cls, facts: Facts) -> "JobSummary":
        """The summary in a listing's metadata."""
        key = facts.name.removeprefix(OPEN)
        try:
            summary = cls.model_validate_json(facts.metadata[SUMMARY])
        except (KeyError, ValidationError):
            return cls(key=key, accepted=facts.last_modified, etag=facts.etag)
        return summary.model_copy(update={"etag": facts.etag})


class Heartbeat(Frozen):
    """What one tick leaves for the next, and for `health`. `cursor` is the last inbox name that was looked at.

    It takes many ticks to go through a large inbox: `round` is when this round began, `round_before` the one before.
    """

    first: AwareDatetime
    last: AwareDatetime
    cursor: str = ""
    round: AwareDatetime | None = None
    round_before: AwareDatetime | None = None
    left_alone: int = 0  #: files older than the first run, counted and not started


class Ledger:
    """See the module. Every write names the version that it replaces; RecordChanged means that somebody was first."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._written: dict[str, Entry] = {}

    async def read_open(self, key: str) -> Entry | None:
        """The job at work, or None."""
        return await self._read(OPEN + key)

    async def read_listed(self, summary: JobSummary) -> Entry | None:
        """The job of a summary; not read again where this process wrote the very version that was listed."""
        written = self._written.get(summary.key)
        return written if written and written.etag == summary.etag else await self.read_open(summary.key)

    async def read_done(self, key: str) -> Entry | None:
        """The job that has ended, or None."""
        return await self._read(DONE + key)

    async def is_done(self, key: str, number: int) -> bool:
        """Whether an attempt of the job has ended since its content was the `number`-th of its name."""
        facts = await self._container.head(DONE + key)
        return facts is not None and int(facts.metadata.get(NUMBER, 1)) >= number

    async def save(self, entry: Entry, job: Job) -> Entry:
        """Write `job` over the open `entry`, or create it where the entry was never written."""
        etag = await self._container.write(
            OPEN + job.key,
            _json(job),
            entry.etag,
            metadata=JobSummary.of(job).metadata(),
            content_type="application/json",
        )
        entry = Entry(job, etag)
        if len(self._written) >= REMEMBERED:
            self._written.clear()
        self._written[job.key] = entry
        return entry

    async def end(self, job: Job) -> Job:
        """Write the ended job to `done`, unless this attempt or a later one is there; what is there now."""
        done = await self.read_done(job.key) if job.attempt > 1 else None
        if done is None or done.job.attempt < job.attempt:
            try:
                number = {NUMBER: str(job.number)}
                await self._container.write(DONE + job.key, _json(job), done.etag if done else None, metadata=number)
            except RecordChanged:
                return await self.ended(job) or await self.end(job)
            return job
        return done.job

    async def drop_open(self, entry: Entry) -> None:
        """Delete the open record; one that changed or is gone already is somebody else's business."""
        self._written.pop(entry.job.key, None)
        if entry.etag is None:
            return
        try:
            await self._container.delete(OPEN + entry.job.key, entry.etag)
        except RecordChanged:
            return

    async def ended(self, job: Job) -> Job | None:
        """How this attempt, or a later one, has ended; None where neither has."""
        done = await self.read_done(job.key)
        return done.job if done and done.job.attempt >= job.attempt else None

    async def summaries(self) -> AsyncIterator[JobSummary]:
        """All jobs at work, by key; one listing, no reads."""
        async for facts in self._container.list(OPEN):
            yield JobSummary.read(facts)

    async def seen(self, name: BlobName) -> tuple[Seen, str] | None:
        """What is current under a name, and the ETag to replace it by."""
        blob = await self._container.read(SEEN + name)
        return (Seen.model_validate_json(blob.data), blob.facts.etag) if blob else None

    async def set_seen(self, name: BlobName, seen: Seen, over: str | None) -> str:
        """Make it current; the ETag to replace it by. Its metadata has what the sweep compares."""
        summary = {"etag": seen.etag, "key": seen.key, NUMBER: str(seen.number)}
        return await self._container.write(SEEN + name, seen.model_dump_json().encode(), over, metadata=summary)

    def all_seen(self, after: str) -> AsyncIterator[Facts]:
        """Names that were accepted, in order, from the first past `after`."""
        return self._container.list(SEEN, SEEN + after if after else "")

    async def heartbeat(self) -> tuple[Heartbeat, str] | None:
        """What the last tick left, and the ETag to replace it by; None before the first."""
        blob = await self._container.read(HEARTBEAT)
        return (Heartbeat.model_validate_json(blob.data), blob.facts.etag) if blob else None

    async def set_heartbeat(self, heart: Heartbeat, over: str | None) -> None:
        """Leave it for the next tick."""
        await self._container.write(HEARTBEAT, heart.model_dump_json().encode(), over)

    async def claim_stem(self, stem: str, name: BlobName) -> bool:
        """Claim the stem of results for an inbox name; False where it belongs to another."""
        try:
            await self._container.write(STEMS + stem, name.encode())
        except RecordChanged:
            owner = await self._container.read(STEMS + stem)
            return owner is not None and owner.data == name.encode()
        return True

    async def count_start(self, day: str, provider: str, limit: int) -> bool:
        """Count one paid start of that day; False where the limit is reached."""
        name = f"{STARTS}{day}/{provider}"
        for _ in range(TRIES):
            blob = await self._container.read(name)
            count = int(blob.data) if blob else 0
            if count >= limit:
                return False
            try:
                await self._container.write(name, str(count + 1).encode(), blob.facts.etag if blob else None)
            except RecordChanged:
                continue
            return True
        raise RecordChanged(f"the day's starts of {provider} change too fast")

    async def _read(self, name: str) -> Entry | None:
        blob = await self._container.read(name)
        return Entry(Job.model_validate_json(blob.data), blob.facts.etag) if blob else None


def _json(job: Job) -> bytes:
    return job.model_dump_json(exclude_defaults=True).encode()
