"""The state `delivering`: the provider is done, and its results are brought home. Doing it again does no harm."""

import logging
from datetime import timedelta

from shared import telemetry
from shared.engine.ask import check
from shared.engine.context import Context
from shared.engine.retry import wait_before
from shared.errors import BabeldropError, ResultUnavailable
from shared.jobs import problems
from shared.jobs.job import Job, Problem, State
from shared.jobs.open_job import OpenJob
from shared.outbox.publish import Delivered
from shared.providers.base import Failed, Finished
from shared.redaction import redacted

log = logging.getLogger(__name__)
SIDE_FILE_TRIES = 3


class Deliverer:
    """Each method says whether to go on with the job: False means that it is somebody else's now."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._now = context.clock

    async def finished(self, opened: OpenJob, target: str, finished: Finished) -> bool:
        """The provider has just finished: deliver."""
        now, answer, before = self._now(), redacted(finished.answer), opened.job.translation(target).state
        move = (State.STARTING, State.RUNNING)
        opened.record(target, lambda t: t.to(State.DELIVERING, now, answer=answer), *move)
        # Who asks again hears the same of a running translation. What storage copies is there in a moment, too.
        if before is State.STARTING or not all(result.copied for result in finished.results):
            await opened.save()
        return await self._deliver(opened, target, finished)

    async def resume(self, opened: OpenJob, target: str) -> bool:
        """Take up a delivery that somebody began."""
        job, translation = opened.job, opened.job.translation(target)
        if translation.not_before and self._now() < translation.not_before:
            return True
        if not await opened.is_ours():
            return False
        outcome = await check(self._context.providers, job.name, str(translation.provider), job.work(target))
        if isinstance(outcome, Finished):
            return await self._deliver(opened, target, outcome)
        if isinstance(outcome, Failed):
            problem = Problem.of(outcome.error)
            opened.record(target, lambda t: t.lose(self._now(), problem), State.DELIVERING)
        elif job.is_late(target, self._now()):
            opened.fail(target, self._now(), problems.late(job))
        return True

    async def _deliver(self, opened: OpenJob, target: str, finished: Finished) -> bool:
        job, translation = opened.job, opened.job.translation(target)
        if translation.state is not State.DELIVERING:
            return True
        telemetry.label(operation="deliver")
        if await self._is_replaced(job):
            opened.record(target, lambda t: t.to(State.SUPERSEDED, self._now()), State.DELIVERING)
            return True
        try:
            if job.replaces:
                await self._context.receipts.announce(job, translation)
            delivered = await self._context.delivery.deliver(job, translation, finished)
        except BabeldropError as error:
            self._not_delivered(opened, target, error)
            return True
        if not delivered.copying:
            self._delivered(opened, target, finished, delivered)
        return True

    def _delivered(self, opened: OpenJob, target: str, finished: Finished, delivered: Delivered) -> None:
        if delivered.missing and opened.job.translation(target).tries + 1 < SIDE_FILE_TRIES:
            self._later(opened, target, ResultUnavailable(delivered.missing[0]), 2.0)
            return
        found = {
            "outputs": delivered.outputs,
            "warnings": (*finished.warnings, *delivered.missing),
            "units": dict(finished.units),
        }
        now = self._now()
        translation = opened.record(target, lambda t: t.to(State.SUCCEEDED, now, **found), State.DELIVERING)
        telemetry.charge(str(translation.provider), finished.units)

    def _not_delivered(self, opened: OpenJob, target: str, error: BabeldropError) -> None:
        log.warning("%s: %s was not delivered: %s", opened.job.name, target, error.reason)
        wait = wait_before(error, opened.job.translation(target).tries + 1)
        if wait is None or opened.job.is_late(target, self._now()):
            opened.fail(target, self._now(), Problem.of(error))
        else:
            self._later(opened, target, error, wait)

    def _later(self, opened: OpenJob, target: str, error: BabeldropError, seconds: float) -> None:
        until = opened.job.next_try(target, self._now() + timedelta(seconds=seconds))
        problem = Problem.of(error)
        opened.record(target, lambda t: t.postpone(until, problem), State.DELIVERING)

    async def _is_replaced(self, job: Job) -> bool:
        """Whether the inbox has another content by now. A deleted file keeps its claim on what was paid for."""
        facts = await self._context.inbox.head(job.name)
        return facts is not None and facts.version != job.version
