"""Erasing a job: everything that is kept of one content of a file, here and at the services, as far as they let us."""

from collections.abc import AsyncIterator, Collection, Sequence, Set
from typing import Any

from shared.engine.context import Context
from shared.errors import BabeldropError, RecordChanged, SteerRefused
from shared.jobs.job import Job
from shared.jobs.ledger import EDITS
from shared.jobs.step import Step, Work, work_id_of
from shared.names import BlobName
from shared.providers.base import Provider
from shared.storage.container import Container
from shared.storage.content import has_content
from shared.triggers.steer import Steer

HISTORY = "deleted blobs and their earlier versions, for as long as versioning and soft delete of the account keep them"


class Eraser:
    """Erases jobs. What fails can be done again: the records go last."""

    def __init__(self, context: Context, steer: Steer) -> None:
        self._context, self._steer = context, steer

    async def erase(self, key: str) -> dict[str, Any] | None:
        """Stop the job, and remove its results, receipts, checkpoints, copies at services and records.

        Answers what was `erased` and what is `kept`, with the reason; None where there is no such job. SteerRefused
        while the file lies in the inbox: the app may only read there, and would find the file as one that it missed.
        """
        job = await self._stopped(key)
        if job is None:
            return None
        await self._refuse_present(job)
        kept = [await self._forget(provider, work) for provider, work in self._held(job)]
        edits = await self._edits(job)
        erased = [name async for name in self._results(job, edits)]
        erased += [f"staging/{name}" async for name in _emptied(self._context.staging, f"{key}/")]
        corrections = await self._forget_edits(edits)
        await self._context.ledger.erase(job)
        return {"erased": [*erased, f"jobs/{key}"], "kept": [*dict.fromkeys(filter(None, kept)), *corrections, HISTORY]}

    async def _stopped(self, key: str) -> Job | None:
        """The job once it has ended; None where there is none."""
        if not await self._steer.cancel(key):
            return None
        done = await self._context.ledger.read_done(key)
        return done.value if done else None

    async def _refuse_present(self, job: Job) -> None:
        if await has_content(self._context.inbox, job.name, job.etag, job.version):
            raise SteerRefused(
                f"{job.name} lies in the inbox, where the app may only read; it would be translated again",
                "Delete it there first, with its brief and what was dropped for it in edits; then erase the job.",
            )

    def _held(self, job: Job) -> Sequence[tuple[str, Work]]:
        """What services may hold of it, each with its service: the works of all attempts, for one may be begun anew."""
        held = {}
        for target, last in job.begun.items():
            for name in self._asked(job, target):
                for number in range(1, last + 1):
                    work = Work(id=work_id_of(job.key, target, number), target=target, step=Step())
                    held[name, work.id] = work
        for translation in job.translations:
            if translation.provider and translation.has_begun:
                work = job.work(translation.target)
                held[translation.provider, work.id] = work
        return [(name, work) for (name, _), work in held.items()]

    def _asked(self, job: Job, target: str) -> Set[str]:
        """The services that were asked for a language, as far as the record tells."""
        made = {i.target for i in job.iterations}
        iterating = {name for name, provider in self._context.providers.items() if provider.edits}
        begun = {t.provider for t in job.translations if t.target == target and (t.started or t.begun_in > 1)}
        left = {name for t in job.translations if t.target == target for name in t.taken_over_from}
        return {name for name in begun if name} | left | (iterating if target in made else set())

    async def _forget(self, name: str, work: Work) -> str | None:
        """Have the provider delete its copy; why it keeps it, where it does."""
        provider = self._context.providers.get(name)
        if provider is None or type(provider).forget is Provider.forget:
            return f"what {name} holds of {work.target}, for it has no way to delete it"
        try:
            await provider.forget(work)
        except BabeldropError as error:
            return f"what {name} holds of {work.target}: {error.reason}"
        return None

    async def _edits(self, job: Job) -> Collection[BlobName]:
        """The names of its corrections, also of those that came to nothing unless other content came after it."""
        names = {BlobName(iteration.edit.name) for iteration in job.iterations if iteration.edit}
        if await self._is_current(job):
            async for facts in self._context.ledger.answered_edits(f"{job.stem}."):
                name = BlobName(facts.name.removeprefix(EDITS))
                if await self._file_of(name) == job.name:
                    names.add(name)
        return sorted(names)

    async def _file_of(self, name: str) -> BlobName | None:
        """The file in the inbox whose results are called as the name begins: of `talk` and `talk.two`, the longer."""
        stem, dot, _ = name.rpartition(".")
        while dot:
            if owner := await self._context.ledger.stem_owner(stem):
                return owner
            stem, dot, _ = stem.rpartition(".")
        return None

    async def _forget_edits(self, names: Collection[BlobName]) -> list[str]:
        """Forget corrections that are gone; the names of others, which would count again if forgotten."""
        lying = []
        for name in names:
            if await self._context.edits.head(name) is None:
                await self._context.ledger.forget_edit(name)
            else:
                lying.append(f"edits/{name}, where the app may only read")
        return lying

    async def _is_current(self, job: Job) -> bool:
        """Whether no other content came later under its name."""
        seen = await self._context.ledger.seen(BlobName(job.name))
        return seen is None or seen.value.key == job.key

    async def _results(self, job: Job, edits: Collection[BlobName]) -> AsyncIterator[str]:
        """Remove results and receipts, but for those of other content that came later under the name."""
        async for name in self._context.publisher.remove(job):
            yield f"outbox/{name}"
        receipts = self._context.receipts
        is_current = await self._is_current(job)
        async for name in receipts.remove(job, edits) if is_current else receipts.remove_outdated(job):
            yield f"outbox/{name}"


async def _emptied(container: Container, prefix: str) -> AsyncIterator[str]:
    """Remove all that begins so; the names."""
    async for facts in container.list(prefix):
        try:
            await container.delete(facts.name, facts.etag)
        except RecordChanged:
            continue  # somebody else has removed it
        yield facts.name
