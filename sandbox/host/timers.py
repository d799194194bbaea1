"""Timer triggers.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import NoReturn, Protocol

from cronsim import CronSim, CronSimError
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal

from sandbox.host.function import Function, FunctionError, StartupError
from sandbox.host.protocol import TypedData, as_json
from sandbox.host.worker import Runs, Worker

logger = logging.getLogger(__name__)
NEVER = datetime.min.replace(tzinfo=UTC)
#: A timer that is due more often has no status.
SHORTEST_WITH_STATUS = timedelta(minutes=1)


class Clock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """The time now."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait this long; a time in the past is no wait."""
        await asyncio.sleep(seconds)


class Status(BaseModel):
    """When a timer ran last, and when it is due next."""

    model_config = ConfigDict(alias_generator=to_pascal, validate_by_name=True)

    last: datetime
    next: datetime
    last_updated: datetime


class Record(Protocol):
    """What all hosts of one app share about a timer: who may run it, and its status."""

    async def acquire(self) -> None:
        """Return when this host, and no other, may run the timer."""

    async def keep(self) -> None:
        """Hold on to that right until cancelled."""

    async def read(self) -> Status | None:
        """The status that was written last."""

    async def write(self, status: Status) -> None:
        """Put another one in its place."""


class Schedule:
    """A six-field NCRONTAB expression in UTC, as `0 */5 * * * *`; five fields are taken without seconds."""

    def __init__(self, expression: str) -> None:
        """Read the expression; raise ValueError when it is not one."""
        self._expression = expression
        try:
            self.after(datetime.now(UTC))
        except (CronSimError, StopIteration) as error:
            raise ValueError(f"{expression!r} is not an NCRONTAB expression: {error}") from error

    def after(self, moment: datetime) -> datetime:
        """The first time after this moment."""
        times = CronSim(self._expression, moment)
        times.day_and = True  # In NCRONTAB day and weekday must both match; in cron one may be enough.
        return next(times)


class Timer:
    """One timer function: its runs never overlap, and runs that were missed meanwhile become one."""

    def __init__(
        self, function: Function, worker: Worker, runs: Runs, clock: Clock, record: Record | None = None
    ) -> None:
        """Read the schedule; raise StartupError when it is wrong. Without `record` there is no other host."""
        self.function = function
        self._worker = worker
        self._runs = runs
        self._clock = clock
        self._record = record
        self._last = NEVER
        try:
            self._schedule = Schedule(function.trigger["schedule"])
        except ValueError as error:
            raise StartupError(f"{function.name}: {error}") from error

    async def run(self) -> None:
        """Run the function at each of its times until cancelled. A run under way then goes on."""
        if self._record is None:
            await self._run_on_schedule()
        else:
            await self._record.acquire()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._record.keep())
                group.create_task(self._run_on_schedule())

    async def _run_on_schedule(self) -> NoReturn:
        due, past_due = await self._first()
        while True:
            await self._clock.sleep((due - self._clock.now()).total_seconds())
            self._last = max(due, self._clock.now())
            await asyncio.wait([self.start(past_due=past_due)])
            due, past_due = self._schedule.after(self._last), False
            if self._record is not None and self._has_status(due):
                status = Status(last=self._last, next=due, last_updated=self._last)
                await self._record.write(status)

    async def _first(self) -> tuple[datetime, bool]:
        """When to run first, and whether that makes up for a time at which no host was there."""
        now = self._clock.now()
        due = now if self.function.trigger.get("runOnStartup") else self._schedule.after(now)
        if self._record is None or not self._has_status(due):
            return due, False
        status = await self._record.read()
        if status is None:
            await self._record.write(Status(last=NEVER, next=due, last_updated=now))
        return (now, True) if status and status.next <= now else (due, False)

    def _has_status(self, due: datetime) -> bool:
        return self._schedule.after(due) - due >= SHORTEST_WITH_STATUS

    def start(self, *, past_due: bool = False) -> asyncio.Task[None]:
        """Run the function now, whatever the schedule says."""
        return self._runs.start(self._run(past_due))

    async def _run(self, past_due: bool) -> None:
        """Run the function, and again as its retry policy allows."""
        retry = 0
        while not await self._succeeds(retry, past_due):
            retry += 1
            policy = self.function.retry
            if policy is None or not policy.allows(retry):
                return
            await self._clock.sleep(policy.delay(retry))

    async def _succeeds(self, retry: int, past_due: bool) -> bool:
        try:
            await self._worker.invoke(self.function, self._data(past_due), retry=retry)
        except FunctionError as error:
            logger.warning("Timer %s failed, retries so far %d: %s", self.function.name, retry, error)
            return False
        return True

    def _data(self, past_due: bool) -> TypedData:
        """Say when the timer ran, unless it runs too often for that."""
        due, status = self._schedule.after(max(self._last, self._clock.now())), None
        if self._has_status(due):
            last = self._last.isoformat()
            status = {"Last": last, "Next": due.isoformat(), "LastUpdated": last}
        return as_json({"IsPastDue": past_due, "Schedule": {"AdjustForDST": True}, "ScheduleStatus": status})
