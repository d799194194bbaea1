"""Moves a job as far as it goes now. Every trigger ends here, and may come twice, late, out of order or never."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.callbacks import Callbacks
from shared.delivery import Delivered, Delivery
from shared.draft import Draft, Move
from shared.errors import AnswerLost, BabeldropError, NotFound, ProviderError
from shared.http import redact, redacted
from shared.job import Job, Problem, State, Step, Translation
from shared.ledger import Ledger
from shared.limits import Limits
from shared.providers.base import Failed, Finished, Found, Next, Outcome, Provider, Running, Task, Work
from shared.retry import wait_before
from shared.source import DroppedFile
from shared.storage import Container

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Answers = Mapping[str, Outcome]
SIDE_FILE_TRIES = 3


@dataclass(frozen=True)
class Parts:
    """What the engine works with. `start_window` is how long a claimed start may still be taken."""

    ledger: Ledger
    providers: Mapping[str, Provider]
    inbox: Container
    delivery: Delivery
    callbacks: Callbacks
    limits: Limits
    clock: Clock
    start_window: timedelta = timedelta(seconds=30)


class Engine:
    """The story of a job.

    Each method takes one state of one translation as far as it goes, and says whether to go on with the job: False
    means that it is somebody else's now.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._now = parts.clock

    async def advance(self, draft: Draft, answers: Answers | None = None) -> None:
        """Move every translation of the job; `answers` are what providers have just said about running ones."""
        before = None if draft.is_new else draft.job
        for translation in draft.job.translations:
            if not translation.has_ended and not await self._move(draft, translation.target, answers or {}):
                return
        await self._settle(draft, before)

    async def stop(self, draft: Draft, state: State, problem: Problem | None = None) -> None:
        """End every translation that has not ended, as canceled or superseded, and at the provider where it can be."""
        before = draft.job
        for translation in draft.job.translations:
            if translation.has_ended:
                continue
            await self._cancel_outside(draft.job, translation)
            draft.record(translation.target, lambda t: t if t.has_ended else t.to(state, self._now(), problem=problem))
        await self._settle(draft, before)

    def work(self, job: Job, translation: Translation) -> Work:
        """What a provider knows the translation's present step by."""
        return Work(
            id=job.work_id(translation.target),
            target=translation.target,
            step=translation.step,
            operation=translation.operation or {},
        )

    async def _move(self, draft: Draft, target: str, answers: Answers) -> bool:
        match draft.job.translation(target).state:
            case State.QUEUED:
                return await self._queued(draft, target)
            case State.STARTING:
                return await self._starting(draft, target)
            case State.RUNNING:
                return await self._running(draft, target, answers.get(target))
        return await self._delivering(draft, target)

    async def _queued(self, draft: Draft, target: str) -> bool:
        translation = draft.job.translation(target)
        if translation.not_before and self._now() < translation.not_before:
            return True
        if self._too_late(draft.job):
            return self._fail(draft, target, translation.problem or _deadline(draft.job))
        provider = self._choose(draft, target)
        if provider is None:
            return True
        step = translation.step if translation.step.number else provider.first_step
        held = await self._parts.limits.hold(provider.name)
        if held is None:
            return await self._take(draft, target, provider, step)
        if translation.problem != held.problem or translation.not_before != held.until:
            draft.record(target, _if(State.QUEUED, lambda t: t.hold(self._now(), held.until, held.problem, t.tries)))
        return True

    def _choose(self, draft: Draft, target: str) -> Provider | None:
        """The provider that has begun the translation already, or the first of the route that accepts it."""
        job, translation = draft.job, draft.job.translation(target)
        if translation.step.number and translation.provider:
            return self._parts.providers[translation.provider]
        media, passed = DroppedFile(self._parts.inbox, job), dict(translation.passed_over)
        for name in job.brief["route"].get(job.kind, ()):
            if name in passed:
                continue
            reason = self._parts.providers[name].accepts(media, job.brief.get("source"), target)
            if reason is None:
                draft.record(target, lambda t: t.model_copy(update={"passed_over": passed}))
                return self._parts.providers[name]
            passed[name] = Problem(code="not-accepted", reason=f"{name}: {reason}", advice="Choose another route.")
        draft.record(target, lambda t: t.model_copy(update={"passed_over": passed}))
        self._fail(draft, target, _nobody(job, passed))
        return None

    async def _take(self, draft: Draft, target: str, provider: Provider, step: Step) -> bool:
        """Write down that the paid step is about to be taken, then take it."""
        claimed = self._now()
        if not await draft.claim(target, lambda t: t.begin(provider.name, step, claimed)):
            return False
        if not await self._confirm(draft):
            return False
        if self._now() - claimed > self._parts.start_window:
            return True
        task = await self._task(draft.job, draft.job.translation(target), provider)
        try:
            started = await provider.start(task)
        except ProviderError as error:
            return await self._not_started(draft, target, error)
        if isinstance(started, Finished):
            return await self._finished(draft, target, started)
        draft.record(target, _if(State.STARTING, lambda t: t.to(State.RUNNING, self._now(), operation=started)))
        return True

    async def _task(self, job: Job, translation: Translation, provider: Provider) -> Task:
        work = self.work(job, translation)
        return Task(
            id=work.id,
            target=work.target,
            step=work.step,
            media=DroppedFile(self._parts.inbox, job),
            source=job.brief.get("source"),
            options=job.brief["options"].get(provider.name, {}),
            callback_url=self._parts.callbacks.url(provider.name, work.id),
        )

    async def _not_started(self, draft: Draft, target: str, error: ProviderError) -> bool:
        log.warning("%s: %s was not started: %s", draft.job.name, target, redact(error.message))
        if isinstance(error, AnswerLost):
            draft.record(target, _if(State.STARTING, lambda t: t.model_copy(update={"problem": Problem.of(error)})))
            return True
        tries = draft.job.translation(target).tries + 1
        wait = wait_before(error, tries)
        if wait is None:
            return await self._give_up(draft, target, error)
        now = self._now()
        until = now + timedelta(seconds=wait)
        draft.record(target, _if(State.STARTING, lambda t: t.hold(now, until, Problem.of(error), tries)))
        return True

    async def _give_up(self, draft: Draft, target: str, error: ProviderError) -> bool:
        """Go to the next provider of the route where it may do better, else fail."""
        translation, now = draft.job.translation(target), self._now()
        others = set(draft.job.brief["route"].get(draft.job.kind, ())) - {
            *translation.passed_over,
            translation.provider,
        }
        if not (error.elsewhere and others and translation.provider):
            return self._fail(draft, target, Problem.of(error))
        passed = translation.passed_over | {translation.provider: Problem.of(error)}
        fresh = {"passed_over": passed, "step": Step(), "provider": None, "operation": None}
        draft.record(target, lambda t: t if t.has_ended else t.to(State.QUEUED, now, **fresh))
        return await self._queued(draft, target)

    async def _starting(self, draft: Draft, target: str) -> bool:
        """A start that nobody knows the end of: ask the provider, once the one who claimed it must have given up."""
        translation = draft.job.translation(target)
        if self._now() - translation.since <= self._parts.start_window:
            return True
        if not await self._confirm(draft):
            return False
        provider = self._parts.providers[str(translation.provider)]
        try:
            found = await provider.find(self.work(draft.job, translation))
        except ProviderError as error:
            log.warning("%s: whether %s was started is unknown yet: %s", draft.job.name, target, redact(error.message))
            found = Found.UNKNOWN
        if found is Found.NOTHING:
            return await self._take(draft, target, provider, translation.step)
        if isinstance(found, dict):
            draft.record(target, _if(State.STARTING, lambda t: t.to(State.RUNNING, self._now(), operation=found)))
            return True
        return self._unknown(draft, target, provider)

    def _unknown(self, draft: Draft, target: str, provider: Provider) -> bool:
        problem = Problem.of(AnswerLost(f"whether {provider.name} has started the translation is not known"))
        if self._too_late(draft.job):
            return self._fail(draft, target, problem)
        if draft.job.translation(target).problem is None:
            draft.record(target, _if(State.STARTING, lambda t: t.model_copy(update={"problem": problem})))
        return True

    async def _running(self, draft: Draft, target: str, answer: Outcome | None) -> bool:
        outcome = answer or await self._check(draft.job, draft.job.translation(target))
        match outcome:
            case Next(step=step):
                provider = self._parts.providers[str(draft.job.translation(target).provider)]
                return await self._take(draft, target, provider, step)
            case Finished():
                return await self._finished(draft, target, outcome)
            case Failed(error=error, answer=said):
                draft.record(target, lambda t: t.model_copy(update={"answer": redacted(said)}))
                return await self._give_up(draft, target, error)
        if self._too_late(draft.job):
            return self._fail(draft, target, _deadline(draft.job))
        return True

    async def check(self, job_name: str, provider: str, work: Work) -> Outcome:
        """Ask the provider; trouble on the way counts as still running, for it will be asked again."""
        try:
            return await self._parts.providers[provider].check(work)
        except NotFound as error:
            return Failed(error)
        except ProviderError as error:
            log.warning("%s: %s could not be asked about %s: %s", job_name, provider, work.id, redact(error.message))
            return Running()

    async def _check(self, job: Job, translation: Translation) -> Outcome:
        return await self.check(job.name, str(translation.provider), self.work(job, translation))

    async def _finished(self, draft: Draft, target: str, finished: Finished) -> bool:
        now, answer = self._now(), redacted(finished.answer)
        states = (State.STARTING, State.RUNNING)
        draft.record(target, _if(states, lambda t: t.to(State.DELIVERING, now, answer=answer)))
        await draft.save()
        return await self._deliver(draft, target, finished)

    async def _delivering(self, draft: Draft, target: str) -> bool:
        """Take up a delivery that somebody began."""
        translation = draft.job.translation(target)
        if translation.not_before and self._now() < translation.not_before:
            return True
        if not await self._confirm(draft):
            return False
        outcome = await self._check(draft.job, translation)
        if isinstance(outcome, Finished):
            return await self._deliver(draft, target, outcome)
        if isinstance(outcome, Failed):
            return self._fail(draft, target, Problem.of(outcome.error))
        return self._fail(draft, target, _deadline(draft.job)) if self._too_late(draft.job) else True

    async def _deliver(self, draft: Draft, target: str, finished: Finished) -> bool:
        job, translation = draft.job, draft.job.translation(target)
        if translation.state is not State.DELIVERING:
            return True
        if await self._is_replaced(job):
            draft.record(target, lambda t: t.to(State.SUPERSEDED, self._now()))
            return True
        try:
            if job.replaces:
                await self._parts.delivery.announce(job, translation)
            delivered = await self._parts.delivery.deliver(job, translation, finished)
        except BabeldropError as error:
            return self._not_delivered(draft, target, error)
        if delivered.copying:
            return True
        if delivered.missing and translation.tries + 1 < SIDE_FILE_TRIES:
            return self._later(draft, target, BabeldropError(delivered.missing[0]), 2.0)
        return await self._delivered(draft, target, finished, delivered)

    async def _delivered(self, draft: Draft, target: str, finished: Finished, delivered: Delivered) -> bool:
        warnings = (*finished.warnings, *delivered.missing)
        units, now = dict(finished.units), self._now()
        done = {"outputs": delivered.outputs, "warnings": warnings, "units": units}
        move = _if(State.DELIVERING, lambda t: t.to(State.SUCCEEDED, now, **done))
        await self._parts.delivery.announce(draft.job, draft.record(target, move))
        return True

    def _not_delivered(self, draft: Draft, target: str, error: BabeldropError) -> bool:
        log.warning("%s: %s was not delivered: %s", draft.job.name, target, redact(error.message))
        wait = wait_before(error, draft.job.translation(target).tries + 1)
        if wait is None or self._too_late(draft.job):
            return self._fail(draft, target, Problem.of(error))
        return self._later(draft, target, error, wait)

    def _later(self, draft: Draft, target: str, error: BabeldropError, wait: float) -> bool:
        until = self._now() + timedelta(seconds=wait)
        problem = Problem.of(error)
        draft.record(
            target,
            _if(
                State.DELIVERING,
                lambda t: t.model_copy(update={"not_before": until, "tries": t.tries + 1, "problem": problem}),
            ),
        )
        return True

    async def _is_replaced(self, job: Job) -> bool:
        """Whether the inbox has another content by now. A deleted file keeps its claim on what was paid for."""
        facts = await self._parts.inbox.head(job.name)
        return facts is not None and facts.version != job.version

    async def _confirm(self, draft: Draft) -> bool:
        """Before anything is paid for: nobody has ended this attempt already, or the open record is a leftover."""
        if not draft.confirmed and await self._parts.ledger.has_ended(draft.job):
            await self._parts.ledger.drop_open(draft.entry)
            return False
        draft.confirmed = True
        return True

    async def _cancel_outside(self, job: Job, translation: Translation) -> None:
        if translation.provider is None or translation.operation is None:
            return
        try:
            await self._parts.providers[translation.provider].cancel(self.work(job, translation))
        except ProviderError as error:
            log.warning("%s: %s could not be canceled: %s", job.name, translation.target, redact(error.message))

    async def _settle(self, draft: Draft, before: Job | None) -> None:
        """Write what changed, tell people, and close the job where all has ended."""
        for translation in draft.job.translations:
            if translation.state in (State.FAILED, State.CANCELED) and not _had_ended(before, translation.target):
                await self._parts.delivery.announce(draft.job, translation)
        if not draft.job.has_ended:
            await draft.save()
        if draft.job.state != State.SUPERSEDED and (before is None or _story(before) != _story(draft.job)):
            await self._parts.delivery.tell(draft.job)
        if draft.job.has_ended:
            await self._parts.ledger.close(draft.entry._replace(job=draft.job))

    def _fail(self, draft: Draft, target: str, problem: Problem) -> bool:
        draft.record(target, lambda t: t if t.has_ended else t.fail(self._now(), problem))
        return True

    def _too_late(self, job: Job) -> bool:
        return self._now() > job.deadline


def _if(states: State | tuple[State, ...], move: Move) -> Move:
    """The move, where the translation is still in one of these states."""
    expected = states if isinstance(states, tuple) else (states,)
    return lambda translation: move(translation) if translation.state in expected else translation


def _had_ended(job: Job | None, target: str) -> bool:
    return job is not None and any(t.has_ended for t in job.translations if t.target == target)


def _story(job: Job) -> object:
    """What a person reads in the receipt of the drop."""
    lines = [(t.target, t.state, t.provider, t.problem, t.not_before) for t in job.translations]
    return job.state, job.problems, lines


def _deadline(job: Job) -> Problem:
    hours = (job.deadline - job.accepted).total_seconds() / 3600
    return Problem(
        code="deadline",
        reason=f"it was not finished within {hours:g} hours",
        advice="Look at the service's own portal, then retry the job.",
    )


def _nobody(job: Job, passed: Mapping[str, Problem]) -> Problem:
    reasons = "; ".join(problem.reason for problem in passed.values())
    if not reasons:
        reasons = f"no provider of this deployment translates {job.kind}"
    return Problem(
        code="no-provider", reason=reasons, advice="Change the file, the languages or the route of its brief."
    )
