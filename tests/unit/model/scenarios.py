"""What happens at once: actors that a scheduler interleaves, after something that happened before them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from shared.job import State
from tests.unit.model.scheduler import Actor, Bounds
from tests.unit.model.world import NAME, TARGET, WHILE, World

Before = Callable[[World], Awaitable[None]]


@dataclass(frozen=True)
class Scenario:
    """`before` runs undisturbed; then the actors run at once, disturbed within `bounds`."""

    name: str
    before: Before
    actors: Callable[[World], Mapping[str, Actor]]
    bounds: Bounds


async def dropped(world: World) -> None:
    """The app has run before, and a file was dropped."""
    await world.process().tick()
    world.now += WHILE
    world.drop()


async def started(world: World) -> None:
    """A file was dropped, and its translation is paid for and running."""
    await dropped(world)
    await world.process().accept(NAME)


async def failing(world: World) -> None:
    """A translation is running and will fail at the service."""
    await started(world)
    world.service.failing.add(world.service.paid[0][0])


async def failed(world: World) -> None:
    """The first attempt has failed, and its job has ended."""
    await failing(world)
    await world.process().tick()


def event(world: World) -> Actor:
    """A blob event arrives."""
    return lambda: world.process().accept(NAME)


def tick(world: World) -> Actor:
    """The timer ticks."""
    return lambda: world.process().tick()


def drop(world: World, content: bytes) -> Actor:
    """Somebody drops a file under the same name, and its event arrives."""

    async def drop() -> None:
        await world.happen("drop")
        world.drop(content)
        await world.process().accept(NAME)

    return drop


def call_back(world: World) -> Actor:
    """The service calls back about the first of its tasks."""

    async def call_back() -> None:
        await world.happen("callback")
        if world.service.paid:
            work, _ = world.service.paid[0]
            url = world.callbacks.url(world.service.name, work) or ""
            await world.process().look(world.service.name, url.rpartition("/")[2], {"task": 0})

    return call_back


def late(world: World) -> Actor:
    """Time passes: whoever waits is late."""

    async def late() -> None:
        await world.happen("late")
        world.now += WHILE

    return late


def _actors(**actors: Callable[[World], Actor]) -> Callable[[World], Mapping[str, Actor]]:
    return lambda world: {name: make(world) for name, make in actors.items()}


def again(world: World) -> Actor:
    """Somebody reads the receipt, and drops the same content again if it tells of a failure."""

    async def again() -> None:
        await world.happen("drop")
        if world.receipt().get("status") == State.FAILED:
            world.drop(b"first")
        await world.process().accept(NAME)

    return again


def second(world: World) -> Actor:
    """A newer version is dropped."""
    return drop(world, b"second")


TWICE = Bounds(preemptions=2)
BROKEN = Bounds(preemptions=1, faults=1)

SCENARIOS = [
    Scenario("one event", dropped, _actors(event=event), Bounds(faults=2)),
    Scenario("one tick", started, _actors(tick=tick), Bounds(faults=2)),
    Scenario("the same event twice", dropped, _actors(event=event, other=event), TWICE),
    Scenario("the same event twice, broken", dropped, _actors(event=event, other=event), BROKEN),
    Scenario("event and tick", dropped, _actors(event=event, tick=tick), TWICE),
    Scenario("event and tick, broken", dropped, _actors(event=event, tick=tick), BROKEN),
    Scenario("late event and tick", dropped, _actors(event=event, late=late, tick=tick), TWICE),
    Scenario("two ticks", started, _actors(tick=tick, other=tick), TWICE),
    Scenario("two ticks, broken", started, _actors(tick=tick, other=tick), BROKEN),
    Scenario("event and callback", dropped, _actors(event=event, callback=call_back), TWICE),
    Scenario("event and callback, broken", dropped, _actors(event=event, callback=call_back), BROKEN),
    Scenario("tick and callback", started, _actors(tick=tick, callback=call_back), TWICE),
    Scenario("tick and callback, broken", started, _actors(tick=tick, callback=call_back), BROKEN),
    Scenario("retry and late ticks", failing, _actors(tick=tick, other=tick, retry=again), TWICE),
    Scenario("retry and late tick, broken", failing, _actors(tick=tick, retry=again), BROKEN),
    Scenario("retry twice", failed, _actors(retry=again, event=event), TWICE),
    Scenario("retry and tick", failed, _actors(retry=again, tick=tick), BROKEN),
    Scenario("newer version and tick", started, _actors(newer=second, tick=tick), TWICE),
    Scenario("newer version and tick, broken", started, _actors(newer=second, tick=tick), BROKEN),
    Scenario("newer version and event", dropped, _actors(newer=second, event=event), TWICE),
    Scenario("newer version and event, broken", dropped, _actors(newer=second, event=event), BROKEN),
]

__all__ = ["SCENARIOS", "TARGET", "Scenario"]
