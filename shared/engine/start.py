"""The states `queued` and `starting`: a paid step is written down, then taken, and never taken blindly again."""

import logging
from datetime import datetime, timedelta

from shared import telemetry
from shared.engine.context import Context
from shared.engine.deliver import Deliverer
from shared.engine.retry import wait_before
from shared.engine.routing import choose, has_others
from shared.engine.source import DroppedFile
from shared.errors import AnswerLost, ProviderError
from shared.jobs import problems
from shared.jobs.job import Job, Problem, State, Step, Translation
from shared.jobs.open_job import OpenJob
from shared.jobs.quotas import Hold
from shared.providers.base import Finished, Found, Operation, Provider, Task

log = logging.getLogger(__name__)


class Starter:
    """Each method says whether to go on with the job: False means that it is somebody else's now."""

    def __init__(self, context: Context, deliverer: Deliverer) -> None:
        self._context, self._deliverer = context, deliverer
        self._now = context.clock

    async def queued(self, opened: OpenJob, target: str) -> bool:
        """Start a queued translation, if nothing holds it."""
        translation = opened.job.translation(target)
        if translation.not_before and self._now() < translation.not_before:
            return True
        if opened.job.is_late(target, self._now()):
            opened.fail(target, self._now(), translation.problem or problems.late(opened.job))
            return True
        provider = self._choose(opened, target)
        if provider is None:
            return True
        held = await self._context.limits.hold(provider.name)
        if held is None:
            return await self.take(opened, target, provider, translation.step)
        self._hold(opened, target, held)
        return True

    async def lost(self, opened: OpenJob, target: str) -> bool:
        """A start that nobody knows the end of: ask the provider, once the one who claimed it must have given up."""
        translation = opened.job.translation(target)
        if self._now() - translation.since <= self._context.start_window:
            return True
        if not await opened.is_ours():
            return False
        provider = self._context.providers[str(translation.provider)]
        found = await self._find(opened.job, translation, provider)
        if found is Found.NOTHING:
            return await self.take(opened, target, provider, translation.step)
        if isinstance(found, dict):
            self._started(opened, target, found)
        else:
            self._unknown(opened, target, provider)
        return True

    async def take(self, opened: OpenJob, target: str, provider: Provider, step: Step) -> bool:
        """Write down that the paid step is about to be taken, then take it."""
        task = self._task(opened.job, target, provider, step)
        telemetry.label(provider=provider.name, operation="start")
        claimed = self._now()
        if not await opened.claim(target, lambda t: t.begin(provider.name, step, claimed)):
            return False
        if not await opened.is_ours():
            return False
        if self._now() - claimed > self._context.start_window:
            self._withdraw(opened, target, claimed)
            return True
        try:
            started = await provider.start(task)
        except ProviderError as error:
            return await self._not_started(opened, target, error)
        if isinstance(started, Finished):
            return await self._deliverer.finished(opened, target, started)
        self._started(opened, target, started)
        return True

    def _withdraw(self, opened: OpenJob, target: str, claimed: datetime) -> None:
        """Back to the queue, for this claim came too late to be used; another's, made since, is left alone."""
        now = self._now()
        opened.record(target, lambda t: t.to(State.QUEUED, now) if t.since == claimed else t, State.STARTING)

    async def give_up(self, opened: OpenJob, target: str, error: ProviderError) -> bool:
        """Go to the next provider of the route where it may do better, else fail."""
        if await self._context.inbox.head(opened.job.name) is None:
            opened.fail(target, self._now(), problems.deleted(error.reason))
            return True
        translation, now, problem = opened.job.translation(target), self._now(), Problem.of(error)
        if not (error.elsewhere and translation.provider and has_others(opened.job, translation)):
            opened.fail(target, now, problem)
            return True
        passed = translation.passed_over | {translation.provider: problem}
        opened.record(target, lambda t: t if t.has_ended else t.reroute(now, passed))
        return await self.queued(opened, target)

    def _choose(self, opened: OpenJob, target: str) -> Provider | None:
        job, media = opened.job, DroppedFile(self._context.inbox, opened.job, self._now())
        provider, passed = choose(self._context.providers, job, job.translation(target), media)
        opened.record(target, lambda t: t.model_copy(update={"passed_over": passed}), State.QUEUED)
        if provider is None:
            opened.fail(target, self._now(), problems.nobody(job, passed))
        return provider

    def _hold(self, opened: OpenJob, target: str, held: Hold) -> None:
        translation, now = opened.job.translation(target), self._now()
        if (translation.problem, translation.not_before) != (held.problem, held.until):
            opened.record(target, lambda t: t.hold(now, held.until, held.problem, t.tries), State.QUEUED)

    def _started(self, opened: OpenJob, target: str, operation: Operation) -> None:
        # Should the record not be written now, this line is all that tells what was paid for.
        log.info("%s: %s is started as %s", opened.job.name, target, operation)
        opened.record(target, lambda t: t.to(State.RUNNING, self._now(), operation=operation), State.STARTING)

    def _task(self, job: Job, target: str, provider: Provider, step: Step) -> Task:
        work_id = job.work_id(target)
        return Task(
            id=work_id,
            target=target,
            step=step,
            media=DroppedFile(self._context.inbox, job, self._now()),
            source=job.brief.get("source"),
            options=job.brief["options"].get(provider.name, {}),
            callback_url=self._context.callbacks.url(provider.name, work_id),
        )

    async def _not_started(self, opened: OpenJob, target: str, error: ProviderError) -> bool:
        log.warning("%s: %s was not started: %s", opened.job.name, target, error.reason)
        problem, now = Problem.of(error), self._now()
        if isinstance(error, AnswerLost):
            opened.record(target, lambda t: t.model_copy(update={"problem": problem}), State.STARTING)
            return True
        tries = opened.job.translation(target).tries + 1
        wait = wait_before(error, tries)
        if wait is None:
            return await self.give_up(opened, target, error)
        until = opened.job.next_try(target, now + timedelta(seconds=wait))
        opened.record(target, lambda t: t.hold(now, until, problem, tries), State.STARTING)
        return True

    async def _find(self, job: Job, translation: Translation, provider: Provider) -> Operation | Found:
        telemetry.label(operation="find")
        try:
            return await provider.find(job.work(translation.target))
        except ProviderError as error:
            log.warning("%s: was %s started? Unknown: %s", job.name, translation.target, error.reason)
            return Found.UNKNOWN

    def _unknown(self, opened: OpenJob, target: str, provider: Provider) -> None:
        problem = Problem.of(AnswerLost(f"whether {provider.name} has started the translation is not known"))
        if opened.job.is_late(target, self._now()):
            opened.fail(target, self._now(), problem)
        elif opened.job.translation(target).problem is None:
            opened.record(target, lambda t: t.model_copy(update={"problem": problem}), State.STARTING)
