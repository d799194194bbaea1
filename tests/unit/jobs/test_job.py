"""A job: what it is called after its translations, its key and ids, how it is kept, what each language may have."""

import re
from datetime import timedelta
from itertools import product

import pytest

from shared.jobs.job import Job, job_key
from shared.jobs.step import Step
from shared.jobs.translation import State
from shared.languages import DUBBING_LOCALES, canonical
from shared.providers.azure_video import suffix
from tests.unit.records import NOW, PROBLEM, a_job, a_translation

#: https://learn.microsoft.com/rest/api/aiservices/videotranslation/translation-operations
AZURE_ID = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,62}[a-zA-Z0-9]")
LATER = NOW + timedelta(minutes=5)


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
