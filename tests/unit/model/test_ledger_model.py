"""Whatever happens at once, and whoever dies on the way: nothing is paid twice, lost, or stuck in silence.

The real intake, engine, tick and callbacks run on storage and services in memory. A scheduler lets them pass one
operation at a time, in another order each time, and breaks them on the way, within the bounds of a scenario. Then a
process that knows nothing ticks until no job is open, and `properties.py` says what must be true.

`make model` tries every schedule. The tests try half of what can happen first, and an eighth of what can happen second.
"""

from collections.abc import Callable

import pytest

from tests.unit.model.checker import Violation, check
from tests.unit.model.mutations import MUTATIONS, Mutation
from tests.unit.model.scenarios import SCENARIOS, Scenario

pytestmark = pytest.mark.slow
SHARES = (2, 8)
#: Enough to find each of the mistakes, and the first that is found ends the run.
SHARES_OF_BROKEN = (1, 16)


@pytest.fixture(scope="session")
def shares(pytestconfig: pytest.Config) -> tuple[int, int]:
    """Of what happens first and second in a schedule, one in so many is tried."""
    return (1, 1) if pytestconfig.getoption("every_schedule") else SHARES


@pytest.mark.parametrize(
    ("scenario", "route"),
    [pytest.param(scenario, route, id=f"{scenario}-{route}") for scenario in SCENARIOS for route in scenario.routes],
)
def test_it_comes_to_a_good_end_in_every_order(
    scenario: Scenario, route: str, shares: tuple[int, int], record_property: Callable[[str, object], None]
) -> None:
    schedules = check(scenario, route, shares)
    record_property("schedules", schedules)
    print(f"{scenario}, {route}: {schedules} schedules")
    assert schedules > 1


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.spoil.__name__)
def test_an_app_that_is_broken_is_found_out(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = next(scenario for scenario in SCENARIOS if scenario.name == mutation.scenario)
    mutation.spoil(monkeypatch)
    with pytest.raises(Violation, match=mutation.finding):
        check(scenario, mutation.route, SHARES_OF_BROKEN)
