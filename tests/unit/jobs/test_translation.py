"""A translation: which moves there are, and what it keeps, counts and waits for between its steps."""

from datetime import timedelta

import pytest

from shared.jobs.step import ITERATION, Step
from shared.jobs.translation import ENDED, State
from tests.unit.records import NOW, PROBLEM, a_translation

LATER = NOW + timedelta(minutes=5)
FIRST = Step(name=ITERATION, number=1)
SLICE = Step(name="slice", number=1)
#: A mark for each move that there is, from the state of the row to that of the column.
MOVES = """
            queued starting running delivering succeeded failed canceled superseded
queued      x      x        .       .          .         x      x        x
starting    x      x        x       x          .         x      x        x
running     x      x        x       x          .         x      x        x
delivering  .      .        .       .          x         x      x        x
succeeded   .      .        .       .          .         .      .        .
failed      .      .        .       .          .         .      .        .
canceled    .      .        .       .          .         .      .        .
superseded  .      .        .       .          .         .      .        .
"""


def allowed() -> set[tuple[State, State]]:
    columns, *rows = [line.split() for line in MOVES.strip().splitlines()]
    return {
        (State(row[0]), State(column))
        for row in rows
        for column, mark in zip(columns, row[1:], strict=True)
        if mark == "x"
    }


@pytest.mark.parametrize("new", State)
@pytest.mark.parametrize("old", State)
def test_a_translation_moves_as_the_table_says(old: State, new: State) -> None:
    translation = a_translation(old)
    if (old, new) in allowed():
        assert translation.to(new, LATER).state is new
    else:
        with pytest.raises(ValueError, match=f"from {old} to {new}"):
            translation.to(new, LATER)


def test_a_move_leaves_tries_waits_and_problems_behind() -> None:
    tried = a_translation(State.STARTING, tries=3, not_before=LATER, problem=PROBLEM)
    moved = tried.to(State.RUNNING, LATER)
    assert (moved.tries, moved.not_before, moved.problem, moved.since) == (0, None, None, LATER)


@pytest.mark.parametrize("end", sorted(ENDED))
def test_the_time_of_the_end_is_kept(end: State) -> None:
    assert a_translation(State.DELIVERING).to(end, LATER).ended == LATER


def test_a_step_that_begins_keeps_what_the_one_before_left_to_be_remembered() -> None:
    running = a_translation(State.RUNNING, started=NOW, operation={"id": "x.t"}, provider="azure-video")
    begun = running.begin("azure-video", Step(name="iteration", number=1), LATER)
    assert (begun.state, begun.operation, begun.started) == (State.STARTING, {"id": "x.t"}, NOW)


def test_a_translation_that_waits_says_why_until_when_and_counts_on() -> None:
    held = a_translation(State.STARTING, tries=1).hold(NOW, LATER, PROBLEM, tries=2)
    assert (held.state, held.not_before, held.problem, held.tries) == (State.QUEUED, LATER, PROBLEM, 2)
    assert held.begin("vozo", Step(), LATER).tries == 2


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


def test_the_iteration_of_an_edit_waits_in_the_queue_with_the_provider_that_made_the_one_before() -> None:
    made = a_translation(State.SUCCEEDED, provider="azure-video", operation={"id": "i01"}, step=FIRST, started=NOW)
    begun = made.iterate(LATER, 2)
    for waiting in (begun, begun.begin("azure-video", begun.next_step, LATER).hold(LATER, None, PROBLEM, 1)):
        assert (waiting.state, waiting.provider, waiting.operation) == (State.QUEUED, "azure-video", {"id": "i01"})
        assert waiting.next_step == Step(name=ITERATION, number=2)


def test_each_lost_answer_is_counted_and_the_next_answer_ends_the_count_of_the_step() -> None:
    begun = a_translation(State.STARTING, operation={"plan": 3})
    missed = begun.lose_answer(NOW, PROBLEM)
    assert (missed.lost, missed.repeats) == (1, 1)
    answered = missed.begin("vozo", missed.next_step, LATER).follow(LATER, SLICE, None, {})
    assert (answered.lost, answered.repeats) == (0, 1)


def test_another_provider_begins_from_nothing() -> None:
    failed = a_translation(State.RUNNING, provider="vozo", operation={"plan": 3}, step=SLICE, answered=NOW)
    again = failed.reroute(LATER, {"vozo": PROBLEM}, attempt=2)
    assert (again.state, again.provider, again.operation, again.step) == (State.QUEUED, None, None, Step())
    assert (again.begun_in, again.passed_over) == (2, {"vozo": PROBLEM})


def test_a_further_try_waits_before_it_may_be_taken() -> None:
    followed = a_translation(State.RUNNING, operation={"id": "b1"}).follow(NOW, Step(number=1), None, {}, 60)
    assert (followed.pending, followed.operation) == (Step(number=1), {"id": "b1"})
    assert (followed.is_held(NOW), followed.is_held(LATER)) == (True, False)


def test_what_ends_at_once_says_what_is_to_be_remembered_of_it() -> None:
    found = {"answer": {}, "operation": {"kept": "x"}, "details": {"request": "r1"}}
    ended = a_translation(State.STARTING).finish(LATER, {"characters": 7.0}, **found)
    assert (ended.operation, ended.details, ended.units) == ({"kept": "x"}, {"request": "r1"}, {"characters": 7.0})


@pytest.mark.parametrize(("operation", "started"), [(None, None), ({"id": "b1"}, NOW)])
def test_who_waits_for_a_person_uses_up_no_time_before_the_first_start(
    operation: dict[str, str] | None, started: object
) -> None:
    claimed = a_translation(State.STARTING, started=NOW, operation=operation)
    assert claimed.stand_by(LATER, PROBLEM).started == started


def test_a_new_delivery_leaves_the_warnings_of_the_one_before_behind() -> None:
    before = a_translation(State.SUCCEEDED).warn("an option was not used").warn_of_delivery("ass is missing")
    for after in (before.iterate(LATER, 2), before.deliver_again(LATER)):
        assert (after.warnings, after.delivery_warnings) == (("an option was not used",), ())
