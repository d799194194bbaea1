"""What a listing shows of a job: enough to poll it, and to leave it alone."""

from typing import Any

import pytest

from shared.jobs.step import Step
from shared.jobs.summary import SUMMARY, JobSummary
from shared.jobs.translation import State
from shared.storage.container import Facts
from tests.unit.records import NOW, a_job, a_translation


def listed(metadata: dict[str, str]) -> JobSummary:
    facts = Facts(name="open/key", etag="0x1", last_modified=NOW, metadata=metadata)
    return JobSummary.read(facts, "key")


def test_a_summary_is_read_as_it_was_written() -> None:
    job = a_job(a_translation(State.RUNNING, provider="vozo", operation={"task_id": "t"}, pending=Step(number=2)))
    summary = listed(JobSummary.of(job).metadata())
    assert summary == JobSummary.of(job).model_copy(update={"etag": "0x1"})
    assert summary.work(summary.translations[0]) == job.work("es-ES")


@pytest.mark.parametrize("metadata", [{}, {SUMMARY: "{"}, {SUMMARY: '{"key": 1}'}])
def test_without_a_summary_the_record_must_be_read(metadata: dict[str, str]) -> None:
    assert not listed(metadata).complete


def test_of_a_summary_that_is_too_long_the_counts_are_left() -> None:
    running: dict[str, Any] = {"provider": "vozo", "operation": {"id": "x" * 200}}
    job = a_job(*(a_translation(State.RUNNING, f"es-ES-x-v{n}", **running) for n in range(40)))
    summary = listed(JobSummary.of(job).metadata())
    assert (summary.complete, summary.name, summary.translations) == (False, job.name, ())
    assert summary.in_flight == JobSummary.of(job).in_flight == {"vozo": 40}


def test_a_job_of_a_newer_app_is_known_by_its_number() -> None:
    newer = JobSummary.of(a_job()).model_copy(update={"schema_number": 99})
    assert listed(newer.metadata()).is_newer


def test_a_job_of_a_newer_app_is_known_by_its_number_although_its_summary_cannot_be_read() -> None:
    listing = listed({SUMMARY: '{"key": "key", "schema_number": 99, "translations": "in another form"}'})
    assert (listing.is_newer, listing.complete) == (True, False)


def test_who_has_waited_longest_is_served_first() -> None:
    later = a_translation(State.RUNNING, since=NOW.replace(hour=13), target="fr-FR")
    assert JobSummary.of(a_job(a_translation(State.QUEUED), later)).unserved_since == NOW
