"""What the engine and the triggers work with; the composition root puts it together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from shared.engine.glossaries import GlossaryContainer
from shared.engine.scratch import StagingScratch, prefix_of
from shared.engine.source import GRACE, DroppedFile
from shared.engine.tokens import CallbackTokens
from shared.jobs.job import Job
from shared.jobs.ledger import Ledger
from shared.jobs.open_job import Clock, OpenJob, OpenTranslation
from shared.jobs.quotas import Quotas
from shared.jobs.step import Step
from shared.jobs.summary import JobSummary
from shared.outbox.publish import Publisher
from shared.outbox.receipts import Receipts
from shared.providers.base import Provider
from shared.providers.task import Pair, Task
from shared.storage.container import Container, Versioned

#: How long a trigger other than the timer brings results home by way of this app.
SHARE = timedelta(seconds=20)


@dataclass(frozen=True)
class Context:
    """`start_window` is how long a paid step that is written down may still be taken.

    `forgets` says whether providers are to delete what they hold once it is delivered.
    """

    ledger: Ledger
    providers: Mapping[str, Provider]
    inbox: Container
    staging: Container
    glossaries: Container
    edits: Container
    publisher: Publisher
    receipts: Receipts
    tokens: CallbackTokens
    quotas: Quotas
    clock: Clock
    start_window: timedelta = timedelta(seconds=30)
    forgets: bool = False

    def open(self, read: Versioned[Job], may_go_on: Callable[[], bool] | None = None) -> OpenJob:
        """The job, to be changed. Unless somebody else says how long deliveries may go on, they have their SHARE."""
        ends = self.clock() + SHARE
        return OpenJob(self.ledger, read, self.clock, may_go_on or (lambda: self.clock() < ends))

    def provider(self, translation: OpenTranslation) -> Provider:
        """The provider that is at work on the translation, or is to begin it; KeyError where none was chosen."""
        return self.providers[str(translation.now.provider)]

    def media(self, job: Job) -> DroppedFile:
        """The source of a job."""
        return DroppedFile(self.inbox, job, self.clock())

    def scratch(self, job: Job | JobSummary, target: str, provider: str) -> StagingScratch:
        """The place of one translation at one provider."""
        prefix = prefix_of(job.key, target, provider, job.forced)
        return StagingScratch(self.staging, prefix, self.clock() + timedelta(hours=job.hours) + GRACE)

    def task(self, opened: OpenTranslation, step: Step) -> Task:
        """A step of the translation, to be started."""
        job, target, work_id = opened.job, opened.target, opened.job.work_id(opened.target)
        provider = self.provider(opened)
        until = self.clock() + timedelta(hours=job.hours) + GRACE
        return Task(
            id=work_id,
            target=target,
            step=step,
            operation=opened.now.operation or {},
            media=self.media(job),
            pair=Pair(job.source, target),
            scratch=self.scratch(job, target, provider.name),
            glossaries=GlossaryContainer(self.glossaries, until),
            options=job.options(target, provider.name),
            callback_url=self.tokens.url(provider.name, work_id),
            lost=opened.now.lost,
            edit=job.edit_of(target),
        )
