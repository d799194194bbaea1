"""A file was dropped: make it the current one of its name, freeze its brief, hand it to the engine."""

import logging
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from shared import telemetry
from shared.engine.context import Context
from shared.engine.engine import Engine
from shared.errors import BabeldropError, NameRefused, RecordChanged, RecordNewer, SourceRefused, SteerRefused
from shared.jobs import problems
from shared.jobs.job import Job
from shared.jobs.ledger import Seen
from shared.jobs.translation import Problem, State, Translation
from shared.names import BlobName
from shared.storage.container import Versioned, until_undisturbed
from shared.storage.content import has_content, identified
from shared.triggers.attempts import MADE_BEFORE, left_of, upon
from shared.triggers.drop import Drop, DropKind
from shared.triggers.planner import Planner, refuse_source
from shared.triggers.stems import Stems

log = logging.getLogger(__name__)
TRIES = 5


class Intake:
    """Accepts drops. Doing it twice, or twice at once, starts nothing twice."""

    def __init__(self, context: Context, engine: Engine, planner: Planner) -> None:
        self._context, self._engine, self._planner = context, engine, planner
        self._ledger = context.ledger
        self._stems = Stems(context.ledger, context.inbox)

    async def accept(self, name: str, *, has_event: bool = True) -> None:
        """Accept whatever lies in the inbox under this name now; nothing where it is gone.

        `has_event` says that an event told of it; the rescan finds what none told of.
        """
        try:
            blob_name = BlobName(name)
        except NameRefused as error:
            await self._context.receipts.refuse_name(name, Problem.of(error))
            return
        with telemetry.accepting(name):
            if blob_name.is_brief:
                await self._look_at_waiting(blob_name.folder)
                return
            try:
                await until_undisturbed(lambda: self._accept(blob_name, has_event), name, TRIES)
            except RecordNewer as error:
                log.warning("%s is left to a newer version of the app: %s", name, error.reason)

    async def retry(self, done: Job, *, force: bool) -> None:
        """Begin the next attempt of a job that has ended, because a person asks for it; nothing where nothing is left.

        SteerRefused where its content is not the current one of its name.
        """
        name = BlobName(done.name)
        before, facts = await self._ledger.seen(name), await self._context.inbox.head(name)
        is_current = before is not None and before.value.key == done.key
        is_there = await has_content(self._context.inbox, name, done.etag, done.version)
        if before is None or facts is None or not (is_current and is_there):
            raise SteerRefused(f"{name} does not lie in the inbox as it was translated", "Drop the file again.")
        missing = await self._context.publisher.missing(done)
        # What the upload itself said of force was for the upload.
        await self._retry(done, Drop(name, facts, before), before.value, force, missing)

    async def reconsider(self, waiting: Versioned[Job]) -> None:
        """Look again at a job that waits for its brief."""
        job = waiting.value
        facts = await self._context.inbox.head(job.name)
        if facts is None:
            await self._write(waiting, await self.give_up(job, problems.SOURCE_GONE))
            return
        if facts.etag != job.etag and (await identified(self._context.inbox, facts)).version != job.version:
            return  # the drop of the newer content supersedes it
        planned = await self._planner.plan(job, facts)
        if planned != job:
            await self._write(waiting, await self._upon_earlier(planned))

    async def give_up(self, waiting: Job, problem: Problem) -> Job:
        """A job that waits for its brief, ended with the reason; what an earlier attempt has made stays."""
        return await self._upon_earlier(waiting.refuse(problem))

    async def _accept(self, name: BlobName, has_event: bool) -> None:
        # `before` is read first. Read after the file, it could be of a newer drop, which the older file would replace.
        before = await self._ledger.seen(name)
        facts = await self._context.inbox.head(name)
        if facts is None:
            return
        if before is None or before.value.etag != facts.etag:
            facts = await identified(self._context.inbox, facts)
        drop = Drop(name, facts, before, has_event)
        match drop.kind, before:
            case DropKind.SAME, Versioned(value=seen):
                await self._answer(drop, seen)
            case DropKind.AGAIN, Versioned(value=seen, etag=etag):
                await self._answer(drop, seen)
                # Written last: if this process ends before, the next event or rescan must find the drop unanswered.
                await self._ledger.set_seen(name, seen.model_copy(update=_upload(drop)), etag)
            case _:
                await self._make_current(drop)

    async def _make_current(self, drop: Drop) -> None:
        """New content: name its results, make it the current one of its name, and begin.

        It is read before anything is claimed for it, because what is refused claims nothing.
        """
        drop = replace(drop, media=await self._planner.inspect(drop.name, drop.facts))
        older = drop.before.value if drop.before else None
        seen = Seen(
            key=drop.key,
            stem=(older.stem if older else "") or await self._stem(drop),
            generation=older.generation + 1 if older else 1,
            replaced=older.key if older else None,
            **_upload(drop),
        )
        await self._ledger.set_seen(drop.name, seen, drop.before.etag if drop.before else None)
        if older:
            await self._answer(drop, seen)
        else:  # no job can be there, so that it need not be looked for
            await self._open(await self._planner.begin(drop, seen))

    async def _answer(self, drop: Drop, seen: Seen) -> None:
        """Move the open job of the content; begin the next attempt of one that has ended, or the first."""
        if seen.replaced is not None:
            # Done every time: the process that made this content current may have ended before it came to this.
            await self._supersede(seen.replaced, seen)
        opened = await self._ledger.read_open(seen.key)
        if opened is not None and await self._is_answered_by(opened, drop, seen):
            return
        done = await self._ledger.read_done(seen.key)
        if done is None:
            await self._begin(drop, seen)
        elif (done.value.generation, done.value.etag) != (seen.generation, drop.facts.etag):
            await self._refuse_outdated(done.value, drop)
            await self._retry(done.value, drop, seen, drop.is_forced)

    async def _begin(self, drop: Drop, seen: Seen) -> None:
        """Begin the first attempt; or the next one of a job whose record has expired, of what did not succeed then."""
        ended = await self._ledger.how_ended(seen.key)
        if ended is None:
            await self._open(await self._planner.begin(drop, seen))
            return
        is_of_this_generation = ended.generation == seen.generation
        if drop.kind is DropKind.SAME and is_of_this_generation:
            return  # a late duplicate of an old event
        job = await self._planner.begin(drop, seen, attempt=ended.attempt + 1, forced=drop.is_forced)
        if is_of_this_generation:
            job = left_of(job.model_copy(update={"expired": ended.succeeded}))
        if MADE_BEFORE not in job.problems:
            await self._open(job)

    async def _is_answered_by(self, opened: Versioned[Job], drop: Drop, seen: Seen) -> bool:
        """Move the open job. False where it has just ended for an earlier drop: this one is still to be answered."""
        job, renewed = opened.value, dict[str, Any]()
        is_of_this_generation = job.generation == seen.generation
        if not is_of_this_generation and not job.has_ended:
            # Other content was dropped in between, then this content again: the running work answers the present drop.
            renewed |= {"generation": seen.generation, "etag": drop.facts.etag, "replaces": True, "expired": ()}
        if job.waits and drop.is_forced:
            # Nothing is at work whose end would have to be waited for, so `force` counts.
            renewed["forced"] = job.attempt
        if renewed:
            opened = await self._ledger.save(opened, job.model_copy(update=renewed))
        if opened.value.waits:
            await self.reconsider(opened)
        else:
            await self._engine.advance(self._context.open(opened), slices=0)
        is_this_drop = is_of_this_generation and seen.etag == drop.facts.etag
        return is_this_drop or await self._ledger.read_open(seen.key) is not None

    async def _refuse_outdated(self, done: Job, drop: Drop) -> None:
        """RecordChanged where the job was superseded by content that came after the facts were read.

        Another attempt would then pay for content that is no longer in the inbox.
        """
        if done.is_superseded:
            there = await self._context.inbox.head(drop.name)
            if there is None or there.etag != drop.facts.etag:
                raise RecordChanged(f"{drop.name} has other content by now")

    async def _retry(self, done: Job, drop: Drop, seen: Seen, forced: bool, missing: Collection[str] = ()) -> None:
        """Begin the next attempt; nothing where nothing is left to do.

        Of the targets in `missing` what was made is brought home again.
        """
        planned = await self._planner.again(done, drop.facts, seen, forced=forced)
        wanted = planned.model_copy(update={"missing": tuple(sorted(missing))})
        job = upon(done, wanted, self._context.clock(), self._may_be_finished)
        if job.refused or not job.has_ended:
            await self._open(job)

    async def _upon_earlier(self, planned: Job) -> Job:
        """A job that has waited, with what is kept of the attempt before it."""
        done = await self._ledger.read_done(planned.key)
        if done is None:
            return left_of(planned)
        if done.value.attempt >= planned.attempt:
            return planned  # a leftover of the attempt that is done: it begins nothing any more
        return upon(done.value, planned, self._context.clock(), self._may_be_finished)

    def _may_be_finished(self, failed: Translation) -> bool:
        """Whether its provider is to be asked first. One that answers at once keeps what it was paid for in staging."""
        provider = self._context.providers.get(failed.provider or "")
        return failed.may_be_finished and provider is not None and provider.lease_of(failed.step) is None

    async def _supersede(self, key: str, newer: Seen) -> None:
        older = await self._ledger.read_open(key)
        if older is None or older.value.generation >= newer.generation:
            return
        opened = self._context.open(older)
        if older.value.waits:
            opened.replace(await self.give_up(older.value, problems.SUPERSEDED))
        await self._engine.stop(opened, State.SUPERSEDED, problems.SUPERSEDED)

    async def _open(self, job: Job) -> None:
        """Begin an attempt. Whatever moves it later joins the present trace."""
        job = job.model_copy(update={"trace": telemetry.traceparent()})
        await self._write(Versioned(job, None), job)
        if job.waits:
            # A brief that came after the briefs were read, and before anybody could find this job, did not start it.
            await self._reconsider_listed(job.key)

    async def _write(self, before: Versioned[Job], job: Job) -> None:
        """Hand a job to the engine; one that waits is only told and written.

        The receipt is written before the record: once the record is there, nothing writes one until the brief changes.
        """
        opened = self._context.open(before)
        opened.replace(job)
        if not job.waits:
            goes_on = any(t.has_begun and not t.has_ended for t in job.translations)
            if goes_on or (job.has_ended and before.etag is not None):
                # Nothing is claimed any more for what was paid in an earlier attempt, and nothing at all where it ends,
                # so somebody else who looks at it now would not know.
                await opened.insist()
            await self._engine.advance(opened)
            return
        await self._context.receipts.tell(job)
        await opened.save()
        if await self._ledger.ended(job):
            await self._ledger.drop_open(opened.written)

    async def _stem(self, drop: Drop) -> str:
        """The stem of its results; empty for a file that is refused as it is, which claims nothing."""
        try:
            refuse_source(drop.name, drop.facts.size, drop.media)
        except SourceRefused:
            return ""
        return await self._stems.claim(drop.name)

    async def _look_at_waiting(self, folder: str) -> None:
        """A brief has come: files below its folder may start now."""
        prefix = f"{folder}/" if folder else ""
        async for summary in self._ledger.summaries():
            if summary.translations or not summary.name.startswith(prefix):
                continue
            with telemetry.labelled(job=summary.key):
                await self._reconsider_listed(summary.key)

    async def _reconsider_listed(self, key: str) -> None:
        """Look at one of many that may wait; trouble with it keeps none of the others from starting."""
        try:
            opened = await self._ledger.read_open(key)
            if opened is not None and opened.value.waits:
                await self.reconsider(opened)
        except BabeldropError as error:
            log.warning("job %s, which may wait for a brief, could not be moved: %s", key, error.reason)


def _upload(drop: Drop) -> dict[str, Any]:
    """What is kept of a drop itself, beside its content."""
    return {"etag": drop.facts.etag, "forced": drop.asks_for_force, "uploaded": drop.facts.created}
