"""What a translation of a text file keeps in `staging`: what is asked, each answer, and the end.

Everything is known by what it holds or by what was asked, so that a later attempt which asks the same finds the answers
of an earlier one.
"""

import hashlib
import uuid
from collections.abc import Collection, Iterator
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from shared.jobs.step import Work
from shared.providers.outcome import Finished, Result
from shared.providers.task import Scratch, Task
from shared.providers.text_client import Translated
from shared.providers.text_receipt import Tally
from shared.providers.text_steps import half_of
from shared.subtitles import Ask

_ANSWERS = "answer/"


class Kept(BaseModel):
    """A value that is kept under a hash of its content."""

    model_config = ConfigDict(frozen=True)

    @property
    def digest(self) -> str:
        """What it is known by."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:24]

    async def keep(self, scratch: Scratch) -> str:
        """Keep it; its digest."""
        await scratch.write(self._name(self.digest), self.model_dump_json().encode())
        return self.digest

    @classmethod
    async def load(cls, digest: str, scratch: Scratch) -> Self | None:
        """What was kept; None where it is not there any more."""
        data = await scratch.read(cls._name(digest))
        return cls.model_validate_json(data) if data is not None else None

    @classmethod
    def _name(cls, digest: str) -> str:
        return f"{cls.__name__.lower()}/{digest}.json"


class Request(Kept):
    """One request: everything that decides about its answer."""

    version: str
    source: str | None
    script: str | None = None
    target: dict[str, Any]
    asks: list[Ask]

    @property
    def characters(self) -> int:
        """Characters that are sent, as the service counts them."""
        return sum(len(ask.text) for ask in self.asks)

    @property
    def trace(self) -> str:
        """A GUID by which the service's support finds it, the same whenever it is sent."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, self.digest))

    @property
    def halves(self) -> tuple[Self, Self]:
        """The same in two requests."""
        middle = len(self.asks) // 2
        first, second = self.asks[:middle], self.asks[middle:]
        return self.model_copy(update={"asks": first}), self.model_copy(update={"asks": second})

    def part(self, path: str) -> Self:
        """The half of a half that `path` names from the whole down: 0 for the first, 1 for the second."""
        request = self
        for half in path:
            request = request.halves[int(half)]
        return request

    def answered(self, digests: Collection[str]) -> Iterator[Self]:
        """Itself, or those of its halves, that are among the answers with these digests."""
        if self.digest in digests:
            yield self
        elif len(self.asks) > 1:
            for half in self.halves:
                yield from half.answered(digests)


class Round(Kept):
    """The requests of one rung of the ladder, by their digests."""

    requests: list[str]


class End(Kept):
    """The end of a translation, for whoever asks for it again."""

    suffix: str
    content: str
    warnings: list[str]
    details: dict[str, Any]

    def finished(self, scratch: Scratch) -> Finished:
        """The end, as the engine takes it."""
        result = Result(self.suffix, staged=scratch.blob(self.content))
        return Finished([result], warnings=self.warnings, operation={"end": self.digest}, details=self.details)


async def read_answer(request: Request, scratch: Scratch) -> Translated | None:
    """The answer to a request; None where none is kept."""
    data = await scratch.read(f"{_ANSWERS}{request.digest}.json")
    return Translated.model_validate_json(data) if data is not None else None


async def keep_answer(request: Request, answer: Translated, scratch: Scratch) -> Translated:
    """Keep an answer before it counts. Who comes second is told the first."""
    kept = await scratch.write(f"{_ANSWERS}{request.digest}.json", answer.model_dump_json().encode())
    return Translated.model_validate_json(kept)


async def keep_content(data: bytes, suffix: str, scratch: Scratch) -> str:
    """Keep a translated file until it is published; its name in `scratch`."""
    name = f"content/{hashlib.sha256(data).hexdigest()[:24]}.{suffix}"
    await scratch.write(name, data)
    return name


async def source_of(task: Task) -> bytes:
    """The file as it was accepted. It is kept, so that a newer one of its name does no harm to what has begun."""
    kept = await task.scratch.read("source")
    return kept if kept is not None else await task.scratch.write("source", await task.media.read(task.media.size))


async def request_of(work: Work, scratch: Scratch) -> Request | None:
    """What the step sends; None where it is not kept any more."""
    current = await Round.load(work.operation["rounds"][-1], scratch)
    request = await Request.load(current.requests[work.step.number], scratch) if current else None
    return request.part(half_of(work.step)) if request else None


async def known_answers(task: Task) -> tuple[dict[str, str | None], Tally]:
    """The translations of all rounds by the keys of what was asked, None for what was asked in vain."""
    known, tally, digests = dict[str, str | None](), Tally(), await _digests(task.scratch)
    for name in task.operation.get("rounds", ()):
        current = await Round.load(name, task.scratch)
        for digest in current.requests if current else ():
            whole = await Request.load(digest, task.scratch)
            known |= dict.fromkeys((ask.key for ask in whole.asks), None) if whole else {}
            for request in whole.answered(digests) if whole else ():
                if answer := await read_answer(request, task.scratch):
                    known |= zip((ask.key for ask in request.asks), answer.texts, strict=True)
                    tally.add(answer)
    return known, tally


async def _digests(scratch: Scratch) -> set[str]:
    """The digests of all requests whose answers are kept."""
    return {
        name.removeprefix(_ANSWERS).removesuffix(".json") async for name in scratch.list() if name.startswith(_ANSWERS)
    }
