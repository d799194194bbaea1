"""Azure Text Translation: subtitles and text files, of which nothing but the words is touched.

A translation alternates between two kinds of steps. One reads the file and what is answered by now, and sends nothing:
it keeps the next round of requests in `staging`, or the translated file. The other sends one request of the round and
keeps its answer. A request whose answer was lost again and again is halved.

https://learn.microsoft.com/azure/ai-services/translator/text-translation/overview
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Literal, Self

from pydantic import Field

from shared.errors import NotFound, Refused, SourceUnfit, StorageTrouble, TextUnreadable, Unreachable
from shared.jobs.step import Step, Work
from shared.languages import without_variant
from shared.names import BlobName
from shared.providers.base import Provider
from shared.providers.http import COGNITIVE_SERVICES, LONGEST_CALL, Clients, Service
from shared.providers.options import Fields
from shared.providers.outcome import Finished, Found, Next, Outcome, Started
from shared.providers.settings import Address
from shared.providers.task import Media, Pair, Scratch, Task
from shared.providers.text_client import OF_ONE_TEXT, SERVICE, TextClient, Translated
from shared.providers.text_file import Job, Written, go_on
from shared.providers.text_glossaries import Glossaries, glossaries_of
from shared.providers.text_languages import Languages
from shared.providers.text_options import (
    FIELDS,
    GENERAL,
    context_of,
    deployment_of,
    doubts_of,
    is_llm,
    limits_of,
    mistakes_in,
    needs_foundry,
    of_target,
    unfit_options,
)
from shared.providers.text_pace import Pace
from shared.providers.text_receipt import Tally
from shared.providers.text_steps import READ, SEND, after, counted, first_half
from shared.providers.text_work import (
    End,
    Request,
    Round,
    keep_answer,
    keep_content,
    known_answers,
    read_answer,
    request_of,
    source_of,
)
from shared.providers.translator import TranslatorSettings, sign_in, translator_language
from shared.subtitles import FORMATS, LLM, NMT, Ask, pack

log = logging.getLogger(__name__)
LONGEST_SLICE = timedelta(minutes=10)  # longer than the longest request, and than reading the largest file
LONGEST_CUSTOM_CALL = 180.0  # seconds; a custom model answers within two minutes, the general one within 15 s
LARGE, LARGE_AT_ONCE = 1_000_000, 2  # bytes of a large file; so many of them are in memory
SECONDS_BETWEEN_LOOKS = 5.0  # of a large file that waits for others
MOST_REQUESTS = 5000  # of one round
#: Requests are sent again when their answers are lost, and halved. A file may take so many calls for each request of
#: its rounds, and some more; then what is open stays in the source language.
CALLS_A_REQUEST, CALLS_MORE = 3, 50


class AzureTextSettings(TranslatorSettings):
    """The app settings of Azure Text Translation."""

    TEXT_API_VERSION: Literal["2026-06-06", "2025-05-01-preview"] = "2026-06-06"
    FOUNDRY_ENDPOINT: Address | None = None
    LARGEST_TEXT: int = Field(default=20_000_000, ge=1)
    TEXT_CHARACTERS_A_MINUTE: int = Field(default=666_667, ge=1)


class AzureText(Provider):
    """Translates subtitles, and texts where the route says so."""

    name: ClassVar[str] = "azure-text"
    needs: ClassVar[str] = "TRANSLATOR_ENDPOINT"
    settings: ClassVar[type[AzureTextSettings]] = AzureTextSettings
    fields: ClassVar[Fields] = FIELDS
    route: ClassVar[Mapping[str, int]] = {"subtitles": 1}
    lease: ClassVar[timedelta | None] = LONGEST_SLICE
    longest_request: ClassVar[timedelta] = timedelta(seconds=LONGEST_CUSTOM_CALL)

    def __init__(
        self,
        service: Service | None,
        settings: AzureTextSettings = AzureTextSettings(),  # noqa: B008  it is frozen
        foundry: Service | None = None,
    ) -> None:
        """`foundry` is the resource with a language model, where there is one."""
        super().__init__(service)
        self._settings, self._foundry = settings, foundry
        self._languages, self._pace = Languages(), Pace(settings.TEXT_CHARACTERS_A_MINUTE)
        self._large_files = asyncio.Semaphore(LARGE_AT_ONCE)

    @classmethod
    def build(cls, settings: AzureTextSettings, clients: Clients) -> Self:
        """See Provider."""
        service, foundry = None, None
        if settings.TRANSLATOR_ENDPOINT:
            service = clients.service(SERVICE, settings.TRANSLATOR_ENDPOINT, sign_in(settings, clients))
        if settings.FOUNDRY_ENDPOINT:
            foundry = clients.service(SERVICE, settings.FOUNDRY_ENDPOINT, clients.entra(COGNITIVE_SERVICES))
        return cls(service, settings, foundry)

    def mistakes(self, options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """See Provider."""
        return list(mistakes_in(options, self._settings.TEXT_API_VERSION))

    def language(self, tag: str) -> str:
        """See Provider."""
        return translator_language(tag)

    def unfit(self, media: Media, pair: Pair, options: Mapping[str, Any]) -> str | None:
        """See Provider."""
        largest = self._settings.LARGEST_TEXT
        if media.extension not in FORMATS:
            return f"it takes {', '.join(sorted(FORMATS))}, not {media.extension or 'a file without an extension'}"
        if media.size > largest:
            return f"LARGEST_TEXT lets files of up to {largest} bytes through, and this one has {media.size}"
        return unfit_options(options, media.kind, has_foundry=self._foundry is not None)

    def doubts(self, media: Media, pair: Pair, options: Mapping[str, Any]) -> Sequence[str]:
        """See Provider."""
        return list(doubts_of(options, pair.target))

    def first_step(self, media: Media, options: Mapping[str, Any]) -> Step:
        """See Provider."""
        return Step(name=READ)

    async def prepare(self, task: Task) -> None:
        """See Provider."""
        await self._glossaries(task)

    async def start(self, task: Task) -> Started:
        """See Provider."""
        try:
            if task.step.name != READ:
                return await self._send(task)
            if task.media.size < LARGE:
                return await self._read(task)
            if self._large_files.locked():
                return Next(task.step, wait=SECONDS_BETWEEN_LOOKS)
            async with self._large_files:
                return await self._read(task)
        except StorageTrouble as error:
            raise Unreachable(error.reason, error.advice) from error

    async def find(self, work: Work, scratch: Scratch) -> Started | Found:
        """See Provider."""
        request = await request_of(work, scratch) if work.step.name != READ else None
        answer = await read_answer(request, scratch) if request else None
        return after(work, answer) if answer else Found.NOTHING

    async def go_on_without(self, task: Task) -> Next | Finished | None:
        """See Provider."""
        return after(task, sent=task.lost + 1) if task.step.name != READ else None

    async def check(self, work: Work, scratch: Scratch) -> Outcome:
        """See Provider."""
        end = await End.load(str(work.operation["end"]), scratch)
        if end is None:
            raise NotFound(f"the answers of {SERVICE} are not kept any more")
        return end.finished(scratch)

    async def _read(self, task: Task) -> Started:
        """Read the file and what was answered by now: the next round of requests, or the end."""
        if not task.operation:
            await self._check_languages(task)
        glossaries = await self._glossaries(task)
        job = self._job(task, glossaries)
        source = await source_of(task)
        known, tally = await known_answers(task)
        try:
            found = await asyncio.to_thread(go_on, job, source, known)
        except TextUnreadable as error:
            raise SourceUnfit(error.reason, error.advice, elsewhere=task.media.kind == "document") from error
        if isinstance(found, Written):
            return await _end(task, found, tally, glossaries)
        return await self._plan_round(task, job, glossaries, found)

    async def _check_languages(self, task: Task) -> None:
        """Refused where the service's own lists do not have what is asked for."""
        by_model = is_llm(task.options) and task.options.get("allowFallback") is not True
        languages, script = (self._source_code(task), self.called(task.pair.target)), task.options.get("script")
        await self._languages.check(self._client({}), *languages, script, by_model=by_model)

    async def _glossaries(self, task: Task) -> Glossaries:
        """Those that were chosen when the file was first read."""
        if not task.operation:
            return await glossaries_of(task, self.called)
        digest = task.operation["glossaries"]
        kept = await Glossaries.load(digest, task.scratch) if digest else Glossaries()
        if kept is None:
            raise NotFound("the terms of the glossaries are not in staging any more")
        return kept

    async def _plan_round(self, task: Task, job: Job, glossaries: Glossaries, asks: Sequence[Ask]) -> Next:
        """Keep the requests of the next round."""
        packed = pack([len(ask.text) for ask in asks], job.room)
        if len(packed) > MOST_REQUESTS:
            raise SourceUnfit(f"the file takes {len(packed)} requests, and {MOST_REQUESTS} are the most: divide it")
        requests = [self._request(task, glossaries, [asks[number] for number in numbers]) for numbers in packed]
        digests = [await request.keep(task.scratch) for request in requests]
        rounds = [*task.operation.get("rounds", ()), await Round(requests=digests).keep(task.scratch)]
        operation = dict(task.operation) | {"rounds": rounds, "requests": len(packed)}
        operation["glossaries"] = await glossaries.keep(task.scratch) if glossaries != Glossaries() else None
        operation["most"] = operation.get("most", CALLS_MORE) + CALLS_A_REQUEST * len(packed)
        return Next(Step(name=SEND), operation)

    async def _send(self, task: Task) -> Next:
        """Send one request, unless its answer is kept already."""
        request = await request_of(task, task.scratch)
        if request is None:
            raise NotFound(f"what {SERVICE} was to be asked is not in staging any more")
        if answer := await read_answer(request, task.scratch):
            return after(task, answer)
        if task.is_last_send and len(request.asks) > 1:
            return Next(first_half(task.step), counted(task, task.lost))
        try:
            answer = await self._ask(task, request)
        except Refused as error:
            if error.said not in OF_ONE_TEXT:
                raise
            return Next(first_half(task.step), counted(task, 1)) if len(request.asks) > 1 else after(task)
        wait = self._pace.spend(request.characters)
        return after(task, await keep_answer(request, answer, task.scratch), 1 + task.lost, wait)

    async def _ask(self, task: Task, request: Request) -> Translated:
        answer = await self._client(task.options).translate(
            request.asks,
            request.source,
            request.target,
            script=request.script,
            trace=request.trace,
            longest=LONGEST_CALL if deployment_of(task.options) == GENERAL else LONGEST_CUSTOM_CALL,
        )
        log.info("%s: %s was translated by the request %s", task.media.name, task.target, answer.request)
        return answer

    def _request(self, task: Task, glossaries: Glossaries, asks: list[Ask]) -> Request:
        target = {"language": self.called(task.pair.target)} | of_target(task.options)
        if examples := glossaries.examples(asks):
            target["referenceTextPairs"] = examples
        return Request(
            version=self._settings.TEXT_API_VERSION,
            source=self._source_code(task),
            script=task.options.get("sourceScript"),
            target=target,
            asks=asks,
        )

    def _job(self, task: Task, glossaries: Glossaries) -> Job:
        target = without_variant(task.pair.target)
        return Job(
            extension=task.media.extension,
            source=task.pair.source,
            target=target,
            context=context_of(task.options),
            limits=limits_of(task.options, target),
            room=LLM if is_llm(task.options) else NMT,
            ends=task.operation.get("calls", 0) >= task.operation.get("most", 1),
            lexicon=glossaries.lexicon(),
        )

    def _client(self, options: Mapping[str, Any]) -> TextClient:
        """The resource that can do what is asked."""
        version = self._settings.TEXT_API_VERSION
        if needs_foundry(options) and self._foundry:
            return TextClient(self._foundry, version)
        return TextClient(self._service, version, own_host=self._settings.has_own_host)

    def _source_code(self, task: Task) -> str | None:
        return self.called(task.pair.source) if task.pair.source else None


async def _end(task: Task, written: Written, tally: Tally, glossaries: Glossaries) -> Finished:
    """Keep the translated file."""
    if written.kept and not written.translated:
        raise Refused(
            f"{SERVICE} gave no translation of any cue that could be put back: {written.kept[0]}", elsewhere=True
        )
    is_called_so = written.extension == task.media.extension
    suffix = (BlobName(task.media.name).extension if is_called_so else written.extension).removeprefix(".")
    end = End(
        suffix=suffix,
        content=await keep_content(written.data, suffix, task.scratch),
        warnings=[*written.warnings, *glossaries.warnings, *tally.warnings(task.options, task.pair.source)],
        details=written.report | tally.details(task.pair.source) | glossaries.details(),
    )
    await end.keep(task.scratch)
    return end.finished(task.scratch)
