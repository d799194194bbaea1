"""Translation services that keep count of what was paid.

One knows our ids again, one makes ids of its own, one is searched for ours by a list, one answers at once.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import timedelta
from typing import Any, ClassVar

from shared.errors import AnswerLost, NotReady, Refused, ResultUnavailable
from shared.jobs.ledger import job_of
from shared.jobs.step import Step, Work
from shared.jobs.translation import State
from shared.providers.base import Provider
from shared.providers.outcome import Failed, Finished, Found, Next, Operation, Outcome, Result, Running, Started, Yes
from shared.providers.task import Media, Pair, Scratch, Task
from shared.storage.container import Blob
from tests.memory_container import MemoryAccount, MemoryContainer
from tests.memory_container import Operation as Watched

FILM = b"\0\0\0 ftypisom"  # what an MP4 file begins with
#: What one paid slice is charged.
CHARGED: Mapping[str, float] = {"characters": 100.0}


class Service(Provider):
    """What all have in common. `paid` are the starts that took effect, in their order: id and step.

    `failing` are the ids whose work fails, `busy` those whose work goes on until they are taken out. `paid_late` counts
    the paid steps that were claimed for what was superseded by then.
    """

    def __init__(self, account: MemoryAccount) -> None:
        super().__init__(None)
        self._account = account
        self.paid: list[tuple[str, str]] = []
        self.failing: set[str] = set()
        self.busy: set[str] = set()
        self.paid_late = 0

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

    async def forget(self, work: Work) -> None:
        """See Provider."""
        await self._watched("forget", work.id)

    async def start(self, task: Task) -> Started:
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
        self._account.web[url] = FILM + url.encode()
        return Finished([Result("mp4", url, copied=True)])

    async def _watched(self, kind: str, name: str) -> None:
        await self._account.before(_watched(kind, self.name, name))
        await self._account.after(_watched(kind, self.name, name))


class Findable(Service):
    """Two paid steps under our own ids, like Azure Video Translation: a repeated start is the same work."""

    name: ClassVar[str] = "findable"
    edits: ClassVar[Set[str]] = frozenset({"target", "source"})

    def edited(self, name: str, data: bytes, _kind: str, _pair: Pair) -> bytes:
        """See Provider."""
        if not data.startswith(b"WEBVTT"):
            raise NotReady(f"{name}: line 1: it is no WebVTT")
        return data

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
        named = str(hint.get("task_id", hint.get("task")))
        return {"task": int(named)} if named.isdecimal() and int(named) < len(self.paid) else None

    def named_by_service(self, operation: Operation) -> str:
        """See Provider."""
        return str(operation["task"])

    def _pay(self, task: Task) -> Operation:
        self.paid.append((task.id, str(task.step)))
        return {"task": len(self.paid) - 1}


class Listed(Service):
    """One paid step under the service's own ids, like Document Translation by batch.

    A repeated start is paid again. What is asked is kept before, so that a list of the work at the service tells ours.
    """

    name: ClassVar[str] = "listed"
    on_its_way: ClassVar[timedelta] = timedelta(minutes=10)  # longer than any request of this world takes

    async def start(self, task: Task) -> Operation:
        """See Provider."""
        mark = f"{task.id}.{task.step}.{len(self.paid)}"
        await task.scratch.write(mark, b"+")
        await self._account.before(_watched("start", self.name, task.id))
        self.paid.append((task.id, str(task.step)))
        self._work.put(task.scratch.blob(mark), b"+")
        await self._account.after(_watched("start", self.name, task.id))
        return {"mark": task.scratch.blob(mark)}

    async def find(self, work: Work, scratch: Scratch) -> Operation | Found:
        """See Provider."""
        await self._watched("find", work.id)
        asked = [scratch.blob(mark) async for mark in scratch.list() if mark.startswith(f"{work.id}.{work.step}.")]
        return next(({"mark": mark} for mark in asked if mark in self._work.blobs), Found.NOTHING)

    @property
    def _work(self) -> MemoryContainer:
        """What the service has been asked to do, by our marks."""
        return self._account.container("work")


class Sliced(Service):
    """Answers at once, one slice of the file for each paid step, like Azure Text Translation."""

    name: ClassVar[str] = "sliced"
    lease: ClassVar[timedelta | None] = timedelta(minutes=10)
    longest_request: ClassVar[timedelta] = timedelta(minutes=8)
    slices = 2

    async def start(self, task: Task) -> Next | Finished:
        """See Provider."""
        kept = await task.scratch.read(_slice(task.step.number))
        if kept is None:
            await self._send(task)
            await self.keep(task)
        return await self._answered(task, task.scratch)

    async def check(self, work: Work, scratch: Scratch) -> Outcome:
        """See Provider; asked only when all slices are done."""
        return await self._answered(work, scratch)

    async def find(self, work: Work, scratch: Scratch) -> Next | Finished | Found:
        """See Provider."""
        kept = await scratch.read(_slice(work.step.number))
        return Found.NOTHING if kept is None else await self._answered(work, scratch)

    async def _send(self, task: Task) -> None:
        """The paid request. Its answer is lost where it takes longer than the client waits."""
        if task.id in self.failing:
            raise Refused(f"{task.id} failed at the service")
        begun = self._account.clock()
        await self._account.before(_watched("start", self.name, task.id))
        self.paid.append((task.id, str(task.step)))
        self.paid_late += self._is_superseded(task)
        await self._account.after(_watched("start", self.name, task.id))
        if self._account.clock() - begun > self.longest_request:
            raise AnswerLost("it took too long")

    def of(self, work: Work) -> int:
        """How many slices the work has, as it was planned by its first one."""
        return int(work.operation.get("slices", self.slices))

    async def keep(self, task: Task) -> None:
        """Keep the answer, before it counts."""
        await task.scratch.write(_slice(task.step.number), b"+")

    async def _answered(self, work: Work, scratch: Scratch) -> Next | Finished:
        """What the kept answer of this step was charged is told by whoever finds it, as it is with real services."""
        if work.step.number + 1 < self.of(work):
            return Next(Step(name="slice", number=work.step.number + 1), {"slices": self.of(work)}, CHARGED)
        parts = [await scratch.read(_slice(number)) for number in range(self.of(work))]
        if None in parts:
            raise ResultUnavailable("a slice was not kept")
        await scratch.write("result", FILM + b"".join(part for part in parts if part))
        return Finished([Result("mp4", staged=scratch.blob("result"))], CHARGED)

    def _is_superseded(self, task: Task) -> bool:
        """Whether the ledger called the translation superseded before the step was even claimed."""
        key, jobs = task.id.partition(".")[0], self._account.container("jobs").blobs
        record = jobs.get(f"open/{key}") or jobs[f"done/{key}"]
        now = job_of(Blob(record.data, record.facts)).translation(task.target)
        return now.state is State.SUPERSEDED and (now.step != task.step or now.started is None)


def _slice(number: int) -> str:
    return f"slice-{number}"


def _own_id(work: Work) -> Operation:
    return {"id": f"{work.id}.{work.step}"}


def _watched(kind: str, service: str, name: str) -> Watched:
    return Watched(kind, service, name)
