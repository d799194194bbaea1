"""Bringing results home: published under the job's names, and never over what is not ours."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import quote

from shared.errors import BabeldropError, RecordChanged, ResultUnavailable
from shared.jobs.job import Job
from shared.jobs.open_job import Clock
from shared.jobs.translation import Output, State, Translation
from shared.outbox.beginnings import HEAD, true_suffix, why_not
from shared.outbox.content_types import content_type
from shared.outbox.names import ResultNames, apart
from shared.outbox.transfer import Fetch, Transfer
from shared.providers.outcome import Finished, Result
from shared.storage.container import ANY, Container, Facts
from shared.subtitles.convert import srt_of

#: The first HEAD bytes at a result's address; ResultUnavailable where it may not be fetched.
Begin = Callable[[str], Awaitable[bytes]]
OWNER, WORK = "babeldropsource", "babeldropwork"
COPYING, COPIED = "pending", (None, "success")
COPY_LOOKS, COPY_PAUSE = 20, 0.25
SIGNED = timedelta(hours=1)  # how long storage may read a staged result to copy it
LONGEST_SUBTITLES = 16 * 1024**2  # bytes; they are converted in memory
LONGEST_OWNER = 1000  # characters; all metadata of a blob may have 8 KB


@dataclass(frozen=True, slots=True)
class Delivered:
    """What is home. `coming` says that more is on its way, `missing` why side files could not be fetched."""

    outputs: tuple[Output, ...]
    coming: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One translation on its way home: the `work` that made it, and how long it may come by way of this app."""

    job: Job
    target: str
    work: str
    may_go_on: Callable[[], bool]

    @property
    def marks(self) -> dict[str, str]:
        """Metadata that say whose a published result is, and of which work."""
        return {OWNER: _owner(self.job), WORK: self.work}

    def name(self, result: Result, apart: str = "") -> str:
        """What the result is called; with a mark in it that keeps it `apart` where that name is another's."""
        stem = self.job.name if result.whole_name else self.job.stem
        return ResultNames(f"{stem}{apart}", self.job.name).output(self.target, result.suffix)


class Publisher:
    """Publishes results in the outbox. Doing it again does no harm."""

    def __init__(self, outbox: Container, staging: Container, fetch: Fetch, begin: Begin, clock: Clock) -> None:
        self._outbox, self._staging, self._clock = outbox, staging, clock
        self._fetch, self._begin = fetch, begin
        self._transfer = Transfer(outbox, fetch)

    async def deliver(
        self, job: Job, translation: Translation, finished: Finished, may_go_on: Callable[[], bool]
    ) -> Delivered:
        """Publish every file. An essential file that cannot be had raises; a side file is named in `missing`.

        What comes by way of this app comes for as long as it may go on; the next delivery goes on with it.
        """
        work = f"{job.work_id(translation.target)}.{translation.step}"
        delivery = _Delivery(job, translation.target, work, may_go_on)
        outputs, missing, coming = [], [], False
        named, given = [result.suffix for result in finished.results], set[str]()
        for place, result in enumerate(finished.results):
            try:
                suffix = apart(await self._true_suffix(result), place, named, given)
                given.add(suffix)
                facts = await self._publish(delivery, replace(result, suffix=suffix))
            except BabeldropError as error:
                if result.essential:
                    raise
                missing.append(f"{result.suffix} could not be fetched: {error.reason}")
                continue
            if facts is None or facts.copy_status == COPYING:
                coming = True
            else:
                outputs.append(Output(name=facts.name, size=facts.size, md5=facts.md5))
        return Delivered(tuple(outputs), coming, tuple(missing))

    async def missing(self, job: Job) -> set[str]:
        """The targets that succeeded, and of whose results one is no longer in the outbox."""
        made = [(t.target, output.name) for t in job.translations if t.state is State.SUCCEEDED for output in t.outputs]
        return {target for target, name in made if await self._outbox.head(name) is None}

    async def owner(self, name: str) -> str | None:
        """The key of the job whose result lies in the outbox under that name; None where there is none."""
        there = await self._outbox.head(name)
        return there.metadata.get(WORK, "").partition(".")[0] or None if there else None

    async def remove(self, job: Job) -> AsyncIterator[str]:
        """Remove the job's results, but for those that another job has replaced; the names.

        They are known by their marks: of an attempt that was begun anew, or stopped, the record does not name them.
        """
        async for there in self._outbox.list(f"{job.stem}."):
            if there.metadata.get(WORK, "").startswith(f"{job.key}."):
                await self._outbox.delete(there.name, there.etag)
                yield there.name

    async def _true_suffix(self, result: Result) -> str:
        """What its name should end with; ResultUnavailable where it is empty, or plainly something else."""
        if result.converted:
            return result.suffix
        head = await self._staged(result.staged) if result.staged else await self._begin(result.url)
        suffix = true_suffix(result.suffix, head)
        if reason := why_not(suffix, head):
            raise ResultUnavailable(f"the result .{result.suffix} is not what it should be: {reason}")
        return suffix

    async def _staged(self, name: str) -> bytes:
        try:
            return await self._staging.range(name, 0, HEAD, ANY)
        except RecordChanged as error:
            raise ResultUnavailable(f"the result is no longer in staging: {error.reason}") from error

    async def _publish(self, delivery: _Delivery, result: Result) -> Facts | None:
        """Put one result in its place, unless it is there already; None where it has not come whole."""
        job, name = delivery.job, delivery.name(result)
        there = await self._outbox.head(name) if job.replaces else None
        if there is None:
            try:
                return await self._move(delivery, name, result, None)
            except RecordChanged:
                there = await self._outbox.head(name)
        if there is None or there.metadata.get(OWNER) != _owner(job):
            # Something lies there that is not ours: it is left alone.
            name = delivery.name(result, apart=f".{job.key[:8]}")
            there = await self._outbox.head(name)
        if there is not None and there.metadata.get(WORK) == delivery.work and there.copy_status in (*COPIED, COPYING):
            return await self._settled(there)
        return await self._move(delivery, name, result, there.etag if there else None)

    async def _move(self, delivery: _Delivery, name: str, result: Result, over: str | None) -> Facts | None:
        marks, may_go_on = delivery.marks, delivery.may_go_on
        details = {"metadata": marks, "content_type": content_type(name)}
        if result.converted:
            data = srt_of(await self._whole(result))
            await self._outbox.write(name, data, over, **details)
        elif result.staged:
            url = await self._staging.sign(result.staged, self._clock() + SIGNED)
            await self._outbox.copy(name, url, over, metadata=marks)
        elif result.copied:
            await self._outbox.copy(name, result.url, over, metadata=marks)
        elif not await self._transfer.bring(name, result.url, over, may_go_on, work=delivery.work, **details):
            return None
        there = await self._outbox.head(name)
        if there is None:
            raise ResultUnavailable(f"{name} vanished while it was published")
        return await self._settled(there)

    async def _whole(self, result: Result) -> bytes:
        """All of a subtitle file; ResultUnavailable where it is gone, or too long for one."""
        if result.staged:
            blob = await self._staging.read(result.staged, LONGEST_SUBTITLES)
            if blob is None:
                raise ResultUnavailable(f"{result.staged} is no longer in staging")
            return blob.data
        whole = bytearray()
        async with self._fetch(result.url, 0) as download:
            async for chunk in download.chunks:
                whole += chunk
                if len(whole) > LONGEST_SUBTITLES:
                    raise ResultUnavailable(f"the result .{result.suffix} is too long to be converted")
        return bytes(whole)

    async def _settled(self, facts: Facts) -> Facts:
        """Wait a little for a copy to end; a long one is looked at again by the next tick."""
        for _ in range(COPY_LOOKS):
            if facts.copy_status != COPYING:
                break
            await asyncio.sleep(COPY_PAUSE)
            facts = await self._outbox.head(facts.name) or facts
        if facts.copy_status not in (*COPIED, COPYING):
            raise ResultUnavailable(f"storage gave up copying {facts.name}: {facts.copy_status}")
        return await self._typed(facts)

    async def _typed(self, facts: Facts) -> Facts:
        """Give it its Content-Type: a copy has that of what was copied, and none can be set until it is whole."""
        kind = content_type(facts.name)
        if facts.copy_status == COPYING or facts.content_type == kind:
            return facts
        await self._outbox.set_type(facts, kind)
        return replace(facts, content_type=kind)


def _owner(job: Job) -> str:
    """The inbox name as metadata can hold it, or a hash of it: of Chinese, each character takes nine."""
    name = quote(job.name)
    return name if len(name) <= LONGEST_OWNER else hashlib.sha256(job.name.encode()).hexdigest()
