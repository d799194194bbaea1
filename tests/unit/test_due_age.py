"""How long the oldest due job has waited."""

from datetime import timedelta

import pytest

from shared.due import due_age
from shared.job import ENDED, Problem, State, Translation
from shared.ledger import Glance
from tests.unit.records import NOW, PROBLEM, a_job, a_translation

HOUR = timedelta(hours=1)


def held(code: str, reason: str = "it waits for room") -> Problem:
    return Problem(code=code, reason=reason, advice="Nothing.")


DUE_AGES: list[tuple[str, Translation, float]] = [
    ("queued and free to start", a_translation(), 7200),
    ("queued again after an error, and the pause is over", a_translation(not_before=NOW + HOUR, problem=PROBLEM), 3600),
    ("queued again, in its pause", a_translation(not_before=NOW + 3 * HOUR, problem=PROBLEM), 0),
    ("held by the number at work", a_translation(problem=held("held-in-flight")), 0),
    ("held until tomorrow", a_translation(not_before=NOW + 12 * HOUR, problem=held("held-daily")), 0),
    ("being started", a_translation(State.STARTING, started=NOW), 7200),
    ("at work, in time", a_translation(State.RUNNING, started=NOW), 0),
    ("at work, beyond its time", a_translation(State.RUNNING, started=NOW - 3 * HOUR), 3600),
    ("being delivered", a_translation(State.DELIVERING), 7200),
    ("to be delivered later", a_translation(State.DELIVERING, not_before=NOW + 3 * HOUR), 0),
    *[(str(state), a_translation(state), 0) for state in sorted(ENDED)],
]


@pytest.mark.parametrize(("translation", "seconds"), [row[1:] for row in DUE_AGES], ids=[row[0] for row in DUE_AGES])
def test_how_long_a_translation_is_due_two_hours_later(translation: Translation, seconds: float) -> None:
    assert due_age([Glance.of(a_job(translation, hours=4))], NOW + 2 * HOUR) == seconds


def test_the_oldest_counts() -> None:
    younger = a_translation(since=NOW + HOUR)
    glances = [Glance.of(a_job(younger)), Glance.of(a_job(a_translation(State.SUCCEEDED), a_translation()))]
    assert due_age(glances, NOW + 2 * HOUR) == 7200


@pytest.mark.parametrize("glances", [[], [Glance.of(a_job())]], ids=["no job", "a job that waits for its brief"])
def test_nothing_is_due_where_nothing_can_move(glances: list[Glance]) -> None:
    assert due_age(glances, NOW + HOUR) == 0
