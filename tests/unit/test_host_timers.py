# ruff: noqa: ARG002 - the fakes have the signatures of what they stand for
import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.host.function import Function, FunctionError, RetryPolicy, StartupError
from sandbox.host.protocol import TypedData
from sandbox.host.timers import Clock, Schedule, Status, Timer
from sandbox.host.worker import Runs, Worker

NOON = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)  # a Friday


class SkippingClock(Clock):
    """Waits without waiting."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=max(0, seconds))
        await asyncio.sleep(0)


class Plan(Worker):
    """Instead of a function: each run calls `step` with the number of the run, and is written down."""

    def __init__(self, clock: SkippingClock, step: Callable[[int], float]) -> None:
        self.clock = clock
        self.step = step
        self.starts: list[float] = []
        self.retries: list[int] = []
        self.data: list[dict[str, Any]] = []
        self.ended = asyncio.Event()

    async def invoke(
        self, function: Function, data: TypedData, metadata: Mapping[str, TypedData] | None = None, retry: int = 0
    ) -> None:
        self.starts.append((self.clock.now() - NOON).total_seconds())
        self.retries.append(retry)
        self.data.append(json.loads(data.json))
        await self.clock.sleep(self.step(len(self.starts)))


class Shared:
    """What two hosts share about their timer."""

    def __init__(self, status: Status | None = None) -> None:
        self.free = asyncio.Event()
        self.free.set()
        self.status = status

    async def acquire(self) -> None:
        await self.free.wait()
        self.free.clear()

    async def keep(self) -> None:
        await asyncio.Event().wait()

    async def read(self) -> Status | None:
        return self.status

    async def write(self, status: Status) -> None:
        self.status = status


def timer(
    plan: Plan,
    schedule: str = "*/1 * * * * *",
    retry: RetryPolicy | None = None,
    record: Shared | None = None,
    **trigger: Any,
) -> Timer:
    function = Function("1", "tick", {"name": "timer", "schedule": schedule, **trigger}, retry)
    return Timer(function, plan, Runs(pytest.fail), plan.clock, record)


async def run_until(plan: Plan, timer: Timer, count: int) -> None:
    """Let the timer go until its function has been started this often."""
    task = asyncio.create_task(timer.run())
    while len(plan.starts) < count:  # noqa: ASYNC110 - the timer tells nobody
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("*/1 * * * * *", NOON + timedelta(seconds=1)),
        ("*/20 * * * * *", NOON + timedelta(seconds=20)),
        ("30 */5 * * * *", NOON + timedelta(seconds=30)),
        ("0 30 9 * * MON-FRI", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("*/5 * * * *", NOON + timedelta(minutes=5)),
    ],
)
def test_a_schedule_fires_next_at(expression: str, expected: datetime) -> None:
    assert Schedule(expression).after(NOON) == expected


def test_day_and_weekday_must_both_match() -> None:
    friday_the_13th = datetime(2027, 8, 13, tzinfo=UTC)
    assert Schedule("0 0 0 13 * FRI").after(NOON) == friday_the_13th


@pytest.mark.parametrize("expression", ["", "soon", "00:00:10", "61 * * * * *", "0 0 0 31 2 *"])
def test_a_wrong_schedule_is_a_startup_error_that_names_the_function(expression: str) -> None:
    with pytest.raises(StartupError, match="tick: "):
        timer(Plan(SkippingClock(), lambda _run: 0), expression)


async def test_a_timer_first_fires_at_its_next_time_then_at_each() -> None:
    plan = Plan(SkippingClock(), lambda _run: 0.1)
    await run_until(plan, timer(plan, "*/10 * * * * *"), 3)
    assert plan.starts[:3] == [10, 20, 30]


async def test_a_run_that_outlasts_its_interval_is_followed_by_one_at_once_and_the_rest_is_merged() -> None:
    plan = Plan(SkippingClock(), lambda run: 3.5 if run == 1 else 0.1)
    await run_until(plan, timer(plan), 4)
    assert plan.starts[:4] == [1, 4.5, 5, 6]


async def test_run_on_startup_fires_at_once() -> None:
    plan = Plan(SkippingClock(), lambda _run: 0)
    await run_until(plan, timer(plan, "0 0 * * * *", runOnStartup=True), 1)
    assert plan.starts == [0]


async def test_a_timer_tells_its_function_when_it_fires_next() -> None:
    plan = Plan(SkippingClock(), lambda _run: 0)
    await run_until(plan, timer(plan, "0 0 * * * *"), 1)
    assert plan.data[0]["IsPastDue"] is False
    assert plan.data[0]["ScheduleStatus"]["Next"] == "2026-11-20T14:00:00+00:00"


async def test_a_timer_that_fires_more_than_once_a_minute_has_no_status() -> None:
    plan, shared = Plan(SkippingClock(), lambda _run: 0), Shared()
    await run_until(plan, timer(plan, "*/30 * * * * *", record=shared), 2)
    assert plan.data[0] == {"IsPastDue": False, "Schedule": {"AdjustForDST": True}, "ScheduleStatus": None}
    assert shared.status is None


async def test_a_time_that_was_missed_is_made_up_for_and_said_to_be_past_due() -> None:
    earlier = NOON - timedelta(hours=3)
    shared = Shared(Status(last=earlier, next=earlier + timedelta(hours=1), last_updated=earlier))
    plan = Plan(SkippingClock(), lambda _run: 0)
    await run_until(plan, timer(plan, "0 0 * * * *", record=shared), 2)
    assert plan.starts[:2] == [0, 3600]
    assert [data["IsPastDue"] for data in plan.data[:2]] == [True, False]
    assert shared.status is not None
    assert shared.status.next >= NOON + timedelta(hours=1)


async def test_one_of_two_hosts_runs_the_timer_and_the_other_when_that_one_is_gone() -> None:
    shared, clock = Shared(), SkippingClock()
    plans = [Plan(clock, lambda _run: 0) for _ in range(2)]
    first, second = (asyncio.create_task(timer(plan, record=shared).run()) for plan in plans)
    while len(plans[0].starts) < 3:  # noqa: ASYNC110 - the timer tells nobody
        await asyncio.sleep(0)
    assert plans[1].starts == []
    first.cancel()
    shared.free.set()
    while not plans[1].starts:  # noqa: ASYNC110 - the timer tells nobody
        await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait([first, second])


def fail(_run: int) -> float:
    raise FunctionError("no")


async def test_a_failed_run_is_repeated_as_its_retry_policy_says() -> None:
    plan = Plan(SkippingClock(), fail)
    await timer(plan, retry=RetryPolicy(count=2, shortest=7, longest=7)).start()
    assert (plan.starts, plan.retries) == ([0, 7, 14], [0, 1, 2])


async def test_retries_end_with_the_first_success() -> None:
    plan = Plan(SkippingClock(), lambda run: fail(run) if run == 1 else 0)
    await timer(plan, retry=RetryPolicy(count=-1, shortest=1, longest=1)).start()
    assert plan.retries == [0, 1]


async def test_a_failed_run_without_a_policy_waits_for_the_next_time() -> None:
    plan = Plan(SkippingClock(), fail)
    await run_until(plan, timer(plan), 2)
    assert (plan.starts[:2], plan.retries[:2]) == ([1, 2], [0, 0])


def test_exponential_delays_double_up_to_the_longest() -> None:
    policy = RetryPolicy(count=-1, shortest=2, longest=15)
    assert [policy.delay(retry) for retry in range(1, 6)] == [2, 4, 8, 15, 15]
