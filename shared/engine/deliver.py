"""The state `delivering`: the provider is done, and its results are brought home. Doing it again does no harm."""

import logging
from datetime import timedelta
from typing import Any

from shared import telemetry
from shared.engine.ask import Troubled, ask, is_lost
from shared.engine.charges import record_charged
from shared.engine.context import Context
from shared.engine.retry import wait_before
from shared.errors import BabeldropError, ProviderError, ResultUnavailable
from shared.jobs import problems
from shared.jobs.job import Job
from shared.jobs.open_job import OpenTranslation
from shared.jobs.translation import Problem, State
from shared.outbox.publish import Delivered
from shared.providers.outcome import Failed, Finished
from shared.redaction import redacted
from shared.storage.content import has_content

log = logging.getLogger(__name__)
SIDE_FILE_TRIES = 3
LONG_WAY = timedelta(minutes=10)
SLOW_WAY = "the results are still on their way; if that lasts, look at the account of the service and at yours"


class Deliverer:
    """Brings results home. RecordChanged means that the job is somebody else's now."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._now = context.clock

    def finished(self, done: OpenTranslation, finished: Finished) -> None:
        """Write down that the provider has just finished."""
        found: dict[str, Any] = {"answer": redacted(finished.answer), "details": redacted(finished.details)}
        if finished.operation is not None:
            found["operation"] = dict(finished.operation)
        now, units = self._now(), finished.units
        record_charged(done, units, lambda t: t.finish(now, units, **found), State.STARTING, State.RUNNING)

    async def deliver(self, done: OpenTranslation, finished: Finished) -> None:
        """Publish the results. Where losing this process would lose them, the record is written first."""
        # No write is needed where the provider says the same when it is asked again: for results in staging, and for
        # those of a running translation that storage copies in a moment.
        is_running, results = done.written.state is State.RUNNING, finished.results
        if not all(result.staged or (is_running and result.copied) for result in results):
            await done.opened.save()
        await self._deliver(done, finished)

    async def resume(self, done: OpenTranslation) -> None:
        """Take up a delivery that somebody began."""
        if done.is_held:
            return
        await done.opened.confirm()
        provider = self._context.provider(done)
        scratch = self._context.scratch(done.job, done.target, provider.name)
        outcome = await ask(provider, done.work, scratch, done.job.name)
        match outcome:
            case Finished():
                done.record(lambda t: t.calm(), State.DELIVERING)
                await self._deliver(done, outcome)
            case Failed(error=error):
                self._lose_results(done, error)
            case Troubled(error=error) if is_lost(done, outcome):
                self._lose_results(done, error)
            case _ if done.is_late:
                done.fail(done.now.problem or problems.late(done.job))

    def _lose_results(self, done: OpenTranslation, error: ProviderError) -> None:
        """The results are no more at the service."""
        now, problem = self._now(), Problem.of(error)
        done.record(lambda t: t.lose_results(now, problem), State.DELIVERING)

    async def _deliver(self, done: OpenTranslation, finished: Finished) -> None:
        if done.now.state is not State.DELIVERING:
            return
        if not (done.opened.may_go_on() or all(result.staged or result.copied for result in finished.results)):
            done.opened.is_interrupted = True
            return
        telemetry.label(operation="deliver")
        try:
            delivered = await self._publish(done, finished)
        except BabeldropError as error:
            self._not_delivered(done, error)
            return
        if delivered is None:
            now = self._now()
            done.record(lambda t: t.to(State.SUPERSEDED, now), State.DELIVERING)
        elif delivered.coming:
            await self._still_coming(done)
        else:
            self._delivered(done, finished, delivered)

    async def _publish(self, done: OpenTranslation, finished: Finished) -> Delivered | None:
        """Put the results into the outbox; None where newer content has taken the place of the file."""
        if await self._is_replaced(done.job):
            return None
        if done.job.replaces:
            # Written before a result is replaced: whoever waits for the receipt sees that the old one holds no longer.
            await self._context.receipts.announce(done.job, done.now)
        return await self._context.publisher.deliver(done.job, done.now, finished, done.opened.may_go_on)

    async def _still_coming(self, done: OpenTranslation) -> None:
        """Tell of a long way home, once; end one that outlasts the deadline."""
        if done.is_late:
            done.fail(Problem.of(ResultUnavailable("the results have not all come home in time")))
        elif self._now() - done.now.since >= LONG_WAY and SLOW_WAY not in done.now.delivery_warnings:
            done.record(lambda t: t.warn_of_delivery(SLOW_WAY), State.DELIVERING)
            await self._context.receipts.announce(done.job, done.now)

    def _delivered(self, done: OpenTranslation, finished: Finished, delivered: Delivered) -> None:
        if delivered.missing and done.now.tries + 1 < SIDE_FILE_TRIES:
            self._later(done, ResultUnavailable(delivered.missing[0]), 2.0)
            return
        warnings = tuple(dict.fromkeys((*finished.warnings, *delivered.missing)))
        found, now = {"outputs": delivered.outputs, "delivery_warnings": warnings}, self._now()
        done.record(lambda t: t.to(State.SUCCEEDED, now, **found), State.DELIVERING)

    def _not_delivered(self, done: OpenTranslation, error: BabeldropError) -> None:
        log.warning("%s: %s was not delivered: %s", done.job.name, done.target, error.reason)
        wait = wait_before(error, done.now.tries + 1)
        if wait is None or done.is_late:
            done.fail(Problem.of(error))
        else:
            self._later(done, error, wait)

    def _later(self, done: OpenTranslation, error: BabeldropError, seconds: float) -> None:
        until, problem = done.next_try(seconds), Problem.of(error)
        done.record(lambda t: t.postpone(until, problem), State.DELIVERING)

    async def _is_replaced(self, job: Job) -> bool:
        """Whether the file was replaced by other content. Results of a deleted file are paid for, and delivered."""
        return await has_content(self._context.inbox, job.name, job.etag, job.version) is False
