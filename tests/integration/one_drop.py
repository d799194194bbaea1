"""Translates one file of the inbox with the app that the environment describes, and without a Functions host.

python -m tests.integration.one_drop talks/intro.mp4
"""

import asyncio
import sys

from shared.app import build
from shared.settings import parse

TICKS, PAUSE = 600, 0.1
UNENDED = ("running", "waiting")


async def translate(name: str) -> bool:
    """Accept the file and tick until its job has ended; whether it has."""
    app = build(parse())
    await app.intake.accept(name)
    for _ in range(TICKS):
        await app.tick.run()
        job = await app.status.job_of(name)
        if job is not None and job["status"] not in UNENDED:
            return True
        await asyncio.sleep(PAUSE)
    return False


if __name__ == "__main__":
    sys.exit(not asyncio.run(translate(sys.argv[1])))
