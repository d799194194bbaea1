"""Storage operations of one finished drop, and of an idle poll, as Azurite's access log tells them.

The drop is a video for one target, in a folder with one brief. Its first three polls find it running, the fourth
finds the translation and starts the iteration, the fifth delivers. An earlier drop has warmed the process, so that
the delegation key, which lasts a week, is there.

What a drop leaves in the outbox are its results: media, subtitles and receipts. The budget of writes is for the rest;
what receipts cost is told beside it. The budget of reads is held with receipts.

The app is told from the others by its requests' addresses: the host, the event grid and the bench mark theirs
(`Access.by_sandbox`), and a provider that reads the source shows a signature.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.reading import Reading
from bench.stage import Stage, stage
from sandbox.access_log import Access, count
from sandbox.azurite import DATA
from sandbox.samples import VIDEO, write_samples
from shared.jobs.ledger import OPEN
from shared.names import RECEIPT
from tests.integration.waiting import eventually

FOLDER, TARGET = "talks", "es-ES"
RUNNING_POLLS, IDLE_POLLS = 3, 3
MOST_WRITES, MOST_READS = 10, 10


@dataclass(frozen=True)
class Tally:
    """The app's operations, taken apart: the drop's own, those for results' own blobs, and the ticks' listings."""

    own: list[Access]
    results: list[Access]
    listings: list[Access]

    @classmethod
    def of(cls, accesses: Iterable[Access]) -> "Tally":
        """Leave out what others asked, and sort the rest."""
        tally = cls([], [], [])
        for access in filter(is_the_app_s, accesses):
            tally._part(access).append(access)
        return tally

    def _part(self, access: Access) -> list[Access]:
        if is_listing(access):
            return self.listings
        return self.results if is_result(access) else self.own

    @property
    def without_receipts(self) -> list[Access]:
        """The drop's own, less what is about receipts."""
        return [access for access in self.own if access.container != "outbox"]

    @property
    def receipts(self) -> list[Access]:
        """What of the drop's own is about receipts."""
        return [access for access in self.own if access.container == "outbox"]


def is_the_app_s(access: Access) -> bool:
    """Whether the app asked, not the sandbox nor a provider with a signed address."""
    return access.service == "blob" and access.account == DATA and not access.by_sandbox and "sig" not in access.query


def is_listing(access: Access) -> bool:
    """Whether it lists the jobs at work, as each tick does once."""
    return access.query.get("comp") == "list" and access.query.get("prefix") == OPEN


def is_result(access: Access) -> bool:
    """Whether it is about a blob in the outbox that is not a receipt."""
    return access.container == "outbox" and not access.blob.endswith(RECEIPT)


async def measure() -> list[Reading]:
    """Count a drop, then a few idle polls."""
    async with stage() as its:
        film, brief = await asyncio.to_thread(_film), json.dumps({"source": "en-US", "targets": [TARGET]}).encode()
        await its.tick()
        with its.stack.azurite.log.recording() as for_brief:
            await its.after_run("start_translations", lambda: its.drop(f"{FOLDER}/translate.json", brief))
            await its.stack.azurite.settle()
        await _translate(its, "warm.mp4", film)
        drop, polls = await _counted_drop(its, film)
        idle = await _counted_idle_polls(its)
    _tell(drop, polls, [access for access in for_brief if is_the_app_s(access)])
    ledger, reads = count(drop.without_receipts), count(drop.own)["read"]
    return [
        Reading(
            "operations: writes and deletes of a drop, less results", ledger["write"] + ledger["delete"], MOST_WRITES
        ),
        Reading("operations: reads of a drop", reads, MOST_READS),
        Reading("operations: writes and deletes of an idle poll", len(idle), 0),
    ]


async def _counted_drop(its: Stage, film: bytes) -> tuple[Tally, int]:
    with its.stack.azurite.log.recording() as accesses:
        polls = await _translate(its, "counted.mp4", film)
        await its.stack.azurite.settle()
    return Tally.of(accesses), polls


async def _counted_idle_polls(its: Stage) -> list[Access]:
    """What idle polls write."""
    with its.stack.azurite.log.recording() as accesses:
        for _ in range(IDLE_POLLS):
            await its.tick()
        await its.stack.azurite.settle()
    return [access for access in accesses if is_the_app_s(access) and access.kind != "read"]


async def _translate(its: Stage, name: str, film: bytes) -> int:
    """Have it translated; return how many ticks that took."""
    running = {"when": {"method": "GET", "path": "/operations/"}, "body": {"status": "Running"}}
    await its.tell("speech", "misbehave", [running | {"do": "body", "times": RUNNING_POLLS}])
    await its.after_run("start_translations", lambda: its.drop(f"{FOLDER}/{name}", film))
    for _ in range(RUNNING_POLLS):
        await its.tick()
    for _ in ("translation", "iteration"):
        await _done_at_the_provider(its)
        await its.tick()
    await its.translated(f"{FOLDER}/{name}.{TARGET}{RECEIPT}")
    return RUNNING_POLLS + 2


async def _done_at_the_provider(its: Stage) -> None:
    """Wait until what was started last is done, so that the next poll finds it so."""
    path = (await its.requests("speech", "PUT"))[-1]["path"]

    async def done() -> bool:
        return bool((await its.speech(path))["status"] == "Succeeded")

    await eventually(done)


def _film() -> bytes:
    with TemporaryDirectory() as folder:
        write_samples(Path(folder))
        return (Path(folder) / VIDEO).read_bytes()


def _tell(drop: Tally, polls: int, for_brief: list[Access]) -> None:
    print("  one drop, one target, one brief, one folder deep:")
    for (kind, place), number in sorted(Counter((access.kind, _place(access)) for access in drop.own).items()):
        print(f"    {number:>3} {kind:<6} {place}")
    print(f"  of these, for receipts: {_sum(drop.receipts)}; without them: {_sum(drop.without_receipts)}")
    print(f"  not of these: results' own blobs: {_sum(drop.results)}")
    print(f"  not of these: {len(drop.listings)} listings of {OPEN} by {polls} ticks, however many jobs there are")
    print(f"  not of these: the event of the brief itself, once for however many files: {_sum(for_brief)}")


def _sum(accesses: Iterable[Access]) -> str:
    counted = count(accesses)
    return f"{counted['write']} writes, {counted['delete']} deletes, {counted['read']} reads"


def _place(access: Access) -> str:
    """The container, with the part of it where the ledger has parts."""
    if access.container == "outbox":
        return "outbox, receipts"
    if access.container == "inbox":
        return "inbox, briefs" if access.blob.endswith("translate.json") else "inbox, the file"
    return f"{access.container}/{access.blob.partition('/')[0] or access.query.get('prefix', '')}"
