"""Moves a job as far as it goes now. Every trigger ends here, and may come twice, late, out of order or never."""

import logging
from collections.abc import Mapping

from shared import problems, telemetry
from shared.check import check
from shared.delivering import Delivering
from shared.draft import Draft
from shared.errors import BabeldropError, ProviderError, RecordChanged
from shared.job import Job, Problem, State, Translation
from shared.parts import Parts
from shared.providers.base import Failed, Finished, Next, Outcome
from shared.redaction import redacted
from shared.starting import Starting

log = logging.getLogger(__name__)
Answers = Mapping[str, Outcome]


class Engine:
    """The story of a job: takes each translation as far as its state goes, writes, tells, closes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._now = parts.clock
        self._delivering = Delivering(parts)
        self._starting = Starting(parts, self._delivering)

    async def advance(self, draft: Draft, answers: Answers | None = None) -> None:
        """Move every translation of the job; `answers` are what providers have just said about running ones."""
        before = None if draft.is_new else draft.entry.job
        with telemetry.moving("advance", draft.job):
            for translation in draft.job.translations:
                if not translation.has_ended and not await self._try(draft, translation.target, answers or {}):
                    await self._leave(draft, before)
                    return
            await self._settle(draft, before)

    async def stop(self, draft: Draft, state: State, problem: Problem | None = None) -> None:
        """End every translation that has not ended, as canceled or superseded, and at the provider where it can be.

        RecordChanged where somebody moved the job meanwhile: whether it is still to be stopped must be asked again.
        """
        before, now = draft.job, self._now()
        stopped = [translation for translation in before.translations if not translation.has_ended]
        with telemetry.moving("stop", before):
            for translation in stopped:
                draft.record(translation.target, lambda t: t.to(state, now, problem=problem))
            await draft.insist()
            for translation in stopped:
                await self._cancel_outside(before, translation)
            await self._settle(draft, before)

    async def _try(self, draft: Draft, target: str, answers: Answers) -> bool:
        """Move one; what goes wrong with it disturbs no other, and loses nothing that others have been answered."""
        with telemetry.labelled(provider=draft.job.translation(target).provider or ""):
            try:
                return await self._move(draft, target, answers)
            except RecordChanged:
                raise
            except BabeldropError as error:
                log.warning("%s: %s could not be moved: %s", draft.job.name, target, error.message)
            except Exception:
                log.exception("%s: %s could not be moved", draft.job.name, target)
            return True

    async def _move(self, draft: Draft, target: str, answers: Answers) -> bool:
        """False where the job turns out to be somebody else's."""
        match draft.job.translation(target).state:
            case State.QUEUED:
                return await self._starting.queued(draft, target)
            case State.STARTING:
                return await self._starting.lost(draft, target)
            case State.RUNNING:
                return await self._running(draft, target, answers.get(target))
        return await self._delivering.resume(draft, target)

    async def _running(self, draft: Draft, target: str, answer: Outcome | None) -> bool:
        job, provider = draft.job, str(draft.job.translation(target).provider)
        outcome = answer or await check(self._parts.providers, job.name, provider, job.work(target))
        match outcome:
            case Next(step=step):
                return await self._starting.take(draft, target, self._parts.providers[provider], step)
            case Finished():
                return await self._delivering.finished(draft, target, outcome)
            case Failed(error=error, answer=said):
                draft.record(target, lambda t: t.model_copy(update={"answer": redacted(said)}), State.RUNNING)
                return await self._starting.give_up(draft, target, error)
        if job.is_late(target, self._now()):
            draft.fail(target, self._now(), problems.late(job))
        return True

    async def _cancel_outside(self, job: Job, translation: Translation) -> None:
        if translation.provider is None or translation.operation is None:
            return
        telemetry.label(provider=translation.provider, operation="cancel")
        try:
            await self._parts.providers[translation.provider].cancel(job.work(translation.target))
        except ProviderError as error:
            log.warning("%s: %s could not be canceled: %s", job.name, translation.target, error.message)

    async def _settle(self, draft: Draft, before: Job | None) -> None:
        """Write what changed, and tell people; close the job where all has ended."""
        if draft.job.has_ended:
            await self._close(draft, await self._parts.ledger.end(draft.job))
            return
        await self._announce(draft.job, before)
        await draft.save()
        if before is None or before.story != draft.job.story:
            await self._tell(draft.job)

    async def _leave(self, draft: Draft, before: Job | None) -> None:
        """The job is somebody else's, or its open record a leftover of one that has ended."""
        if draft.ended is not None:
            await self._close(draft, draft.ended)
        else:
            await self._announce(draft.job, before)

    async def _close(self, draft: Draft, job: Job) -> None:
        """Say what `done` says, whoever wrote it, then delete the open record; until then all this can be repeated."""
        await self._announce(job, None)
        await self._tell(job)
        await self._parts.ledger.drop_open(draft.entry)
        await self._forget(job)

    async def _announce(self, job: Job, before: Job | None) -> None:
        """Write the receipts of translations that had not ended before."""
        told = [translation.target for translation in before.translations if translation.has_ended] if before else []
        for translation in job.translations:
            if translation.has_ended and translation.target not in told and translation.state != State.SUPERSEDED:
                await self._parts.receipts.announce(job, translation)

    async def _tell(self, job: Job) -> None:
        states = ", ".join(f"{translation.target} {translation.state}" for translation in job.translations)
        log.info("%s is %s: %s", job.name, job.state, states or "no translation")
        if not job.is_superseded:
            await self._parts.receipts.tell(job)

    async def _forget(self, job: Job) -> None:
        """Have providers delete what was delivered; what cannot be deleted now stays until the provider drops it."""
        if not self._parts.forgets:
            return
        for translation in job.translations:
            if translation.state is State.SUCCEEDED:
                telemetry.label(provider=str(translation.provider), operation="forget")
                try:
                    await self._parts.providers[str(translation.provider)].forget(job.work(translation.target))
                except ProviderError as error:
                    log.warning("%s: %s keeps its copy: %s", job.name, translation.provider, error.message)
