"""What a job remembers of its iterations, and which edits it takes."""

from datetime import timedelta
from typing import Any

import pytest

from shared.jobs.iterations import Edit, Iteration
from shared.jobs.step import ITERATION, Step
from shared.jobs.translation import Problem, State, Translation
from tests.unit.records import NOW, PROBLEM, a_job, a_translation

LATER = NOW + timedelta(days=3)
FIRST = Step(name=ITERATION, number=1)


def an_edit(**given: Any) -> Edit:
    usual = {"name": "a.vtt", "etag": "0x1", "version": "v1", "target": "es-ES", "kind": "target", "pinned": "edits/1"}
    return Edit(**(usual | given))


def dubbed(state: State = State.SUCCEEDED, **given: Any) -> Translation:
    return a_translation(state, provider="azure-video", step=FIRST, operation={"id": "i01"}, ended=NOW, **given)


def made(edit: Edit, status: State = State.SUCCEEDED) -> Iteration:
    return Iteration(target="es-ES", number=2, edit=edit, status=status, ended=NOW)


def test_an_iteration_is_noted_from_its_start_to_its_end() -> None:
    claimed = a_translation(State.STARTING, step=FIRST, since=NOW)
    job = a_job(claimed).put(claimed)
    assert [(i.number, i.status, i.started, i.ended) for i in job.iterations] == [(1, State.STARTING, NOW, None)]
    [noted] = job.put(dubbed()).iterations
    assert (noted.status, noted.started, noted.ended) == (State.SUCCEEDED, NOW, NOW)


def test_an_iteration_that_its_translation_has_left_has_failed() -> None:
    running = a_translation(State.RUNNING, provider="azure-video", step=FIRST, operation={})
    job = a_job(running).put(running)
    [noted] = job.put(running.reroute(LATER, {"azure-video": PROBLEM}, 1)).iterations
    assert (noted.status, noted.ended) == (State.FAILED, LATER)


def test_an_edit_begins_the_next_iteration_of_what_has_ended_in_a_new_attempt() -> None:
    again = a_job(dubbed()).queue(an_edit()).again(LATER)
    begun = again.translation("es-ES")
    assert (again.attempt, again.edits, again.edit_of("es-ES")) == (2, (), an_edit())
    assert (begun.state, begun.next_step, begun.begun_in) == (State.QUEUED, Step(name=ITERATION, number=2), 1)
    assert again.deadline("es-ES") is None  # it counts from the start


def test_edits_of_one_translation_follow_one_another() -> None:
    other = an_edit(name="b.vtt")
    again = a_job(dubbed()).queue(an_edit()).queue(other).again(LATER)
    assert (again.edit_of("es-ES"), again.edits) == (an_edit(), (other,))


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELED, State.SUPERSEDED])
def test_without_an_iteration_that_succeeded_there_is_nothing_to_build_on(state: State) -> None:
    again = a_job(dubbed(state)).queue(an_edit()).again(LATER)
    assert again.has_ended
    assert not again.knows(an_edit())


@pytest.mark.parametrize(
    ("dropped", "is_known"),
    [
        (an_edit(), True),
        (an_edit(etag="0x2"), True),
        (an_edit(etag="0x2", version="v2"), False),
        (an_edit(name="b.vtt"), False),
        (an_edit(target="fr-FR"), False),
    ],
    ids=["the same drop", "the same content", "other content", "another file", "another language"],
)
def test_what_was_taken_is_known_again(dropped: Edit, is_known: bool) -> None:
    assert a_job(dubbed(), iterations=(made(an_edit()),)).knows(dropped) is is_known


def test_what_waits_is_known_by_its_drop_and_replaced_by_a_newer_one_of_the_same_content() -> None:
    waits, newer = a_job(dubbed()).queue(an_edit()), an_edit(etag="0x2")
    assert waits.knows(an_edit())
    assert not waits.knows(newer)
    assert waits.queue(newer).edits == (newer,)


def test_content_whose_iteration_came_to_nothing_counts_when_it_is_dropped_again() -> None:
    job = a_job(dubbed(), iterations=(made(an_edit(), State.FAILED),))
    assert job.knows(an_edit())
    assert not job.knows(an_edit(etag="0x2"))


def test_content_counts_again_once_the_translation_was_begun_from_nothing() -> None:
    begun_anew = dubbed().model_copy(update={"begun_in": 2})
    job = a_job(begun_anew, iterations=(made(an_edit()),))
    assert job.knows(an_edit())
    assert not job.knows(an_edit(etag="0x2"))


def test_content_counts_again_once_other_content_of_the_file_has_come_after_it() -> None:
    other = made(an_edit(etag="0x2", version="v2"))
    job = a_job(dubbed(), iterations=(made(an_edit()), other))
    assert not job.knows(an_edit(etag="0x3"))
    waits = a_job(dubbed(), iterations=(made(an_edit()),)).queue(an_edit(etag="0x2", version="v2"))
    assert not waits.knows(an_edit(etag="0x3"))


def test_an_edit_of_a_language_that_is_no_longer_wanted_is_not_known_by_its_content() -> None:
    job = a_job(dubbed().model_copy(update={"target": "fr-FR"}), iterations=(made(an_edit()),))
    assert not job.knows(an_edit(etag="0x2"))


def test_a_retry_makes_a_lost_edit_again_unless_the_service_has_lost_the_translation() -> None:
    second = Step(name=ITERATION, number=2)
    first = Iteration(target="es-ES", number=1, status=State.SUCCEEDED, ended=NOW)
    failed = dubbed(State.FAILED, problem=PROBLEM).model_copy(update={"step": second})
    job = a_job(failed, iterations=(first, made(an_edit(), State.FAILED)))
    assert job.lost_edit("es-ES") == an_edit()
    gone = Problem(code="provider-lost-it", reason="It is gone.", advice="")
    assert job.put(failed.model_copy(update={"problem": gone})).lost_edit("es-ES") is None


def test_an_edit_that_is_withdrawn_waits_no_more_and_others_do() -> None:
    french, other = an_edit(target="fr-FR"), an_edit(name="b.vtt")
    job = a_job(dubbed(), edits=(an_edit(), french, other))
    assert job.withdraw("a.vtt", ["es-ES"]).edits == (french, other)


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.FAILED])
def test_a_held_iteration_is_withdrawn_and_the_translation_is_as_the_one_before_left_it(state: State) -> None:
    problem = PROBLEM if state is State.FAILED else None
    first = Iteration(target="es-ES", number=1, status=State.SUCCEEDED, ended=NOW)
    before = Iteration(target="es-ES", number=2, edit=an_edit(name="b.vtt"), status=state, ended=NOW, problem=problem)
    ended = dubbed(state, problem=problem).model_copy(update={"step": Step(name=ITERATION, number=2)})
    job = a_job(ended, iterations=(first, before))
    held = job.queue(an_edit()).again(LATER)
    assert held.translation("es-ES").state is State.QUEUED
    withdrawn = held.withdraw("a.vtt", ["es-ES"])
    assert withdrawn.iterations == job.iterations
    now = withdrawn.translation("es-ES")
    assert (now.state, now.step, now.ended, now.problem) == (state, ended.step, NOW, problem)


@pytest.mark.parametrize(("state", "is_withdrawn"), [(State.SUPERSEDED, True), (State.CANCELED, False)])
def test_a_stop_withdraws_what_waits_and_newer_content_also_what_is_at_work(
    state: State, *, is_withdrawn: bool
) -> None:
    waits = an_edit(name="b.vtt")
    at_work = a_job(dubbed()).queue(an_edit()).queue(waits).again(LATER)
    stopped = at_work.stop(state)
    assert (stopped.edits, stopped.withdrawn) == ((), (an_edit(), waits) if is_withdrawn else (waits,))


def test_an_upload_stands_in_no_language_that_it_was_refused_for() -> None:
    made_before = made(an_edit(etag="0x1"))
    job = a_job(dubbed(), iterations=(made_before,))
    assert job.made_of(an_edit(etag="0x2")) == {"es-ES": "0x1"}
    assert job.made_of(an_edit(etag="0x2", refused={"es-ES": PROBLEM})) == {}
