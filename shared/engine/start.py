"""The state `queued`, and paid steps: each is written down, then taken, and never taken blindly again.

A claim is the record of a step in the state `starting`, written before the step is taken:

    claim -> ask whether this attempt has ended -> is the claim still fresh? -> start -> record the outcome

Nobody else takes a claimed step before the claim is old: the start window for a service that works for a while, the
provider's lease for one that answers at once. Then the provider is asked what became of it (`unanswered`).
"""

import logging
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from shared import telemetry
from shared.engine.admission import Admission
from shared.engine.charges import record_charged
from shared.engine.context import Context
from shared.engine.deliver import Deliverer
from shared.engine.retry import wait_before
from shared.engine.routing import choose, has_others
from shared.errors import AnswerLost, BabeldropError, Canceled, NotReady, ProviderError, RecordChanged, StorageTrouble
from shared.jobs import problems
from shared.jobs.open_job import Move, OpenJob, OpenTranslation
from shared.jobs.summary import UNREADY
from shared.jobs.translation import Problem, State
from shared.providers.base import Provider
from shared.providers.outcome import Finished, Next, Operation, Started
from shared.providers.task import SENDS

log = logging.getLogger(__name__)
NOTHING: Mapping[str, float] = {}


class Starter:
    """Takes paid steps. RecordChanged means that the job is somebody else's now."""

    def __init__(self, context: Context, deliverer: Deliverer) -> None:
        self._context, self._deliverer = context, deliverer
        self._now = context.clock
        self.admission = Admission(context)
        #: The marks of claims whose write was not answered, so that nothing was sent; a few minutes' worth.
        self.unsent: deque[str] = deque(maxlen=1000)

    async def queued(self, queued: OpenTranslation) -> None:
        """Start a queued translation, if nothing holds it; at a service that answers at once it waits for its turn."""
        provider = self._choose(queued)
        if provider is None or provider.lease_of(queued.now.step):
            return
        if await self.admission.admits(queued) and await self.is_ready(queued):
            await self.take(queued)

    async def take(self, opened: OpenTranslation) -> None:
        """Claim the next paid step, then take it."""
        when = self._now()
        if await self.claim(opened.opened, [opened], when):
            await self.record(opened, await self.send(opened, when))

    async def claim(
        self, opened: OpenJob, wanted: Sequence[OpenTranslation], when: datetime
    ) -> Sequence[OpenTranslation]:
        """Write down, in one go, that paid steps are about to be taken; those that may be sent.

        The order matters: a process that ends after the request but before a write leaves a claim, and the claim tells
        the next one to ask the provider instead of paying again.
        """
        mark = uuid4().hex
        try:
            await opened.claim({t.target: _begun(when, mark) for t in wanted})
        except StorageTrouble:
            self.unsent.append(mark)
            raise
        return await self._confirm(opened, wanted)

    async def _confirm(self, opened: OpenJob, claimed: Sequence[OpenTranslation]) -> Sequence[OpenTranslation]:
        """Before anything is paid for: ask whether this attempt has ended, and count the starts.

        Without an answer, the claims are given up.
        """
        try:
            await opened.confirm()
            return [translation for translation in claimed if await self.admission.counts(translation)]
        except RecordChanged:
            raise
        except BabeldropError:
            for translation in claimed:
                self.withdraw(translation)
            raise

    async def send(self, claimed: OpenTranslation, when: datetime) -> Started | ProviderError | None:
        """Take the step that was claimed at `when`; None where the claim came too late to be used."""
        provider, step = self._context.provider(claimed), claimed.now.step
        telemetry.label(provider=provider.name, operation="start")
        # Once a claim is old, others may take its step. A step that is sent later than that could be paid for twice.
        if self._now() - when > self._context.start_window:
            return None
        try:
            return await provider.start(self._context.task(claimed, step))
        except ProviderError as error:
            return error
        except Exception:
            if provider.lease_of(step):
                raise  # its slice is asked about once the lease has ended
            # A mistake of ours in reading the answer: the work may have been started, and people are to be told.
            log.exception("%s: the start of %s stumbled", claimed.job.name, claimed.target)
            return AnswerLost(f"the app stumbled over an answer of {provider.name}")

    async def record(self, claimed: OpenTranslation, outcome: Started | ProviderError | None) -> None:
        """Write down what became of a claimed step."""
        now = self._now()
        match outcome:
            case None:
                await self.admission.give_back(claimed)
                self.withdraw(claimed)
            case ProviderError():
                await self._not_started(claimed, outcome)
            case Finished():
                self._deliverer.finished(claimed, outcome)
                await self._deliverer.deliver(claimed, outcome)
            case Next(step=step, operation=operation, units=units, wait=wait):
                record_charged(claimed, units, lambda t: t.follow(now, step, operation, units, wait), State.STARTING)
            case _:
                await self._started(claimed, outcome)

    async def give_up(
        self, opened: OpenTranslation, error: ProviderError, answer: Any = None, units: Mapping[str, float] = NOTHING
    ) -> None:
        """Go to the next provider of the route where it may do better, else fail. `units` were charged all the same.

        An iteration of an edit needs neither the file nor anybody else: it fails, and the results before it stay.
        """
        is_edited = opened.job.edit_of(opened.target) is not None
        is_there = is_edited or await self.admission.is_there(opened.job)
        record_charged(opened, units, lambda t: t if t.has_ended else t.bill(answer, units))
        translation, now, problem, attempt = opened.now, self._now(), Problem.of(error), opened.job.attempt
        if not is_there:
            opened.fail(problems.deleted(error.reason))
        elif isinstance(error, Canceled):
            opened.record(lambda t: t if t.has_ended else t.to(State.CANCELED, now, problem=problem))
        elif is_edited:
            opened.fail(problem)
        elif translation.begun_in < attempt:
            # It was asked first what became of an earlier attempt, and has nothing to show: this attempt begins.
            await self._reroute(opened, {})
        elif error.elsewhere and translation.provider and has_others(opened.job, translation):
            await self._reroute(opened, translation.passed_over | {translation.provider: problem})
        else:
            opened.fail(problem)

    async def is_ready(self, waiting: OpenTranslation) -> bool:
        """Whether what a person was to mend is mended. As long as nothing changes, nothing is written."""
        told, now = waiting.now.problem, self._now()
        if told is None or told.code not in UNREADY:
            return True
        task = self._context.task(waiting, waiting.now.next_step)
        error = await self._context.provider(waiting).unready(task)
        if error is not None and Problem.of(error) != told:
            waiting.record(lambda t: t.stand_by(now, Problem.of(error)), State.QUEUED, State.RUNNING)
        return error is None

    async def _reroute(self, opened: OpenTranslation, passed_over: Mapping[str, Problem]) -> None:
        now, attempt = self._now(), opened.job.attempt
        opened.record(lambda t: t if t.has_ended else t.reroute(now, passed_over, attempt))
        await self.queued(opened)

    def _choose(self, queued: OpenTranslation) -> Provider | None:
        """Who is to begin; None where it must wait, or has just failed for want of a provider or of time."""
        if queued.is_held:
            return None
        if queued.is_late:
            queued.fail(queued.now.problem or problems.late(queued.job))
            return None
        if queued.now.step.is_correction:
            return self._context.provider(queued)  # another one has nothing that it could build on
        choice = choose(self._context.providers, queued.job, queued.now, self._context.media(queued.job))
        name = choice.provider.name if choice.provider else None
        chosen = {
            "provider": name,
            "step": choice.step,
            "passed_over": choice.passed_over,
            "warnings": choice.warnings,
        }
        queued.record(lambda t: t.model_copy(update=chosen), State.QUEUED)
        if choice.provider is None:
            queued.fail(problems.nobody(queued.job, choice.passed_over))
        return choice.provider

    def withdraw(self, claimed: OpenTranslation) -> None:
        """Give our claim up, so that the step can be claimed again. A claim made since has another time, and stays."""
        now, ours = self._now(), claimed.now.since
        claimed.record(
            lambda t: t.hold(now, None, t.problem or t.cause, t.tries) if t.since == ours else t, State.STARTING
        )

    async def _started(self, claimed: OpenTranslation, operation: Operation) -> None:
        # If the record cannot be written now, this log line alone tells what was paid for.
        log.info("%s: %s is started as %s", claimed.job.name, claimed.target, operation)
        provider = self._context.provider(claimed)
        named = provider.named_by_service(operation)
        if named is not None:
            await self._context.ledger.claim_operation(provider.name, named, claimed.work.id)
        now = self._now()
        claimed.record(lambda t: t.run(now, operation), State.STARTING)

    async def _not_started(self, claimed: OpenTranslation, error: ProviderError) -> None:
        log.warning("%s: %s was not started: %s", claimed.job.name, claimed.target, error.reason)
        if isinstance(error, AnswerLost):
            await self._answer_lost(claimed, error)
            return
        await self.admission.give_back(claimed)
        problem, now = Problem.of(error), self._now()
        if isinstance(error, NotReady):
            claimed.record(lambda t: t.stand_by(now, problem), State.STARTING)
            return
        tries = claimed.now.tries + 1
        wait = wait_before(error, tries)
        if wait is None:
            await self.give_up(claimed, error)
            return
        until = claimed.next_try(wait)
        claimed.record(lambda t: t.hold(now, until, problem, tries), State.STARTING)

    async def _answer_lost(self, claimed: OpenTranslation, error: AnswerLost) -> None:
        """A service that answers at once is sent the step again; of others people are told, and they are asked."""
        provider = self._context.provider(claimed)
        if provider.lease_of(claimed.now.step):
            await self.send_again(claimed, Problem.of(error))
            return
        unknown = problems.unknown(provider.name, error.reason).model_copy(update={"advice": error.advice})
        claimed.record(lambda t: t.model_copy(update={"problem": unknown}), State.STARTING)

    async def send_again(self, claimed: OpenTranslation, problem: Problem) -> None:
        """The answer of a service that answers at once was lost: send the step again, or go on without it, or fail."""
        now = self._now()
        if claimed.now.lost + 1 < SENDS:
            claimed.record(lambda t: t.lose_answer(now, problem), State.STARTING)
            return
        task = self._context.task(claimed, claimed.now.step)
        without = await self._context.provider(claimed).go_on_without(task)
        if without is None:
            claimed.fail(problem)
        else:
            await self.record(claimed, without)


def _begun(when: datetime, mark: str) -> Move:
    return lambda t: t.begin(str(t.provider), t.next_step, when, mark)
