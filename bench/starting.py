"""The bare script: makes the calls that lead to a start, and nothing else. Runs in the app's environment.

The first line of its standard input is the script; each further line is the name of a file to make the calls for, and
is answered with two times: when they began, and when the host's part of them was done.
"""

import asyncio
import hashlib
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, Self

import httpx
from azure.core.exceptions import ResourceNotFoundError
from azure.identity.aio import ManagedIdentityCredential
from azure.storage.blob import BlobSasPermissions, UserDelegationKey, generate_blob_sas
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueClient

from bench.calls import Call, Script

COGNITIVE_SERVICES = "https://cognitiveservices.azure.com/.default"
#: About the size of the ledger's records and of what their metadata tells.
RECORD, SUMMARY = b"r" * 1200, {"summary": "g" * 400}


@dataclass(frozen=True)
class Clients:
    """What the calls are made with."""

    credential: ManagedIdentityCredential
    storage: BlobServiceClient
    queue: QueueClient
    speech: httpx.AsyncClient
    key: UserDelegationKey

    @classmethod
    async def enter(cls, stack: AsyncExitStack, settings: Mapping[str, str]) -> Self:
        """Open them; they close with the stack."""
        given = ManagedIdentityCredential(client_id=settings["AZURE_CLIENT_ID"])
        credential = await stack.enter_async_context(given)
        blobs, queues = (settings[f"TranslationStorage__{kind}ServiceUri"] for kind in ("blob", "queue"))
        storage = await stack.enter_async_context(BlobServiceClient(blobs, credential))
        queue = await stack.enter_async_context(QueueClient(queues, "bench", credential=credential))
        await queue.create_queue()
        speech = await stack.enter_async_context(httpx.AsyncClient(base_url=settings["SPEECH_ENDPOINT"]))
        now = datetime.now(UTC)
        key = await storage.get_user_delegation_key(now - timedelta(minutes=15), now + timedelta(days=6))
        return cls(credential, storage, queue, speech, key)


async def start(clients: Clients, script: Script, name: str) -> tuple[float, float]:
    """Make every call from the event of that file to its start; return when that began, and when the app's part did."""
    key = hashlib.sha256(name.encode()).hexdigest()[:24]
    calls = script.for_file(name, key)
    began = time.time()
    await _as_the_host(clients, script.container, name)
    handed_over = time.time()
    for call in calls:
        await _METHODS[call.method](clients, call)
    await _put(clients, script.container, name, key)
    return began, handed_over


async def _as_the_host(clients: Clients, container: str, name: str) -> None:
    """An event goes through the host's queue, and the host looks at the blob before it runs the function."""
    await clients.queue.send_message(name)
    message = await clients.queue.receive_message(visibility_timeout=30)
    if message is None or message.content != name:
        raise LookupError(f"the queue holds {message} instead of {name}")
    await clients.storage.get_blob_client(container, name).get_blob_properties()


async def _put(clients: Clients, container: str, name: str, key: str) -> None:
    """The start of a translation."""
    translation = f"{key}.es-ES.a1"
    source = {"sourceLocale": "en-US", "targetLocale": "es-ES", "videoFileUrl": _signed(clients, container, name)}
    token = (await clients.credential.get_token(COGNITIVE_SERVICES)).token
    answer = await clients.speech.put(
        f"/videotranslation/translations/{translation}",
        params={"api-version": "2026-03-01"},
        headers={"Authorization": f"Bearer {token}", "Operation-Id": f"{translation}.t"},
        json={"displayName": PurePosixPath(name).name, "input": {"voiceKind": "PlatformVoice"} | source},
    )
    answer.raise_for_status()


def _signed(clients: Clients, container: str, name: str) -> str:
    blob, now = clients.storage.get_blob_client(container, name), datetime.now(UTC)
    token = generate_blob_sas(
        account_name=str(blob.account_name),
        container_name=container,
        blob_name=name,
        user_delegation_key=clients.key,
        permission=BlobSasPermissions(read=True),
        start=now - timedelta(minutes=15),
        expiry=now + timedelta(hours=25),
    )
    return f"{blob.url}?{token}"


async def _head(clients: Clients, call: Call) -> None:
    await clients.storage.get_blob_client(call.container, call.blob).get_blob_properties()


async def _read(clients: Clients, call: Call) -> None:
    blob = clients.storage.get_blob_client(call.container, call.blob)
    try:
        await (await blob.download_blob(max_concurrency=1)).readall()
    except ResourceNotFoundError:  # So it is for a new file of the app's, too.
        return


async def _write(clients: Clients, call: Call) -> None:
    blob = clients.storage.get_blob_client(call.container, call.blob)
    await blob.upload_blob(RECORD, overwrite=True, metadata=SUMMARY)


async def _list(clients: Clients, call: Call) -> None:
    container = clients.storage.get_container_client(call.container)
    async for _ in container.list_blobs(call.blob, include=["metadata"]):
        pass


_METHODS: Mapping[str, Callable[[Clients, Call], Awaitable[None]]] = {
    "head": _head,
    "read": _read,
    "write": _write,
    "list": _list,
}


async def main() -> None:
    """Answer each line of the standard input, until it ends."""
    script = _script(json.loads(sys.stdin.readline()))
    async with AsyncExitStack() as stack:
        clients = await Clients.enter(stack, os.environ)
        print("ready", flush=True)
        while name := (await asyncio.to_thread(sys.stdin.readline)).strip():
            print(json.dumps(await start(clients, script, name)), flush=True)
            await clients.queue.clear_messages()


def _script(told: Any) -> Script:
    calls, container, recorded = told
    return Script([Call(*call) for call in calls], container, recorded)


if __name__ == "__main__":
    asyncio.run(main())
