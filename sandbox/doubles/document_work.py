"""What Document Translation does after its 202: validates, translates each document, and writes the results.

A batch of which some documents fail has `Succeeded`; only one of which all fail has `Failed` (recorded answers).
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.doubles.control import Control
from sandbox.doubles.document_errors import (
    BAD_GLOSSARY,
    OUTER_CODES,
    Failed,
    Fault,
)
from sandbox.doubles.document_formats import (
    BATCH_BYTES,
    GLOSSARY_BYTES,
    extension,
    is_supported,
    media_type,
    result_name,
)
from sandbox.doubles.document_glossary import terms
from sandbox.doubles.document_jobs import Batch, Document
from sandbox.doubles.document_legacy import word
from sandbox.doubles.document_pdf import pdf_texts
from sandbox.doubles.document_pen import Pen
from sandbox.doubles.document_rules import GlossaryInput, Input, Target
from sandbox.doubles.document_storage import Address, Storage
from sandbox.doubles.document_translate import Translated, delivered, translate
from sandbox.doubles.document_validation import NextId, asked_of, documents_of, source_of, target_of
from sandbox.doubles.misbehaviour import Rule

log = logging.getLogger(__name__)

QUEUE_SECONDS, VALIDATE_SECONDS, DOCUMENT_SECONDS, CANCEL_SECONDS = 0.5, 0.5, 2.0, 1.0
AT_ONCE = 8
WORD = ".docx"
BROKEN = Fault(message="Internal Server Error", inner="InternalServerError", outer="InternalServerError")


class Batches:
    """Carries out batches, one coroutine each. Every outcome ends in a status; none raises."""

    def __init__(self, control: Control, storage: Storage, next_id: NextId, keep: Callable[[Batch], None]) -> None:
        """Work with these; `next_id` gives the documents their ids, `keep` writes down what has happened so far."""
        self._control, self._storage, self._next_id, self._keep = control, storage, next_id, keep
        self._cancelled: dict[str, asyncio.Event] = {}

    async def run(self, batch: Batch) -> None:
        """Take the batch through its statuses; one that was begun before goes on with what it has left."""
        cancelled = self._cancelled[batch.id] = asyncio.Event()
        if batch.status == "Cancelling":
            cancelled.set()
        try:
            await self._run(batch)
        except Failed as failure:
            batch.documents.clear()
            batch.move("ValidationFailed", failure.fault)
        except Exception:
            log.exception("a batch of the Document Translation double broke")
            batch.move("Failed", BROKEN)
        finally:
            del self._cancelled[batch.id]
        self._keep(batch)

    def cancel(self, batch: Batch) -> None:
        """Have what has not begun left undone."""
        batch.move("Cancelling")
        self._cancelled[batch.id].set()

    async def _run(self, batch: Batch) -> None:
        await self._control.nap(QUEUE_SECONDS)
        await self._meet_fate(batch)
        if not batch.documents:
            batch.documents = await self._validate(batch)
            self._keep(batch)
        if not batch.ended and batch.status != "Cancelling":
            batch.move("Running")
        if "never_finish" in batch.fates:
            await self._cancelled[batch.id].wait()
        room = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for document in batch.documents:
                if not document.ended:
                    group.create_task(self._in_turn(room, batch, document))
        await self._finish(batch)

    async def _validate(self, batch: Batch) -> list[Document]:
        await self._control.nap(VALIDATE_SECONDS)
        return await documents_of(batch, self._storage, self._next_id)

    async def _meet_fate(self, batch: Batch) -> None:
        if rule := batch.fates.get("unknown_status"):
            batch.word = rule.word
            await asyncio.sleep(rule.seconds)
            batch.word = None
        if rule := batch.fates.get("validation_failed"):
            raise _told(rule)

    async def _in_turn(self, room: asyncio.Semaphore, batch: Batch, document: Document) -> None:
        async with room:
            if self._cancelled[batch.id].is_set():
                return
            document.begun, document.created = True, datetime.now(UTC)
            document.move("Running")
            try:
                await self._control.nap(DOCUMENT_SECONDS)
                await self._translate(batch, document)
            except Failed as failure:
                document.move("Failed", failure.fault)
            except Exception:
                log.exception("a document of the Document Translation double broke")
                document.move("Failed", BROKEN)
            else:
                document.move("Succeeded")
            self._keep(batch)

    async def _translate(self, batch: Batch, document: Document) -> None:
        rule = batch.fates.get("document_failed")
        if rule and rule.file in document.source:
            raise _told(rule)
        given, target = asked_of(batch, document)
        content = await self._storage.read(source_of(batch, document), BATCH_BYTES)
        pen = Pen(document.to, await self._terms(given, target, document))
        name = document.source
        _check_supported(name, batch)
        result = await asyncio.to_thread(translate, name, content, pen, within_images=batch.asked.within_images)
        await self._write(batch, document, delivered(batch.fates, content, result))
        if target.with_word and extension(name) == ".pdf":
            await self._write_word(batch, document, result)
        document.characters, document.picture_characters = result.characters, result.picture_characters
        document.scans_succeeded, document.scans_failed = result.scans_succeeded, result.scans_failed
        self._control.paid[document.bill] += 1

    async def _terms(self, given: Input, target: Target, document: Document) -> dict[str, str]:
        found: dict[str, str] = {}
        for glossary in target.glossaries or ():
            try:
                found |= await self._glossary(glossary, given.source.language, target.language)
            except Failed as failure:
                message = failure.fault.message
                details = {"glossary": Address(glossary.glossary_url).plain, "document": document.source}
                fault = Fault(message=message, inner=BAD_GLOSSARY, inner_target=document.id, details=details)
                raise _failed(fault) from failure
        return found

    async def _glossary(self, glossary: GlossaryInput, source: str | None, target: str) -> dict[str, str]:
        address = Address(glossary.glossary_url)
        content = await self._storage.read(address, GLOSSARY_BYTES)
        return terms(address.plain, content, (source, target), glossary.format, glossary.version)

    async def _write(self, batch: Batch, document: Document, content: bytes) -> None:
        missing = batch.fates.get("missing_file")
        if not (missing and missing.file in document.source):
            name = result_name(document.source)
            await self._storage.write(target_of(batch, document), content, media_type(name))

    async def _write_word(self, batch: Batch, document: Document, result: Translated) -> None:
        """Beside the PDF, under its name with `.docx` after it: how the service names it is not published."""
        url = target_of(batch, document)
        path, question, signature = url.url.partition("?")
        beside = Address(f"{path}{WORD}{question}{signature}")
        lines = [line for text in pdf_texts(result.content) for line in text.splitlines()]
        await self._storage.write(beside, word(lines), media_type(WORD))

    async def _finish(self, batch: Batch) -> None:
        if batch.status == "Cancelling":
            await self._control.nap(CANCEL_SECONDS)
            for document in batch.documents:
                if not document.ended:
                    document.move("Cancelled")
            batch.move("Cancelled")
            return
        if rule := batch.fates.get("fail"):
            batch.move("Failed", _told(rule).fault)
            return
        faults = [document.fault for document in batch.documents]
        all_failed = faults[0] if all(faults) else None
        batch.move("Failed" if all_failed else "Succeeded", all_failed)


def _check_supported(name: str, batch: Batch) -> None:
    if not is_supported(name, batch.version):
        raise Failed("InvalidDocumentFormat", "The document format is not supported.")


def _failed(fault: Fault) -> Failed:
    failure = Failed(fault.inner, fault.message)
    failure.fault = fault
    return failure


def _told(rule: Rule) -> Failed:
    """A failure as a rule words it; its code is an outer or an inner one."""
    outer = rule.code if rule.code in OUTER_CODES else OUTER_CODES[0]
    return _failed(Fault(message=rule.message, inner=rule.code, outer=outer))
