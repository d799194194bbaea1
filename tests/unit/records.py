"""Records of jobs for tests: every field has a value, and a test names those that it is about."""

from datetime import UTC, datetime
from typing import Any

from shared.jobs.job import Job, job_key
from shared.jobs.translation import Problem, State, Translation

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
PROBLEM = Problem(code="broken", reason="It broke.", advice="Mend it.")


def a_translation(state: State = State.QUEUED, target: str = "es-ES", **given: Any) -> Translation:
    """A translation that has been in `state` since noon."""
    return Translation.model_validate({"target": target, "state": state, "since": NOW} | given)


def a_job(*translations: Translation, **given: Any) -> Job:
    """A job that was accepted at noon and has a day; without translations it waits for its brief."""
    usual = {
        "key": job_key("talks/intro.mp4", "v1"),
        "name": "talks/intro.mp4",
        "version": "v1",
        "etag": "0x1",
        "size": 1000,
        "kind": "video",
        "stem": "talks/intro",
        "accepted": NOW,
        "hours": 24.0,
        "translations": translations,
    }
    return Job.model_validate(usual | given)
