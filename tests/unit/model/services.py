"""Two translation services that keep count of what was paid: one knows our ids again, the other makes its own."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from shared.errors import Refused
from shared.jobs.translation import Step, Work
from shared.providers.base import (
    Failed,
    Finished,
    Found,
    Media,
    Next,
    Operation,
    Outcome,
    Pair,
    Provider,
    Result,
    Running,
    Scratch,
    Task,
    Yes,
)
from tests.memory_container import MemoryAccount
from tests.memory_container import Operation as Watched


class Service(Provider):
    """What both have in common. `paid` are the starts that took effect, in their order: id and step.

    `failing` are the ids whose work fails, `busy` those whose work goes on until they are taken out.
    """

    def __init__(self, account: MemoryAccount) -> None:
        super().__init__(None)
        self._account = account
        self.paid: list[tuple[str, str]] = []
        self.failing: set[str] = set()
        self.busy: set[str] = set()

    def mistakes(self, _options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """See Provider."""
        return ()

    def language(self, tag: str) -> str:
        """See Provider."""
        return tag

    def accepts(self, _media: Media, _pair: Pair, _options: Mapping[str, Any]) -> Yes:
        """See Provider."""
        return Yes()

    def unfit(self, _media: Media, _pair: Pair, _options: Mapping[str, Any]) -> str | None:
        """See Provider."""
        return None

    async def cancel(self, work: Work) -> bool:
        """See Provider."""
        await self._watched("cancel", work.id)
        return True

    async def start(self, task: Task) -> Operation:
        """See Provider."""
        await self._account.before(_watched("start", self.name, task.id))
        operation = self._pay(task)
        await self._account.after(_watched("start", self.name, task.id))
        return operation

    async def check(self, work: Work, scratch: Scratch) -> Outcome:
        """See Provider."""
        await self._watched("check", work.id)
        if work.id in self.busy:
            return Running()
        if work.id in self.failing:
            return Failed(Refused(f"{work.id} failed at the service"))
        return self._outcome(work)

    def _pay(self, task: Task) -> Operation:
        raise NotImplementedError

    def _outcome(self, work: Work) -> Outcome:
        url = f"https://{self.name}/{work.id}.{work.step}"
        self._account.web[url] = url.encode()
        return Finished([Result("mp4", url, copied=True)])

    async def _watched(self, kind: str, name: str) -> None:
        await self._account.before(_watched(kind, self.name, name))
        await self._account.after(_watched(kind, self.name, name))


class Findable(Service):
    """Two paid steps under our own ids, like Azure Video Translation: a repeated start is the same work."""

    name: ClassVar[str] = "findable"

    async def find(self, work: Work, scratch: Scratch) -> Operation | Found:
        """See Provider."""
        await self._watched("find", work.id)
        return _own_id(work) if (work.id, str(work.step)) in self.paid else Found.NOTHING

    def _pay(self, task: Task) -> Operation:
        if (task.id, str(task.step)) not in self.paid:
            self.paid.append((task.id, str(task.step)))
        return _own_id(task)

    def _outcome(self, work: Work) -> Outcome:
        return super()._outcome(work) if work.step.number else Next(Step(name="iteration", number=1))


class Blind(Service):
    """One paid step under the service's own ids, like Vozo: a repeated start is paid again, and cannot be found."""

    name: ClassVar[str] = "blind"

    async def adopt(self, work: Work, hint: Mapping[str, Any]) -> Operation | None:
        """See Provider."""
        await self._watched("adopt", work.id)
        return {"task": hint["task"]} if hint.get("task") in range(len(self.paid)) else None

    def named_by_service(self, operation: Operation) -> str:
        """See Provider."""
        return str(operation["task"])

    def _pay(self, task: Task) -> Operation:
        self.paid.append((task.id, str(task.step)))
        return {"task": len(self.paid) - 1}


def _own_id(work: Work) -> Operation:
    return {"id": f"{work.id}.{work.step}"}


def _watched(kind: str, service: str, name: str) -> Watched:
    return Watched(kind, service, name)
