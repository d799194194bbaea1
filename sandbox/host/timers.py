"""Timer triggers.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
"""

import asyncio
import logging
from datetime import UTC, datetime
from typing import NoReturn

from cronsim import CronSim, CronSimError

from sandbox.host.clock import Clock
from sandbox.host.errors import FunctionError, StartupError
from sandbox.host.function import Function
from sandbox.host.protocol import TypedData, as_json
from sandbox.host.runs import Runs
from sandbox.host.worker import Worker

logger = logging.getLogger(__name__)
NEVER = datetime.min.replace(tzinfo=UTC)


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

    def __init__(self, function: Function, worker: Worker, runs: Runs, clock: Clock) -> None:
        """Read the schedule; raise StartupError when it is wrong."""
        self.function = function
        self._worker = worker
        self._runs = runs
        self._clock = clock
        self._last = NEVER
        try:
            self._schedule = Schedule(function.trigger["schedule"])
        except ValueError as error:
            raise StartupError(f"{function.name}: {error}") from error

    async def run(self) -> NoReturn:
        """Run the function at each of its times until cancelled. A run under way then goes on."""
        now = self._clock.now()
        due = now if self.function.trigger.get("runOnStartup") else self._schedule.after(now)
        while True:
            await self._clock.sleep((due - self._clock.now()).total_seconds())
            self._last = max(due, self._clock.now())
            await asyncio.wait([self.start()])
            due = self._schedule.after(self._last)

    def start(self) -> asyncio.Task[None]:
        """Run the function now, whatever the schedule says."""
        return self._runs.start(self._run())

    async def _run(self) -> None:
        """Run the function, and again as its retry policy allows."""
        retry = 0
        while not await self._succeeds(retry):
            retry += 1
            policy = self.function.retry
            if policy is None or not policy.allows(retry):
                return
            await self._clock.sleep(policy.delay(retry))

    async def _succeeds(self, retry: int) -> bool:
        try:
            await self._worker.invoke(self.function, self._data(), retry=retry)
        except FunctionError as error:
            logger.warning("Timer %s failed, retries so far %d: %s", self.function.name, retry, error)
            return False
        return True

    def _data(self) -> TypedData:
        """Say when the timer ran. No status is stored between hosts, so it is never past due."""
        status = {
            "Last": self._last.isoformat(),
            "Next": self._schedule.after(max(self._last, self._clock.now())).isoformat(),
            "LastUpdated": self._last.isoformat(),
        }
        return as_json({"IsPastDue": False, "Schedule": {"AdjustForDST": True}, "ScheduleStatus": status})
