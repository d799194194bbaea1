"""Batches of one document: what is asked is kept before it is sent, so that a batch can be found whose answer was lost.

Each start has a target of its own, under which nothing has ever lain, for the service overwrites nothing.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict

from shared.errors import NotFound
from shared.jobs.step import Step, Work
from shared.providers.answers import codes, kept, part
from shared.providers.document_client import SERVICE, DocumentClient, Wanted
from shared.providers.document_outcomes import (
    ENDED,
    SUCCEEDED,
    document_units,
    error_of,
    failed,
    scans,
    vanished,
    wait_before_another,
)
from shared.providers.outcome import Failed, Finished, Found, Next, Operation, Result
from shared.providers.task import Scratch

BATCH = "batch"  # the step's name
KEPT = "asked/"
CLOCK_SKEW = timedelta(minutes=5)
MOST_LOOKED_AT = 1000  # batches; whoever starts more within the time of a crash is told that nobody knows


class Asked(BaseModel):
    """What was asked of the service: `target` is a name in the scratch, `source` a bare address.

    `suffixes` are those of the results, the document's own first; what follows it lies under its name and `.<suffix>`.
    """

    model_config = ConfigDict(frozen=True)

    target: str
    source: str
    to: str
    since: datetime
    suffixes: tuple[str, ...]
    whole_name: bool = False
    warnings: tuple[str, ...] = ()
    details: dict[str, Any] = {}

    def results(self, scratch: Scratch) -> list[Result]:
        """The files that the service has written."""
        own, *others = self.suffixes
        document = Result(own, staged=scratch.blob(self.target), whole_name=self.whole_name)
        beside = [Result(each, staged=scratch.blob(f"{self.target}.{each}"), essential=False) for each in others]
        return [document, *beside]


def fresh_target(work: Work, extension: str) -> str:
    """A name in the scratch that nothing has ever had."""
    return f"{_prefix(work)}{secrets.token_hex(12)}{extension}"


def _prefix(work: Work) -> str:
    """What the targets of a step begin with. A later attempt is not to find the batch of an earlier one."""
    attempt = work.id.rpartition(".")[2]
    return f"{work.step}.{attempt}."


async def keep(asked: Asked, scratch: Scratch) -> str:
    """Keep what is about to be asked; the name to read it by."""
    name = f"{KEPT}{asked.target}.json"
    await scratch.write(name, asked.model_dump_json().encode())
    return name


async def read(name: str, scratch: Scratch) -> Asked | None:
    """What was asked; None where it is not kept any more."""
    data = await scratch.read(name)
    return Asked.model_validate_json(data) if data is not None else None


async def find(client: DocumentClient, work: Work, scratch: Scratch) -> Operation | Found:
    """The batch of a step whose answer was lost: told by its target, until that shows by source, language and time.

    NOTHING only after the whole list; UNKNOWN where several could be it, or one does not show its document yet.
    """
    asked = await _all_asked(work, scratch)
    if not asked:
        return Found.NOTHING  # it is kept before anything is sent
    marks, likely = _Marks.of(asked, scratch), list[Operation]()
    looked_at, is_told = 0, True
    async for batch in client.batches(_search(asked.values())):
        looked_at += 1
        if looked_at > MOST_LOOKED_AT:
            return Found.UNKNOWN
        if _has_several(batch):
            continue
        batch_id, documents = await _within(client, batch)
        if name := marks.surely(documents):
            return {"id": batch_id, "asked": name}
        if name := marks.perhaps(documents):
            likely.append({"id": batch_id, "asked": name})
        is_told = is_told and bool(documents or batch.get("status") in ENDED)
    if len(likely) == 1 and is_told:
        return likely[0]
    return Found.UNKNOWN if likely or not is_told else Found.NOTHING


async def succeeded(
    work: Work, scratch: Scratch, batch: Mapping[str, Any], document: Mapping[str, Any]
) -> Finished | Failed:
    """What a document became that the service has translated."""
    asked = await read(str(work.operation["asked"]), scratch)
    if asked is None:
        return Failed(NotFound(f"where {SERVICE} has written the document is not known any more"), kept(batch))
    requests = {name: work.operation[name] for name in ("id", "request") if name in work.operation}
    details = asked.details | requests | scans(document)
    units = document_units(batch, document)
    return Finished(asked.results(scratch), units, asked.warnings, kept(document), details=details)


def failed_or_again(work: Work, batch: Mapping[str, Any], document: Mapping[str, Any]) -> Next | Failed:
    """Another try under a fresh target, or the end in the service's words."""
    tried = work.step.number + 1
    wait = wait_before_another(codes(error_of(batch, document)), tried)
    if wait is not None:
        return Next(Step(name=BATCH, number=tried), wait=wait)
    error = vanished(batch) if batch.get("status") == SUCCEEDED and not document else failed(batch, document)
    return Failed(error, kept(document or batch), document_units(batch, document))


async def _within(client: DocumentClient, batch: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]]:
    """The id of a batch, and its documents."""
    batch_id = str(batch.get("id", "")).lower()
    return batch_id, [document async for document in client.documents(batch_id)]


def _search(asked: Iterable[Asked]) -> Wanted:
    """The list of the batches that may be one of these."""
    return Wanted(created_from=min(each.since for each in asked) - CLOCK_SKEW, oldest_first=True, page=100)


class _Marks(NamedTuple):
    """What tells our documents: their targets, and their sources and languages; each with what it is kept under."""

    targets: Mapping[str, str]
    pairs: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, asked: Mapping[str, Asked], scratch: Scratch) -> Self:
        """The marks of all that was asked."""
        return cls(
            {_plain(scratch.address(each.target)): name for name, each in asked.items()},
            {(_plain(each.source), each.to.lower()): name for name, each in asked.items()},
        )

    def surely(self, documents: Sequence[Mapping[str, Any]]) -> str | None:
        """The one whose target a document has."""
        paths = (str(document["path"]) for document in documents if document.get("path"))
        return next((self.targets[_plain(path)] for path in paths if _plain(path) in self.targets), None)

    def perhaps(self, documents: Sequence[Mapping[str, Any]]) -> str | None:
        """The one whose source and language a document has that does not show its target yet."""
        shown = [document for document in documents if not document.get("path")]
        pairs = ((_plain(str(each.get("sourcePath", ""))), str(each.get("to", "")).lower()) for each in shown)
        return next((self.pairs[pair] for pair in pairs if pair in self.pairs), None)


async def _all_asked(work: Work, scratch: Scratch) -> dict[str, Asked]:
    """What was asked in this step, by the names that it is kept under."""
    names = [name async for name in scratch.list() if name.startswith(KEPT + _prefix(work))]
    found = {name: await read(name, scratch) for name in names}
    return {name: asked for name, asked in found.items() if asked is not None}


def _has_several(batch: Mapping[str, Any]) -> bool:
    """Whether it has more documents than one, and so cannot be ours."""
    total = part(batch, "summary").get("total")
    return isinstance(total, int) and total > 1


def _plain(address: str) -> str:
    """An address without its signature, its escapes read."""
    return unquote(urlsplit(address)._replace(query="", fragment="").geturl())


def now() -> datetime:
    """The time of a start, by which it is looked for."""
    return datetime.now(UTC)
