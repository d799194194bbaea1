"""Whatever happens at once, and whoever dies on the way: nothing is paid twice, lost, or stuck in silence.

The real intake, engine, tick and callbacks run on storage and services in memory. A scheduler lets them pass one
operation at a time, in another order each time, and breaks them on the way, within the bounds of a scenario. Then a
process that knows nothing ticks until no job is open, and `properties.py` says what must be true.

Whatever can happen once is tried, and of what can happen second, a sixteenth: enough to find an app that is broken on
purpose in any of the ways of `mutations.py`. `make model` tries all.
"""

from collections.abc import Callable

import pytest

from tests.unit.model.checker import Violation, check
from tests.unit.model.mutations import MUTATIONS, Mutation
from tests.unit.model.scenarios import SCENARIOS, Scenario

pytestmark = pytest.mark.slow
SHARE = 16


@pytest.fixture(scope="session")
def share(pytestconfig: pytest.Config) -> int:
    """Of what happens second in a schedule, one in so many is tried."""
    return 1 if pytestconfig.getoption("every_schedule") else SHARE


@pytest.mark.parametrize(
    ("scenario", "route"),
    [pytest.param(scenario, route, id=f"{scenario}-{route}") for scenario in SCENARIOS for route in scenario.routes],
)
def test_it_comes_to_a_good_end_in_every_order(
    scenario: Scenario, route: str, share: int, record_property: Callable[[str, object], None]
) -> None:
    schedules = check(scenario, route, share)
    record_property("schedules", schedules)
    print(f"{scenario}, {route}: {schedules} schedules")
    assert schedules > 1


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.spoil.__name__)
def test_an_app_that_is_broken_is_found_out(mutation: Mutation, share: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = next(scenario for scenario in SCENARIOS if scenario.name == mutation.scenario)
    mutation.spoil(monkeypatch)
    with pytest.raises(Violation, match=mutation.finding):
        check(scenario, mutation.route, share)
