"""From a blob's event to the provider's start request, against a bare script that makes the same calls.

The clock of the app starts when the event is posted to the host's webhook; that of the bare script (`bench.starting`)
just before its first call. Both stop when the double receives the start. The script does what the host does for an
event (a message into a queue and out of it, a look at the blob), and then every call that storage has logged of the
app between the event and the start, with the same clients, one after another. Both are warm, they alternate, and the
medians are compared. What is started never gets to work, so that the doubles stay idle.
"""

import asyncio
import json
import statistics
import time
from typing import Any

from azure.storage.blob import BlobProperties

from bench.calls import Call, Script
from bench.operations import is_the_app_s
from bench.reading import Reading
from bench.replayer import Replayer, replaying
from bench.stage import Stage, stage
from sandbox.access_log import Access
from sandbox.azurite import DATA
from sandbox.events import blob_created
from tests.integration.waiting import eventually

#: Not the inbox of the stack, whose events its own event grid would deliver.
CONTAINER = "drops"
FOLDER, FIRST = "talks", "first.mp4"
FILM = b"\0\0\0 ftypisom"  # what an MP4 file begins with: any other is refused
WARM, ROUNDS = 3, 25
LONGEST_RATIO = 1.5
HOLD_SECONDS = 2


async def measure() -> list[Reading]:
    """The ratio of the medians."""
    async with stage() as its:
        await _prepare(its)
        calls = await _recorded(its)
        async with replaying(its, Script(calls, CONTAINER, f"{FOLDER}/{FIRST}")) as replayer:
            rounds = [await _round(its, replayer, number) for number in range(WARM + ROUNDS)][WARM:]
    ours, bare, host = (statistics.median(times) for times in zip(*rounds, strict=True))
    print(f"  the app's calls of storage before the start: {', '.join(map(str, calls))}")
    print(
        f"  medians of {ROUNDS}: app {ours * 1000:.0f} ms; bare {bare * 1000:.0f} ms, of which {host * 1000:.0f} ms for"
        f" the host's queue and look at the blob; ratio {ours / bare:.2f}"
    )
    return [Reading("start: event to start request against bare calls", ours / bare, LONGEST_RATIO)]


async def _prepare(its: Stage) -> None:
    await its.storage.create_container(CONTAINER)
    await its.restart_host({"INBOX_CONTAINER": CONTAINER})
    brief = json.dumps({"source": "en-US", "targets": ["es-ES"]}).encode()
    await its.drop(f"{FOLDER}/translate.json", brief, CONTAINER)
    idle = {"do": "never_finish", "times": 1000, "when": {"method": "PUT"}}
    await its.tell("speech", "misbehave", [idle])
    await _app(its, "cold.mp4")


async def _recorded(its: Stage) -> list[Call]:
    """What the app asks of storage before it starts a translation: the start is held, and the log read meanwhile."""
    hold = {"do": "slow", "seconds": HOLD_SECONDS, "when": {"method": "PUT"}}
    await its.tell("speech", "misbehave", [hold])
    await its.drop(f"{FOLDER}/{FIRST}", FILM, CONTAINER)
    with its.stack.azurite.log.recording() as accesses:
        async with asyncio.TaskGroup() as group:
            group.create_task(its.after_run("start_translations", lambda: _post(its, f"{FOLDER}/{FIRST}")))
            await _started(its, FIRST)
            await its.stack.azurite.settle()
            calls = [Call.of(access) for access in accesses if is_the_app_s(access)]
    return calls


async def _bare(its: Stage, replayer: Replayer, name: str) -> tuple[float, float]:
    """Seconds until the start, and those of them that the host's calls took."""
    await its.drop(f"{FOLDER}/{name}", FILM, CONTAINER)
    began, handed_over = await replayer.run(f"{FOLDER}/{name}")
    return await _started(its, name) - began, handed_over - began


async def _round(its: Stage, replayer: Replayer, number: int) -> tuple[float, float, float]:
    """Seconds of the app, of the bare script, and of the host's part in that."""
    return await _app(its, f"app{number}.mp4"), *await _bare(its, replayer, f"bare{number}.mp4")


async def _app(its: Stage, name: str) -> float:
    """Seconds from the event of a new file to its start; returns when the function has ended."""
    await its.drop(f"{FOLDER}/{name}", FILM, CONTAINER)
    began = time.time()
    await its.after_run("start_translations", lambda: _post(its, f"{FOLDER}/{name}"))
    return await _started(its, name) - began


async def _started(its: Stage, name: str) -> float:
    """When the double received the start of that file's translation."""

    async def start() -> dict[str, Any] | None:
        starts = await its.requests("speech", "PUT")
        return next((start for start in starts if json.loads(start["body"])["displayName"] == name), None)

    return float((await eventually(start))["when"])


async def _post(its: Stage, blob: str) -> None:
    """Post the event of a blob, as Event Grid does."""
    access = Access("PUT", DATA, CONTAINER, blob, {}, 201, "blob")
    url = f"{its.stack.azurite.uri('blob')}/{CONTAINER}/{blob}"
    event = blob_created(access, "PutBlob", url, BlobProperties(), 1)
    answer = await its.client.post(
        f"{its.stack.host_url}/runtime/webhooks/blobs",
        params={"functionName": "Host.Functions.start_translations", "code": its.key("blobs_extension")},
        headers={"aeg-event-type": "Notification"},
        json=[event],
    )
    answer.raise_for_status()
