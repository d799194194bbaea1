"""A correction was dropped into the container `edits`: the next iteration of the translations that it is for.

It has the name that the file has in the outbox. It waits on the record of its job, and begins an attempt of its own
once nothing else of the job is at work. Why nothing can be made of one, a receipt beside the results tells.
"""

import hashlib
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from shared import telemetry
from shared.engine.context import Context
from shared.engine.engine import Engine
from shared.errors import (
    BabeldropError,
    EditRefused,
    EditReplaced,
    NameRefused,
    NotReady,
    RecordChanged,
    RecordNewer,
    TooLong,
)
from shared.jobs import problems
from shared.jobs.iterations import Edit, version_of
from shared.jobs.job import Job
from shared.jobs.ledger import DONE, EDITS, OPEN
from shared.jobs.translation import Problem, Translation
from shared.jobs.upload import Upload
from shared.names import BlobName
from shared.outbox.names import EditName, ResultNames, edited
from shared.outbox.receipts import Confirm
from shared.providers.base import Provider
from shared.providers.task import Pair
from shared.storage.container import Blob, Facts, Versioned, until_undisturbed
from shared.triggers.rescan import Merge

log = logging.getLogger(__name__)
LARGEST = 10 * 1024 * 1024  # bytes; a film's metadata with all its voices has some hundred thousand
MOST_MISSED = 8  # that are accepted where the tick has no time left


class Edits:
    """Accepts corrections. Doing it twice, or twice at once, starts nothing twice."""

    def __init__(self, context: Context, engine: Engine) -> None:
        self._context, self._engine = context, engine
        self._ledger, self._receipts = context.ledger, context.receipts

    async def accept(self, name: str) -> None:
        """Accept whatever lies in `edits` under this name now; nothing where it is gone."""
        try:
            blob_name = BlobName(name)
        except NameRefused as error:
            await self._receipts.refuse_name(name, Problem.of(error))
            return
        with telemetry.accepting(name):
            try:
                await until_undisturbed(lambda: self._accept(blob_name), f"the job of {name}")
            except EditReplaced as error:
                log.info("%s: it is accepted when its own event, or the next round, finds it", error.reason)
            except RecordNewer as error:
                log.warning("%s is left to a newer version of the app: %s", name, error.reason)

    async def find_missed(self, since: datetime, may_begin: Callable[[], bool]) -> None:
        """Accept what no event told of, but for what is older than the app, which began at `since`."""
        answered, missed = Merge(self._ledger.answered_edits(), EDITS), 0
        async for facts in self._context.edits.list():
            known = await answered.facts(facts.name)
            if facts.last_modified < since.replace(microsecond=0) or (known and known.metadata["etag"] == facts.etag):
                continue
            if missed >= MOST_MISSED and not may_begin():
                return
            missed += 1
            with telemetry.labelled(operation="edit", blob=facts.name):
                try:
                    await self.accept(facts.name)
                except BabeldropError as error:
                    log.warning("the edit %s was missed and could not be accepted: %s", facts.name, error.reason)

    async def report_poison(self, name: str) -> None:
        """A correction could not be accepted five times over: tell, unless it was answered all the same."""
        try:
            blob_name = BlobName(name)
        except NameRefused:
            return  # `accept` has told that
        facts = await self._context.edits.head(blob_name)
        if facts is None or await self._ledger.answered_edit(blob_name) == facts.etag:
            return
        with suppress(EditReplaced):  # the newer upload is accepted on its own
            await self._receipts.report_edit(name, facts.etag, problems.POISON)

    async def _accept(self, name: BlobName) -> None:
        """Accept or refuse it; all is looked at again where somebody else wrote the record of its job in between."""
        facts = await self._context.edits.head(name)
        if facts is None or await self._ledger.answered_edit(name) == facts.etag:
            return
        try:
            job, meant = await self._meant(name)
            upload = await self._checked(name, facts, job, meant)
            if upload is not None:
                await self._queue(job.key, upload)
        except (EditRefused, NameRefused) as error:
            await self._receipts.refuse_edit(name, facts.etag, Problem.of(error))
        # Written last: if this process ends before, the next event or rescan finds the correction unanswered.
        await self._ledger.answer_edit(name, facts.etag)

    async def _checked(self, name: BlobName, facts: Facts, job: Job, meant: EditName) -> Upload | None:
        """The upload, checked for each language that its name means; None where it is gone."""
        edits, refused = [], dict[str, Problem]()
        try:
            blob = await self._context.edits.read(name, LARGEST)
        except TooLong as error:
            too_long = problems.too_long(error.reason, LARGEST)
            return Upload(name, facts.etag, (), {t.target: too_long for t in _corrected(job, meant)})
        if blob is None:
            return None
        for translation in _corrected(job, meant):
            try:
                await self._refuse_outdated(name, meant, job, translation.target)
                edits.append(await self._pinned(name, blob, meant.kind, job, translation))
            except EditRefused as error:
                refused[translation.target] = Problem.of(error)
        return Upload(name, blob.facts.etag, tuple(edits), refused)

    async def _queue(self, key: str, upload: Upload) -> None:
        """Have its edits wait on the record of the job at work, or begin the next attempt of one that has ended.

        What it counts for is judged by the record as it is now. RecordChanged where somebody else wrote in between, and
        EditReplaced where a newer upload has come: it is looked for after the record is read, so that a newer one which
        comes later still finds the older one there, and follows it.
        """
        read = await self._ledger.read_open(key)
        if read is None:
            await self._begin(key, upload)
            return
        opened = self._context.open(read)
        if await self._ledger.ended(read.value):
            await self._engine.close_leftover(opened)
            raise RecordChanged(f"the attempt of {read.value.name} has just ended")
        upload = upload.judged(read.value)
        queued = upload.queue(read.value)
        await self._tell(upload, queued, lambda: self._ledger.confirm(OPEN, read))
        await self._engine.queue(opened, queued)

    async def _begin(self, key: str, upload: Upload) -> None:
        done = await self._ledger.read_done(key)
        if done is None:
            raise RecordChanged(f"the job {key} is between its records")
        upload = upload.judged(done.value)
        again = upload.queue(done.value).again(self._context.clock())
        await self._tell(upload, again, lambda: self._ledger.confirm(DONE, done))
        if not again.has_ended:
            await self._engine.begin(self._context.open(Versioned(again, None)))

    async def _tell(self, upload: Upload, job: Job, confirm: Confirm) -> None:
        """Write the receipt of an upload; EditReplaced where a newer one has come.

        Written before the record: somebody may stop the job as soon as the edits wait, and then a refusal is the last
        word. `confirm` raises RecordChanged where the record that the receipt follows from has changed since.
        """
        await self._receipts.answer_edit(upload.name, upload.etag, upload.made_of(job), upload.refused, confirm)

    async def _meant(self, name: BlobName) -> tuple[Job, EditName]:
        """The job whose results it corrects, and what its name says of it."""
        readings = [*edited(name)]
        if not readings:
            example = "a language, then .vtt or .srt, such as intro.es-ES.vtt"
            raise EditRefused(f"{name} is not called as subtitles of a dubbed file are: {example}")
        reason = f"nothing was translated whose subtitles are called {name}"
        for meant in readings:
            job = await self._job(meant.stem)
            if job is not None and _corrected(job, meant):
                return job, meant
            if job is not None:
                reason = _not_translated(job, meant.target)
        raise EditRefused(reason)

    async def _job(self, stem: str) -> Job | None:
        """The job whose results have that stem, or had to have another one where a stranger's file lay."""
        owner = await self._ledger.stem_owner(stem)
        head, _, mark = stem.rpartition(".")
        owner = owner or (await self._ledger.stem_owner(head) if head else None)
        seen = await self._ledger.seen(owner) if owner else None
        if seen is None:
            return None
        read = await self._ledger.read_open(seen.value.key) or await self._ledger.read_done(seen.value.key)
        if read is None and await self._ledger.how_ended(seen.value.key):
            raise EditRefused(f"{owner} was translated so long ago that its record is no longer kept", problems.ANEW)
        is_meant = read is not None and (read.value.stem == stem or read.value.key[:8] == mark)
        return read.value if read and is_meant else None

    async def _refuse_outdated(self, name: BlobName, meant: EditName, job: Job, target: str) -> None:
        """EditRefused where the subtitles of that language in the outbox are those of older content."""
        suffix = "vtt" if meant.kind == "target" else f"{meant.kind}.vtt"
        owner = await self._context.publisher.owner(ResultNames(meant.stem, job.name).output(target, suffix))
        if owner not in (None, job.key):
            raise EditRefused(
                f"a newer version of {job.name} was dropped, and {name} corrects the older one of {target}",
                "Wait for the results of the newer version, and correct those.",
            )

    async def _pinned(self, name: BlobName, blob: Blob, kind: str, job: Job, translation: Translation) -> Edit:
        """The edit of one translation, checked, with a copy in its scratch; EditRefused where none can be made."""
        provider = self._provider(translation)
        if kind not in provider.edits:
            problem = problems.not_taken(translation)
            raise EditRefused(problem.reason, problem.advice)
        self._refuse_expired(translation)
        try:
            data = provider.edited(name, blob.data, kind, Pair(job.source, translation.target))
        except NotReady as error:
            raise EditRefused(error.reason, "Correct what is named, and drop the file into `edits` again.") from error
        version = version_of(blob.data)
        pinned = f"edits/{hashlib.sha256(f'{name}\n{version}'.encode()).hexdigest()[:16]}.vtt"
        await self._context.scratch(job, translation.target, provider.name).write(pinned, data)
        return Edit(
            name=name, etag=blob.facts.etag, version=version, target=translation.target, kind=kind, pinned=pinned
        )

    def _provider(self, translation: Translation) -> Provider:
        name = translation.provider
        if name is None:
            raise EditRefused(f"{translation.target} has not begun", "Wait for its results, and correct those.")
        if name not in self._context.providers:
            raise EditRefused(
                f"{translation.target} was translated by {name}, which this app no longer has", problems.ANEW
            )
        return self._context.providers[name]

    def _refuse_expired(self, translation: Translation) -> None:
        """EditRefused where the service no longer has what another iteration could follow."""
        expires = str(translation.details.get("expiresDateTime", ""))
        if translation.has_ended and _has_passed(expires, self._context.clock()):
            raise EditRefused(
                f"the service kept {translation.target} until {expires}, and has removed it since", problems.ANEW
            )


def _corrected(job: Job, meant: EditName) -> list[Translation]:
    """The translations that a correction is for."""
    target = meant.target and meant.target.casefold()
    return [translation for translation in job.translations if target in (None, translation.target.casefold())]


def _not_translated(job: Job, target: str | None) -> str:
    """Why a correction of that language, or of them all where it is None, is for none."""
    is_none = target is None or not job.translations
    return f"{job.name} has no translations" if is_none else f"{job.name} is not translated into {target}"


def _has_passed(moment: str, now: datetime) -> bool:
    """Whether a moment that a service named has passed; not where it cannot be read."""
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return False
    return read.replace(tzinfo=read.tzinfo or UTC) <= now
