"""A job and its translations: which moves there are, what a move leaves behind, what the whole is called."""

import re
from datetime import timedelta
from itertools import product

import pytest

from shared.jobs.job import Job, job_key
from shared.jobs.translation import ENDED, State, Step
from shared.languages import DUBBING_LOCALES, canonical
from shared.providers.azure_video import suffix
from tests.unit.records import NOW, PROBLEM, a_job, a_translation

#: https://learn.microsoft.com/rest/api/aiservices/videotranslation/translation-operations
AZURE_ID = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,62}[a-zA-Z0-9]")
LATER = NOW + timedelta(minutes=5)
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


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([], "waiting"),
        (["queued"], "running"),
        (["succeeded", "delivering"], "running"),
        (["failed", "starting"], "running"),
        (["succeeded"], "succeeded"),
        (["succeeded", "succeeded"], "succeeded"),
        (["failed", "failed"], "failed"),
        (["canceled"], "canceled"),
        (["superseded", "superseded"], "superseded"),
        (["succeeded", "failed"], "partial"),
        (["succeeded", "superseded"], "partial"),
        (["failed", "canceled"], "failed"),
    ],
)
def test_a_job_is_called_after_its_translations(states: list[str], state: str) -> None:
    job = a_job(*(a_translation(State(each)) for each in states))
    assert job.state == state
    assert job.has_ended is (state not in ("waiting", "running"))


def test_a_job_without_translations_waits_unless_it_was_refused() -> None:
    assert (a_job().waits, a_job().has_ended) == (True, False)
    refused = a_job(a_translation()).refuse(PROBLEM)
    assert (refused.state, refused.waits, refused.has_ended, refused.problems) == ("refused", False, True, (PROBLEM,))


def test_a_record_is_read_as_it_was_written() -> None:
    job = a_job(a_translation(State.FAILED, problem=PROBLEM), brief={"targets": ["es-ES"]}, attempt=2)
    assert Job.model_validate_json(job.model_dump_json(exclude_defaults=True)) == job


def test_fields_of_a_newer_app_survive() -> None:
    written = a_job(a_translation()).model_dump() | {"from_the_future": 1}
    written["translations"][0]["from_the_future"] = 2
    assert Job.model_validate(written).model_dump() == written


def test_the_key_depends_on_name_and_content_alone() -> None:
    keys = [job_key(name, version) for name, version in product(["a.mp4", "b.mp4"], ["v1", "v2"])]
    assert len(set(keys)) == 4
    assert job_key("a.mp4", "v1") == keys[0]


@pytest.mark.parametrize("attempt", [1, 999])
def test_every_id_is_one_that_azure_takes(attempt: int) -> None:
    first, second = Step(), Step(name="iteration", number=1)
    targets = [canonical(locale) for locale in DUBBING_LOCALES]
    job = a_job(*(a_translation(target=target, begun_in=attempt) for target in targets))
    works = [job.work_id(target) for target in targets]
    ids = [suffix(second), *works, *(f"{work}.{suffix(step)}" for work in works for step in (first, second))]
    assert [name for name in ids if not AZURE_ID.fullmatch(name)] == []


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
    assert claimed.stand_by(LATER, LATER, PROBLEM).started == started


def test_one_language_may_have_a_route_and_options_of_its_own() -> None:
    brief = {
        "route": {"video": ["azure-video", "vozo"]},
        "options": {"vozo": {"export_type": "auto"}},
        "perTarget": {"de-DE": {"route": ["vozo"], "vozo": {"user_prompt": "warm"}}},
    }
    job = a_job(brief=brief)
    assert (job.route("es-ES"), job.route("de-DE")) == (("azure-video", "vozo"), ("vozo",))
    assert job.options("es-ES", "vozo") == {"export_type": "auto"}
    assert job.options("de-DE", "vozo") == {"export_type": "auto", "user_prompt": "warm"}
