"""The states `queued` and `starting`: a paid step is written down, then taken, and never taken blindly again."""

import logging
from datetime import datetime, timedelta

from shared import problems, telemetry
from shared.delivering import Delivering
from shared.draft import Draft
from shared.errors import AnswerLost, ProviderError
from shared.job import Job, Problem, State, Step, Translation
from shared.limits import Hold
from shared.parts import Parts
from shared.providers.base import Finished, Found, Operation, Provider, Task
from shared.retry import wait_before
from shared.route import choose, has_others
from shared.source import DroppedFile

log = logging.getLogger(__name__)


class Starting:
    """Each method says whether to go on with the job: False means that it is somebody else's now."""

    def __init__(self, parts: Parts, delivering: Delivering) -> None:
        self._parts, self._delivering = parts, delivering
        self._now = parts.clock

    async def queued(self, draft: Draft, target: str) -> bool:
        """Start a queued translation, if nothing holds it."""
        translation = draft.job.translation(target)
        if translation.not_before and self._now() < translation.not_before:
            return True
        if draft.job.is_late(target, self._now()):
            draft.fail(target, self._now(), translation.problem or problems.late(draft.job))
            return True
        provider = self._choose(draft, target)
        if provider is None:
            return True
        held = await self._parts.limits.hold(provider.name)
        if held is None:
            return await self.take(draft, target, provider, translation.step)
        self._hold(draft, target, held)
        return True

    async def lost(self, draft: Draft, target: str) -> bool:
        """A start that nobody knows the end of: ask the provider, once the one who claimed it must have given up."""
        translation = draft.job.translation(target)
        if self._now() - translation.since <= self._parts.start_window:
            return True
        if not await draft.is_ours():
            return False
        provider = self._parts.providers[str(translation.provider)]
        found = await self._find(draft.job, translation, provider)
        if found is Found.NOTHING:
            return await self.take(draft, target, provider, translation.step)
        if isinstance(found, dict):
            self._started(draft, target, found)
        else:
            self._unknown(draft, target, provider)
        return True

    async def take(self, draft: Draft, target: str, provider: Provider, step: Step) -> bool:
        """Write down that the paid step is about to be taken, then take it."""
        task = self._task(draft.job, target, provider, step)
        telemetry.label(provider=provider.name, operation="start")
        claimed = self._now()
        if not await draft.claim(target, lambda t: t.begin(provider.name, step, claimed)):
            return False
        if not await draft.is_ours():
            return False
        if self._now() - claimed > self._parts.start_window:
            self._withdraw(draft, target, claimed)
            return True
        try:
            started = await provider.start(task)
        except ProviderError as error:
            return await self._not_started(draft, target, error)
        if isinstance(started, Finished):
            return await self._delivering.finished(draft, target, started)
        self._started(draft, target, started)
        return True

    def _withdraw(self, draft: Draft, target: str, claimed: datetime) -> None:
        """Back to the queue, for this claim came too late to be used; another's, made since, is left alone."""
        now = self._now()
        draft.record(target, lambda t: t.to(State.QUEUED, now) if t.since == claimed else t, State.STARTING)

    async def give_up(self, draft: Draft, target: str, error: ProviderError) -> bool:
        """Go to the next provider of the route where it may do better, else fail."""
        if await self._parts.inbox.head(draft.job.name) is None:
            draft.fail(target, self._now(), problems.deleted(error.message))
            return True
        translation, now, problem = draft.job.translation(target), self._now(), Problem.of(error)
        if not (error.elsewhere and translation.provider and has_others(draft.job, translation)):
            draft.fail(target, now, problem)
            return True
        passed = translation.passed_over | {translation.provider: problem}
        draft.record(target, lambda t: t if t.has_ended else t.reroute(now, passed))
        return await self.queued(draft, target)

    def _choose(self, draft: Draft, target: str) -> Provider | None:
        job, media = draft.job, DroppedFile(self._parts.inbox, draft.job, self._now())
        provider, passed = choose(self._parts.providers, job, job.translation(target), media)
        draft.record(target, lambda t: t.model_copy(update={"passed_over": passed}), State.QUEUED)
        if provider is None:
            draft.fail(target, self._now(), problems.nobody(job, passed))
        return provider

    def _hold(self, draft: Draft, target: str, held: Hold) -> None:
        translation, now = draft.job.translation(target), self._now()
        if (translation.problem, translation.not_before) != (held.problem, held.until):
            draft.record(target, lambda t: t.hold(now, held.until, held.problem, t.tries), State.QUEUED)

    def _started(self, draft: Draft, target: str, operation: Operation) -> None:
        # Should the record not be written now, this line is all that tells what was paid for.
        log.info("%s: %s is started as %s", draft.job.name, target, operation)
        draft.record(target, lambda t: t.to(State.RUNNING, self._now(), operation=operation), State.STARTING)

    def _task(self, job: Job, target: str, provider: Provider, step: Step) -> Task:
        work_id = job.work_id(target)
        return Task(
            id=work_id,
            target=target,
            step=step,
            media=DroppedFile(self._parts.inbox, job, self._now()),
            source=job.brief.get("source"),
            options=job.brief["options"].get(provider.name, {}),
            callback_url=self._parts.callbacks.url(provider.name, work_id),
        )

    async def _not_started(self, draft: Draft, target: str, error: ProviderError) -> bool:
        log.warning("%s: %s was not started: %s", draft.job.name, target, error.message)
        problem, now = Problem.of(error), self._now()
        if isinstance(error, AnswerLost):
            draft.record(target, lambda t: t.model_copy(update={"problem": problem}), State.STARTING)
            return True
        tries = draft.job.translation(target).tries + 1
        wait = wait_before(error, tries)
        if wait is None:
            return await self.give_up(draft, target, error)
        until = draft.job.next_try(target, now + timedelta(seconds=wait))
        draft.record(target, lambda t: t.hold(now, until, problem, tries), State.STARTING)
        return True

    async def _find(self, job: Job, translation: Translation, provider: Provider) -> Operation | Found:
        telemetry.label(operation="find")
        try:
            return await provider.find(job.work(translation.target))
        except ProviderError as error:
            log.warning("%s: was %s started? Unknown: %s", job.name, translation.target, error.message)
            return Found.UNKNOWN

    def _unknown(self, draft: Draft, target: str, provider: Provider) -> None:
        problem = Problem.of(AnswerLost(f"whether {provider.name} has started the translation is not known"))
        if draft.job.is_late(target, self._now()):
            draft.fail(target, self._now(), problem)
        elif draft.job.translation(target).problem is None:
            draft.record(target, lambda t: t.model_copy(update={"problem": problem}), State.STARTING)
