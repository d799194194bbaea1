"""A translation between its steps: what it keeps, counts and waits for."""

from datetime import timedelta

from shared.jobs.translation import State, Step
from tests.unit.records import NOW, PROBLEM, a_translation

LATER = NOW + timedelta(minutes=5)
SLICE = Step(name="slice", number=1)


def test_what_a_step_was_charged_is_added_to_what_was_charged_before() -> None:
    begun = a_translation(State.STARTING, units={"characters": 5.0})
    assert begun.follow(LATER, SLICE, {}, {"characters": 7.0, "images": 1.0}).units == {
        "characters": 12.0,
        "images": 1.0,
    }


def test_a_step_that_follows_keeps_what_was_remembered_unless_it_says_otherwise() -> None:
    begun = a_translation(State.STARTING, operation={"plan": 3})
    assert begun.follow(LATER, SLICE, None, {}).operation == {"plan": 3}
    assert begun.follow(LATER, SLICE, {"plan": 4}, {}).operation == {"plan": 4}


def test_what_a_provider_has_begun_waits_with_that_provider() -> None:
    begun = a_translation(State.STARTING, provider="vozo", operation={"plan": 3}, step=SLICE)
    held = begun.hold(NOW, LATER, PROBLEM, tries=1)
    assert (held.state, held.provider, held.pending, held.is_held(NOW)) == (State.RUNNING, "vozo", SLICE, True)


def test_what_nobody_has_begun_waits_in_the_queue() -> None:
    assert a_translation(State.STARTING).hold(NOW, LATER, PROBLEM, tries=1).state is State.QUEUED


def test_each_lost_answer_is_counted_and_the_next_answer_ends_the_count_of_the_step() -> None:
    begun = a_translation(State.STARTING, operation={"plan": 3})
    missed = begun.miss(NOW, None, PROBLEM)
    assert (missed.lost, missed.repeats) == (1, 1)
    answered = missed.begin("vozo", missed.next_step, LATER).follow(LATER, SLICE, None, {})
    assert (answered.lost, answered.repeats) == (0, 1)


def test_another_provider_begins_from_nothing() -> None:
    failed = a_translation(State.RUNNING, provider="vozo", operation={"plan": 3}, step=SLICE, answered=NOW)
    again = failed.reroute(LATER, {"vozo": PROBLEM}, attempt=2)
    assert (again.state, again.provider, again.operation, again.step) == (State.QUEUED, None, None, Step())
    assert (again.begun_in, again.passed_over) == (2, {"vozo": PROBLEM})
