"""A place for one run at a time: containers, events and a host of its own, on storage and services that all share."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from azure.storage.blob.aio import BlobServiceClient

from sandbox.app_settings import CONTAINERS, container_setting, trust
from sandbox.environment import own_environment
from sandbox.events import EventGrid, Subscription
from sandbox.ports import HOST, free_ports
from sandbox.stack import ROOT, SUBSCRIBERS, Stack
from tests.faults.app_process import AppProcess, Command
from tests.faults.calls import Aliases, Point
from tests.faults.crash import Orders
from tests.faults.pair import Pair, Traces

DEADLINE_SECONDS = 20
START_WINDOW_SECONDS = 1
PATIENCE_SECONDS = 60
SECONDS_BETWEEN_LOOKS = 0.1


@dataclass(frozen=True)
class Run:
    """One run of a pair: its calls up to its end or its death, whether it died and ended, and what it left."""

    calls: list[str]
    died: bool
    ended: bool
    traces: Traces


@dataclass(frozen=True)
class Lane:
    """Runs pairs, one after the other."""

    name: str
    stack: Stack
    storage: BlobServiceClient
    app: AppProcess

    async def run(self, pair: Pair, point: Point | None = None) -> Run:
        """Drop the pair into a new process, which dies at `point`; start it again, and let it finish."""
        aliases = pair.aliases({container: role for role, container in containers(self.name).items()})
        record, rest = (self.stack.folder / f"{pair.number:04}-{part}.calls" for part in ("first", "rest"))
        await self.app.start(Orders(aliases, record, point))
        await pair.drop(self.storage.get_container_client(self._container("inbox")))
        died, ended = await self._finish(pair, Orders(aliases, rest))
        await self.app.kill()
        traces = await pair.traces(
            self.storage.get_container_client(self._container("outbox")), await _paid(self.stack), aliases
        )
        return Run(record.read_text().splitlines(), died, ended, traces)

    async def _finish(self, pair: Pair, orders: Orders) -> tuple[bool, bool]:
        """Wait for the end, and start the app again where it dies: whether it did, and whether the end came."""
        outbox, jobs = (self.storage.get_container_client(self._container(role)) for role in ("outbox", "jobs"))
        died = False
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not await pair.has_ended(outbox, jobs):
                    if not self.app.alive:
                        died = True
                        await self.app.start(orders)
                    await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        except TimeoutError:
            return died, False
        return died, True

    def _container(self, role: str) -> str:
        return containers(self.name)[role]


def containers(lane: str) -> dict[str, str]:
    """The names of a lane's containers by what they are for."""
    return {role: f"{role}-{lane}" for role in CONTAINERS}


@asynccontextmanager
async def lane(name: str, stack: Stack) -> AsyncIterator[Lane]:
    """A lane whose containers are there, and whose host gets the events of its inbox."""
    keys = json.loads((stack.folder / "keys.json").read_text())
    port = free_ports(1)[0]
    url = f"http://{HOST}:{port}"
    app = AppProcess(_command(name, stack, port), url, keys["master"])
    async with stack.blob_service() as storage, EventGrid(stack.azurite, url, keys["blobs_extension"]) as events:
        for container in containers(name).values():
            await storage.create_container(container)
        try:
            await app.start(Orders(Aliases({}), stack.folder / f"{name}.calls"))
            await events.subscribe(Subscription(containers(name)["inbox"], SUBSCRIBERS["inbox"]))
            await app.kill()
            yield Lane(name, stack, storage, app)
        finally:
            await app.close()


def _command(name: str, stack: Stack, port: int) -> Command:
    keys = str(stack.folder / "keys.json")
    arguments = ["--app", str(ROOT), "--port", str(port), "--keys", keys, "--visibility", "1", "--retry-delay", "1"]
    environment = own_environment() | stack.settings | trust(stack.certificate) | _settings(name, port)
    return Command(arguments, environment, _log(stack, name))


def _settings(name: str, port: int) -> Mapping[str, str]:
    return {container_setting(role): container for role, container in containers(name).items()} | {
        "AzureFunctionsWebHost__hostid": name,
        "CALLBACK_BASE_URL": f"http://{HOST}:{port}",
        "DEADLINE_HOURS": str(DEADLINE_SECONDS / 3600),
        "START_WINDOW_SECONDS": str(START_WINDOW_SECONDS),
    }


def _log(stack: Stack, name: str) -> Path:
    return stack.folder / "logs" / f"{name}.log"


async def _paid(stack: Stack) -> Counter[str]:
    """What every double has been paid for so far, and how often."""
    paid: Counter[str] = Counter()
    addresses = stack.addresses()
    async with httpx.AsyncClient(trust_env=False) as client:
        for service in ("speech", "translator", "vozo"):
            if addresses[service]:
                rows = (await client.get(f"{addresses[service]}/_control/paid")).raise_for_status().json()
                paid.update({row["key"]: row["count"] for row in rows})
    return paid
