"""Receipts: what became of a drop and of each translation, in the outbox, for people and for programs."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cachetools import LRUCache

from shared.errors import EditReplaced, RecordChanged
from shared.jobs.job import Job
from shared.jobs.problems import together
from shared.jobs.translation import Problem, State, Translation
from shared.outbox.forms import VERSION, DropReceipt, EditReceipt, Line, NoJobReceipt, Source, TranslationReceipt
from shared.outbox.names import ResultNames, edit_receipt, refused_receipt
from shared.storage.container import Container, Versioned, until_undisturbed
from shared.storage.content import SAMPLED

#: Raises what forbids that a receipt is written.
Confirm = Callable[[], Awaitable[None]]

ORDER = "babeldroporder"
REMEMBERED = 1000


class Order(NamedTuple):
    """Which of two receipts of one name is the later: of a newer content, of a later attempt, of the end."""

    generation: int = 0
    attempt: int = 0
    has_ended: bool = False

    @classmethod
    def of(cls, metadata: Mapping[str, str]) -> "Order":
        """The order of a receipt that was written."""
        generation, attempt, has_ended = map(int, metadata.get(ORDER, "0.0.0").split("."))
        return cls(generation, attempt, bool(has_ended))

    def metadata(self) -> dict[str, str]:
        """What it is known by afterwards."""
        return {ORDER: f"{self.generation}.{self.attempt}.{self.has_ended:d}"}


class Written(NamedTuple):
    """A receipt as it lies in the outbox. `md5` is of its text, base64."""

    order: Order
    md5: str | None


class Receipts:
    """Writes receipts. A consumer waits for the translation's, which is written last of all.

    Whoever comes late with an earlier receipt leaves the later one alone.
    """

    def __init__(self, outbox: Container, edits: Container) -> None:
        self._outbox, self._edits = outbox, edits
        self._written: LRUCache[str, Versioned[Written]] = LRUCache(REMEMBERED)

    async def announce(self, job: Job, translation: Translation) -> None:
        """Write the translation's receipt: before results are replaced, and when it has ended.

        One that was superseded has a receipt of its own name, for what was paid is told, and the other one belongs to
        the newer content.
        """
        names = ResultNames(job.stem, job.name)
        is_superseded = translation.state is State.SUPERSEDED
        name = names.superseded(translation.target, job.key) if is_superseded else names.receipt(translation.target)
        order = Order(job.generation, job.attempt, translation.has_ended)
        await self._write(name, translation_receipt(job, translation), order)

    async def tell(self, job: Job, confirm: Confirm | None = None) -> None:
        """Write the receipt of the drop. `confirm` raises RecordChanged where the job is not like that any more."""
        name = ResultNames(job.stem, job.name).receipt()
        await self._write(name, drop_receipt(job), Order(job.generation, job.attempt, job.has_ended), confirm)

    async def refuse_name(self, name: str, problem: Problem) -> None:
        """Write the receipt of a file whose name cannot be used."""
        await self._write(refused_receipt(name), _no_job(name, "refused", problem), Order())

    async def report(self, name: str, problem: Problem) -> None:
        """Write the receipt of a file that never became a job."""
        await self._write(ResultNames(name, name).receipt(), _no_job(name, "failed", problem), Order())

    async def answer_edit(
        self,
        name: str,
        etag: str,
        made_of: Mapping[str, str],
        refused: Mapping[str, Problem],
        confirm: Confirm | None = None,
    ) -> None:
        """Write the receipt of a correction. EditReplaced where a newer upload of it lies there.

        `made_of` has the ETag, by language that it counts for, of the upload that the iteration is made of; `refused`
        says of others why it does not count. `confirm` raises RecordChanged where that is not so any more.
        """
        if made_of:
            more = {"targets": tuple(made_of), "wait_for": made_of, "refused": refused}
            await self._write_edit(name, etag, "accepted", more, confirm)
        else:
            await self._write_edit(name, etag, "refused", {"problem": together(refused.values())}, confirm)

    async def refuse_edit(self, name: str, etag: str, problem: Problem) -> None:
        """Write the receipt of a correction that is for no translation. EditReplaced as above."""
        await self._write_edit(name, etag, "refused", {"problem": problem})

    async def report_edit(self, name: str, etag: str, problem: Problem) -> None:
        """Write the receipt of a correction that the app failed to take. EditReplaced as above."""
        await self._write_edit(name, etag, "failed", {"problem": problem})

    async def _write_edit(
        self, name: str, etag: str, status: str, more: Mapping[str, Any], confirm: Confirm | None = None
    ) -> None:
        receipt = {"version": VERSION, "status": status, "source": {"name": name, "etag": etag}} | dict(more)
        text = EditReceipt.model_validate(receipt).model_dump(mode="json")

        async def check() -> None:
            if confirm:
                await confirm()
            there = await self._edits.head(name)
            if there is not None and there.etag != etag:
                raise EditReplaced(f"a newer upload of {name} has come")

        await self._write(edit_receipt(name), text, Order(), check)

    async def remove(self, job: Job, edits: Iterable[str]) -> AsyncIterator[str]:
        """Remove the receipts of the drop, of its translations and of these edits; the names."""
        names = ResultNames(job.stem, job.name)
        lines = [names.receipt(target) for target in job.begun]
        for name in (*lines, *map(edit_receipt, edits), names.receipt()):
            async for removed in self._remove(name):
                yield removed
        async for removed in self.remove_outdated(job):
            yield removed

    async def remove_outdated(self, job: Job) -> AsyncIterator[str]:
        """Remove the receipts that tell of this content alone, whatever content came after it; the names."""
        names = ResultNames(job.stem, job.name)
        for target in job.begun:
            async for removed in self._remove(names.superseded(target, job.key)):
                yield removed
        for edit in [iteration.edit for iteration in job.iterations if iteration.edit]:
            name = edit_receipt(edit.name)
            blob = await self._outbox.read(name)
            if blob is not None and edit.etag in _uploads(json.loads(blob.data)):
                async for removed in self._remove(name):
                    yield removed

    async def _remove(self, name: str) -> AsyncIterator[str]:
        self._written.pop(name, None)
        there = await self._outbox.head(name)
        if there is not None:
            await self._outbox.delete(name, there.etag)
            yield name

    async def _write(self, name: str, receipt: Mapping[str, Any], order: Order, check: Confirm | None = None) -> None:
        """Write it, unless a later one is there. `check` raises what forbids it.

        It is called after the present receipt is known, so whoever writes another one in between wins.
        """
        text = json.dumps(receipt, indent=2, ensure_ascii=False)
        data = text.encode(errors="backslashreplace")  # a refused name may hold half a pair
        md5 = _md5(data)

        async def attempt() -> None:
            there = self._written.get(name)
            if check:
                await check()
            if there and (there.value.order > order or there.value.md5 == md5):
                return
            try:
                etag = await self._put(name, data, order, there.etag if there else None)
            except RecordChanged:
                await self._look(name)
                raise
            self._written[name] = Versioned(Written(order, md5), etag)

        await until_undisturbed(attempt, f"the receipt {name}")

    async def _put(self, name: str, data: bytes, order: Order, over: str | None) -> str:
        kind = "application/json; charset=utf-8"
        return await self._outbox.write(name, data, over, metadata=order.metadata(), content_type=kind)

    async def _look(self, name: str) -> None:
        self._written.pop(name, None)
        facts = await self._outbox.head(name)
        if facts:
            self._written[name] = Versioned(Written(Order.of(facts.metadata), facts.md5), facts.etag)


def translation_receipt(job: Job, translation: Translation) -> dict[str, Any]:
    """The receipt of one translation as JSON; `shared.outbox.forms` lists what it says."""
    more = {
        "version": VERSION,
        "source": _source(job),
        "accepted": job.accepted,
        "attempt": job.attempt,
        "estimate": _estimate(job),
        "warnings": tuple(dict.fromkeys((*translation.warnings, *translation.delivery_warnings))),
        "iterations": [i for i in job.iterations if i.target == translation.target],
        "edits": [edit.name for edit in job.edits if edit.target == translation.target],
    }
    return TranslationReceipt.model_validate(dict(translation) | more).model_dump(mode="json")


def drop_receipt(job: Job) -> dict[str, Any]:
    """The receipt of a drop as JSON: its translations and their state, or why it waits or was refused."""
    lines = [_line(translation) for translation in job.translations]
    edits = tuple(dict.fromkeys(edit.name for edit in job.edits))
    more = {"version": VERSION, "status": job.state, "source": _source(job), "translations": lines, "edits": edits}
    return DropReceipt.model_validate(dict(job) | more).model_dump(mode="json")


def _uploads(edit_receipt: Mapping[str, Any]) -> Sequence[str]:
    """The ETags of the upload that the receipt of a correction answers, and of those that stand for it."""
    return edit_receipt["source"]["etag"], *(edit_receipt.get("wait_for") or {}).values()


def _no_job(name: str, status: str, problem: Problem) -> dict[str, Any]:
    receipt = {"version": VERSION, "status": status, "source": {"name": name}, "problem": problem}
    return NoJobReceipt.model_validate(receipt).model_dump(mode="json")


def _estimate(job: Job) -> dict[str, float]:
    """What was read of the file when it was accepted, beside which stands what was charged."""
    facts = job.facts
    judged: dict[str, float | None] = {"characters": facts.characters, "images": facts.images, "pages": facts.pages}
    return {unit: value for unit, value in (judged | {"seconds": facts.duration}).items() if value is not None}


def _line(translation: Translation) -> Line:
    held = translation.not_before if translation.state is State.QUEUED else None
    return Line.model_validate(dict(translation) | {"held_until": held})


def _source(job: Job) -> Source:
    more = {"language": job.brief.get("source"), "sampled": job.version.startswith(SAMPLED)}
    return Source.model_validate(dict(job) | more)


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
