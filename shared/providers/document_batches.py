"""Batches of one document: what is asked is kept before it is sent, so that a batch can be found whose answer was lost.

Each start has a target of its own, under which nothing has ever lain, for the service overwrites nothing.
"""

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict

from shared.jobs.translation import Step
from shared.providers.answers import part
from shared.providers.base import Found, Operation, Result, Scratch
from shared.providers.document_client import DocumentClient, Wanted
from shared.providers.document_outcomes import ENDED

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


def fresh_target(step: Step, extension: str) -> str:
    """A name in the scratch that nothing has ever had."""
    return f"{step}.{secrets.token_hex(12)}{extension}"


async def keep(asked: Asked, scratch: Scratch) -> str:
    """Keep what is about to be asked; the name to read it by."""
    name = f"{KEPT}{asked.target}.json"
    await scratch.write(name, asked.model_dump_json().encode())
    return name


async def read(name: str, scratch: Scratch) -> Asked | None:
    """What was asked; None where it is not kept any more."""
    data = await scratch.read(name)
    return Asked.model_validate_json(data) if data is not None else None


async def find(client: DocumentClient, step: Step, scratch: Scratch) -> Operation | Found:
    """The batch of a step whose answer was lost: told by its target, until that shows by source, language and time.

    NOTHING only after the whole list; UNKNOWN where several could be it, or one does not show its document yet.
    """
    asked = await _all_asked(step, scratch)
    if not asked:
        return Found.NOTHING  # it is kept before anything is sent
    marks = _Marks.of(asked, scratch)
    since = min(each.since for each in asked.values()) - CLOCK_SKEW
    likely: list[Operation] = []
    looked_at, is_told = 0, True
    async for batch in client.batches(Wanted(created_from=since, oldest_first=True, page=100)):
        looked_at += 1
        if looked_at > MOST_LOOKED_AT:
            return Found.UNKNOWN
        if _has_several(batch):
            continue
        batch_id = str(batch.get("id", "")).lower()
        documents = [document async for document in client.documents(batch_id)]
        if name := marks.surely(documents):
            return {"id": batch_id, "asked": name}
        if name := marks.perhaps(documents):
            likely.append({"id": batch_id, "asked": name})
        is_told = is_told and bool(documents or batch.get("status") in ENDED)
    if len(likely) == 1 and is_told:
        return likely[0]
    return Found.UNKNOWN if likely or not is_told else Found.NOTHING


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


async def _all_asked(step: Step, scratch: Scratch) -> dict[str, Asked]:
    """What was asked in this step, by the names that it is kept under."""
    found = {name: await read(name, scratch) async for name in _kept(step, scratch)}
    return {name: asked for name, asked in found.items() if asked is not None}


async def _kept(step: Step, scratch: Scratch) -> AsyncIterator[str]:
    async for name in scratch.list():
        if name.startswith(f"{KEPT}{step}."):
            yield name


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
