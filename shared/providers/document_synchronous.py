"""Documents that are translated at once: the answer is kept by what was asked, before it counts."""

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.errors import NotFound
from shared.jobs.step import Work
from shared.providers.document_client import SERVICE, Translated
from shared.providers.outcome import Finished, Result
from shared.providers.task import Scratch

KEPT = "synchronous/"


class Answer(BaseModel):
    """What is known of an answer: the step that it was got in, the name of its content, what it cost."""

    model_config = ConfigDict(frozen=True)

    step: str
    content: str
    suffix: str
    units: dict[str, float] = {}
    warnings: tuple[str, ...] = ()
    details: dict[str, Any] = {}

    def finished(self, name: str, scratch: Scratch) -> Finished:
        """The end of the translation; `name` is what the answer is kept under."""
        result = Result(self.suffix, staged=scratch.blob(self.content))
        operation = {"kept": name}
        return Finished([result], self.units, self.warnings, operation=operation, details=self.details)


def name_of(asked: Any) -> str:
    """What the answer to this question is kept under; the question is JSON."""
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:24]
    return f"{KEPT}{digest}.json"


def step_of(work: Work) -> str:
    """What a step is known by in all attempts."""
    return f"{work.id}.{work.step}"


async def read(name: str, scratch: Scratch) -> Answer | None:
    """An answer that is kept; None where none is."""
    data = await scratch.read(name)
    return Answer.model_validate_json(data) if data is not None else None


async def keep(name: str, answer: Answer, content: bytes, scratch: Scratch) -> Answer:
    """Keep an answer: what is known of it last, for it counts only once that is there. Who comes second is told."""
    await scratch.write(answer.content, content)
    return Answer.model_validate_json(await scratch.write(name, answer.model_dump_json().encode()))


async def find(work: Work, scratch: Scratch) -> str | None:
    """What the answer to this very step is kept under; None where it is not."""
    async for name in scratch.list():
        if name.startswith(KEPT):
            answer = await read(name, scratch)
            if answer is not None and answer.step == step_of(work):
                return name
    return None


def content_name(name: str, extension: str) -> str:
    """Where the content of an answer lies."""
    return f"content/{name.removeprefix(KEPT).removesuffix('.json')}{extension}"


def units(translated: Translated) -> dict[str, float]:
    """What an answer of the service was charged, by unit. Pictures are charged by the scan."""
    said = {"characters": translated.characters, "images": translated.scans_succeeded}
    return {unit: float(count) for unit, count in said.items() if count is not None}


def details(translated: Translated) -> dict[str, Any]:
    """What else an answer says, for the receipt."""
    said = {"request": translated.request, "imageScansFailed": translated.scans_failed}
    return {name: value for name, value in said.items() if value}


async def answered(name: str, scratch: Scratch) -> Finished:
    """The end that an answer stands for. NotFound where it is not kept."""
    answer = await read(name, scratch)
    if answer is None:
        raise NotFound(f"the answer of {SERVICE} is not kept any more")
    return answer.finished(name, scratch)
