"""Plans a job: freezes its brief and lays out its translations, or says what stands in the way."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.briefs.brief import Brief, resolve
from shared.briefs.layers import brief_files, layers
from shared.briefs.targets import refuse_merged, refuse_unclear
from shared.engine.context import Context
from shared.errors import BriefRefused, LeftOver, SourceRefused, TooLong
from shared.jobs.job import Job
from shared.jobs.ledger import Seen
from shared.jobs.translation import Problem, Translation
from shared.media.facts import MediaFacts
from shared.media.inspection import inspect
from shared.media.kinds import kind_of
from shared.media.ranges import MediaFile
from shared.names import BRIEF, RECEIPT, BlobName, is_left_over
from shared.storage.container import Facts
from shared.storage.content import StoredFile, identified
from shared.triggers.drop import Drop

GIGABYTE = 1024**3
LONGEST_BRIEF = 64 * 1024  # bytes; it is frozen on the job's record, which is read and written whole


@dataclass(frozen=True)
class Terms:
    """What a deployment asks of every drop: the weakest brief, the most targets, the time that a job has."""

    defaults: Mapping[str, Any]
    most_targets: int
    hours: float


#: Reads what a file is.
Inspect = Callable[[BlobName, str, MediaFile], Awaitable[MediaFacts]]


class Planner:
    """Reads briefs and applies the deployment's terms."""

    def __init__(self, context: Context, terms: Terms, inspect: Inspect = inspect) -> None:
        """`inspect` is asked once for each content, when it is accepted."""
        self._context, self._terms, self._inspect = context, terms, inspect

    async def inspect(self, name: BlobName, facts: Facts) -> MediaFacts:
        """What the file's content shows; it is not read where the file is refused as it is.

        RecordChanged where the file is another by now.
        """
        try:
            refuse_source(name, facts.size)
        except SourceRefused:
            return MediaFacts()
        return await self._inspect(name, kind_of(name), StoredFile(self._context.inbox, facts))

    async def begin(self, drop: Drop, seen: Seen, *, attempt: int = 1, forced: bool = False) -> Job:
        """The job of a drop that was not seen before, or of which nothing but the number of its attempts is kept."""
        facts = await identified(self._context.inbox, drop.facts)
        job = Job(
            key=seen.key,
            name=drop.name,
            version=facts.version,
            etag=facts.etag,
            size=facts.size,
            kind=kind_of(drop.name),
            stem=seen.stem or str(drop.name),
            accepted=self._context.clock(),
            hours=self._hours(facts),
            generation=seen.generation,
            attempt=attempt,
            forced=attempt if forced else 0,
            replaces=seen.generation > 1 or attempt > 1,
            facts=drop.media or await self.inspect(drop.name, facts),
        )
        return await self.plan(job, facts)

    async def again(self, done: Job, facts: Facts, seen: Seen, *, forced: bool) -> Job:
        """The next attempt of a job that has ended, under the brief of today."""
        fresh = {
            "generation": seen.generation,
            "attempt": done.attempt + 1,
            "kind": kind_of(BlobName(done.name)),
            "stem": seen.stem or done.stem,
            "forced": done.attempt + 1 if forced else done.forced,
            "etag": facts.etag,
            "accepted": self._context.clock(),
            "hours": self._hours(facts),
            "replaces": True,
            "refused": False,
            "expired": done.expired if seen.generation == done.generation else (),
        }
        return await self.plan(done.model_copy(update=fresh), facts)

    async def plan(self, job: Job, facts: Facts) -> Job:
        """The job with its brief frozen and a translation for each target, or with what stands in the way."""
        try:
            refuse_source(BlobName(job.name), job.size, job.facts)
            brief = await self._brief(BlobName(job.name), facts)
        except SourceRefused as error:
            return job.refuse(Problem.of(error))
        except BriefRefused as error:
            return job.model_copy(update={"problems": (Problem.of(error),), "translations": ()})
        now = self._context.clock()
        translations = tuple(Translation(target=target, since=now, begun_in=job.attempt) for target in brief.targets)
        return job.model_copy(update={"brief": brief.as_json(), "translations": translations, "problems": ()})

    def _hours(self, facts: Facts) -> float:
        """The time that a translation has; each gigabyte gives it as long again."""
        return self._terms.hours * (1 + facts.size / GIGABYTE)

    async def _brief(self, name: BlobName, facts: Facts) -> Brief:
        files = {}
        for file in brief_files(name):
            try:
                blob = await self._context.inbox.read(file, LONGEST_BRIEF)
            except TooLong as error:
                raise BriefRefused(error.reason) from error
            if blob is not None:
                files[file] = blob.data
        checks = {provider.name: provider.mistakes for provider in self._context.providers.values()}
        brief = resolve(layers(name, self._terms.defaults, files, facts.metadata), checks, self._terms.most_targets)
        if not brief.targets:
            raise BriefRefused(_no_targets(name), "Name the target languages; the file starts by itself.")
        are_on = [provider for provider in self._context.providers.values() if provider.is_on]
        refuse_merged(brief.as_json(), kind_of(name), {provider.name: provider.merged_mistakes for provider in are_on})
        refuse_unclear(brief.as_json(), kind_of(name), {provider.name: provider.language for provider in are_on})
        return brief


def refuse_source(name: BlobName, size: int, media: MediaFacts | None = None) -> None:
    """SourceRefused where nobody can translate the file, as its name, its size and its content show."""
    if name.endswith(RECEIPT):
        raise SourceRefused("it is a receipt of this app, not a file to translate")
    if name.lower().endswith(BRIEF):
        raise SourceRefused(
            "it looks like a brief, but has not the name of one",
            "Call it translate.json, or talk.mp4.translate.json beside talk.mp4, in small letters.",
        )
    if is_left_over(name):
        raise LeftOver("a browser or an editor left it behind while it saved a file")
    if not kind_of(name):
        extension = name.extension or "no extension"
        raise SourceRefused(f"files with {extension} are not translated here")
    if size == 0:
        raise SourceRefused("the file is empty")
    if media is not None and media.unfit:
        raise SourceRefused(media.unfit, media.advice)


def _no_targets(name: BlobName) -> str:
    example = "en-US_to_es-ES"
    return (
        f"{name} has no target language: put it into a folder such as {example}, "
        'or put a translate.json such as {"targets": ["es-ES"]} beside it'
    )
