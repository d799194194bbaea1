"""All of Azure that the app needs, on this machine: started in order, told to the world, stopped in order."""

import asyncio
import fcntl
import json
import logging
import re
import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from http.client import INTERNAL_SERVER_ERROR
from pathlib import Path
from typing import Any, Self

import httpx
from azure.core.exceptions import ResourceExistsError
from azure.storage.blob.aio import BlobServiceClient

from sandbox.app_settings import CONTAINERS, Ports, app_settings, container_setting, trust
from sandbox.azurite import SERVICES, Azurite
from sandbox.certificate import make_certificate
from sandbox.child import Child, ChildFailed
from sandbox.doubles.background import end
from sandbox.environment import own_environment
from sandbox.events import EventGrid, Subscription
from sandbox.host.function import FAILURE
from sandbox.kept import keep
from sandbox.loopback import loopback_client
from sandbox.ports import HOST, PortTaken, require_free

ROOT = Path(__file__).parents[1]
logger = logging.getLogger(__name__)
SUBSCRIBERS = {"inbox": "start_translations", "edits": "apply_edits"}
#: What Azure's host waits for, in seconds, takes too long here: a lost message returns after 5 instead of 600, an idle
#: queue is looked at each second instead of each minute, and timers do not pause for a minute or two when the host was
#: replaced, for there is no other host that they could run on.
SHORT_WAITS = ("--visibility", "5", "--longest-poll", "1", "--timer-lease", "0")
#: What the Foundry resource has: language models by the names of their deployments.
DEPLOYMENTS = {"my-gpt-4o-mini": "gpt-4o-mini"}
ANSWER_SECONDS = 180
_READY = re.compile("^ready$")
_FAILS = re.compile(f"{FAILURE}(.*)")
_SHUTS_DOWN = re.compile("CRITICAL [^:]*: (.*)")


class AppRefused(Exception):
    """The app cannot be indexed, lacks functions, or does not take its settings; the message has its own words."""


class AlreadyUp(Exception):
    """Another stack is up with the same state."""


#: Why a stack may not come up, or not stay up. Each message tells a person what is wrong.
FAILURES = (AlreadyUp, AppRefused, ChildFailed, PortTaken)


@contextmanager
def the_only_one(card: Path) -> Iterator[None]:
    """Keep every other stack with this `card` away. Raises AlreadyUp with its address where there is one."""
    card.parent.mkdir(parents=True, exist_ok=True)
    with card.with_suffix(".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyUp(f"A stack of this checkout is up already, {_where(card)}. End that one first.") from error
        yield


def _where(card: Path) -> str:
    try:
        return f"at {json.loads(card.read_text())['host']}"
    except FileNotFoundError:
        return "and is being started or stopped"


class Stack:
    """Storage, event grid, identity, the doubles and the Functions host with the app of `app`.

    Its data, logs and configuration live in `folder`. Inside the `async with` all of it answers, and `card`
    (by default `stack.json` in the folder) names every address. A host that ends by itself is started again, as the
    platform does it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        host_port: int | None = None,
        pace: float = 1.0,
        app: Path = ROOT,
        card: Path | None = None,
    ) -> None:
        """`pace` multiplies the doubles' delays. The host listens on `host_port`, or on a free port."""
        self.folder = folder
        self.ports = Ports.choose(folder, host_port)
        self.settings: dict[str, str] = {}
        self._pace = pace
        self._app = app
        self._card = card or folder / "stack.json"
        self._keys = {name: secrets.token_urlsafe() for name in ("default", "master", "blobs_extension")}
        self.logs = folder / "logs"
        self._services = Child("services", self.logs / "services.log")
        self._host = Child("host", self.logs / "host.log")
        self._extra_settings: dict[str, str] = {}
        self._host_is_wanted = asyncio.Event()
        self._one_host = asyncio.Lock()
        self._keeping_host: asyncio.Task[None] | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start everything.

        Raises PortTaken, ChildFailed with the last lines of the part that is not up, or AppRefused with what the app
        says about itself.
        """
        require_free(self.ports.host)
        self.ports.keep(self.folder)
        self._card.unlink(missing_ok=True)
        shutil.rmtree(self.logs, ignore_errors=True)
        async with AsyncExitStack() as stack:
            await self._start_storage(stack)
            await self._start_services(stack)
            await self._start_app(stack)
            keep(self._card, self.addresses())
            stack.callback(self._card.unlink, missing_ok=True)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop everything, the last one first."""
        await self._stack.aclose()

    @property
    def host_url(self) -> str:
        """Where the host answers."""
        return f"http://{HOST}:{self.ports.host}"

    @property
    def containers(self) -> dict[str, str]:
        """The names of the app's containers by what they are for, `inbox` to `jobs`."""
        return {role: self.settings[container_setting(role)] for role in CONTAINERS}

    @property
    def functions_key(self) -> str:
        """The host's default key: `x-functions-key` of the jobs API."""
        return self._keys["default"]

    def addresses(self) -> dict[str, str | None]:
        """What stack.json says."""
        return {
            "storage": self.azurite.uri("blob"),
            "queues": self.azurite.uri("queue"),
            "identity": self.settings["IDENTITY_ENDPOINT"],
            "host": self.host_url,
            "speech": self.settings["SPEECH_ENDPOINT"],
            "translator": f"http://{HOST}:{self.ports.translator}",
            "foundry": f"http://{HOST}:{self.ports.foundry}",
            "vozo": self.settings["VOZO_ENDPOINT"],
            "ca": str(self.certificate.path),
            "identity_header": self.settings["IDENTITY_HEADER"],
            "functions_key": self.functions_key,
        }

    def blob_service(self) -> BlobServiceClient:
        """A new client of the data account whose requests count as the sandbox's. The caller closes it."""
        return self.azurite.blob_service()

    async def start_host(self, extra_settings: Mapping[str, str] | None = None) -> None:
        """Start the host on its port, with `extra_settings` over all others. Raises ChildFailed."""
        self._extra_settings = dict(extra_settings or {})
        async with self._one_host:
            await self._launch_host()
            self._host_is_wanted.set()

    async def _launch_host(self) -> None:
        keys = self._write("keys.json", self._keys)
        options: list[str | Path] = ["--app", self._app, "--port", str(self.ports.host), "--keys", keys, *SHORT_WAITS]
        command = _module("sandbox.host", *options)
        environment = own_environment() | self.settings | trust(self.certificate) | self._extra_settings
        await self._host.start(command, _READY, environment, ROOT)

    async def stop_host(self) -> None:
        """Ask the host to end, and leave it so."""
        self._host_is_wanted.clear()
        async with self._one_host:
            await self._host.stop()

    async def kill_host(self) -> None:
        """End the host without a word, in the midst of whatever it does. It is started again.

        Where it is just being started, this waits until it is up: a host that ends before is not tried again.
        """
        async with self._one_host:
            await self._host.kill()

    async def watch(self) -> None:
        """Raise ChildFailed as soon as a part ends by itself, or when the host cannot be started again."""
        assert self._keeping_host is not None  # noqa: S101 - set on entering
        children = [*self.azurite.children.values(), self._services]
        ends = {asyncio.create_task(child.ended()): child for child in children}
        try:
            done, _ = await asyncio.wait([*ends, self._keeping_host], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in ends:
                waiting.cancel()
        raise ends.get(done.pop(), self._host).failure()

    async def _keep_host(self) -> None:
        """Start the host again each time that it has ended by itself."""
        while True:
            await self._host_is_wanted.wait()
            await self._host.ended()
            async with self._one_host:
                if self._host_is_wanted.is_set() and not self._host.alive:
                    reason = self._host.last(_SHUTS_DOWN) or "it was killed, or ended without a word."
                    logger.warning("The Functions host has ended and is started again: %s", reason)
                    await self._launch_host()

    async def _start_storage(self, stack: AsyncExitStack) -> None:
        self.certificate = make_certificate(self.folder / "certificate")
        self.azurite = await stack.enter_async_context(Azurite(self.folder / "storage", self.certificate, self.logs))
        self.settings = app_settings(self.azurite, self.ports, self.folder)
        async with self.blob_service() as service, asyncio.TaskGroup() as group:
            for name in self.containers.values():
                group.create_task(_ensure(service, name))

    async def _start_services(self, stack: AsyncExitStack) -> None:
        stack.push_async_callback(self._services.stop)
        config = self._write("services.json", self._services_config())
        command = _module("sandbox.services", config)
        await self._services.start(command, _READY, own_environment() | trust(self.certificate), ROOT)

    async def _start_app(self, stack: AsyncExitStack) -> None:
        self.events = EventGrid(self.azurite, self.host_url, self._keys["blobs_extension"])
        await stack.enter_async_context(self.events)
        stack.push_async_callback(self._host.stop)
        await self.start_host()
        self._keeping_host = asyncio.create_task(self._keep_host())
        stack.push_async_callback(end, self._keeping_host)
        try:
            functions = await self._functions()
        except httpx.HTTPError as error:
            raise self._host.failure() from error
        for role, function in SUBSCRIBERS.items():
            if function in functions:
                await self.events.subscribe(Subscription(self.containers[role], function))

    async def _functions(self) -> set[str]:
        """The names of the app's functions. Raises AppRefused where the app, or one of them, has a fault.

        The host stays up with such an app, as in Azure, and answers as well as it can.
        """
        headers = {"x-functions-key": self._keys["master"]}
        # The first call builds the app, which may take its time on a busy machine.
        async with loopback_client(base_url=self.host_url, headers=headers, timeout=ANSWER_SECONDS) as client:
            status = (await client.get("/admin/host/status")).raise_for_status().json()
            if status["errors"]:
                raise AppRefused("\n".join(status["errors"]))
            listed = (await client.get("/admin/functions")).raise_for_status().json()
            functions = {function["name"] for function in listed}
            if "health" in functions and (await client.get("/api/health")).status_code == INTERNAL_SERVER_ERROR:
                raise AppRefused(await self._last_failure())
        return functions

    async def _last_failure(self) -> str:
        """Why a function failed just now. The line is on its way: the host writes it before it answers."""
        for _ in range(1000):
            if reason := self._host.last(_FAILS):
                return reason
            await asyncio.sleep(0.05)
        return str(self._host.failure())

    def _services_config(self) -> dict[str, Any]:
        return {
            "identity": {"port": self.ports.identity, "header": self.settings["IDENTITY_HEADER"]},
            "speech": {"port": self.ports.speech},
            "vozo": {"port": self.ports.vozo, "api_key": self.settings["VOZO_API_KEY"]},
            "translator": {"port": self.ports.translator},
            "foundry": {"port": self.ports.foundry, "deployments": DEPLOYMENTS},
            "results": {
                "endpoint": self.azurite.uri("blob", SERVICES),
                "account": SERVICES,
                "key": self.azurite.key(SERVICES),
            },
            "folder": str(self.folder / "doubles"),
            "ca": str(self.certificate.path),
            "pace": self._pace,
        }

    def _write(self, name: str, content: Mapping[str, Any]) -> Path:
        """Write a part's configuration, which holds keys: nobody else may read it."""
        keep(self.folder / name, content)
        return self.folder / name


def _module(name: str, *arguments: str | Path) -> list[str | Path]:
    return [sys.executable, "-m", name, *arguments]


async def _ensure(service: BlobServiceClient, container: str) -> None:
    try:
        await service.create_container(container)
    except ResourceExistsError:  # It is kept from an earlier run.
        return
