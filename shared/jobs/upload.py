"""One upload of a correction, and what it does to the record of its job. Pure: no clock, no storage, no service."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from shared.jobs import problems
from shared.jobs.iterations import Edit
from shared.jobs.job import Job
from shared.jobs.translation import Problem


@dataclass(frozen=True, slots=True)
class Upload:
    """An edit for each language that the upload counts for, and for each of the others why it does not."""

    name: str  #: in the container `edits`
    etag: str
    edits: tuple[Edit, ...]
    refused: Mapping[str, Problem]

    def judged(self, job: Job) -> Self:
        """The upload as it counts now: not for languages that have ended meanwhile with nothing to build on."""
        unmade = {edit.target: problems.unmade(job, edit) for edit in self.edits if not _can_be_made(job, edit)}
        edits = tuple(edit for edit in self.edits if edit.target not in unmade)
        return replace(self, edits=edits, refused={**self.refused, **unmade})

    def queue(self, job: Job) -> Job:
        """The job in which its edits wait, and no earlier upload does for a language that this one is refused for."""
        job = job.withdraw(self.name, self.refused)
        for edit in self.edits:
            job = job if job.knows(edit) else job.queue(edit.model_copy(update={"refused": dict(self.refused)}))
        return job

    def made_of(self, job: Job) -> dict[str, str]:
        """The ETag, by language that it counts for, of the upload that the iteration is made of."""
        return {edit.target: (job.standing(edit) or edit).etag for edit in self.edits}


def _can_be_made(job: Job, edit: Edit) -> bool:
    there = [translation for translation in job.translations if translation.target == edit.target]
    return job.knows(edit) or any(not t.has_ended or job.can_build_on(t.target) for t in there)
