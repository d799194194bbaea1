"""Moves a job as far as it goes now. Every trigger ends here, and may come twice, late, out of order or never."""

import logging
from collections.abc import Mapping

from shared import telemetry
from shared.engine.ask import check
from shared.engine.context import Context
from shared.engine.deliver import Deliverer
from shared.engine.start import Starter
from shared.errors import BabeldropError, ProviderError, RecordChanged
from shared.jobs import problems
from shared.jobs.job import Job, Problem, State, Translation
from shared.jobs.open_job import OpenJob
from shared.providers.base import Failed, Finished, Next, Outcome
from shared.redaction import redacted

log = logging.getLogger(__name__)
Answers = Mapping[str, Outcome]


class Engine:
    """The story of a job: takes each translation as far as its state goes, writes, tells, closes."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._now = context.clock
        self._deliverer = Deliverer(context)
        self._starter = Starter(context, self._deliverer)

    async def advance(self, opened: OpenJob, answers: Answers | None = None) -> None:
        """Move every translation of the job; `answers` are what providers have just said about running ones."""
        before = None if opened.is_new else opened.entry.job
        with telemetry.moving("advance", opened.job):
            for translation in opened.job.translations:
                if not translation.has_ended and not await self._try(opened, translation.target, answers or {}):
                    await self._leave(opened, before)
                    return
            await self._settle(opened, before)

    async def stop(self, opened: OpenJob, state: State, problem: Problem | None = None) -> None:
        """End every translation that has not ended, as canceled or superseded, and at the provider where it can be.

        RecordChanged where somebody moved the job meanwhile: whether it is still to be stopped must be asked again.
        """
        before, now = opened.job, self._now()
        stopped = [translation for translation in before.translations if not translation.has_ended]
        with telemetry.moving("stop", before):
            for translation in stopped:
                opened.record(translation.target, lambda t: t.to(state, now, problem=problem))
            await opened.insist()
            for translation in stopped:
                await self._cancel_outside(before, translation)
            await self._settle(opened, before)

    async def _try(self, opened: OpenJob, target: str, answers: Answers) -> bool:
        """Move one; what goes wrong with it disturbs no other, and loses nothing that others have been answered."""
        with telemetry.labelled(provider=opened.job.translation(target).provider or ""):
            try:
                return await self._move(opened, target, answers)
            except RecordChanged:
                raise
            except BabeldropError as error:
                log.warning("%s: %s could not be moved: %s", opened.job.name, target, error.reason)
            except Exception:
                log.exception("%s: %s could not be moved", opened.job.name, target)
            return True

    async def _move(self, opened: OpenJob, target: str, answers: Answers) -> bool:
        """False where the job turns out to be somebody else's."""
        match opened.job.translation(target).state:
            case State.QUEUED:
                return await self._starter.queued(opened, target)
            case State.STARTING:
                return await self._starter.lost(opened, target)
            case State.RUNNING:
                return await self._running(opened, target, answers.get(target))
        return await self._deliverer.resume(opened, target)

    async def _running(self, opened: OpenJob, target: str, answer: Outcome | None) -> bool:
        job, provider = opened.job, str(opened.job.translation(target).provider)
        outcome = answer or await check(self._context.providers, job.name, provider, job.work(target))
        match outcome:
            case Next(step=step):
                return await self._starter.take(opened, target, self._context.providers[provider], step)
            case Finished():
                return await self._deliverer.finished(opened, target, outcome)
            case Failed(error=error, answer=said):
                opened.record(target, lambda t: t.model_copy(update={"answer": redacted(said)}), State.RUNNING)
                return await self._starter.give_up(opened, target, error)
        if job.is_late(target, self._now()):
            opened.fail(target, self._now(), problems.late(job))
        return True

    async def _cancel_outside(self, job: Job, translation: Translation) -> None:
        if translation.provider is None or translation.operation is None:
            return
        telemetry.label(provider=translation.provider, operation="cancel")
        try:
            await self._context.providers[translation.provider].cancel(job.work(translation.target))
        except ProviderError as error:
            log.warning("%s: %s could not be canceled: %s", job.name, translation.target, error.reason)

    async def _settle(self, opened: OpenJob, before: Job | None) -> None:
        """Write what changed, and tell people; close the job where all has ended."""
        if opened.job.has_ended:
            await self._close(opened, await self._context.ledger.end(opened.job))
            return
        await self._announce(opened.job, before)
        await opened.save()
        if before is None or before.story != opened.job.story:
            await self._tell(opened.job)

    async def _leave(self, opened: OpenJob, before: Job | None) -> None:
        """The job is somebody else's, or its open record a leftover of one that has ended."""
        if opened.ended is not None:
            await self._close(opened, opened.ended)
        else:
            await self._announce(opened.job, before)

    async def _close(self, opened: OpenJob, job: Job) -> None:
        """Say what `done` says, whoever wrote it, then delete the open record; until then all this can be repeated."""
        await self._announce(job, None)
        await self._tell(job)
        await self._context.ledger.drop_open(opened.entry)
        await self._forget(job)

    async def _announce(self, job: Job, before: Job | None) -> None:
        """Write the receipts of translations that had not ended before."""
        told = [translation.target for translation in before.translations if translation.has_ended] if before else []
        for translation in job.translations:
            if translation.has_ended and translation.target not in told and translation.state != State.SUPERSEDED:
                await self._context.receipts.announce(job, translation)

    async def _tell(self, job: Job) -> None:
        states = ", ".join(f"{translation.target} {translation.state}" for translation in job.translations)
        log.info("%s is %s: %s", job.name, job.state, states or "no translation")
        if not job.is_superseded:
            await self._context.receipts.tell(job)

    async def _forget(self, job: Job) -> None:
        """Have providers delete what was delivered; what cannot be deleted now stays until the provider drops it."""
        if not self._context.forgets:
            return
        for translation in job.translations:
            if translation.state is State.SUCCEEDED:
                telemetry.label(provider=str(translation.provider), operation="forget")
                try:
                    await self._context.providers[str(translation.provider)].forget(job.work(translation.target))
                except ProviderError as error:
                    log.warning("%s: %s keeps its copy: %s", job.name, translation.provider, error.reason)
