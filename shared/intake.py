"""A file was dropped: make it the current one of its name, freeze its brief, hand it to the engine."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.brief import Brief, brief_files, is_forced, kind_of, layers, resolve
from shared.draft import Draft
from shared.engine import Engine, Parts
from shared.errors import BabeldropError, BriefRefused, LanguageRefused, NameRefused, RecordChanged, SourceRefused
from shared.job import Job, Problem, State, Translation, job_key
from shared.ledger import Entry, Seen
from shared.names import RECEIPT, BlobName
from shared.storage import Facts

log = logging.getLogger(__name__)
TRIES = 5
GIGABYTE = 1024**3


@dataclass(frozen=True)
class Terms:
    """What a deployment asks of every drop: the weakest brief, the most targets, the time that a job has."""

    defaults: Mapping[str, Any]
    most_targets: int
    hours: float


class Intake:
    """Accepts drops. Doing it twice, or twice at once, starts nothing twice."""

    def __init__(self, parts: Parts, engine: Engine, terms: Terms) -> None:
        self._parts, self._engine, self._terms = parts, engine, terms

    async def accept(self, name: str) -> None:
        """Accept whatever lies in the inbox under this name now; nothing where it is gone."""
        try:
            blob_name = BlobName(name)
        except NameRefused as error:
            await self._parts.delivery.refuse_name(name, Problem.of(error))
            return
        if blob_name.is_brief:
            await self._look_at_waiting(blob_name.folder)
            return
        for _ in range(TRIES):
            try:
                await self._accept(blob_name)
            except RecordChanged:
                continue
            return
        raise RecordChanged(f"{name} changes too fast to be accepted")

    async def reconsider(self, entry: Entry) -> None:
        """Look again at a job that waits for its brief."""
        facts = await self._parts.inbox.head(entry.job.name)
        if facts is None:
            gone = Problem(
                code="source-gone", reason="the file was deleted before it was started", advice="Drop it again."
            )
            await self._write(Draft(self._parts.ledger, entry), entry.job.model_copy(update=_refusal(gone)))
            return
        if facts.version != entry.job.version:
            return
        job = await self._planned(entry.job, facts)
        if job != entry.job:
            await self._write(Draft(self._parts.ledger, entry), job)

    async def retry(self, done: Entry, job: Job) -> None:
        """Begin the next attempt of a job that has ended."""
        draft = Draft(self._parts.ledger, Entry(job, None))
        draft.confirmed = done.job.attempt < job.attempt
        await self._write(draft, job)

    async def _accept(self, name: BlobName) -> None:
        current = await self._parts.ledger.seen(name)
        facts = await self._parts.inbox.head(name)
        if facts is None:
            return
        key = job_key(name, facts.version)
        if current is None:
            seen = Seen(key=key, etag=facts.etag, stem=await self._claim_stem(name))
            await self._parts.ledger.set_seen(name, seen, None)
            await self._begin(name, facts, seen, replaces=False)
            return
        seen, etag = current
        if seen.key == key:
            await self._known(name, facts, seen, etag)
        else:
            await self._newer(name, facts, seen, etag)

    async def _known(self, name: BlobName, facts: Facts, seen: Seen, etag: str) -> None:
        """The current content again: the same event twice, or the same content dropped again."""
        ledger = self._parts.ledger
        opened = await ledger.read_open(seen.key)
        if opened is not None:
            await self._engine_or_brief(opened)
            if seen.etag != facts.etag:
                await ledger.set_seen(name, seen.model_copy(update={"etag": facts.etag}), etag)
            return
        done = await ledger.read_done(seen.key)
        if done is None:
            await self._begin(name, facts, seen, replaces=False)
            return
        if done.job.etag == facts.etag:
            return
        again = self._again(await self._planned(_fresh(done.job, facts, self._times(facts)), facts), done.job, facts)
        if again is not None:
            await self.retry(done, again)
        await ledger.set_seen(name, seen.model_copy(update={"etag": facts.etag}), etag)

    async def _engine_or_brief(self, opened: Entry) -> None:
        if opened.job.waits:
            await self.reconsider(opened)
        else:
            await self._engine.advance(Draft(self._parts.ledger, opened))

    def _again(self, planned: Job, done: Job, facts: Facts) -> Job | None:
        """The next attempt: what failed or is new, everything where it is forced; None where nothing is left to do."""
        if is_forced(facts.metadata) or not done.translations:
            return planned
        kept = {t.target: t for t in done.translations if t.state is State.SUCCEEDED}
        translations = tuple(kept.get(t.target, t) for t in planned.translations)
        job = planned.model_copy(update={"translations": translations})
        return None if job.has_ended and not job.refused else job

    async def _newer(self, name: BlobName, facts: Facts, seen: Seen, etag: str) -> None:
        """Other content than before: it becomes current, and what is at work for the older one is superseded."""
        newer = Seen(key=job_key(name, facts.version), etag=facts.etag, stem=seen.stem)
        await self._parts.ledger.set_seen(name, newer, etag)
        await self._supersede(seen.key)
        done = await self._parts.ledger.read_done(newer.key)
        if done is None:
            await self._begin(name, facts, newer, replaces=True)
        elif done.job.etag != facts.etag:
            await self.retry(done, await self._planned(_fresh(done.job, facts, self._times(facts)), facts))

    async def _supersede(self, key: str) -> None:
        older = await self._parts.ledger.read_open(key)
        if older is None:
            return
        problem = Problem(code="superseded", reason="a newer version of the file was dropped", advice="Nothing.")
        if older.job.waits:
            job = older.job.model_copy(update=_refusal(problem))
            await self._parts.ledger.close(older._replace(job=job))
            return
        await self._engine.stop(Draft(self._parts.ledger, older), State.SUPERSEDED, problem)

    async def _begin(self, name: BlobName, facts: Facts, seen: Seen, *, replaces: bool) -> None:
        accepted, deadline = self._times(facts)
        job = Job(
            key=seen.key,
            name=name,
            version=facts.version,
            etag=facts.etag,
            size=facts.size,
            kind=kind_of(name),
            stem=seen.stem,
            accepted=accepted,
            deadline=deadline,
            replaces=replaces,
        )
        await self._write(Draft(self._parts.ledger, Entry(job, None)), await self._planned(job, facts))

    async def _write(self, draft: Draft, job: Job) -> None:
        """Hand a job to the engine; one that waits or was refused is only written and told."""
        draft.replace(job)
        if not job.waits:
            await self._engine.advance(draft)
            return
        await draft.save()
        if await self._parts.ledger.has_ended(job):
            await self._parts.ledger.drop_open(draft.entry)
            return
        await self._parts.delivery.tell(job)

    async def _planned(self, job: Job, facts: Facts) -> Job:
        """The job with its brief frozen and a translation for each target, or with what stands in the way."""
        try:
            _refuse_source(job)
            brief = await self._brief(BlobName(job.name), facts)
        except SourceRefused as error:
            return job.model_copy(update=_refusal(Problem.of(error)))
        except BriefRefused as error:
            return job.model_copy(update={"problems": (Problem.of(error),), "translations": ()})
        now = self._parts.clock()
        translations = tuple(Translation(target=target, since=now) for target in brief.targets)
        return job.model_copy(update={"brief": brief.as_json(), "translations": translations, "problems": ()})

    async def _brief(self, name: BlobName, facts: Facts) -> Brief:
        files = {}
        for file in brief_files(name):
            blob = await self._parts.inbox.read(file)
            if blob is not None:
                files[file] = blob.data
        checks = {provider.name: provider.mistakes for provider in self._parts.providers.values()}
        brief = resolve(layers(name, self._terms.defaults, files, facts.metadata), checks, self._terms.most_targets)
        if not brief.targets:
            raise BriefRefused(_no_targets(name), "Name the target languages; the file starts by itself.")
        self._refuse_collapse(brief, kind_of(name))
        return brief

    def _refuse_collapse(self, brief: Brief, kind: str) -> None:
        """Two targets that a provider of the route calls by one name would be paid for twice."""
        for provider in brief.route.get(kind, ()):
            names: dict[str, str] = {}
            for target in brief.targets:
                try:
                    called = self._parts.providers[provider].language(target)
                except LanguageRefused:
                    continue
                if called in names:
                    raise BriefRefused(f"targets: {names[called]} and {target} are both {called} to {provider}")
                names[called] = target

    async def _claim_stem(self, name: BlobName) -> str:
        """The stem of the results: the name without its extension, or the whole name where that is taken."""
        for stem in (name.stem, str(name)):
            if await self._parts.ledger.claim_stem(stem, name):
                return stem
        raise BabeldropError(f"the names of the results of {name} belong to another file")

    async def _look_at_waiting(self, folder: str) -> None:
        """A brief has come: files below its folder may start now."""
        prefix = f"{folder}/" if folder else ""
        async for glance in self._parts.ledger.glances():
            if glance.translations or not glance.name.startswith(prefix):
                continue
            entry = await self._parts.ledger.read_open(glance.key)
            if entry is not None and entry.job.waits:
                await self.reconsider(entry)

    def _times(self, facts: Facts) -> tuple[datetime, datetime]:
        now = self._parts.clock()
        return now, now + timedelta(hours=self._terms.hours * (1 + facts.size / GIGABYTE))


def _refuse_source(job: Job) -> None:
    if job.name.endswith(RECEIPT):
        raise SourceRefused("it is a receipt of this app, not a file to translate")
    if not job.kind:
        extension = BlobName(job.name).extension or "no extension"
        raise SourceRefused(f"files with {extension} are not translated here")
    if job.size == 0:
        raise SourceRefused("the file is empty")


def _refusal(problem: Problem) -> dict[str, Any]:
    return {"problems": (problem,), "translations": (), "refused": True}


def _fresh(done: Job, facts: Facts, times: tuple[datetime, datetime]) -> Job:
    """The next attempt of a job, before it is planned."""
    accepted, deadline = times
    return done.model_copy(
        update={
            "attempt": done.attempt + 1,
            "etag": facts.etag,
            "accepted": accepted,
            "deadline": deadline,
            "replaces": True,
            "translations": (),
            "problems": (),
            "refused": False,
        }
    )


def _no_targets(name: BlobName) -> str:
    example = "en-US_to_es-ES"
    return (
        f"{name} has no target language: put it into a folder such as {example}, "
        'or put a translate.json such as {"targets": ["es-ES"]} beside it'
    )
