"""The state `delivering`: the provider is done, and its results are brought home. Doing it again does no harm."""

import logging
from datetime import timedelta

from shared import problems, telemetry
from shared.check import check
from shared.delivery import Delivered
from shared.draft import Draft
from shared.errors import BabeldropError, ResultUnavailable
from shared.job import Job, Problem, State
from shared.parts import Parts
from shared.providers.base import Failed, Finished
from shared.redaction import redacted
from shared.retry import wait_before

log = logging.getLogger(__name__)
SIDE_FILE_TRIES = 3


class Delivering:
    """Each method says whether to go on with the job: False means that it is somebody else's now."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._now = parts.clock

    async def finished(self, draft: Draft, target: str, finished: Finished) -> bool:
        """The provider has just finished: deliver."""
        now, answer, before = self._now(), redacted(finished.answer), draft.job.translation(target).state
        move = (State.STARTING, State.RUNNING)
        draft.record(target, lambda t: t.to(State.DELIVERING, now, answer=answer), *move)
        # Who asks again hears the same of a running translation. What storage copies is there in a moment, too.
        if before is State.STARTING or not all(result.copied for result in finished.results):
            await draft.save()
        return await self._deliver(draft, target, finished)

    async def resume(self, draft: Draft, target: str) -> bool:
        """Take up a delivery that somebody began."""
        job, translation = draft.job, draft.job.translation(target)
        if translation.not_before and self._now() < translation.not_before:
            return True
        if not await draft.is_ours():
            return False
        outcome = await check(self._parts.providers, job.name, str(translation.provider), job.work(target))
        if isinstance(outcome, Finished):
            return await self._deliver(draft, target, outcome)
        if isinstance(outcome, Failed):
            problem = Problem.of(outcome.error)
            draft.record(target, lambda t: t.lose(self._now(), problem), State.DELIVERING)
        elif job.is_late(target, self._now()):
            draft.fail(target, self._now(), problems.late(job))
        return True

    async def _deliver(self, draft: Draft, target: str, finished: Finished) -> bool:
        job, translation = draft.job, draft.job.translation(target)
        if translation.state is not State.DELIVERING:
            return True
        telemetry.label(operation="deliver")
        if await self._is_replaced(job):
            draft.record(target, lambda t: t.to(State.SUPERSEDED, self._now()), State.DELIVERING)
            return True
        try:
            if job.replaces:
                await self._parts.receipts.announce(job, translation)
            delivered = await self._parts.delivery.deliver(job, translation, finished)
        except BabeldropError as error:
            self._not_delivered(draft, target, error)
            return True
        if not delivered.copying:
            self._delivered(draft, target, finished, delivered)
        return True

    def _delivered(self, draft: Draft, target: str, finished: Finished, delivered: Delivered) -> None:
        if delivered.missing and draft.job.translation(target).tries + 1 < SIDE_FILE_TRIES:
            self._later(draft, target, ResultUnavailable(delivered.missing[0]), 2.0)
            return
        found = {
            "outputs": delivered.outputs,
            "warnings": (*finished.warnings, *delivered.missing),
            "units": dict(finished.units),
        }
        now = self._now()
        translation = draft.record(target, lambda t: t.to(State.SUCCEEDED, now, **found), State.DELIVERING)
        telemetry.charge(str(translation.provider), finished.units)

    def _not_delivered(self, draft: Draft, target: str, error: BabeldropError) -> None:
        log.warning("%s: %s was not delivered: %s", draft.job.name, target, error.message)
        wait = wait_before(error, draft.job.translation(target).tries + 1)
        if wait is None or draft.job.is_late(target, self._now()):
            draft.fail(target, self._now(), Problem.of(error))
        else:
            self._later(draft, target, error, wait)

    def _later(self, draft: Draft, target: str, error: BabeldropError, seconds: float) -> None:
        until = draft.job.next_try(target, self._now() + timedelta(seconds=seconds))
        problem = Problem.of(error)
        draft.record(target, lambda t: t.postpone(until, problem), State.DELIVERING)

    async def _is_replaced(self, job: Job) -> bool:
        """Whether the inbox has another content by now. A deleted file keeps its claim on what was paid for."""
        facts = await self._parts.inbox.head(job.name)
        return facts is not None and facts.version != job.version
