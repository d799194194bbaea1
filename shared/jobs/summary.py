"""What a listing of open jobs shows of each: enough to poll without reading its record."""

import json
from collections import Counter
from contextlib import suppress
from datetime import datetime
from typing import Any, Self

from pydantic import Field, ValidationError

from shared.errors import NotReady, PersonNeeded
from shared.jobs.job import SCHEMA, Job
from shared.jobs.kept import Frozen
from shared.jobs.step import Step, Work, work_id_of
from shared.jobs.translation import AT_WORK, ENDED, LIMITED, State, Translation
from shared.storage.container import LONG_AGO, Facts

SUMMARY = "summary"
#: Problems that a person must mend. Whether that is done, the provider is asked without a claim.
UNREADY = frozenset({NotReady.code, PersonNeeded.code})
#: Storage takes 8 KB of metadata; where the whole is longer, the record is read instead.
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
    called: bool = False
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
        return self.not_before is not None and now < self.not_before and not self.is_limited

    @property
    def is_limited(self) -> bool:
        """Whether a limit on spending holds it: it is let go as soon as there is room, whatever time it was told."""
        return self.state is State.QUEUED and self.problem is not None and self.problem.startswith(LIMITED)

    @property
    def unready(self) -> bool:
        """Whether it waits for a person to mend what the provider needs."""
        return self.problem in UNREADY

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
            called=translation.called,
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
    #: Translations by provider, where the whole is too long to be listed.
    at_work: dict[str, int] = Field(default_factory=dict)
    complete: bool = False
    etag: str = ""  #: of the record when it was listed

    @property
    def unserved_since(self) -> datetime:
        """When the longest unserved of its translations moved last."""
        moved = [line.since for line in self.translations if not line.has_ended]
        return min(moved, default=self.accepted or LONG_AGO)

    @property
    def in_flight(self) -> Counter[str]:
        """How many translations each provider has at work."""
        if not self.complete:
            return Counter(self.at_work)
        return Counter(line.provider for line in self.translations if line.provider and line.state in AT_WORK)

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
        """As blob metadata, which takes ASCII only; without the translations where it is too long."""
        text = self._text()
        if len(text) > SUMMARY_LIMIT:
            short = {"translations": (), "complete": False, "at_work": dict(self.in_flight)}
            text = self.model_copy(update=short)._text()
        return {SUMMARY: text}

    def _text(self) -> str:
        return json.dumps(self.model_dump(mode="json", exclude_defaults=True, exclude={"etag"}))

    @classmethod
    def read(cls, facts: Facts, key: str) -> Self:
        """The summary in a listing's metadata; of one that a newer app wrote, at least that it did."""
        text = facts.metadata.get(SUMMARY, "{}")
        try:
            summary = cls.model_validate_json(text)
        except ValidationError:
            summary = cls(key=key, accepted=facts.last_modified, schema_number=_schema_of(text))
        return summary.model_copy(update={"etag": facts.etag})


def _schema_of(text: str) -> int:
    with suppress(ValueError, KeyError, TypeError):
        return int(json.loads(text)["schema_number"])
    return 1
