"""How many ticks it takes to find files that no event told of.

It is counted on containers in memory, under a clock that a start moves on by its share of the eight that go side by
side: the counts are exact, and say the same on every machine.
"""

from datetime import timedelta

from bench.reading import Reading
from shared.triggers.rescan import AT_ONCE
from tests.memory_container import Operation
from tests.unit.model.world import WHILE, World

NAMES, LOST = 20_000, 1000
PERIOD, START = timedelta(minutes=1), timedelta(seconds=1)
#: 1,000 starts of a second, eight side by side, in 45 s of each tick: 125 s. What has begun in one tick ends in it.
MOST_TICKS, MOST_IDLE = 3, 1


async def measure() -> list[Reading]:
    """Lose events among many files that are older than the app; then go through all of them with nothing lost."""
    world = World("blind")
    for number in range(NAMES):
        world.inbox.put(f"to_es/old{number:06}.mp4", b"film")
    world.now += WHILE
    process = world.process()
    await process.tick()
    world.now += WHILE
    for number in range(LOST):
        world.drop(str(number).encode(), f"to_es/new{number:06}.mp4")

    async def take_time(operation: Operation) -> None:
        if operation.kind == "start":
            world.now += START / AT_ONCE

    world.account.after = take_time
    ticks = 0
    while len(world.service.paid) < LOST:
        world.now += PERIOD
        await process.tick()
        ticks += 1
    idle = await _rounds(world)
    print(f"  {NAMES} names, {LOST} lost events of {START.seconds} s each: {ticks} ticks; with nothing lost: {idle}")
    return [
        Reading("rescan: ticks until 1,000 lost events are found", ticks, MOST_TICKS),
        Reading("rescan: ticks of a round without lost events", idle, MOST_IDLE),
    ]


async def _rounds(world: World) -> int:
    """The ticks that a new process lists the inbox in, until the whole of it was looked at."""
    listed = 0

    async def count(operation: Operation) -> None:
        nonlocal listed
        listed += operation.kind == "list" and operation.container == "inbox"

    world.account.before = count
    process = world.process()
    for _ in range(3):
        world.now += PERIOD
        await process.tick()
    return listed
