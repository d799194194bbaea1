"""Moves a job as far as it goes now. Every trigger ends here, and may come twice, late, out of order or never."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from shared import telemetry
from shared.engine.ask import Answer, Troubled, ask, is_lost
from shared.engine.charges import record_charged
from shared.engine.close import Closer
from shared.engine.context import Context
from shared.engine.deliver import Deliverer
from shared.engine.slices import Slicer
from shared.engine.start import Starter
from shared.engine.unanswered import Unanswered
from shared.errors import BabeldropError, ProviderError, RecordChanged
from shared.jobs import problems
from shared.jobs.job import Job
from shared.jobs.ledger import OPEN
from shared.jobs.open_job import OpenJob, OpenTranslation
from shared.jobs.translation import Problem, State, Translation
from shared.names import BlobName
from shared.providers.outcome import Failed, Finished, Next, Running
from shared.redaction import redacted

log = logging.getLogger(__name__)
UNDER_WAY = "A request was under way when the translation was stopped. What the service charges for it is not in units."
Answers = Mapping[str, Answer]


class Engine:
    """The story of a job: takes each translation as far as its state goes, writes, tells, closes."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._now = context.clock
        self._deliverer = Deliverer(context)
        self._starter = Starter(context, self._deliverer)
        self._slicer = Slicer(context, self._starter)
        self._unanswered = Unanswered(context, self._starter)
        self._closer = Closer(context)

    async def advance(self, opened: OpenJob, answers: Answers | None = None, *, slices: int = 1) -> None:
        """Move every translation of the job, and take up to `slices` of those that go in slices.

        `answers` are what providers have just said about running ones.
        """
        with telemetry.moving("advance", opened.job):
            await self._move(opened, lambda: self._advance(opened, answers or {}, slices))

    async def slice(self, opened: OpenJob, goes_on: Callable[[], bool]) -> bool:
        """Take slices of each language, one after the other, for as long as it goes on; whether any may be left."""
        with telemetry.moving("slice", opened.job):
            return await self._move(opened, lambda: self._slicer.take_while(opened, goes_on))

    async def bring(self, opened: OpenJob) -> None:
        """Go on with the job's deliveries, for as long as they may."""
        with telemetry.moving("bring", opened.job):
            await self._move(opened, lambda: self._bring(opened))

    def wants_slice(self, opened: OpenJob) -> bool:
        """Whether it has a slice left that may be taken now."""
        return self._slicer.wants(opened)

    async def look(self, looked_at: OpenTranslation, provider: str, hint: Mapping[str, Any]) -> None:
        """A provider has called back: ask it, and record what it says.

        Nothing is started or delivered, and no other language of the job is touched: that is the timer's.
        """
        if looked_at.now.provider != provider:
            return
        with telemetry.moving("look", looked_at.job), telemetry.labelled(provider=provider):
            if looked_at.now.state is State.STARTING:
                await self._adopt(looked_at, provider, hint)
            elif looked_at.now.state is State.RUNNING and looked_at.now.pending is None:
                self._record(looked_at, await self._ask(looked_at))
            looked_at.record(lambda t: t.heed(), State.RUNNING)
            await looked_at.opened.save()

    async def settle(self, unknown: OpenTranslation, operation: str | None) -> bool:
        """A person says what became of a start: it is there, by that id of the service, or it never was (None).

        False where the service does not know the id, or it belongs to another translation. RecordChanged where somebody
        else has just moved the job: whether the start is still unknown must be asked again.
        """
        now = self._now()
        with telemetry.moving("settle", unknown.job), telemetry.labelled(provider=str(unknown.now.provider)):
            if operation is None:
                await self._starter.admission.give_back_unknown(unknown)
                unknown.record(lambda t: t.hold(now, None, None, t.tries), State.STARTING)
            else:
                await self._adopt(unknown, str(unknown.now.provider), {"task_id": operation})
            await unknown.opened.save()
        return unknown.now.state is not State.STARTING

    async def queue(self, opened: OpenJob, job: Job) -> None:
        """Write a job at work whose waiting edits have changed, and tell of them in the receipt of the drop.

        Told also where nothing has changed: whoever wrote the record may have ended before they told. RecordChanged
        where somebody else moves it.
        """
        with telemetry.moving("queue", opened.job):
            if job != opened.job:
                opened.replace(job)
                await opened.insist()
            if job.has_ended:
                await self._closer.write_and_tell(opened, job)
            else:
                await self._closer.tell(job, lambda: self._context.ledger.confirm(OPEN, opened.written))

    async def begin(self, opened: OpenJob) -> None:
        """Write the next attempt of a job, which edits have begun, then move it.

        RecordChanged where somebody was first, or has ended this very attempt meanwhile. Whoever drops newer content
        makes it current first, then looks for an open record of the older: so either they find this one and stop it,
        or it is found here that the content is no longer the current one.
        """
        with telemetry.moving("begin", opened.job):
            await opened.insist()
            try:
                await opened.confirm()
            except RecordChanged:
                await self._context.ledger.drop_open(opened.written)
                raise
        seen = await self._context.ledger.seen(BlobName(opened.job.name))
        if seen is None or seen.value.key != opened.job.key:
            await self.stop(opened, State.SUPERSEDED, problems.SUPERSEDED)
            return
        await self._closer.tell(opened.job)
        await self.advance(opened, slices=0)

    async def close_leftover(self, opened: OpenJob) -> None:
        """Close the open record of an attempt that has ended; nothing where it has not."""
        opened.ended = await self._context.ledger.ended(opened.job)
        if opened.ended is not None:
            await self._closer.leave(opened, None)

    async def stop(self, opened: OpenJob, state: State, problem: Problem | None = None) -> None:
        """End every translation that has not ended, as canceled or superseded, and at the provider where it can be.

        RecordChanged where somebody moved the job meanwhile: whether it is still to be stopped must be asked again.
        """
        before, now = opened.job, self._now()
        stopped = opened.unfinished
        with telemetry.moving("stop", before):
            opened.replace(before.stop(state))
            for translation in stopped:
                translation.record(lambda t: _stopped(t, state, now, problem))
            await opened.insist()
            for translation in stopped:
                await self._cancel_outside(before, before.translation(translation.target))
            await self._closer.write_and_tell(opened, before)

    async def _move(self, opened: OpenJob, move: Callable[[], Awaitable[bool]]) -> bool:
        """Move the job, then write and tell; where somebody else was first, leave it to them.

        What was answered is written whatever goes wrong on the way. Whether more is to be moved now.
        """
        before, goes_on = None if opened.is_new else opened.written.value, False
        try:
            goes_on = await move()
        except RecordChanged:
            await self._closer.leave(opened, before)
            return False
        except BabeldropError as error:
            log.warning("%s could not be moved: %s", opened.job.name, error.reason)
        await self._closer.write_and_tell(opened, before)
        return goes_on and not opened.job.has_ended

    async def _advance(self, opened: OpenJob, answers: Answers, slices: int) -> bool:
        for translation in opened.unfinished:
            await self._try(translation, answers.get(translation.target))
        for _ in range(slices):
            await self._slicer.take_one_each(opened)
        return False

    async def _bring(self, opened: OpenJob) -> bool:
        for translation in opened.unfinished:
            if translation.now.state is State.DELIVERING:
                await self._try(translation, None)
        return False

    async def _try(self, moved: OpenTranslation, answer: Answer | None) -> None:
        """Move one translation. Its errors are logged, so that others are moved and their answers are written."""
        with telemetry.labelled(provider=moved.now.provider or ""):
            try:
                await self._step(moved, answer)
            except RecordChanged:
                raise
            except BabeldropError as error:
                log.warning("%s: %s could not be moved: %s", moved.job.name, moved.target, error.reason)
            except Exception:
                log.exception("%s: %s could not be moved", moved.job.name, moved.target)

    async def _step(self, moved: OpenTranslation, answer: Answer | None) -> None:
        match moved.now.state:
            case State.QUEUED:
                await self._starter.queued(moved)
            case State.STARTING:
                await self._unanswered.resolve(moved)
            case State.RUNNING if moved.now.pending is None:
                await self._running(moved, answer or await self._ask(moved))
            case State.RUNNING:
                await self._pending(moved)
            case State.DELIVERING:
                await self._deliverer.resume(moved)

    async def _running(self, running: OpenTranslation, outcome: Answer) -> None:
        self._record(running, outcome)
        match outcome:
            case Next():
                await self._pending(running)
            case Finished():
                await self._deliverer.deliver(running, outcome)
            case Failed(error=error, answer=said, units=units):
                await self._starter.give_up(running, error, redacted(said), units)
            case Troubled(error=error) if is_lost(running, outcome):
                await self._starter.give_up(running, error)
            case _ if running.is_late:
                running.fail(problems.unfinished(running.job, running.now.problem))

    async def _pending(self, pending: OpenTranslation) -> None:
        """A paid step is to follow: take it, unless the service answers at once, whose slices are taken in turns."""
        if pending.is_late:
            pending.fail(pending.now.problem or problems.late(pending.job))
            return
        is_sliced = self._context.provider(pending).lease_of(pending.now.next_step) is not None
        if is_sliced or pending.is_held or pending.now.state is not State.RUNNING:
            return
        if await self._starter.is_ready(pending):
            await self._starter.take(pending)

    def _record(self, running: OpenTranslation, outcome: Answer) -> None:
        """Write down that a running step is done, or that its provider answers again."""
        now = self._now()
        match outcome:
            case Next(step=step, operation=operation, units=units, wait=wait):
                record_charged(running, units, lambda t: t.follow(now, step, operation, units, wait), State.RUNNING)
            case Finished():
                self._deliverer.finished(running, outcome)
            case Running():
                running.record(lambda t: t.calm(), State.RUNNING)

    async def _ask(self, running: OpenTranslation) -> Answer:
        provider = self._context.provider(running)
        scratch = self._context.scratch(running.job, running.target, provider.name)
        return await ask(provider, running.work, scratch, running.job.name)

    async def _adopt(self, starting: OpenTranslation, provider: str, hint: Mapping[str, Any]) -> None:
        """Record the work that a callback names as the outcome of the step, unless it ever belonged to another one."""
        telemetry.label(operation="adopt")
        adopter, work = self._context.providers[provider], starting.work
        operation = await adopter.adopt(work, hint)
        named = adopter.named_by_service(operation) if operation else None
        if named and operation and await self._context.ledger.claim_operation(provider, named, work.id):
            now = self._now()
            starting.record(lambda t: t.run(now, operation), State.STARTING)

    async def _cancel_outside(self, job: Job, translation: Translation) -> None:
        if translation.provider is None or translation.operation is None:
            return
        telemetry.label(provider=translation.provider, operation="cancel")
        try:
            await self._context.providers[translation.provider].cancel(job.work(translation.target))
        except ProviderError as error:
            log.warning("%s: %s could not be canceled: %s", job.name, translation.target, error.reason)


def _stopped(translation: Translation, state: State, now: datetime, problem: Problem | None) -> Translation:
    ended = translation.to(state, now, problem=problem)
    return ended.warn(UNDER_WAY) if translation.state is State.STARTING else ended
