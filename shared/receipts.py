"""Receipts: what became of a drop and of each translation, in the outbox, for people and for programs."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.job import Job, Problem, State, Translation
from shared.names import ResultNames, refused_receipt
from shared.storage import ANY, Container


class Receipts:
    """Writes receipts. A consumer waits for the translation's, which is written last of all."""

    def __init__(self, outbox: Container) -> None:
        self._outbox = outbox

    async def announce(self, job: Job, translation: Translation) -> None:
        """Write the translation's receipt: before results are replaced, and when it has ended."""
        names = ResultNames(job.stem, job.name)
        await self._write(names.receipt(translation.target), translation_receipt(job, translation))

    async def tell(self, job: Job) -> None:
        """Write the receipt of the drop."""
        await self._write(ResultNames(job.stem, job.name).receipt(), drop_receipt(job))

    async def refuse_name(self, name: str, problem: Problem) -> None:
        """Write the receipt of a file whose name cannot be used; once."""
        receipt = refused_receipt(name)
        if await self._outbox.head(receipt) is None:
            await self._write(receipt, {"status": "refused", "source": {"name": name}} | _problem(problem))

    async def report(self, name: str, problem: Problem) -> None:
        """Write the receipt of a file that never became a job."""
        receipt = ResultNames(name, name).receipt()
        await self._write(receipt, {"status": "failed", "source": {"name": name}} | _problem(problem))

    async def _write(self, name: str, receipt: Mapping[str, Any]) -> None:
        text = json.dumps(receipt, indent=2, ensure_ascii=False)
        data = text.encode(errors="backslashreplace")  # a refused name may hold half a pair
        await self._outbox.write(name, data, ANY, content_type="application/json; charset=utf-8")


def translation_receipt(job: Job, translation: Translation) -> dict[str, Any]:
    """The receipt of one translation; design 2.3 lists what it says."""
    return {
        "status": translation.state,
        "source": _source(job),
        "target": translation.target,
        "provider": translation.provider,
        "outputs": [output.model_dump(exclude_none=True) for output in translation.outputs],
        "units": dict(translation.units),
        "warnings": list(translation.warnings),
        "accepted": _time(job.accepted),
        "started": _time(translation.started),
        "ended": _time(translation.ended),
        "attempt": job.attempt,
        "iterations": translation.step.number,
    } | _problem(translation.problem, translation.passed_over)


def drop_receipt(job: Job) -> dict[str, Any]:
    """The receipt of a drop: its translations and their state, or why it waits or was refused."""
    return {
        "status": job.state,
        "id": job.key,
        "source": _source(job),
        "accepted": _time(job.accepted),
        "attempt": job.attempt,
        "problems": [problem.model_dump() for problem in job.problems],
        "translations": [_line(translation) for translation in job.translations],
    }


def _line(translation: Translation) -> dict[str, Any]:
    line = {"target": translation.target, "status": translation.state, "provider": translation.provider}
    held = {"held_until": _time(translation.not_before)} if translation.state is State.QUEUED else {}
    return line | held | _problem(translation.problem, translation.passed_over)


def _problem(problem: Problem | None, passed_over: Mapping[str, Problem] | None = None) -> dict[str, Any]:
    told = {"problem": problem.model_dump()} if problem else {}
    if passed_over:
        told["passed_over"] = {name: other.model_dump() for name, other in passed_over.items()}
    return told


def _source(job: Job) -> dict[str, Any]:
    language = job.brief.get("source")
    return {"name": job.name, "version": job.version, "etag": job.etag, "size": job.size, "language": language}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
