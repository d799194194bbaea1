"""Storage operations of one finished document, at once and by batch, as Azurite's access log tells them.

One target, one brief in its folder, and a glossary. An earlier document of each way has warmed the process. What
Document Translation itself reads and writes is not counted: it is told by its signed addresses.
"""

import asyncio
import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.operations import Tally
from bench.reading import Reading
from bench.stage import Stage, stage
from sandbox.access_log import Access, count
from sandbox.document_samples import CONTRACT, GLOSSARY, write_document_samples, write_glossary
from shared.names import RECEIPT

TARGET, PATIENT_TICKS = "es-ES", 200
#: Most writes and deletes, and most reads, with receipts; the outbox's result and listings of jobs apart.
BUDGETS = {"sync": (10, 16), "batch": (11, 16)}


async def measure() -> list[Reading]:
    """Count one document of each way."""
    readings: list[Reading] = []
    with TemporaryDirectory() as folder:
        contract, glossary = await asyncio.to_thread(_samples, Path(folder))
    async with stage({"DOCUMENT_ACCESS": "sas"}) as its:
        await its.tick()
        await its.drop(GLOSSARY, glossary, "glossaries")
        for way in BUDGETS:
            readings += await _counted(its, way, contract)
    return readings


async def _counted(its: Stage, way: str, contract: bytes) -> list[Reading]:
    """Count one document that goes this way, after another has."""
    brief = {"source": "en-US", "targets": [TARGET], "azure-document": {"mode": way}}
    given = its.drop(f"{way}/translate.json", json.dumps(brief).encode())
    await its.after_run("start_translations", lambda: given)
    await _translate(its, f"{way}/warm.docx", contract)
    with its.stack.azurite.log.recording() as accesses:
        await _translate(its, f"{way}/counted.docx", contract)
        await its.stack.azurite.settle()
    own, (writes, reads) = Tally.of(accesses).own, BUDGETS[way]
    _tell(way, own)
    counted = count(own)
    return [
        Reading(f"documents: writes and deletes, {way}", counted["write"] + counted["delete"], writes),
        Reading(f"documents: reads, {way}", counted["read"], reads),
    ]


async def _translate(its: Stage, name: str, content: bytes) -> None:
    """Have it translated, with as many ticks as that takes: one that finds it running neither reads nor writes."""
    await its.after_run("start_translations", lambda: its.drop(name, content))
    for _ in range(PATIENT_TICKS):
        receipt = await its.outbox_json(f"{name}.{TARGET}{RECEIPT}")
        if receipt is not None and receipt["status"] == "succeeded":
            return
        await its.tick()
    raise TimeoutError(f"{name} is not translated after {PATIENT_TICKS} ticks")


def _samples(folder: Path) -> tuple[bytes, bytes]:
    write_document_samples(folder)
    write_glossary(folder)
    return (folder / CONTRACT).read_bytes(), (folder / GLOSSARY).read_bytes()


def _tell(way: str, own: list[Access]) -> None:
    print(f"  one document, one target, one brief, one glossary, {way}:")
    for (kind, place), number in sorted(Counter((access.kind, access.container) for access in own).items()):
        print(f"    {number:>3} {kind:<6} {place}")
