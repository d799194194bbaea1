"""The stack as a measurement needs it: the timer runs when it is told to, and the doubles do not dawdle."""

import json
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob.aio import BlobServiceClient

from sandbox.app_settings import trust
from sandbox.environment import own_environment
from sandbox.identity import API_VERSION, COGNITIVE_SERVICES
from sandbox.stack import Stack
from tests.integration.waiting import eventually

#: A schedule that does not come while anything is measured.
NEVER = "0 0 0 29 2 *"
SPEECH_VERSION = "2026-03-01"
PATIENCE_SECONDS = 300

Double = Literal["speech", "vozo"]


@dataclass(frozen=True)
class Stage:
    """A running stack, with clients whose requests do not count as the app's."""

    stack: Stack
    storage: BlobServiceClient
    client: httpx.AsyncClient

    async def drop(self, name: str, content: bytes, container: str = "inbox") -> None:
        """Put a file where people put it."""
        await self.storage.get_blob_client(container, name).upload_blob(content, overwrite=True)

    async def outbox_json(self, name: str) -> Any:
        """A receipt; None while there is none."""
        try:
            stream = await self.storage.get_blob_client("outbox", name).download_blob()
        except ResourceNotFoundError:
            return None
        return json.loads(await stream.readall())

    async def translated(self, receipt: str) -> None:
        """Wait until the receipt says that all went well."""

        async def succeeded() -> bool:
            content = await self.outbox_json(receipt)
            return content is not None and content["status"] == "succeeded"

        await eventually(succeeded, PATIENCE_SECONDS)

    async def restart_host(self, settings: Mapping[str, str] | None = None) -> None:
        """A fresh process for the app, whose timer waits for `tick`."""
        await self.stack.stop_host()
        await self.stack.start_host({"POLL_SCHEDULE": NEVER} | dict(settings or {}))

    def key(self, name: str) -> str:
        """One of the host's keys: `default`, `master` or `blobs_extension`."""
        keys: dict[str, str] = json.loads((self.stack.folder / "keys.json").read_text())
        return keys[name]

    async def tick(self) -> None:
        """Run the timer's function once, to its end."""

        async def start() -> None:
            headers = {"x-functions-key": self.key("master")}
            answer = await self.client.post(
                f"{self.stack.host_url}/admin/functions/poll_operations", headers=headers, json={}
            )
            answer.raise_for_status()

        await self.after_run("poll_operations", start)

    async def after_run(self, function: str, cause: Callable[[], Any]) -> None:
        """Do what causes the function to run, and wait until it has run once more than before."""
        before = self._runs(function)
        await cause()

        async def ran() -> bool:
            return self._runs(function) > before

        await eventually(ran, PATIENCE_SECONDS)

    def _runs(self, function: str) -> int:
        log = (self.stack.folder / "logs" / "host.log").read_text()
        return log.count(f"Executed 'Functions.{function}'")

    async def tell(self, double: Double, what: str, order: Any) -> None:
        """Steer a double: `POST /_control/<what>`."""
        answer = await self.client.post(f"{self._address(double)}/_control/{what}", json=order)
        answer.raise_for_status()

    async def requests(self, double: Double, method: str) -> list[dict[str, Any]]:
        """What the double was asked with that method, in order."""
        answer = await self.client.get(f"{self._address(double)}/_control/requests")
        return [request for request in answer.raise_for_status().json() if request["method"] == method]

    async def speech(self, path: str) -> dict[str, Any]:
        """GET a resource of the Speech double."""
        headers = {"Authorization": f"Bearer {await self._token()}"}
        query = {"api-version": SPEECH_VERSION}
        answer = await self.client.get(self._address("speech") + path, params=query, headers=headers)
        resource: dict[str, Any] = answer.raise_for_status().json()
        return resource

    def environment(self) -> dict[str, str]:
        """What a process needs to be the app."""
        return own_environment() | self.stack.settings | trust(self.stack.certificate)

    def _address(self, double: Double) -> str:
        return self.stack.settings[f"{double.upper()}_ENDPOINT"]

    async def _token(self) -> str:
        settings = self.stack.settings
        query = {"api-version": API_VERSION, "resource": COGNITIVE_SERVICES}
        headers = {"X-IDENTITY-HEADER": settings["IDENTITY_HEADER"]}
        answer = await self.client.get(settings["IDENTITY_ENDPOINT"], params=query, headers=headers)
        return str(answer.raise_for_status().json()["access_token"])


@asynccontextmanager
async def stage(settings: Mapping[str, str] | None = None) -> AsyncIterator[Stage]:
    """The stack in a folder of its own, which is removed afterwards; its timer waits for `tick`."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with (
            Stack(Path(folder), pace=0) as stack,
            stack.blob_service() as storage,
            httpx.AsyncClient(trust_env=False, timeout=60) as client,
        ):
            its = Stage(stack, storage, client)
            await its.restart_host(settings)
            yield its
