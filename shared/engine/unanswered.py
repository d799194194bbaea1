"""The state `starting`, when whoever claimed the step is gone: find out what became of it, and never pay blindly."""

import logging
from datetime import timedelta

from shared import telemetry
from shared.engine.context import Context
from shared.engine.start import Starter
from shared.errors import ProviderError
from shared.jobs import problems
from shared.jobs.open_job import OpenTranslation
from shared.jobs.translation import State
from shared.providers.outcome import Found, Started

log = logging.getLogger(__name__)


class Unanswered:
    """Claimed steps whose outcome nobody knows. RecordChanged means that the job is somebody else's now."""

    def __init__(self, context: Context, starter: Starter) -> None:
        self._context, self._starter = context, starter
        self._now = context.clock

    async def resolve(self, claimed: OpenTranslation) -> None:
        """Ask the provider what became of the step, once nobody can send it any more."""
        # First of all: the record may be the leftover of an attempt that has ended, and a file that is dropped again
        # would be taken for one at work. RecordChanged has the leftover deleted.
        await claimed.opened.confirm()
        if claimed.now.claim in self._starter.unsent:
            self._starter.withdraw(claimed)
        elif self._is_old(claimed):
            await self._ask(claimed)

    def _is_old(self, claimed: OpenTranslation) -> bool:
        """Whether its claim is: whoever made it can no longer send the step, and nothing is on its way any more."""
        provider = self._context.provider(claimed)
        # The process that told of a problem waits for no answer any more.
        on_its_way = provider.on_its_way if claimed.now.problem is None else timedelta()
        lasts = provider.lease_of(claimed.now.step) or self._context.start_window + on_its_way
        return self._now() - claimed.now.since > lasts

    async def _ask(self, claimed: OpenTranslation) -> None:
        found = await self._find(claimed)
        match found:
            case ProviderError():
                self._tell(claimed, found.reason)
            case Found.UNKNOWN:
                self._tell(claimed)
            case Found.NOTHING:
                await self._nothing_found(claimed)
            case _:
                await self._starter.record(claimed, found)

    async def _find(self, claimed: OpenTranslation) -> Started | Found | ProviderError:
        telemetry.label(operation="find")
        provider = self._context.provider(claimed)
        scratch = self._context.scratch(claimed.job, claimed.target, provider.name)
        try:
            return await provider.find(claimed.work, scratch)
        except ProviderError as error:
            log.warning("%s: was %s started? Unknown: %s", claimed.job.name, claimed.target, error.reason)
            return error

    async def _nothing_found(self, claimed: OpenTranslation) -> None:
        """Take the step again, where it was surely not taken; else count its answer as lost."""
        provider = self._context.provider(claimed)
        if provider.lease_of(claimed.now.step):
            # The provider kept no answer, but the request may have been sent and paid for.
            await self._starter.send_again(claimed, problems.answer_lost(provider.name))
        elif claimed.is_late:
            await self._starter.admission.give_back_unknown(claimed)
            claimed.fail(problems.never_started(claimed.job, claimed.now.problem or claimed.now.cause))
        else:
            await self._starter.take(claimed)

    def _tell(self, claimed: OpenTranslation, why: str = "") -> None:
        """Tell while it lasts that nobody knows, with what is known of the cause: in the words that came first."""
        told, cause = claimed.now.problem, claimed.now.cause
        name = self._context.provider(claimed).name
        problem = told or problems.unknown(name, why or (cause.reason if cause else ""))
        if claimed.is_late:
            claimed.fail(problem)
        elif told is None:
            claimed.record(lambda t: t.model_copy(update={"problem": problem}), State.STARTING)
