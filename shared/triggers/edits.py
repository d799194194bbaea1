"""A correction was dropped into the container `edits`: the next iteration of the translations that it is for.

It has the name that the file has in the outbox. It waits on the record of its job, and begins an attempt of its own
once nothing else of the job is at work. Why nothing can be made of one, a receipt beside the results tells.
"""

import hashlib
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
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
from shared.jobs.ledger import EDITS
from shared.jobs.translation import Problem, State, Translation
from shared.names import BlobName
from shared.outbox.names import EditName, ResultNames, edited
from shared.providers.base import Provider
from shared.providers.task import Pair
from shared.storage.container import Blob, Facts, Versioned, until_undisturbed
from shared.triggers.rescan import Merge

log = logging.getLogger(__name__)
LARGEST = 10 * 1024 * 1024  # bytes; a film's metadata with all its voices has some hundred thousand
MOST_MISSED = 8  # that are accepted where the tick has no time left
ANEW = "To have the video translated anew, and pay for it, drop it again with force=true in its metadata."


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
            facts = await self._context.edits.head(blob_name)
            if facts is None or await self._ledger.answered_edit(blob_name) == facts.etag:
                return
            try:
                await self._accept_or_refuse(blob_name, facts)
            except EditReplaced as error:
                log.info("%s: it is accepted when its own event, or the next round, finds it", error.reason)
                return
            except RecordNewer as error:
                log.warning("%s is left to a newer version of the app: %s", name, error.reason)
                return
            # Written last: if this process ends before, the next event or rescan finds the correction unanswered.
            await self._ledger.answer_edit(blob_name, facts.etag)

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

    async def _accept_or_refuse(self, name: BlobName, facts: Facts) -> None:
        try:
            await self._accept(name)
        except (EditRefused, NameRefused) as error:
            await self._receipts.refuse_edit(name, facts.etag, Problem.of(error))

    async def _accept(self, name: BlobName) -> None:
        blob = await self._read(name)
        if blob is None:
            return
        job, meant = await self._meant(name)
        edits, refused = [], dict[str, Problem]()
        for translation in _corrected(job, meant):
            try:
                await self._refuse_outdated(name, meant, job, translation.target)
                edits.append(await self._pinned(name, blob, meant.kind, job, translation))
            except EditRefused as error:
                refused[translation.target] = Problem.of(error)
        if not edits:
            raise _refusal(refused.values())
        await until_undisturbed(lambda: self._queue(job.key, edits, refused), f"the job of {name}")
        log.info("%s corrects %s: %s", name, job.name, ", ".join(edit.target for edit in edits))

    async def _read(self, name: BlobName) -> Blob | None:
        try:
            return await self._context.edits.read(name, LARGEST)
        except TooLong as error:
            most = f"A correction has {LARGEST // 1024**2} MB at the most."
            raise EditRefused(error.reason, f"{most} Drop the subtitles alone, as they lie in the outbox.") from error

    async def _queue(self, key: str, edits: Sequence[Edit], refused: Mapping[str, Problem]) -> None:
        """Have the edits wait on the record of the job at work, or begin the next attempt of one that has ended.

        RecordChanged where somebody else wrote in between, EditRefused where it has ended otherwise meanwhile,
        EditReplaced where a newer upload has come: it is looked for after the record is read, so that a newer one
        which comes later still finds the older one there, and follows it.
        """
        read = await self._ledger.read_open(key)
        if read is None:
            await self._begin(key, edits, refused)
            return
        opened = self._context.open(read)
        if await self._ledger.ended(read.value):
            await self._engine.close_leftover(opened)
            raise RecordChanged(f"the attempt of {read.value.name} has just ended")
        await self._tell(read.value, edits, refused)
        queued = _queued(read.value, edits)
        if queued != read.value:
            opened.replace(queued)
            await opened.insist()
            await self._receipts.tell(queued)  # it may wait long for another language, and there it is told why

    async def _begin(self, key: str, edits: Sequence[Edit], refused: Mapping[str, Problem]) -> None:
        done = await self._ledger.read_done(key)
        if done is None:
            raise RecordChanged(f"the job {key} is between its records")
        queued = _queued(done.value, edits)
        again = queued.again(self._context.clock())
        if not any(again.knows(edit) for edit in edits):
            raise _unmade(edits[0].name, *(done.value.translation(edit.target) for edit in edits))
        await self._tell(done.value, edits, refused)
        if queued != done.value:
            await self._engine.begin(self._context.open(Versioned(again, None)))

    async def _tell(self, job: Job, edits: Sequence[Edit], refused: Mapping[str, Problem]) -> None:
        """Write the receipt of an upload that counts for these languages; EditReplaced where a newer one has come.

        Written first: somebody may stop the job as soon as the edits wait, and then a refusal is the last word.
        """
        made_of = {edit.target: (job.standing(edit) or edit).etag for edit in edits}
        await self._receipts.accept_edit(edits[0].name, edits[0].etag, made_of, refused)

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
                reason = f"{job.name} is not translated into {meant.target}"
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
            raise EditRefused(f"{owner} was translated so long ago that its record is no longer kept", ANEW)
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
            raise _not_taken(name, translation)
        self._refuse_lost(name, job, translation)
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
            raise EditRefused(f"{translation.target} was translated by {name}, which this app no longer has", ANEW)
        return self._context.providers[name]

    def _refuse_lost(self, name: str, job: Job, translation: Translation) -> None:
        """EditRefused where the service has nothing, or no longer has what another iteration could follow."""
        target = translation.target
        if translation.forgotten:
            raise EditRefused(
                f"the service's copy of {target} was deleted after the delivery (DELETE_AFTER_DELIVERY)", ANEW
            )
        if translation.has_ended and not job.can_build_on(target):
            raise _unmade(name, translation)
        expires = str(translation.details.get("expiresDateTime", ""))
        if translation.has_ended and _has_passed(expires, self._context.clock()):
            raise EditRefused(f"the service kept {target} until {expires}, and has removed it since", ANEW)


def _corrected(job: Job, meant: EditName) -> list[Translation]:
    """The translations that a correction is for."""
    target = meant.target and meant.target.casefold()
    return [translation for translation in job.translations if target in (None, translation.target.casefold())]


def _queued(job: Job, edits: Sequence[Edit]) -> Job:
    for edit in edits:
        job = job if job.knows(edit) else job.queue(edit)
    return job


def _has_passed(moment: str, now: datetime) -> bool:
    """Whether a moment that a service named has passed; not where it cannot be read."""
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return False
    return read.replace(tzinfo=read.tzinfo or UTC) <= now


def _not_taken(name: str, translation: Translation) -> EditRefused:
    """Why nothing is made of a correction that the provider of the translation does not take."""
    if translation.has_ended and translation.state is not State.SUCCEEDED:
        return _unmade(name, translation)
    verb = "was" if translation.has_ended else "is being"
    reason = f"{translation.target} {verb} translated by {translation.provider}, which takes no such corrections"
    return EditRefused(reason, problems.YOURS)


def _unmade(name: str, *ended: Translation) -> EditRefused:
    problem = problems.no_iteration(name, {translation.target: translation for translation in ended})
    return EditRefused(problem.reason, problem.advice)


def _refusal(refused: Collection[Problem]) -> EditRefused:
    """Why it counts for no language at all."""
    reasons = dict.fromkeys(problem.reason for problem in refused)
    advices = dict.fromkeys(problem.advice for problem in refused)
    return EditRefused("; ".join(reasons), " ".join(advices))
