"""A job has moved: it is written and told; once all of it has ended it is closed, and what is not needed goes."""

import logging
from collections.abc import Awaitable, Sequence
from contextlib import suppress

from shared import telemetry
from shared.engine.context import Context
from shared.errors import BabeldropError, EditReplaced
from shared.jobs import problems
from shared.jobs.iterations import Edit
from shared.jobs.job import Job
from shared.jobs.open_job import OpenJob
from shared.jobs.step import Step, Work
from shared.jobs.translation import State, Translation
from shared.names import BlobName
from shared.outbox.receipts import Confirm

log = logging.getLogger(__name__)


class Closer:
    """Writes jobs, tells people, and closes what has ended. `before` is the job as it was; None where it is new."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def write_and_tell(self, opened: OpenJob, before: Job | None) -> None:
        """Write what changed, and tell people; close the job where all has ended."""
        if opened.job.has_ended:
            done = opened.job.model_copy(update={"edits": (), "withdrawn": ()})  # only the open record has them
            await self._close(opened, await self._context.ledger.end(done))
            _measure(opened.job, before)
            return
        # Receipts of languages that have ended come first: once the record says so, nobody writes them again.
        await self._announce(opened.job, before)
        await opened.save()
        _measure(opened.job, before)
        if before is None or before.story != opened.job.story:
            await self.tell(opened.job)

    async def leave(self, opened: OpenJob, before: Job | None) -> None:
        """Somebody else moves the job now, or its open record is the leftover of an attempt that has ended."""
        if opened.ended is not None:
            # Whoever ended it may have died before all that is kept of it was written.
            await self._close(opened, await self._context.ledger.end(opened.ended))
        else:
            await self._announce(opened.written.value, before)

    async def _close(self, opened: OpenJob, job: Job) -> None:
        """Write the receipts of the job as it is in `done` and of edits that come to nothing; delete the open record.

        The record is deleted last: a process that ends before leaves it, and the next tick does all this again. Where
        edits can be made that wait in it, the next attempt takes its place.
        """
        await self._announce(job, None)
        await self.tell(job)
        left = opened.written.value
        again = job.model_copy(update={"edits": left.edits}).again(self._context.clock())
        unmade = [edit for edit in left.edits if not again.knows(edit)]
        await self._refuse(job, again, [*left.withdrawn, *unmade])
        if again.has_ended:
            await self._forget(opened, job)
            await self._context.ledger.drop_open(opened.written)
        else:
            await self._context.ledger.save(opened.written, again)
            await self.tell(again)

    async def _refuse(self, job: Job, again: Job, unmade: Sequence[Edit]) -> None:
        """Tell of edits that waited, and cannot be made any more. A correction has one receipt for all languages."""
        for name, etag in dict.fromkeys((edit.name, edit.etag) for edit in unmade):
            edits = [edit for edit in unmade if (edit.name, edit.etag) == (name, etag)]
            made_of = again.made_of(edits[0])
            lost = {edit.target: problems.unmade(job, edit) for edit in edits if edit.target not in made_of}
            refused = edits[0].refused | lost
            with suppress(EditReplaced):  # the receipt is that of the newer upload
                await self._context.receipts.answer_edit(name, etag, made_of, refused)
                # Where the app died before it noted that the upload was accepted, it must not count once more.
                await self._context.ledger.answer_edit(BlobName(name), etag)

    async def _announce(self, job: Job, before: Job | None) -> None:
        """Write the receipts of translations that had not ended before."""
        told = [translation.target for translation in before.translations if translation.has_ended] if before else []
        for translation in job.translations:
            if translation.has_ended and translation.target not in told and _is_told(translation):
                await self._context.receipts.announce(job, translation)

    async def tell(self, job: Job, confirm: Confirm | None = None) -> None:
        """Write the receipt of the drop, but for one whose place a newer one has taken.

        `confirm` raises RecordChanged where the job is not like that any more.
        """
        states = ", ".join(f"{translation.target} {translation.state}" for translation in job.translations)
        log.info("%s is %s: %s", job.name, job.state, states or "no translation")
        if not job.is_superseded:
            await self._context.receipts.tell(job, confirm)

    async def _forget(self, opened: OpenJob, job: Job) -> None:
        """Have what is held of it deleted, in `staging` and at providers, unless a retry can still bring it home.

        What fails stays until they delete it. The record says of which translations nothing is left to build on.

        No retry begins while the open record is there. It is written once more in between: where that fails, somebody
        else closes the job, or an edit waits in it. So what is deleted is of no later attempt, however late it is.
        """
        if not self._context.forgets or opened.is_new:
            return
        scratches = {
            translation.target: self._context.scratch(job, translation.target, translation.provider)
            for translation in job.translations
            if translation.provider and not (translation.only_delivery_failed or translation.may_be_finished)
        }
        held = {target: await scratch.held() for target, scratch in scratches.items()}
        opened.written = await self._context.ledger.save(opened.written, opened.written.value)
        noted = job
        for target, scratch in scratches.items():
            translation = job.translation(target)
            name = str(translation.provider)
            await self._try_to_forget(job, name, scratch.remove(held[target]))
            for asked in filter(self._context.providers.__contains__, translation.taken_over_from):
                work = Work(id=job.work_id(target), target=target, step=Step())
                forgetting = self._context.providers[asked].forget(work)
                await self._try_to_forget(job, asked, forgetting)
            if translation.has_begun:
                forgetting = self._context.providers[name].forget(job.work(target))
                if await self._try_to_forget(job, name, forgetting):
                    noted = noted.put(translation.model_copy(update={"forgotten": True}))
        await self._context.ledger.amend_end(noted)

    async def _try_to_forget(self, job: Job, provider: str, forgetting: Awaitable[None]) -> bool:
        telemetry.label(provider=provider, operation="forget")
        try:
            await forgetting
        except BabeldropError as error:
            log.warning("%s: %s keeps its copy: %s", job.name, provider, error.reason)
            return False
        return True


def _is_told(translation: Translation) -> bool:
    """Whether it has a receipt of its own: one that was superseded has one if it may have been charged."""
    return translation.state is not State.SUPERSEDED or translation.started is not None


def _measure(job: Job, before: Job | None) -> None:
    """How long the translations took that have ended since `before` (None: the job is new)."""
    measured = {t.target for t in before.translations if t.has_ended} if before else set()
    for t in job.translations:
        if t.ended and t.target not in measured:
            reason = t.problem.code if t.problem else ""
            telemetry.ended((t.ended - job.accepted).total_seconds(), t.state, t.provider or "", reason)
