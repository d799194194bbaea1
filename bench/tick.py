"""One tick over 10,000 open translations that are all due and all still running, against a bare loop of httpx.

Both ask the same double for the same 10,000 operations, as many at once, in one process that `bench.polling` runs in
the app's environment. They alternate, so that each finds its connections as cold as the other does, and the least time
of each counts; a first round of both is not counted. The tick also lists the ledger, which the bare loop need not.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE

from bench.reading import Reading
from bench.stage import Stage, stage

TRANSLATIONS, ROUNDS = 10_000, 3
PREFIX = "seeded"
LONGEST_RATIO = 1.4


class PollingFailed(Exception):
    """The process that polls ended badly; the message has what it said."""


async def measure() -> list[Reading]:
    """The ratio of the least times."""
    async with stage() as its:
        await its.stack.stop_host()
        await its.tell("speech", "recording", {"on": False})
        await its.tell("speech", "seed", {"translations": TRANSLATIONS, "prefix": PREFIX})
        rounds = await _poll(its)
    ours, bare = (min(times) for times in zip(*rounds, strict=True))
    each = ", ".join(f"{tick:.1f} / {loop:.1f} s" for tick, loop in rounds)
    print(f"  {TRANSLATIONS} open translations: tick / bare loop: {each}; ratio of the least {ours / bare:.2f}")
    return [Reading("tick: 10,000 due translations against bare httpx", ours / bare, LONGEST_RATIO)]


async def _poll(its: Stage) -> list[tuple[float, float]]:
    """Seconds of each round's tick and bare loop."""
    command = [sys.executable, "-m", "bench.polling", PREFIX, str(TRANSLATIONS), str(ROUNDS)]
    process = await asyncio.create_subprocess_exec(*command, env=its.environment(), stdout=PIPE, stderr=PIPE)
    try:
        told, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise PollingFailed(complaints.decode(errors="replace"))
    rounds: list[tuple[float, float]] = json.loads(told)
    return rounds
