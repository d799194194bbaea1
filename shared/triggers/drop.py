"""A drop: what lies under a name of the inbox now, beside what was current under it before."""

from dataclasses import dataclass
from enum import Enum, auto

from shared.briefs.layers import is_forced
from shared.jobs.job import job_key
from shared.jobs.ledger import Seen
from shared.media.facts import MediaFacts
from shared.names import BlobName
from shared.storage.container import Facts, Versioned


class DropKind(Enum):
    """What a drop is, beside what was current under its name before."""

    NEW = auto()  #: nothing was
    SAME = auto()  #: the very same drop: the event came twice
    AGAIN = auto()  #: the same content, dropped once more
    NEWER = auto()  #: other content


@dataclass(frozen=True, slots=True)
class Drop:
    """What lies under a name now, and what was current under it `before`."""

    name: BlobName
    facts: Facts
    before: Versioned[Seen] | None
    has_event: bool = True
    media: MediaFacts | None = None  #: what its content shows, once that was read

    @property
    def key(self) -> str:
        """The key of the job that translates this content."""
        return job_key(self.name, self.facts.version)

    @property
    def kind(self) -> DropKind:
        """What it is."""
        if self.before is None:
            return DropKind.NEW
        if self.before.value.etag == self.facts.etag:
            return DropKind.SAME
        return DropKind.AGAIN if self.before.value.key == self.key else DropKind.NEWER

    @property
    def asks_for_force(self) -> bool:
        """Whether its metadata say `force`, also where that has counted already."""
        return is_forced(self.facts.metadata)

    @property
    def is_forced(self) -> bool:
        """Whether everything is to begin anew. It counts once for an upload: metadata that stay are no new wish.

        An event tells of an upload. Without one, the time of the upload tells it from a change of properties.
        """
        if self.kind is DropKind.SAME or not self.asks_for_force:
            return False
        return self.has_event or not self._has_counted

    @property
    def _has_counted(self) -> bool:
        """Whether its metadata are those of an upload that was answered before. An old record has no time of it."""
        last = self.before.value if self.before else None
        return last is not None and last.forced and last.uploaded in (None, self.facts.created)
