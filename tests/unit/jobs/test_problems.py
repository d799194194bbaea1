"""The problems that the engine states itself: what each says, and what a person can do about it."""

import pytest

from shared.errors import AnswerLost
from shared.jobs import problems
from shared.jobs.translation import Problem
from tests.unit.records import a_job

PASSED = {name: problems.passed_over(name, "it is off") for name in ("azure-video", "vozo")}
ALL = [
    problems.SUPERSEDED,
    problems.SOURCE_GONE,
    problems.POISON,
    problems.deleted("403"),
    problems.late(a_job()),
    problems.passed_over("vozo", "it is off"),
    problems.nobody(a_job(), PASSED),
    problems.unknown("vozo"),
    problems.answer_lost("vozo"),
]


@pytest.mark.parametrize("problem", ALL, ids=lambda problem: problem.reason)
def test_each_says_what_happened_and_what_to_do(problem: Problem) -> None:
    assert problem.code
    assert problem.reason
    assert problem.advice


def test_who_is_passed_over_is_named_with_the_reason() -> None:
    assert problems.passed_over("vozo", "it is off").reason == "vozo: it is off"


def test_a_route_without_a_taker_tells_every_reason() -> None:
    assert problems.nobody(a_job(), PASSED).reason == "azure-video: it is off; vozo: it is off"


def test_an_empty_route_tells_the_kind_of_file() -> None:
    assert "for video files" in problems.nobody(a_job(), {}).reason


def test_the_time_that_was_used_up_is_told() -> None:
    assert "within 1.5 hours" in problems.late(a_job(hours=1.5)).reason


def test_what_the_service_said_of_a_deleted_file_is_told() -> None:
    assert problems.deleted("403 Forbidden").reason.endswith(": 403 Forbidden")


@pytest.mark.parametrize("problem", [problems.unknown("vozo"), problems.answer_lost("vozo")])
def test_an_unknown_outcome_has_one_code_whoever_states_it(problem: Problem) -> None:
    assert problem.code == AnswerLost.code
    assert "vozo" in problem.reason
