"""What is due: a job is looked at often while it is young, and seldom and spread out once it is old."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.engine.schedule import due_age, is_due
from shared.errors import NotReady, PersonNeeded
from shared.jobs.job import job_key
from shared.jobs.step import Step
from shared.jobs.summary import JobSummary
from shared.jobs.translation import ENDED, Problem, State
from tests.unit.records import NOW, PROBLEM, a_job, a_translation

TICK = timedelta(seconds=30)
SOON, AGO = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)


def summary(state: State, age: timedelta = timedelta(), name: str = "intro.mp4", **given: Any) -> JobSummary:
    """A job with one translation that was accepted `age` before noon."""
    translation = a_translation(state, since=NOW - age, **given)
    return JobSummary.of(a_job(translation, key=job_key(name, "v1"), accepted=NOW - age))


def moments(summary: JobSummary, start: datetime, ticks: int, tick: timedelta = TICK) -> list[int]:
    """The numbers of the ticks at which the job is due."""
    return [n for n in range(ticks) if is_due(summary, start + n * tick, start + (n - 1) * tick)]


@pytest.mark.parametrize(
    ("state", "not_before", "due"),
    [
        (State.QUEUED, None, True),
        (State.QUEUED, NOW, True),
        (State.QUEUED, SOON, False),
        (State.STARTING, None, True),
        (State.RUNNING, None, True),
        (State.DELIVERING, None, True),
        (State.DELIVERING, SOON, False),
    ],
)
def test_a_young_job_is_due_at_every_tick_as_long_as_there_is_something_to_do(
    state: State, not_before: datetime | None, due: bool
) -> None:
    assert is_due(summary(state, not_before=not_before), NOW, NOW - TICK) is due


def test_a_wait_is_over_at_its_moment_however_old_the_job_is() -> None:
    old = summary(State.QUEUED, timedelta(days=3), not_before=NOW)
    assert not is_due(old, AGO, AGO - TICK)
    assert is_due(old, NOW, AGO)


def test_one_translation_with_something_to_do_makes_the_job_due() -> None:
    job = a_job(a_translation(State.SUCCEEDED), a_translation(State.RUNNING, "fr-FR"))
    assert is_due(JobSummary.of(job), NOW, NOW - TICK)


@pytest.mark.parametrize("state", sorted(ENDED))
def test_a_job_that_has_ended_and_is_open_still_is_due_for_nobody_has_closed_it(state: State) -> None:
    assert is_due(summary(state), NOW, NOW - TICK)


def test_at_the_first_tick_of_a_process_everything_is_due() -> None:
    assert is_due(summary(State.RUNNING, timedelta(days=3)), NOW, None)


def test_a_job_that_the_listing_cannot_show_is_due() -> None:
    assert is_due(JobSummary(key="0123"), NOW, NOW - TICK)


@pytest.mark.parametrize(
    ("age", "period"),
    [
        (timedelta(minutes=10), timedelta(minutes=2)),
        (timedelta(hours=1), timedelta(minutes=5)),
        (timedelta(hours=6), timedelta(minutes=10)),
        (timedelta(days=30), timedelta(minutes=10)),
    ],
)
@pytest.mark.parametrize(("state", "problem"), [(State.STARTING, PROBLEM), (State.RUNNING, None)])
def test_an_older_job_is_looked_at_once_in_a_period(
    state: State, problem: Problem | None, age: timedelta, period: timedelta
) -> None:
    ticks = moments(summary(state, age, problem=problem), NOW, ticks=3 * (period // TICK))
    assert len(ticks) == 3
    assert {later - earlier for earlier, later in pairwise(ticks)} == {period // TICK}


@pytest.mark.parametrize("age", [timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6)])
def test_an_older_job_about_which_its_service_has_called_is_looked_at_every_ten_minutes(age: timedelta) -> None:
    ticks = moments(summary(State.RUNNING, age, called=True), NOW, ticks=60)
    assert {later - earlier for earlier, later in pairwise(ticks)} == {timedelta(minutes=10) // TICK}


def test_a_step_that_is_claimed_or_to_follow_is_due_at_every_tick_however_old_the_job_is() -> None:
    claimed = summary(State.STARTING, timedelta(days=3))
    to_follow = summary(State.RUNNING, timedelta(days=3), pending=Step(name="slice", number=7))
    assert [len(moments(each, NOW, ticks=10)) for each in (claimed, to_follow)] == [10, 10]


@pytest.mark.parametrize("age", [timedelta(), timedelta(hours=6)])
def test_a_job_that_waits_for_its_brief_is_looked_at_every_ten_minutes(age: timedelta) -> None:
    waiting = JobSummary.of(a_job(accepted=NOW))
    assert len(moments(waiting, NOW + age, ticks=60)) == 3


@pytest.mark.parametrize("code", [NotReady.code, PersonNeeded.code])
def test_what_waits_for_a_person_is_looked_at_less_and_less_often_but_every_ten_minutes(code: str) -> None:
    problem = PROBLEM.model_copy(update={"code": code})
    young, old = (summary(State.QUEUED, age, problem=problem) for age in (timedelta(), timedelta(days=9)))
    assert len(moments(young, NOW, ticks=10)) == 10
    assert len(moments(old, NOW, ticks=60)) == 3


def test_looks_are_spread_over_the_period() -> None:
    period = 10 * 60 // TICK.seconds
    jobs = [summary(State.RUNNING, timedelta(hours=7), f"{n}.mp4") for n in range(1000)]
    at_once = Counter(tick for job in jobs for tick in moments(job, NOW, ticks=period))
    assert sum(at_once.values()) == len(jobs)
    assert max(at_once.values()) < 3 * len(jobs) / period


@given(
    ticks=st.lists(st.integers(1, 900), min_size=1, max_size=40),
    hours=st.integers(6, 100),
    name=st.text(max_size=5),
)
def test_no_look_is_lost_or_doubled_however_the_timer_ticks(ticks: list[int], hours: int, name: str) -> None:
    job, period = summary(State.RUNNING, timedelta(hours=hours), name), 600
    last, looks = NOW, 0
    for seconds in ticks:
        now = last + timedelta(seconds=seconds)
        looks += is_due(job, now, last)
        last = now
    elapsed = sum(ticks)
    assert looks <= elapsed // period + 1
    assert looks >= 1 or elapsed < period


LIMIT = Problem(code="held-in-flight", reason="Enough.", advice="Wait.")


@pytest.mark.parametrize(
    ("state", "given", "late"),
    [
        (State.QUEUED, {}, 60),
        (State.QUEUED, {"not_before": NOW + timedelta(seconds=20)}, 40),
        (State.QUEUED, {"not_before": NOW + timedelta(seconds=90)}, 0),
        (State.QUEUED, {"problem": LIMIT}, 0),  # held by a limit on spending
        (State.STARTING, {}, 60),
        (State.RUNNING, {"started": NOW}, 0),
        (State.RUNNING, {"started": NOW - timedelta(days=1)}, 60),
        (State.DELIVERING, {}, 60),
        (State.SUCCEEDED, {}, 0),
        (State.FAILED, {}, 0),
    ],
)
def test_how_late_the_latest_is(state: State, given: dict[str, Any], late: float) -> None:
    minute_later = NOW + timedelta(minutes=1)
    assert due_age([summary(state, **given), summary(State.SUCCEEDED)], minute_later) == late


def test_nothing_is_late_where_nothing_is_open_or_a_person_must_act() -> None:
    assert due_age([], NOW) == 0
    assert due_age([JobSummary.of(a_job())], NOW + timedelta(days=9)) == 0
