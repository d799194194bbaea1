"""Steps of services that answer at once: one bounded paid request after the other, in turns.

Within a translation slices follow one another. The languages of a job go side by side: one write claims a slice of
each.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from shared import telemetry
from shared.engine.context import Context
from shared.engine.start import Starter
from shared.errors import BabeldropError, ProviderError
from shared.jobs.open_job import OpenJob, OpenTranslation
from shared.jobs.translation import State
from shared.providers.base import Provider, Started

log = logging.getLogger(__name__)
LANGUAGES_AT_ONCE = 8  # of one job; the workers of a tick times this stay below the connections of the HTTP client


class Slicer:
    """Takes slices. RecordChanged means that the job is somebody else's now."""

    def __init__(self, context: Context, starter: Starter) -> None:
        self._context, self._starter = context, starter
        self._now = context.clock

    async def take(self, opened: OpenJob, goes_on: Callable[[], bool]) -> bool:
        """Take slices of each language for as long as it goes on; False where none is left that may be taken now.

        What has begun runs to its own end: a request that is paid for is never cut off from here.
        """
        while goes_on():
            if not await self.take_one(opened):
                return False
        return True

    async def take_one(self, opened: OpenJob) -> bool:
        """Take one slice of each language; False where there is none to be taken now."""
        ready = await self._ready(opened)
        if ready:
            await self._claim_and_send(opened, ready)
        return bool(ready)

    def wants(self, opened: OpenJob) -> bool:
        """Whether any of its translations has a slice left that may be taken now."""
        return any(self._provider(translation) for translation in opened.unfinished)

    async def _ready(self, opened: OpenJob) -> Mapping[OpenTranslation, Provider]:
        """The translations whose next slice may be taken now, up to as many as go side by side."""
        ready: dict[OpenTranslation, Provider] = {}
        for translation in opened.unfinished:
            provider = self._provider(translation)
            if provider is None or len(ready) == LANGUAGES_AT_ONCE:
                continue
            is_running = translation.now.state is State.RUNNING
            if not is_running and not await self._starter.admission.admits(translation, provider):
                continue
            if await self._starter.is_ready(translation, provider):
                ready[translation] = provider
        return ready

    def _provider(self, opened: OpenTranslation) -> Provider | None:
        """The service that answers at once and is to take the next slice; None where there is none to be taken now."""
        now = opened.now
        is_next = now.state is State.QUEUED or (now.state is State.RUNNING and now.pending is not None)
        provider = self._context.providers.get(now.provider or "")
        is_sliced = provider is not None and provider.lease_of(now.next_step) is not None
        return provider if is_sliced and is_next and not opened.is_held else None

    async def _claim_and_send(self, opened: OpenJob, ready: Mapping[OpenTranslation, Provider]) -> None:
        claimed = self._now()
        ready = await self._starter.claim(opened, ready, claimed)
        outcomes = await asyncio.gather(*(self._send(t, provider, claimed) for t, provider in ready.items()))
        for (translation, provider), outcome in zip(ready.items(), outcomes, strict=True):
            with telemetry.labelled(provider=provider.name):
                await self._record(translation, provider, outcome)

    async def _record(self, claimed: OpenTranslation, provider: Provider, outcome: Started | Exception | None) -> None:
        """Write down what became of a slice; trouble with one language loses no answer of the others."""
        if isinstance(outcome, Exception) and not isinstance(outcome, ProviderError):
            # It is unknown whether it was paid for. It stays claimed until its lease ends; then the provider is asked.
            log.error("%s: %s stumbled", claimed.job.name, claimed.target, exc_info=outcome)
            return
        try:
            await self._starter.record(claimed, provider, outcome)
        except BabeldropError as error:
            log.warning("%s: %s could not be moved: %s", claimed.job.name, claimed.target, error.reason)

    async def _send(self, claimed: OpenTranslation, provider: Provider, when: datetime) -> Started | Exception | None:
        """Take a slice; an error of one language is its outcome, so that the requests of the others go on."""
        try:
            return await self._starter.send(claimed, provider, when)
        except Exception as error:  # it is logged once all have been answered
            return error
