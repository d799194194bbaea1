"""What a person may ask: which jobs there are, how one goes, and whether all is well."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from shared.engine.context import Context
from shared.engine.schedule import due_age
from shared.errors import BabeldropError, NameRefused, RecordNewer
from shared.jobs import problems
from shared.jobs.job import Job
from shared.jobs.summary import JobSummary
from shared.jobs.translation import Problem
from shared.names import BlobName
from shared.outbox.receipts import drop_receipt, translation_receipt

log = logging.getLogger(__name__)
PAGE = 200
#: When the last whole tick of this process ended.
LastTick = Callable[[], datetime | None]
HEALTH_LASTS = timedelta(seconds=10)


class Status:
    """Reads the ledger for people."""

    def __init__(self, context: Context, last_tick: LastTick = lambda: None) -> None:
        """`last_tick` tells when the last tick of this process ended; None where another one ticks."""
        self._context, self._last_tick = context, last_tick
        self._looking = asyncio.Lock()
        self._looked: datetime | None = None
        self._health: tuple[bool, dict[str, Any]] = (False, {})

    async def jobs(self, after: str = "") -> dict[str, Any]:
        """A page of the jobs at work, by id; `next` continues it."""
        found = []
        async for summary in self._context.ledger.summaries():
            if summary.key > after:
                found.append(_line(summary))
            if len(found) == PAGE:
                return {"jobs": found, "next": summary.key}
        return {"jobs": found}

    async def job(self, key: str) -> dict[str, Any] | None:
        """One job, at work or ended, by its id; None where there is none."""
        if not _can_be_name(key):
            return None
        try:
            job = await self._read(key)
        except RecordNewer as error:
            return {"id": key, "status": "unknown", "problems": [Problem.of(error).model_dump()]}
        if job is None:
            return None
        details = [translation_receipt(job, translation) for translation in job.translations]
        return drop_receipt(job) | {"translations": details, "brief": job.brief}

    async def _read(self, key: str) -> Job | None:
        """The job as its receipts tell it: one that has just ended may still have its open record."""
        ledger = self._context.ledger
        opened = await ledger.read_open(key)
        if opened is not None:
            return await ledger.ended(opened.value) or opened.value
        done = await ledger.read_done(key)
        return done.value if done else None

    async def job_of(self, name: str) -> dict[str, Any] | None:
        """The current job of an inbox name; None where there is none."""
        seen = await self._context.ledger.seen(BlobName(name)) if _can_be_name(name) else None
        return await self.job(seen.value.key) if seen else None

    async def report_poison(self, name: str) -> None:
        """A file could not be accepted five times over: tell, unless it has become a job all the same."""
        if _can_be_name(name) and await self.job_of(name) is None:
            await self._context.receipts.report(name, problems.POISON)

    async def health(self) -> tuple[bool, dict[str, Any]]:
        """Whether storage is reachable, when the last tick ended, how long the oldest due job has waited.

        Anybody may ask, so it is looked up once in ten seconds at the most.
        """
        now = self._context.clock()
        async with self._looking:
            if self._looked is None or now - self._looked >= HEALTH_LASTS:
                self._looked, self._health = now, await self._look(now)
        return self._health

    async def _look(self, now: datetime) -> tuple[bool, dict[str, Any]]:
        try:
            heartbeat = await self._context.ledger.heartbeat()
            summaries = [summary async for summary in self._context.ledger.summaries()]
        except BabeldropError as error:
            log.warning("storage is not well: %s", error.reason)  # anybody may ask, and is not told where it is
            return False, {"storage": "unreachable"}
        return True, {
            "storage": "reachable",
            "last_tick_seconds": self._tick_age(now, heartbeat.value.last if heartbeat else None),
            "open_jobs": len(summaries),
            "oldest_due_job_seconds": int(due_age(summaries, now)),
            "jobs_of_a_newer_version": sum(summary.is_newer for summary in summaries),
            "files_left_alone": heartbeat.value.left_alone if heartbeat else 0,
        }

    def _tick_age(self, now: datetime, heartbeat: datetime | None) -> int | None:
        """Seconds since the last tick. Of other processes only the heartbeat is known, which may be minutes older."""
        known = [moment for moment in (self._last_tick(), heartbeat) if moment]
        return _age(now, max(known)) if known else None


def _can_be_name(text: str) -> bool:
    """Whether it stays in its container as part of a blob's name."""
    try:
        BlobName(text)
    except NameRefused:
        return False
    return True


def _age(now: datetime, then: datetime) -> int:
    return int((now - then).total_seconds())


def _line(summary: JobSummary) -> dict[str, Any]:
    return {
        "id": summary.key,
        "name": summary.name,
        "status": _status(summary),
        "accepted": summary.accepted.isoformat() if summary.accepted else None,
        "translations": [
            {
                "target": line.target,
                "status": line.state,
                "provider": line.provider,
                "since": line.since.isoformat(),
                "detail": line.detail,
            }
            for line in summary.translations
        ],
    }


def _status(summary: JobSummary) -> str:
    if summary.complete and not summary.translations:
        return "waiting"
    unfinished = [line for line in summary.translations if not line.has_ended]
    return "held" if unfinished and all(line.is_limited for line in unfinished) else "running"
