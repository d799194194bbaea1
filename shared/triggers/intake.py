"""A file was dropped: make it the current one of its name, freeze its brief, hand it to the engine."""

from shared import telemetry
from shared.briefs.brief import is_forced
from shared.engine.context import Context
from shared.engine.engine import Engine
from shared.errors import BabeldropError, NameRefused, RecordChanged
from shared.jobs import problems
from shared.jobs.job import Job, Problem, State, job_key
from shared.jobs.ledger import Entry, Seen
from shared.jobs.open_job import OpenJob
from shared.names import BlobName
from shared.storage import Facts
from shared.triggers.planner import Planner

TRIES = 5


class Intake:
    """Accepts drops. Doing it twice, or twice at once, starts nothing twice."""

    def __init__(self, context: Context, engine: Engine, planner: Planner) -> None:
        self._context, self._engine, self._planner = context, engine, planner

    async def accept(self, name: str) -> None:
        """Accept whatever lies in the inbox under this name now; nothing where it is gone."""
        try:
            blob_name = BlobName(name)
        except NameRefused as error:
            await self._context.receipts.refuse_name(name, Problem.of(error))
            return
        with telemetry.accepting(name):
            if blob_name.is_brief:
                await self._look_at_waiting(blob_name.folder)
            else:
                await self._accept_at_last(blob_name)

    async def reconsider(self, entry: Entry) -> None:
        """Look again at a job that waits for its brief."""
        facts = await self._context.inbox.head(entry.job.name)
        if facts is None:
            await self._write(OpenJob(self._context.ledger, entry), entry.job.refuse(problems.SOURCE_GONE))
            return
        if facts.version != entry.job.version:
            return
        job = await self._planner.plan(entry.job, facts)
        if job != entry.job:
            await self._write(OpenJob(self._context.ledger, entry), job)

    async def _accept_at_last(self, name: BlobName) -> None:
        for _ in range(TRIES):
            try:
                await self._accept(name)
            except RecordChanged:
                continue
            return
        raise RecordChanged(f"{name} changes too fast to be accepted")

    async def _accept(self, name: BlobName) -> None:
        current = await self._context.ledger.seen(name)
        facts = await self._context.inbox.head(name)
        if facts is None:
            return
        key = job_key(name, facts.version)
        if current is None:
            seen = Seen(key=key, etag=facts.etag, stem=await self._claim_stem(name))
            await self._context.ledger.set_seen(name, seen, None)
            await self._begin(name, facts, seen)
            return
        seen, etag = current
        if seen.key == key:
            await self._known(name, facts, seen, etag)
        else:
            await self._newer(name, facts, seen, etag)

    async def _known(self, name: BlobName, facts: Facts, seen: Seen, etag: str) -> None:
        """The current content: the same event twice, or the same content dropped again."""
        if not await self._go_on(facts, seen):
            done = await self._context.ledger.read_done(seen.key)
            if done is None:
                await self._begin(name, facts, seen)
            elif (done.job.number, done.job.etag) != (seen.number, facts.etag):
                await self._refuse_outdated(done.job, facts)
                await self._try_again(done.job, facts, seen)
        if seen.etag != facts.etag:
            await self._context.ledger.set_seen(name, seen.model_copy(update={"etag": facts.etag}), etag)

    async def _go_on(self, facts: Facts, seen: Seen) -> bool:
        """Move the job that is open for the content; False where there is none, or it has just ended for another drop.

        One that was begun before the content was current the last time counts for this time.
        """
        opened = await self._context.ledger.read_open(seen.key)
        if opened is None:
            return False
        is_of_now = opened.job.number == seen.number
        if not is_of_now and not opened.job.has_ended:
            renewed = {"number": seen.number, "etag": facts.etag, "replaces": True}
            opened = await self._context.ledger.save(opened, opened.job.model_copy(update=renewed))
        await self._engine_or_brief(opened)
        is_answered = is_of_now and seen.etag == facts.etag
        return is_answered or await self._context.ledger.read_open(seen.key) is not None

    async def _engine_or_brief(self, opened: Entry) -> None:
        if opened.job.waits:
            await self.reconsider(opened)
        else:
            await self._engine.advance(OpenJob(self._context.ledger, opened))

    async def _refuse_outdated(self, done: Job, facts: Facts) -> None:
        """RecordChanged where the job has ended because of other content, which came since the facts were read."""
        if done.is_superseded:
            there = await self._context.inbox.head(facts.name)
            if there is None or there.etag != facts.etag:
                raise RecordChanged(f"{facts.name} has other content by now")

    async def _try_again(self, done: Job, facts: Facts, seen: Seen) -> None:
        again = self._again(await self._planner.again(done, facts, seen), done, facts)
        if again is not None:
            await self._open(again)

    def _again(self, planned: Job, done: Job, facts: Facts) -> Job | None:
        """The next attempt: what failed or is new; None where nothing is left to do.

        Everything where it is forced, or where results of other content have come in between.
        """
        if is_forced(facts.metadata) or not done.translations or done.number != planned.number:
            return planned
        kept = {t.target: t for t in done.translations if t.state is State.SUCCEEDED}
        paid = {t.target: t.take_up(planned.accepted) for t in done.translations if t.only_delivery_failed}
        translations = tuple((kept | paid).get(t.target, t) for t in planned.translations)
        job = planned.model_copy(update={"translations": translations})
        return None if job.has_ended and not job.refused else job

    async def _newer(self, name: BlobName, facts: Facts, seen: Seen, etag: str) -> None:
        """Other content than before: it becomes current, and what is at work for the older one is superseded."""
        newer = Seen(key=job_key(name, facts.version), etag=facts.etag, stem=seen.stem, number=seen.number + 1)
        etag = await self._context.ledger.set_seen(name, newer, etag)
        await self._supersede(seen.key, newer)
        await self._known(name, facts, newer, etag)

    async def _supersede(self, key: str, newer: Seen) -> None:
        older = await self._context.ledger.read_open(key)
        if older is None or older.job.number >= newer.number:
            return
        opened = OpenJob(self._context.ledger, older)
        if older.job.waits:
            opened.replace(older.job.refuse(problems.SUPERSEDED))
        await self._engine.stop(opened, State.SUPERSEDED, problems.SUPERSEDED)

    async def _begin(self, name: BlobName, facts: Facts, seen: Seen) -> None:
        await self._open(await self._planner.begin(name, facts, seen))

    async def _open(self, job: Job) -> None:
        """Begin an attempt. Whatever moves it later joins the present trace."""
        job = job.model_copy(update={"trace": telemetry.traceparent()})
        await self._write(OpenJob(self._context.ledger, Entry(job, None)), job)

    async def _write(self, opened: OpenJob, job: Job) -> None:
        """Hand a job to the engine; one that waits is only told and written.

        It is told first, for once the record is there, nothing has it told until its brief changes.
        """
        opened.replace(job)
        if not job.waits:
            await self._engine.advance(opened)
            return
        await self._context.receipts.tell(job)
        await opened.save()
        if await self._context.ledger.ended(job):
            await self._context.ledger.drop_open(opened.entry)

    async def _claim_stem(self, name: BlobName) -> str:
        """The stem of the results: the name without its extension, or the whole name where that is taken."""
        for stem in (name.stem, str(name)):
            if await self._context.ledger.claim_stem(stem, name):
                return stem
        raise BabeldropError(f"the names of the results of {name} belong to another file")

    async def _look_at_waiting(self, folder: str) -> None:
        """A brief has come: files below its folder may start now."""
        prefix = f"{folder}/" if folder else ""
        async for summary in self._context.ledger.summaries():
            if summary.translations or not summary.name.startswith(prefix):
                continue
            entry = await self._context.ledger.read_open(summary.key)
            if entry is not None and entry.job.waits:
                await self.reconsider(entry)
