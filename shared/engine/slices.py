"""Steps of services that answer at once: one bounded paid request after the other, in turns.

Within a translation slices follow one another. The languages of a job go side by side: one write claims a slice of
each.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from shared import telemetry
from shared.engine.context import Context
from shared.engine.start import Starter
from shared.errors import BabeldropError, ProviderError
from shared.jobs.open_job import OpenJob, OpenTranslation
from shared.jobs.translation import State
from shared.providers.outcome import Started

log = logging.getLogger(__name__)
LANGUAGES_AT_ONCE = 8  # of one job; the workers of a tick times this stay below the connections of the HTTP client


class Slicer:
    """Takes slices. RecordChanged means that the job is somebody else's now."""

    def __init__(self, context: Context, starter: Starter) -> None:
        self._context, self._starter = context, starter
        self._now = context.clock

    async def take_while(self, opened: OpenJob, goes_on: Callable[[], bool]) -> bool:
        """Take slices of each language for as long as it goes on; False where none is left that may be taken now.

        What has begun runs to its own end: a request that is paid for is never cut off from here.
        """
        while goes_on():
            if not await self.take_one_each(opened):
                return False
        return True

    async def take_one_each(self, opened: OpenJob) -> bool:
        """Take one slice of each language; False where there is none to be taken now."""
        ready = await self._ready(opened)
        if ready:
            await self._claim_and_send(opened, ready)
        return bool(ready)

    def wants(self, opened: OpenJob) -> bool:
        """Whether any of its translations has a slice left that may be taken now."""
        return any(map(self._is_next, opened.unfinished))

    async def _ready(self, opened: OpenJob) -> Sequence[OpenTranslation]:
        """The translations whose next slice may be taken now, up to as many as go side by side."""
        ready: list[OpenTranslation] = []
        for translation in filter(self._is_next, opened.unfinished):
            if len(ready) == LANGUAGES_AT_ONCE:
                break
            is_running = translation.now.state is State.RUNNING
            if not is_running and not await self._starter.admission.admits(translation):
                continue
            if await self._starter.is_ready(translation):
                ready.append(translation)
        return ready

    def _is_next(self, opened: OpenTranslation) -> bool:
        """Whether a service that answers at once is to take its next slice, and nothing holds it."""
        now, provider = opened.now, self._context.providers.get(opened.now.provider or "")
        is_next = now.state is State.QUEUED or (now.state is State.RUNNING and now.pending is not None)
        is_sliced = provider is not None and provider.lease_of(now.next_step) is not None
        return is_sliced and is_next and not opened.is_held

    async def _claim_and_send(self, opened: OpenJob, ready: Sequence[OpenTranslation]) -> None:
        when = self._now()
        claimed = await self._starter.claim(opened, ready, when)
        outcomes = await asyncio.gather(*(self._send(translation, when) for translation in claimed))
        for translation, outcome in zip(claimed, outcomes, strict=True):
            with telemetry.labelled(provider=str(translation.now.provider)):
                await self._record(translation, outcome)

    async def _send(self, claimed: OpenTranslation, when: datetime) -> Started | Exception | None:
        """Take a slice; an error of one language is its outcome, so that the requests of the others go on."""
        try:
            return await self._starter.send(claimed, when)
        except Exception as error:  # it is logged once all have been answered
            return error

    async def _record(self, claimed: OpenTranslation, outcome: Started | Exception | None) -> None:
        """Write down what became of a slice; trouble with one language loses no answer of the others."""
        if isinstance(outcome, Exception) and not isinstance(outcome, ProviderError):
            # It is unknown whether it was paid for. It stays claimed until its lease ends; then the provider is asked.
            log.error("%s: %s stumbled", claimed.job.name, claimed.target, exc_info=outcome)
            return
        try:
            await self._starter.record(claimed, outcome)
        except BabeldropError as error:
            log.warning("%s: %s could not be moved: %s", claimed.job.name, claimed.target, error.reason)
