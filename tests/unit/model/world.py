"""The app as it is deployed, on storage and services in memory: any number of its processes, and one clock."""

import re
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.engine.context import Context
from shared.engine.engine import Engine
from shared.engine.tokens import CallbackTokens
from shared.errors import ResultUnavailable
from shared.jobs.job import Job, job_key
from shared.jobs.ledger import DONE, OPEN, Ledger
from shared.jobs.quotas import Limits, Quotas
from shared.media.facts import MediaFacts
from shared.names import RECEIPT
from shared.outbox.beginnings import HEAD
from shared.outbox.download import Download
from shared.outbox.publish import Publisher
from shared.outbox.receipts import Receipts
from shared.outbox.transfer import Fetch
from shared.triggers.callback import Callback
from shared.triggers.edits import Edits
from shared.triggers.erase import Eraser
from shared.triggers.intake import Intake
from shared.triggers.planner import Inspect, Planner, Terms
from shared.triggers.rescan import Rescan
from shared.triggers.steer import Steer
from shared.triggers.tick import Tick
from tests.memory_container import MemoryAccount, Operation
from tests.receipts import read_receipt
from tests.unit.model.scheduler import OUTSIDE
from tests.unit.model.services import Blind, Findable, Listed, Service, Sliced

NAME = "en-US_to_es-ES/talk.mp4"
TARGET = "es-ES"
EDIT = "en-US_to_es-ES/talk.es-ES.vtt"
HOURS = 4.0
#: Longer than a start may take, than any wait between tries, and than the pause between two searches for missed drops.
WHILE = timedelta(minutes=6)
TICKS = 12
_MARK = re.compile(rb'"claim": "[0-9a-f]{32}"')


class Process:
    """One process of the app, with a memory of its own."""

    def __init__(self, context: Context, route: Sequence[str], inspect: Inspect) -> None:
        engine = Engine(context)
        terms = Terms({"route": {"video": list(route)}}, 10, HOURS)
        intake = Intake(context, engine, Planner(context, terms, inspect))
        self.accept = intake.accept
        self.edits = Edits(context, engine)
        self.tick = Tick(context, engine, intake, Rescan(context, intake, start_existing=False), self.edits).run
        self.look = Callback(context, engine).receive
        self.steer = Steer(context, engine, intake)
        self.erase = Eraser(context, self.steer).erase


class World:
    """Everything that outlives a process, and what happens in it."""

    def __init__(self, route: str) -> None:
        """`route` names the services that are asked, one after the other; the first of them is the `service`."""
        self.now = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
        self.account = MemoryAccount(lambda: self.now)
        names = ("inbox", "outbox", "jobs", "staging", "edits")
        self.inbox, self.outbox, self.jobs, self.staging, self.edits = map(self.account.container, names)
        kinds: tuple[type[Service], ...] = (Findable, Blind, Listed, Sliced)
        services = [kind(self.account) for kind in kinds]
        self.services = {service.name: service for service in services}
        self._route = route.split()
        self.service = self.services[self._route[0]]
        self.callbacks = CallbackTokens("https://app", ("secret",))
        self.name = NAME
        self.lost = 0  # answers, before the actors began
        self.deleted: set[str] = set()  # results, by somebody
        self.inspect: Inspect = nothing_is_known
        self.fetch: Fetch = _nothing_is_fetched
        self.forgets = False  # whether services are to delete what was delivered

    def twin(self) -> "World":
        """Another world in the same state, to be led elsewhere."""
        twin = World(" ".join(self._route))
        twin.now, twin.name, twin.lost = self.now, self.name, self.lost
        twin.deleted |= self.deleted
        twin.account.web |= self.account.web
        for name, container in self.account.containers.items():
            container.copy_to(twin.account.container(name))
        for name, service in self.services.items():
            twin.services[name].paid += service.paid
            twin.services[name].paid_late = service.paid_late
            twin.services[name].failing |= service.failing
        return twin

    def state(self) -> Hashable:
        """All that what comes next depends on. A claim's mark says something only to the process that made it."""
        blobs = frozenset(
            (container.name, name, _MARK.sub(b"", stored.data), stored.facts.last_modified, str(stored.facts.metadata))
            + ((stored.facts.etag,) if container.name in ("inbox", "edits") else ())  # the only ones that are kept
            for container in self.account.containers.values()
            for name, stored in container.blobs.items()
        )
        paid = tuple((*service.paid, service.paid_late) for service in self.services.values())
        return self.now, blobs, paid

    def process(self, limits: Limits | None = None) -> Process:
        """A process that has just begun, with these limits on spending."""
        return Process(self.context(limits), self._route, self.inspect)

    def context(self, limits: Limits | None = None) -> Context:
        """What a process works with."""
        ledger = Ledger(self.jobs)
        return Context(
            ledger=ledger,
            providers=self.services,
            inbox=self.inbox,
            staging=self.staging,
            glossaries=self.account.container("glossaries"),
            edits=self.edits,
            publisher=Publisher(self.outbox, self.staging, self.fetch, self._beginning, lambda: self.now),
            receipts=Receipts(self.outbox, self.edits),
            tokens=self.callbacks,
            quotas=Quotas(ledger, limits or Limits(), lambda: self.now),
            clock=lambda: self.now,
            forgets=self.forgets,
        )

    def drop(self, content: bytes = b"first", name: str | None = None) -> str:
        """Put the file, or one of that name, into the inbox; the key of its job."""
        name = name or self.name
        self.inbox.put(name, content, md5=f"md5-of-{content.decode()}")
        return job_key(name, self.inbox.blobs[name].facts.version)

    def edit(self, content: bytes = b"WEBVTT", name: str = EDIT) -> str:
        """Put a correction into its container; its ETag."""
        self.edits.put(name, content, md5=f"md5-of-{content.decode()}")
        return self.edits.blobs[name].facts.etag

    async def happen(self, what: str) -> None:
        """Something outside happens next: an operation like others, so that it may come between any two of them."""
        operation = Operation(what, OUTSIDE, "")
        await self.account.before(operation)
        await self.account.after(operation)

    async def settle(self) -> None:
        """What a timer does to whatever is left, in a process that knows nothing: tick until no job is open.

        When they will not end by themselves, their deadline passes.
        """
        process = self.process()
        for number in range(TICKS):
            self.now += WHILE if number != TICKS // 2 else timedelta(hours=2 * HOURS)
            await process.tick()
            if not self.records(OPEN):
                return

    def records(self, prefix: str) -> dict[str, Job]:
        """The records of `open/` or `done/`, by key."""
        blobs = self.jobs.blobs.items()
        found = {name: stored.data for name, stored in blobs if name.startswith(prefix)}
        return {name.removeprefix(prefix): Job.model_validate_json(data) for name, data in found.items()}

    def receipt(self, name: str | None = None) -> dict[str, Any]:
        """A receipt of the outbox, or the drop's; empty where there is none."""
        stored = self.outbox.blobs.get(name or self.name + RECEIPT)
        return read_receipt(stored.data) if stored else {}

    async def _beginning(self, url: str) -> bytes:
        return self.account.web[url][:HEAD]

    @property
    def done(self) -> dict[str, Job]:
        """The jobs that have ended, by key."""
        return self.records(DONE)


async def nothing_is_known(*_: object) -> MediaFacts:
    """What the contents of these tests are, which are no media."""
    return MediaFacts()


@asynccontextmanager
async def _nothing_is_fetched(url: str, _start: int) -> AsyncIterator[Download]:
    raise ResultUnavailable(f"{url} is copied by storage, not fetched")
    yield
