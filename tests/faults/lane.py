"""A place for one run at a time: containers, events and a host of its own, on storage and services that all share."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from sandbox.access_log import Access
from sandbox.app_settings import CONTAINERS, container_setting, trust
from sandbox.environment import own_environment
from sandbox.events import Event, EventGrid, Subscription
from sandbox.loopback import loopback_client
from sandbox.ports import HOST, free_ports
from sandbox.stack import ROOT, SHORT_WAITS, SUBSCRIBERS, Stack
from shared.jobs.ledger import EDITS, HEARTBEAT
from shared.providers.azure_document import LONGEST_SLICE
from tests.faults.app_process import AppProcess, Command
from tests.faults.batch import AUDIO, CAPTIONS, CLIP, LEASE, REPORT, VIDEO, WAITING, Batch, Traces
from tests.faults.calls import Aliases, Point
from tests.faults.crash import Orders
from tests.faults.person import Person

START_WINDOW_SECONDS = 1
DEADLINE = timedelta(hours=24)
#: How many ticks of the app a run may take: several times what it takes. No time is set, so a slow machine changes
#: nothing but the time that the whole takes.
PATIENCE_TICKS = 300
#: When nothing has changed for so many ticks, the app's clock is put forward: past the deadline where nothing but an
#: unknown start is left, for that is told then; else by longer than anything else waits. Nobody asks sooner about a
#: document that was being sent when the app died, old jobs are looked at seldom, and what could not be accepted is
#: looked for once in five minutes.
QUIET_TICKS, SOME_MINUTES = 10, LONGEST_SLICE + timedelta(seconds=1)
#: How many ticks the app is given to die in when its work is done.
LINGER_TICKS = 2


class LossyEvents(EventGrid):
    """Loses the events of audio files dropped in a language folder, so that the timer has to find those."""

    async def _deliver(self, event: Event, function: str) -> None:
        if not event["subject"].endswith(AUDIO):
            await super()._deliver(event, function)


@dataclass(frozen=True)
class Run:
    """One run of a batch: the calls of its first process, whether that died, whether the end came, and what is left."""

    calls: list[str]
    died: bool
    ended: bool
    traces: Traces


@dataclass(frozen=True)
class Lane:
    """Runs batches, one after the other."""

    name: str
    stack: Stack
    storage: BlobServiceClient
    client: httpx.AsyncClient
    app: AppProcess
    url: str
    key: str

    async def run(self, batch: Batch, point: Point | None = None) -> Run:
        """Drop the batch for a new process, which dies at `point`; start it again, and let it finish."""
        aliases = batch.aliases({container: role for role, container in containers(self.name).items()})
        record, rest = (self.stack.folder / f"{batch.number:04}-{part}.calls" for part in ("first", "rest"))
        died = asyncio.Event()
        await self._begin_anew()
        await batch.drop(self._container("inbox"), AUDIO)
        await self.app.start(Orders(aliases, record, point))
        async with asyncio.TaskGroup() as group:
            reviving = group.create_task(self._revive(Orders(aliases, rest), died))
            await batch.drop(self._container("inbox"), VIDEO, LEASE, REPORT, CAPTIONS, WAITING, CLIP)
            ended = await self._ended(batch)
            if point and not died.is_set():
                await self._linger(died)
            reviving.cancel()
        await self.app.kill()
        traces = await batch.traces(self._container("outbox"), self._container("jobs"), await self._paid(), aliases)
        return Run(record.read_text().splitlines(), died.is_set(), ended, traces)

    async def _begin_anew(self) -> None:
        """Forget the time that the app was put ahead in the last run, also where the app has written it down.

        Drops whose process died are looked for among the latest, and storage's clock is not put ahead.
        """
        self.app.set_clock_right()
        heartbeat = self._container("jobs").get_blob_client(HEARTBEAT)
        if await heartbeat.exists():
            await heartbeat.delete_blob()

    async def _revive(self, orders: Orders, died: asyncio.Event) -> None:
        """Start the app again each time that it has ended, as the platform does, whatever ended it."""
        while True:
            await self.app.ended()
            died.set()
            await self.app.start(orders)

    async def _ended(self, batch: Batch) -> bool:
        """Wait for the end of the batch, looking whenever something is told or closed; False where it does not come."""
        jobs, outbox = self._container("jobs"), self._container("outbox")
        person, quiet = Person(batch, self._container, self.client, self.url, self.key), 0
        async for tick in self._moments(PATIENCE_TICKS):
            await person.act()
            if not tick and await batch.has_ended(outbox, jobs) and await person.is_content():
                return True
            quiet = quiet + 1 if tick else 0
            if quiet and quiet % QUIET_TICKS == 0:
                self.app.let_pass(2 * DEADLINE if await batch.waits_for_deadline(outbox) else SOME_MINUTES)
        return False

    async def _linger(self, died: asyncio.Event) -> None:
        async for _ in self._moments(LINGER_TICKS):
            if died.is_set():
                return

    async def _moments(self, ticks: int) -> AsyncIterator[bool]:
        """Each tick of the app as True, each change that may be the end as False, until there were so many ticks."""
        jobs, outbox = self._container("jobs").container_name, self._container("outbox").container_name
        moments: asyncio.Queue[bool] = asyncio.Queue()

        def look(access: Access) -> None:
            if access.by_sandbox:
                return
            if access.container == jobs and access.query.get("prefix") == "open/":
                moments.put_nowait(True)
            elif access.kind == "delete" or _tells(access, jobs, outbox):
                moments.put_nowait(False)

        with self.stack.azurite.log.listening(look):
            yield False  # what has happened before
            while ticks:
                tick = await moments.get()
                yield tick
                ticks -= tick

    async def _paid(self) -> Counter[str]:
        """What every double has been paid for so far, and how often."""
        paid: Counter[str] = Counter()
        addresses = self.stack.addresses()
        for address in filter(None, (addresses[service] for service in ("speech", "translator", "vozo"))):
            rows = (await self.client.get(f"{address}/_control/paid")).raise_for_status().json()
            paid.update({row["key"]: row["count"] for row in rows})
        return paid

    def _container(self, role: str) -> ContainerClient:
        return self.storage.get_container_client(containers(self.name)[role])


def _tells(access: Access, jobs: str, outbox: str) -> bool:
    """Whether a receipt was written, or noted that a correction is answered."""
    if access.container == outbox:
        return access.blob.endswith(".translation.json")
    return access.container == jobs and access.kind == "write" and access.blob.startswith(EDITS)


def containers(lane: str) -> dict[str, str]:
    """The names of a lane's containers by what they are for."""
    return {role: f"{role}-{lane}" for role in CONTAINERS}


@asynccontextmanager
async def lane(name: str, stack: Stack) -> AsyncIterator[Lane]:
    """A lane whose containers are there, and whose host gets the events of what people drop."""
    keys = json.loads((stack.folder / "keys.json").read_text())
    port = free_ports(1)[0]
    url = f"http://{HOST}:{port}"
    async with (
        stack.blob_service() as storage,
        loopback_client(timeout=120) as client,
        LossyEvents(stack.azurite, url, keys["blobs_extension"]) as events,
        AppProcess(_command(name, stack, port), url, keys["master"]) as app,
    ):
        for container in containers(name).values():
            await storage.create_container(container)
        await app.start(Orders(Aliases({}), stack.folder / f"{name}.calls"))
        for role, function in SUBSCRIBERS.items():
            await events.subscribe(Subscription(containers(name)[role], function))
        await app.kill()
        yield Lane(name, stack, storage, client, app, url, keys["master"])


def _command(name: str, stack: Stack, port: int) -> Command:
    keys = str(stack.folder / "keys.json")
    arguments = ["--app", str(ROOT), "--port", str(port), "--keys", keys, *SHORT_WAITS]
    environment = own_environment() | stack.settings | trust(stack.certificate) | _settings(name, port)
    return Command(arguments, environment, stack.folder / "logs" / f"{name}.log")


def _settings(name: str, port: int) -> dict[str, str]:
    return {container_setting(role): container for role, container in containers(name).items()} | {
        "AzureFunctionsWebHost__hostid": name,
        "CALLBACK_BASE_URL": f"http://{HOST}:{port}",
        "DEADLINE_HOURS": str(DEADLINE / timedelta(hours=1)),
        "START_EXISTING": "true",
        "START_WINDOW_SECONDS": str(START_WINDOW_SECONDS),
    }
