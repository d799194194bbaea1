"""Times ticks and bare loops in turn: `python -m bench.polling PREFIX TRANSLATIONS ROUNDS`, in the app's environment.

Prints the seconds of each as JSON: `[[tick, bare], ...]`. The ledger is filled first, through its own code.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence

import httpx
from azure.identity.aio import ManagedIdentityCredential
from azure.storage.blob.aio import BlobServiceClient

from shared.app import build, now
from shared.jobs.job import Job, job_key
from shared.jobs.ledger import Ledger
from shared.jobs.translation import State, Translation
from shared.providers.http import COGNITIVE_SERVICES, LIMITS, TIMEOUT
from shared.settings import Settings, parse
from shared.storage.azure import AzureContainer
from shared.storage.container import Versioned
from shared.storage.signing import Signer
from shared.triggers.tick import AT_ONCE

VERSION = {"api-version": "2026-03-01"}


def running_job(operation: str) -> Job:
    """A job whose one translation has been handed over to Azure Video Translation as that operation."""
    name, moment = f"films/{operation}.mp4", now()
    translation = Translation(
        target="es-ES",
        state=State.RUNNING,
        provider="azure-video",
        operation={"id": operation},
        since=moment,
        started=moment,
    )
    return Job(
        key=job_key(name, operation),
        name=name,
        version=operation,
        etag=operation,
        size=1_000_000,
        kind="video",
        stem=f"films/{operation}",
        accepted=moment,
        hours=24,
        translations=(translation,),
        brief={"source": "en-US", "route": {"video": ["azure-video"]}},
    )


async def main(prefix: str, translations: int, rounds: int) -> list[tuple[float, float]]:
    """Fill the ledger, warm up, and take the times."""
    settings = parse()
    operations = [f"{prefix}{number}" for number in range(translations)]
    async with ManagedIdentityCredential(client_id=settings.AZURE_CLIENT_ID) as credential:
        await _fill(settings, credential, operations)
        token = (await credential.get_token(COGNITIVE_SERVICES)).token
    tick = build(settings).tick.run
    async with httpx.AsyncClient(
        base_url=f"{os.environ['SPEECH_ENDPOINT']}/videotranslation/operations/",
        headers={"Authorization": f"Bearer {token}"},
        timeout=TIMEOUT,
        limits=LIMITS,
    ) as client:
        both = [(await _seconds(tick), await _seconds(lambda: _bare(client, operations))) for _ in range(1 + rounds)]
        return both[1:]  # The first tick of a process also looks for what was missed.


async def _fill(settings: Settings, credential: ManagedIdentityCredential, operations: Sequence[str]) -> None:
    async with BlobServiceClient(settings.TranslationStorage__blobServiceUri, credential) as service:
        ledger = Ledger(AzureContainer(service, settings.JOBS_CONTAINER, Signer(service)))
        await _each(
            operations, lambda operation: ledger.save(Versioned(running_job(operation), None), running_job(operation))
        )


async def _bare(client: httpx.AsyncClient, operations: Sequence[str]) -> None:
    async def ask(operation: str) -> None:
        answer = await client.get(operation, params=VERSION)
        answer.raise_for_status().json()

    await _each(operations, ask)


async def _each(operations: Iterable[str], do: Callable[[str], Awaitable[object]]) -> None:
    """Do it for each, as many at once as the app polls."""
    waiting = iter(operations)

    async def worker() -> None:
        for operation in waiting:
            await do(operation)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(worker())


async def _seconds(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))))
