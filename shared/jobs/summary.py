"""What a listing of open jobs shows of each: enough to poll without reading its record."""

import json
from datetime import datetime
from typing import Any, Self

from pydantic import ValidationError

from shared.errors import NotReady
from shared.jobs.job import SCHEMA, Job
from shared.jobs.translation import ENDED, Frozen, State, Step, Translation, Work, work_id_of
from shared.storage.container import LONG_AGO, Facts

SUMMARY = "summary"
#: Storage takes 8 KB of metadata; what is longer is left out, and the record is read instead.
SUMMARY_LIMIT = 7500


class TranslationSummary(Frozen):
    """One translation of a job: enough to ask its provider how it goes."""

    target: str
    state: State
    since: datetime
    begun_in: int = 1
    provider: str | None = None
    step: Step = Step()
    pending: Step | None = None
    operation: dict[str, Any] | None = None
    not_before: datetime | None = None
    deadline: datetime | None = None
    detail: str | None = None
    problem: str | None = None  #: the code of its problem

    @property
    def has_ended(self) -> bool:
        """Whether there is nothing left to do."""
        return self.state in ENDED

    @property
    def is_asked_about(self) -> bool:
        """Whether its provider is at work on it, so that it can be asked."""
        return self.state is State.RUNNING and self.pending is None and self.provider is not None

    def is_held(self, now: datetime) -> bool:
        """Whether it must wait for a moment that has not come yet."""
        return self.not_before is not None and now < self.not_before

    @property
    def waits_for_others(self) -> bool:
        """Whether it is held until others have ended: only that hold says why it waits, and no time."""
        return self.state is State.QUEUED and self.detail is not None and self.not_before is None

    @property
    def unready(self) -> bool:
        """Whether it waits for a person to mend what the provider needs."""
        return self.problem == NotReady.code

    @classmethod
    def of(cls, job: Job, translation: Translation) -> Self:
        """The summary of a translation; what is needed for polling only where it is polled."""
        problem = translation.problem
        return cls(
            target=translation.target,
            state=translation.state,
            since=translation.since,
            begun_in=translation.begun_in,
            provider=translation.provider,
            step=translation.step,
            pending=translation.pending,
            operation=translation.operation if not translation.has_ended else None,
            not_before=translation.not_before,
            deadline=job.deadline(translation.target),
            detail=problem.reason[:100] if problem else None,
            problem=problem.code if problem else None,
        )


class JobSummary(Frozen):
    """One open job. Without `complete`, the record must be read."""

    key: str
    name: str = ""
    schema_number: int = 1
    attempt: int = 1
    forced: int = 0
    accepted: datetime | None = None
    hours: float = 0
    translations: tuple[TranslationSummary, ...] = ()
    complete: bool = False
    etag: str = ""  #: of the record when it was listed

    @property
    def served(self) -> datetime:
        """When the longest unserved of its translations moved last."""
        moved = [line.since for line in self.translations if not line.has_ended]
        return min(moved, default=self.accepted or LONG_AGO)

    @property
    def is_newer(self) -> bool:
        """Whether a newer version of the app wrote it, in a form that this one must not touch."""
        return self.schema_number > SCHEMA

    @classmethod
    def of(cls, job: Job) -> Self:
        """The summary of a job."""
        return cls(
            key=job.key,
            name=job.name,
            schema_number=SCHEMA,
            attempt=job.attempt,
            forced=job.forced,
            accepted=job.accepted,
            hours=job.hours,
            translations=tuple(TranslationSummary.of(job, translation) for translation in job.translations),
            complete=True,
        )

    def work(self, line: TranslationSummary) -> Work:
        """The present step of one of its translations."""
        work_id = work_id_of(self.key, line.target, line.begun_in)
        return Work(id=work_id, target=line.target, step=line.step, operation=line.operation or {})

    def metadata(self) -> dict[str, str]:
        """As blob metadata, which takes ASCII only; empty where it is too long."""
        text = json.dumps(self.model_dump(mode="json", exclude_defaults=True, exclude={"etag"}))
        return {SUMMARY: text} if len(text) <= SUMMARY_LIMIT else {}

    @classmethod
    def read(cls, facts: Facts, key: str) -> Self:
        """The summary in a listing's metadata."""
        try:
            summary = cls.model_validate_json(facts.metadata[SUMMARY])
        except (KeyError, ValidationError):
            return cls(key=key, accepted=facts.last_modified, etag=facts.etag)
        return summary.model_copy(update={"etag": facts.etag})
