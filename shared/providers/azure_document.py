"""Azure Document Translation: whole documents with their layout, small ones at once, the others by batch.

https://learn.microsoft.com/azure/ai-services/translator/document-translation/overview
"""

import logging
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, Literal, Self

import shared.providers.document_batches as batches
import shared.providers.document_synchronous as synchronous
from shared.errors import Refused, StorageTrouble, Unreachable
from shared.jobs.step import Step, Work
from shared.media.prose import text_of
from shared.names import BlobName
from shared.providers.base import Provider
from shared.providers.document_client import LONGEST_TRANSLATION, SERVICE, DocumentClient, File
from shared.providers.document_formats import (
    CONTENT_TYPES,
    LARGEST_GLOSSARY_SYNCHRONOUS,
    LARGEST_SYNCHRONOUS,
    LATEST,
    MODERN,
    OLDEST,
    batch_refuses,
    doubts_of_text,
    synchronous_refuses,
)
from shared.providers.document_glossaries import Applied, Chosen, choose
from shared.providers.document_options import (
    FIELDS,
    fields_of,
    mode_of,
    of_batch,
    of_query,
    of_target,
    suffix_of,
    suffixes_of,
)
from shared.providers.document_outcomes import (
    AT_WORK,
    ENDED,
    SUCCEEDED,
)
from shared.providers.http import Clients, Service
from shared.providers.options import Fields
from shared.providers.outcome import Finished, Found, Next, Operation, Outcome, Started
from shared.providers.settings import ProviderSettings
from shared.providers.task import Media, Pair, Scratch, Task
from shared.providers.translator import TranslatorSettings, sign_in, translator_language

log = logging.getLogger(__name__)
BATCH, AT_ONCE = batches.BATCH, "synchronous"
LONGEST_SLICE = timedelta(minutes=10)  # reading and writing included; the request itself has four minutes
#: What is read and kept before a batch is asked for may take so many seconds; the request itself has 60.
LONGEST_PREPARATION = 60.0
ON_ITS_WAY = timedelta(minutes=3)  # longer than both together
SHARED_HOST = (
    "it is off: TRANSLATOR_ENDPOINT is a host that many resources share, and documents are translated only at the "
    "resource's own, such as https://my-translator.cognitiveservices.azure.com"
)


class AzureDocumentSettings(TranslatorSettings):
    """The app settings of Azure Document Translation."""

    DOCUMENT_API_VERSION: Literal["2026-03-01", "2024-05-01", "v1.1"] = "2026-03-01"
    DOCUMENT_ACCESS: Literal["identity", "sas"] = "identity"


class AzureDocument(Provider):
    """Translates documents; images, too, in the newest api-version."""

    name: ClassVar[str] = "azure-document"
    needs: ClassVar[str] = "TRANSLATOR_ENDPOINT"
    settings: ClassVar[type[ProviderSettings]] = AzureDocumentSettings
    fields: ClassVar[Fields] = FIELDS
    route: ClassVar[Mapping[str, int]] = {"document": 1}
    lease: ClassVar[timedelta | None] = LONGEST_SLICE
    longest_request: ClassVar[timedelta] = timedelta(seconds=LONGEST_TRANSLATION)
    on_its_way: ClassVar[timedelta] = ON_ITS_WAY

    def __init__(
        self, service: Service | None, version: str = LATEST, *, by_identity: bool = True, why_off: str | None = None
    ) -> None:
        """`by_identity`: the Translator resource reaches storage by its own managed identity, else by signatures."""
        super().__init__(service)
        self._version, self._by_identity, self._why_off = version, by_identity, why_off
        self._fields = fields_of(version)
        self._glossary_formats: frozenset[str] | None = None

    @classmethod
    def build(cls, settings: AzureDocumentSettings, clients: Clients) -> Self:
        """See Provider."""
        service, why_off = None, None
        if settings.TRANSLATOR_ENDPOINT and not settings.has_own_host:
            why_off = SHARED_HOST
        elif settings.TRANSLATOR_ENDPOINT:
            service = clients.service(SERVICE, settings.TRANSLATOR_ENDPOINT, sign_in(settings, clients))
        by_identity = settings.DOCUMENT_ACCESS == "identity"
        return cls(service, settings.DOCUMENT_API_VERSION, by_identity=by_identity, why_off=why_off)

    def mistakes(self, options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """See Provider."""
        found = list(self._fields.mistakes(options))
        if isinstance(options, Mapping) and options.get("mode") == "sync" and self._version == OLDEST:
            found.append(("mode", f"must be auto or batch: api-version {OLDEST} has no synchronous call"))
        return found

    def language(self, tag: str) -> str:
        """See Provider."""
        return translator_language(tag)

    def unfit(self, media: Media, pair: Pair, options: Mapping[str, Any]) -> str | None:
        """See Provider."""
        refuses = synchronous_refuses if mode_of(options) == "sync" else batch_refuses
        return refuses(media.extension, media.size, self._version)

    def doubts(self, media: Media, pair: Pair, options: Mapping[str, Any]) -> Sequence[str]:
        """See Provider."""
        doubts = [*doubts_of_text(media.extension, media.facts)]
        if self.first_step(media, options).name == BATCH and "allowFallback" in options:
            doubts.append(
                "allowFallback is a field of the synchronous call; the document goes by batch, which has none."
            )
        return doubts

    def first_step(self, media: Media, options: Mapping[str, Any]) -> Step:
        """See Provider."""
        mode = mode_of(options)
        can_be_at_once = synchronous_refuses(media.extension, media.size, self._version) is None
        return Step(name=AT_ONCE if mode == "sync" or (mode == "auto" and can_be_at_once) else BATCH)

    def lease_of(self, step: Step) -> timedelta | None:
        """See Provider."""
        return self.lease if step.name == AT_ONCE else None

    async def prepare(self, task: Task) -> None:
        """See Provider."""
        await self._chosen(task)

    async def start(self, task: Task) -> Started:
        """See Provider."""
        began = time.monotonic()
        try:
            chosen = await self._chosen(task)
            if task.step.name == BATCH:
                return await self._start_batch(task, chosen, began)
            if chosen.largest > LARGEST_GLOSSARY_SYNCHRONOUS and mode_of(task.options) != "sync":
                return Next(Step(name=BATCH))
            return await self._translate(task, chosen)
        except StorageTrouble as error:
            raise Unreachable(error.reason, error.advice) from error

    async def find(self, work: Work, scratch: Scratch) -> Started | Found:
        """See Provider."""
        if work.step.name == BATCH:
            return await batches.find(self._client, work, scratch)
        name = await synchronous.find(work, scratch)
        return await synchronous.answered(name, scratch) if name else Found.NOTHING

    async def check(self, work: Work, scratch: Scratch) -> Outcome:
        """See Provider."""
        if work.step.name == AT_ONCE:
            return await synchronous.answered(str(work.operation["kept"]), scratch)
        batch = await self._client.batch(str(work.operation["id"]))
        if batch.get("status") not in ENDED:
            return self._running(batch.get("status"), AT_WORK)
        documents = [document async for document in self._client.documents(str(work.operation["id"]))]
        document = documents[0] if documents else {}
        if document.get("status") == SUCCEEDED:
            return await batches.succeeded(work, scratch, batch, document)
        return batches.failed_or_again(work, batch, document)

    async def cancel(self, work: Work) -> bool:
        """See Provider."""
        if "id" not in work.operation:
            return False
        try:
            await self._client.cancel(str(work.operation["id"]))
        except Refused:  # it has ended
            return False
        return True

    async def _chosen(self, task: Task) -> Chosen:
        return await choose(task, self.called, partial(text_of, task.media, task.media.extension), self._takes_glossary)

    async def _start_batch(self, task: Task, chosen: Chosen, began: float) -> Operation:
        """Keep what is asked, then ask it: one document, one language, a target of its own.

        It is not asked when the preparation, which began at the time `began`, took too long: somebody else might find
        no batch meanwhile, and start another one.
        """
        extension = task.media.extension
        target = batches.fresh_target(task, MODERN.get(extension, extension))
        asked = batches.Asked(
            target=target,
            source=task.media.address,
            to=self.called(task.pair.target),
            since=batches.now(),
            suffixes=suffixes_of(task.media, task.options),
            whole_name=extension in MODERN,
            warnings=chosen.warnings,
            details=_details(BATCH, chosen),
        )
        body = await self._body(task, chosen, asked)
        name = await batches.keep(asked, task.scratch)
        if time.monotonic() - began > LONGEST_PREPARATION:
            raise Unreachable("storage took too long to give what the batch needs", "Nothing to do: it is tried again.")
        accepted = await self._client.start(body)
        return {"id": accepted.id, "asked": name} | ({"request": accepted.request} if accepted.request else {})

    async def _body(self, task: Task, chosen: Chosen, asked: batches.Asked) -> dict[str, Any]:
        """The StartTranslationDetails."""
        source = {"sourceUrl": task.media.address if self._by_identity else await task.media.url()}
        if task.pair.source:
            source["language"] = self.called(task.pair.source)
        scratch, name = task.scratch, asked.target
        url = scratch.address(name) if self._by_identity else await scratch.write_url(name)
        target = {"targetUrl": url, "language": asked.to} | of_target(task.options)
        if chosen.applied:
            target["glossaries"] = [self._glossary(glossary) for glossary in chosen.applied]
        body: dict[str, Any] = {"inputs": [{"source": source, "targets": [target], "storageType": "File"}]}
        options = of_batch(task.options)
        return body | ({"options": options} if options else {})

    def _glossary(self, applied: Applied) -> dict[str, str]:
        url = applied.blob.address if self._by_identity else applied.blob.url
        version = {"version": applied.version} if applied.version else {}
        return {"glossaryUrl": url, "format": applied.format} | version

    async def _translate(self, task: Task, chosen: Chosen) -> Finished:
        """Have it translated at once, unless the answer to the very same question is kept already."""
        query = {"targetLanguage": self.called(task.pair.target)} | of_query(task.options)
        if task.pair.source:
            query["sourceLanguage"] = self.called(task.pair.source)
        name = synchronous.name_of([self._version, query, chosen.told()])
        answer = await synchronous.read(name, task.scratch) or await self._send(task, chosen, query, name)
        return answer.finished(name, task.scratch)

    async def _send(self, task: Task, chosen: Chosen, query: Mapping[str, Any], name: str) -> synchronous.Answer:
        extension = task.media.extension
        content = await task.media.read(LARGEST_SYNCHRONOUS)
        document = File(f"document{extension}", content, CONTENT_TYPES[extension])
        translated = await self._client.translate(document, [_as_file(each) for each in chosen.applied], query)
        log.info("%s: %s was translated by the request %s", task.media.name, task.target, translated.request)
        answer = synchronous.Answer(
            step=synchronous.step_of(task),
            content=synchronous.content_name(name, extension),
            suffix=suffix_of(task.media),
            units=synchronous.units(translated),
            warnings=chosen.warnings,
            details=_details(AT_ONCE, chosen) | synchronous.details(translated),
        )
        return await synchronous.keep(name, answer, translated.content, task.scratch)

    async def _takes_glossary(self, form: str) -> bool:
        """Whether the service lists a format of glossaries; asked once."""
        if self._glossary_formats is None:
            rows = await self._client.glossary_formats()
            self._glossary_formats = frozenset(str(row.get("format", "")).upper() for row in rows)
        return form in self._glossary_formats

    @property
    def _client(self) -> DocumentClient:
        return DocumentClient(self._service, self._version)

    @property
    def _off(self) -> str:
        return self._why_off or super()._off


def _details(way: str, chosen: Chosen) -> dict[str, Any]:
    """What the receipt says of how it was made."""
    return {"way": way} | ({"glossaries": chosen.told()} if chosen.applied else {})


def _as_file(applied: Applied) -> File:
    extension = BlobName(applied.blob.name).extension.lower()
    content_type = "application/x-tmx+xml" if applied.format.upper() == "TMX" else CONTENT_TYPES[extension]
    return File(f"glossary{extension}", applied.blob.data, content_type)
