"""Azurite: Azure's blob and queue storage on this machine, over HTTPS, with bearer tokens.

https://learn.microsoft.com/azure/storage/common/storage-use-azurite
"""

import asyncio
import base64
import re
import secrets
import ssl
import uuid
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Self

import aiohttp
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import ResourceNotFoundError
from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.transport import AioHttpTransport
from azure.core.rest import HttpRequest
from azure.storage.blob.aio import BlobServiceClient

from sandbox.access_log import Access, AccessLog, Service
from sandbox.certificate import Certificate
from sandbox.child import Child
from sandbox.environment import own_environment
from sandbox.kept import keep, kept, kept_ports
from tools.npm import NODE

DATA, SERVICES = "babeldrop", "services"
SETTLE_SECONDS = 120
_ROOT = Path(__file__).parents[1]
_MODULES = _ROOT / "node_modules"
_SCRIPTS = _MODULES / "azurite" / "dist" / "src"
_LISTENS = re.compile(r"successfully listens on https://127\.0\.0\.1:(\d+)")
_BEFORE = Path(__file__).with_name("azurite_start.mjs")


class Azurite:
    """Two accounts: `babeldrop` holds the app's data, `services` belongs to the doubles.

    The blob and the queue service are two processes, so that each line of the log says which of them was asked.
    """

    def __init__(self, folder: Path, certificate: Certificate, logs: Path) -> None:
        """Keep data, keys and ports in `folder`; write `azurite-blob.log` and `azurite-queue.log` into `logs`."""
        self.log = AccessLog()
        self._folder = folder
        self.certificate = certificate
        self._keys = kept(folder / "keys.json", _new_keys)
        self._ports = kept_ports(folder / "ports.json")
        self._stack = AsyncExitStack()
        self.children: dict[Service, Child] = {
            "blob": Child("azurite-blob", logs / "azurite-blob.log", partial(self.log.feed, service="blob")),
            "queue": Child("azurite-queue", logs / "azurite-queue.log", partial(self.log.feed, service="queue")),
        }

    async def __aenter__(self) -> Self:
        """Start both services, on the ports of the last start or on free ones. Raises ChildFailed."""
        async with AsyncExitStack() as stack:
            for child in self.children.values():
                # Asked to end, not killed: what is not saved yet would be lost.
                stack.push_async_callback(child.stop)
            async with asyncio.TaskGroup() as starting:
                for service in self.children:
                    starting.create_task(self._start(service))
            keep(self._folder / "ports.json", self._ports)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop them; they save what they hold."""
        await self._stack.aclose()

    def key(self, account: str) -> str:
        """The account's key, base64."""
        return str(self._keys[account])

    def uri(self, service: Service, account: str = DATA) -> str:
        """The address of an account's service."""
        return f"https://127.0.0.1:{self._ports[service]}/{account}"

    def port(self, service: Service) -> int:
        """Where the service listens."""
        return self._ports[service]

    def blob_service(self, account: str = DATA) -> BlobServiceClient:
        """A new client of an account whose requests say that the sandbox asks. The caller closes it."""
        return BlobServiceClient(
            self.uri("blob", account),
            AzureNamedKeyCredential(account, self.key(account)),
            transport=transport(self.certificate),
            raw_request_hook=mark,
        )

    async def settle(self) -> None:
        """Return when the log has told of every request that was answered before this call."""
        marker, seen = f"settle-{uuid.uuid4()}", asyncio.Event()

        def look(access: Access) -> None:
            if access.container == marker:
                seen.set()

        with self.log.listening(look):
            async with self.blob_service() as service:
                await _ask_for(service, marker)
            await asyncio.wait_for(seen.wait(), SETTLE_SECONDS)

    async def _start(self, service: Service) -> None:
        command = [NODE, "--import", _BEFORE, _SCRIPTS / service / "main.js", *self._options(service)]
        environment = own_environment() | {
            "AZURITE_ACCOUNTS": ";".join(f"{name}:{key}" for name, key in self._keys.items()),
            "NODE_COMPILE_CACHE": str(_MODULES / ".cache" / "node"),  # a third of the start is compiling
            "NODE_EXTRA_CA_CERTS": str(self.certificate.path),  # it copies from itself
        }
        found = await self.children[service].start(command, _LISTENS, environment, _ROOT)
        self._ports[service] = int(found[1])

    def _options(self, service: Service) -> list[str | Path]:
        tls: list[str | Path] = ["--oauth", "basic", "--cert", self.certificate.path, "--key", self.certificate.key]
        port = str(self._ports.get(service, 0))
        place: list[str | Path] = ["--location", self._folder / service, f"--{service}Port", port]
        return [*place, *tls, "--skipApiVersionCheck", "--disableTelemetry"]


def transport(certificate: Certificate) -> AioHttpTransport:
    """A new transport for a storage client that trusts this certificate; in a running event loop. Close the client.

    With `connection_verify`, the client would read the certificate for each request, and connect anew for each.
    A proxy of the person's is not asked, for it does not lead to this machine.
    """
    trusting = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=certificate.path))
    # As the transport's own sessions are: what is compressed in storage stays so.
    session = aiohttp.ClientSession(connector=trusting, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False)
    return AioHttpTransport(session=session)


def _new_keys() -> dict[str, str]:
    return {name: base64.b64encode(secrets.token_bytes(64)).decode() for name in (DATA, SERVICES)}


async def _ask_for(service: BlobServiceClient, container: str) -> None:
    try:
        await service.get_container_client(container).get_container_properties()
    except ResourceNotFoundError:
        return


def mark(request: PipelineRequest[HttpRequest]) -> None:
    """Have a client's request say in the access log that the sandbox asks, and not the app."""
    request.http_request.format_parameters({"caller": "sandbox"})
