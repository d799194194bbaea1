"""Quotas on spending: what is held, why, and until when."""

from datetime import timedelta

import pytest

from shared.jobs.ledger import Ledger
from shared.jobs.quotas import Limits, Place, Quotas
from shared.jobs.summary import JobSummary
from shared.jobs.translation import Problem, State
from shared.providers.registry import PROVIDERS
from shared.settings import NAMES
from shared.storage.container import Versioned
from tests.memory_container import MemoryContainer
from tests.unit.records import NOW, a_job, a_translation


class World:
    """Quotas over a ledger in memory, and a clock that the test sets."""

    def __init__(self, bounds: Limits, ledger: Ledger | None = None) -> None:
        self.now = self.arrived = NOW
        self.ledger = ledger or Ledger(MemoryContainer("jobs"))
        self.limits = Quotas(self.ledger, bounds, lambda: self.now)

    async def admit(self, provider: str = "vozo") -> str | None:
        """Why the next start must wait, in a word."""
        self.arrived += timedelta(seconds=1)
        held = await self.limits.admit(provider, self.place())
        if held is None:
            held = await self.limits.count(provider, self.now)
        return held.problem.code if held else None

    def place(self) -> Place:
        """The place of what has arrived last."""
        return Place(self.arrived, "key", "es-ES")


def at_work(*states: State, provider: str = "vozo") -> list[JobSummary]:
    return [JobSummary.of(a_job(*(a_translation(state, provider=provider) for state in states)))]


async def test_a_provider_without_limits_starts_what_comes() -> None:
    world = World(Limits(in_flight={"azure-video": 0}, daily_starts={"azure-video": 0}))
    assert [await world.admit() for _ in range(5)] == [None] * 5


async def test_no_more_are_at_work_than_may_be() -> None:
    world = World(Limits(in_flight={"vozo": 2}))
    assert [await world.admit() for _ in range(3)] == [None, None, "held-in-flight"]


async def test_who_comes_later_waits_behind_those_who_wait() -> None:
    world = World(Limits(in_flight={"vozo": 1}))
    assert [await world.admit(), await world.admit()] == [None, "held-in-flight"]
    earlier = world.place()
    world.limits._in_flight.clear()  # there is room again, and no tick has let anybody go yet
    assert await world.admit() == "held-in-turn"
    assert await world.limits.admit("vozo", earlier) is None


async def test_as_many_are_let_go_as_there_is_room_for_and_the_earliest_first() -> None:
    world = World(Limits(in_flight={"vozo": 3}, daily_starts={"vozo": 5}))
    held = Problem(code="held-daily", reason="Enough.", advice="Wait.")
    waiting = [
        JobSummary.of(
            a_job(
                a_translation(provider="vozo", problem=held, not_before=NOW + timedelta(hours=9)),
                key=f"job{number}",
                accepted=NOW - timedelta(minutes=number),
            )
        )
        for number in range(4)
    ]
    assert await world.limits.release([*waiting, *at_work(State.RUNNING)]) == {"job3", "job2"}
    for _ in range(4):
        await world.limits.count("vozo", NOW)
    assert await world.limits.release(waiting) == {"job3"}


async def test_a_start_that_was_none_is_given_back() -> None:
    world = World(Limits(in_flight={"vozo": 1}, daily_starts={"vozo": 1}))
    assert await world.admit() is None
    await world.limits.give_back("vozo", NOW)
    assert await world.admit() is None


async def test_translations_of_a_job_that_is_too_long_to_be_listed_count() -> None:
    world = World(Limits(in_flight={"vozo": 8}))
    job = a_job(*(a_translation(State.RUNNING, f"x{number}", provider="vozo") for number in range(120)))
    await world.ledger.save(Versioned(job, None), job)
    assert await world.admit() == "held-in-flight"


@pytest.mark.parametrize(
    ("state", "counts"),
    [(state, state in (State.STARTING, State.RUNNING)) for state in State],
)
async def test_what_the_provider_works_at_counts(state: State, counts: bool) -> None:
    world = World(Limits(in_flight={"vozo": 1}))
    world.limits.observe(at_work(state))
    assert await world.admit() == ("held-in-flight" if counts else None)


async def test_what_another_provider_works_at_does_not_count() -> None:
    world = World(Limits(in_flight={"vozo": 1}))
    world.limits.observe(at_work(State.RUNNING, State.RUNNING, provider="azure-video"))
    assert await world.admit() is None


@pytest.mark.parametrize(("seconds", "held"), [(59, None), (61, "held-in-flight")])
async def test_a_count_that_is_a_minute_old_is_taken_anew_from_the_ledger(seconds: int, held: str | None) -> None:
    world = World(Limits(in_flight={"vozo": 1}))
    job = a_job(a_translation(State.RUNNING, provider="vozo"))
    world.limits.observe([])
    await world.ledger.save(Versioned(job, None), job)
    world.now += timedelta(seconds=seconds)
    assert await world.admit() == held


async def test_a_days_starts_are_counted_once_for_all_processes() -> None:
    bounds = Limits(daily_starts={"vozo": 3})
    one = World(bounds)
    other = World(bounds, one.ledger)
    said = [await world.admit() for world in (one, other, one, other, one)]
    assert said == [None, None, None, "held-daily", "held-daily"]


async def test_the_next_day_begins_anew_and_the_hold_says_when() -> None:
    world = World(Limits(daily_starts={"vozo": 0}))
    held = await world.limits.admit("vozo", world.place())
    assert held is not None
    assert held.until == NOW.replace(hour=0) + timedelta(days=1)
    assert "0 times today" in held.problem.reason
    world = World(Limits(daily_starts={"vozo": 1}))
    assert [await world.admit(), await world.admit()] == [None, "held-daily"]
    world.now += timedelta(days=1)
    assert await world.admit() is None


async def test_a_start_that_the_day_forbids_takes_no_place_among_those_at_work() -> None:
    world = World(Limits(in_flight={"vozo": 1}, daily_starts={"vozo": 0}))
    assert [await world.admit(), await world.admit()] == ["held-daily", "held-daily"]


async def test_a_start_that_finds_no_place_is_not_counted_for_the_day() -> None:
    world = World(Limits(in_flight={"vozo": 0}, daily_starts={"vozo": 1}))
    assert await world.admit() == "held-in-flight"
    assert await World(Limits(daily_starts={"vozo": 1}), world.ledger).admit() is None


@pytest.mark.parametrize("provider", [provider.name for provider in PROVIDERS])
@pytest.mark.parametrize("limited", ["in_flight", "daily_starts"])
async def test_a_hold_names_the_setting_that_holds(provider: str, limited: str) -> None:
    world = World(Limits(**{limited: {provider: 0}}))
    held = await world.limits.admit(provider, world.place())
    assert held is not None
    assert [word for word in held.problem.advice.split() if word in NAMES] == [
        name for name in NAMES if limited.upper() in name and name.endswith(provider.upper().replace("-", "_"))
    ]
