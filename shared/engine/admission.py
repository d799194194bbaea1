"""Whether a translation may start now: what it needs is still there, and the limits on spending leave room for it."""

import logging

from shared.engine.context import Context
from shared.engine.edit_copies import restore_copy
from shared.errors import BabeldropError, StorageTrouble
from shared.jobs import problems
from shared.jobs.job import Job
from shared.jobs.open_job import OpenTranslation
from shared.jobs.quotas import Hold, Place
from shared.jobs.translation import Problem, State, Translation

log = logging.getLogger(__name__)


class Admission:
    """Asked before a first paid step is claimed, when it is claimed, and when nothing came of it."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def admits(self, queued: OpenTranslation) -> bool:
        """Whether it may be claimed. What the limits hold is recorded; it fails where what it needs is gone."""
        gone = await self._gone(queued)
        if gone is not None:
            queued.fail(gone)
            return False
        provider = str(queued.now.provider)
        if queued.now.admitted == provider:
            return True
        place = Place(queued.job.accepted, queued.job.key, queued.target)
        held = await self._context.quotas.admit(provider, place)
        if held is not None:
            self._hold(queued, held)
        return held is None

    async def counts(self, claimed: OpenTranslation) -> bool:
        """Count a claimed start for its day, once for each translation; False where the day was used up meanwhile."""
        provider = str(claimed.now.provider)
        if claimed.now.admitted == provider:
            return True
        held = await self._context.quotas.count(provider, claimed.now.since)
        if held is not None:
            self._hold(claimed, held)
            return False
        claimed.record(lambda t: t.model_copy(update={"admitted": provider}), State.STARTING)
        return True

    async def give_back(self, claimed: OpenTranslation) -> None:
        """Nothing came of a start that this process claimed: it does not count.

        Where that cannot be written, it counts for its day. So does a claim whose process ended before it wrote down
        that the start was counted: a limit must hold.
        """
        if self._is_counted(claimed):
            await self._lower(claimed)
            claimed.record(_uncounted, State.STARTING)

    async def give_back_unknown(self, unknown: OpenTranslation) -> None:
        """Nothing came of a start that anybody may have claimed: it does not count.

        Others may find that out at the same time, so it is written down first. RecordChanged where somebody else was
        first, who has lowered the count then. A process that ends in between leaves it counted.
        """
        if self._is_counted(unknown):
            await unknown.opened.claim({unknown.target: _uncounted})
            await self._lower(unknown)

    def _is_counted(self, claimed: OpenTranslation) -> bool:
        is_further_step = claimed.now.has_begun and not claimed.now.step.is_correction
        return not is_further_step and claimed.now.admitted == str(claimed.now.provider)

    async def _lower(self, claimed: OpenTranslation) -> None:
        provider = str(claimed.now.provider)
        try:
            await self._context.quotas.give_back(provider, claimed.now.since)
        except BabeldropError as error:
            log.warning("%s: a start at %s counts that was none: %s", claimed.job.name, provider, error.reason)

    async def _gone(self, queued: OpenTranslation) -> Problem | None:
        """What it is to be made of must be there: the file, or the correction, which needs the file no more."""
        if queued.now.step.is_correction:
            return await restore_copy(self._context, queued)
        is_there = queued.opened.is_new or await self.is_there(queued.job)
        return None if is_there else problems.SOURCE_GONE

    async def is_there(self, job: Job) -> bool:
        """Whether the file still lies in the inbox; storage that does not tell is no reason to say that it is gone."""
        try:
            return await self._context.inbox.head(job.name) is not None
        except StorageTrouble:
            return True

    def _hold(self, queued: OpenTranslation, held: Hold) -> None:
        now = self._context.clock()
        if (queued.now.problem, queued.now.not_before) != (held.problem, held.until):
            queued.record(lambda t: t.withhold(now, held.until, held.problem), State.QUEUED, State.STARTING)


def _uncounted(translation: Translation) -> Translation:
    return translation.model_copy(update={"admitted": None})
