"""What happens at once: actors that a scheduler interleaves, after something that happened before them."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from shared.errors import AnswerLost, SteerRefused
from shared.jobs.job import job_key
from shared.jobs.ledger import EDITS, HEARTBEAT
from shared.jobs.translation import State
from shared.names import is_brief
from tests.memory_container import Operation
from tests.unit.model.scheduler import Actor, Limits
from tests.unit.model.world import EDIT, HOURS, WHILE, World

Before = Callable[[World], Awaitable[None]]
Make = Callable[[World], Actor]


@dataclass(frozen=True)
class Scenario:
    """`before` runs undisturbed; then the actors run at once, disturbed within `bounds`."""

    name: str
    before: Before
    actors: dict[str, Make]
    bounds: Limits
    routes: tuple[str, ...] = ("findable", "blind", "sliced")

    def __str__(self) -> str:
        return self.name

    @property
    def twins(self) -> dict[str, str]:
        """Actors that do the same as an earlier one."""
        firsts = {make: name for name, make in reversed(self.actors.items())}
        return {name: firsts[make] for name, make in self.actors.items() if firsts[make] != name}

    def is_still(self, operation: Operation) -> bool:
        """Whether it is about what no actor changes, or only one of them ever looks at."""
        makes = list(self.actors.values())
        if operation.container == "staging":
            return not operation.changes
        if operation.container == "edits" or operation.name.startswith(EDITS):
            return not {edit, correct_more} & {*makes}
        if operation.container != "inbox":
            return operation.name == HEARTBEAT and makes.count(tick) < 2
        if is_brief(operation.name):
            return brief not in makes
        return not {newer, older, again, brief} & {*makes}


async def dropped(world: World) -> None:
    """The app has run before, and a file was dropped."""
    await world.process().tick()
    world.now += WHILE
    world.drop()


async def two_targets(world: World) -> None:
    """A file was dropped that goes into two languages."""
    world.name = "en-US_to_es-ES_fr-FR/talk.mp4"
    await dropped(world)


async def waiting(world: World) -> None:
    """A file without targets waits for its brief."""
    world.name = "talk.mp4"
    await dropped(world)
    await world.process().accept(world.name)


async def waiting_again(world: World) -> None:
    """A file was translated, and was dropped again under a brief that is refused."""
    world.name = "talk.mp4"
    world.inbox.put("translate.json", b'{"targets": ["es-ES"]}')
    await translated(world)
    world.inbox.put("translate.json", b"{")
    world.drop()
    await world.process().accept(world.name)


async def started(world: World) -> None:
    """A file was dropped, and its translation is paid for and running."""
    await dropped(world)
    await world.process().accept(world.name)


async def started_unanswered(world: World) -> None:
    """The translation was paid for, and the service's answer was lost on its way."""
    world.account.after = _lose_starts
    world.lost = 1
    await started(world)
    world.now += WHILE


async def failing(world: World) -> None:
    """A translation is running and will fail at the service."""
    await started(world)
    world.service.failing.add(world.service.paid[0][0])


async def failed(world: World) -> None:
    """The first attempt has failed, and its job has ended."""
    await failing(world)
    await world.process().tick()


async def translated(world: World) -> None:
    """The file was translated, and its job has ended."""
    await started(world)
    for _ in range(2):
        world.now += WHILE
        await world.process().tick()


async def deleted(world: World) -> None:
    """The file was translated, and somebody has deleted a result."""
    await translated(world)
    world.deleted = {name for name in world.outbox.blobs if name.endswith(".mp4")}
    for name in world.deleted:
        del world.outbox.blobs[name]


async def corrected(world: World) -> None:
    """The second iteration is paid for and running."""
    await translated(world)
    world.edit()
    await world.process().edits.accept(EDIT)


async def edit_waits(world: World) -> None:
    """The first iteration has not been made, and an edit waits for it."""
    await started(world)
    world.edit()
    await world.process().edits.accept(EDIT)


async def edit_was_taken(world: World) -> None:
    """The second iteration is made, and another edit waits for it. The app has not noted yet that it was accepted."""
    await corrected(world)
    world.edit(b"WEBVTT and more")
    await world.process().edits.accept(EDIT)
    del world.jobs.blobs[EDITS + EDIT]


async def edit_waits_in_vain(world: World) -> None:
    """The work that an edit waits for will fail at the service."""
    await edit_waits(world)
    world.service.failing.add(world.service.paid[0][0])


async def corrected_in_vain(world: World) -> None:
    """The second iteration has failed."""
    await corrected(world)
    work = world.service.paid[0][0]
    world.service.failing.add(work)
    await world.process().tick()
    world.service.failing.discard(work)


async def asked_again(world: World) -> None:
    """Its time was up while the service was at work. It was dropped again: the service is asked, and has failed."""
    await started(world)
    work = world.service.paid[0][0]
    world.service.busy.add(work)
    world.now += timedelta(hours=2 * HOURS)
    await world.process().tick()
    world.drop()
    await world.process().accept(world.name)
    world.service.busy.clear()
    world.service.failing.add(work)


def event(world: World) -> Actor:
    """A blob event arrives."""
    return lambda: world.process().accept(world.name)


def tick(world: World) -> Actor:
    """The timer ticks."""
    return lambda: world.process().tick()


def late(world: World) -> Actor:
    """Time passes: whoever waits is late."""

    async def late() -> None:
        await world.happen("time passes")
        world.now += WHILE

    return late


def call_back(world: World) -> Actor:
    """The service calls back about the first of its tasks."""

    async def call_back() -> None:
        await world.happen("callback")
        if world.service.paid:
            work, _ = world.service.paid[0]
            url = world.callbacks.url(world.service.name, work) or ""
            await world.process().look(world.service.name, url.rpartition("/")[2], {"task": 0})

    return call_back


def newer(world: World) -> Actor:
    """Somebody drops other content under the same name."""

    async def newer() -> None:
        await world.happen("drop")
        world.drop(b"second")
        await world.process().accept(world.name)

    return newer


def older(world: World) -> Actor:
    """Somebody drops the first content again, whatever became of it."""

    async def older() -> None:
        await world.happen("drop")
        world.drop(b"first")
        await world.process().accept(world.name)

    return older


def again(world: World) -> Actor:
    """Somebody reads the receipt, and drops the same content again if it tells of a failure."""

    async def again() -> None:
        await world.happen("drop")
        if world.receipt().get("status") == State.FAILED:
            world.drop(b"first")
        await world.process().accept(world.name)

    return again


def cancel(world: World) -> Actor:
    """Somebody stops the job, in whatever state it is."""

    async def cancel() -> None:
        await world.happen("cancel")
        await world.process().steer.cancel(_key(world))

    return cancel


def retry(world: World) -> Actor:
    """Somebody has the job tried again, unless it is at work."""

    async def retry() -> None:
        await world.happen("retry")
        with suppress(SteerRefused):
            await world.process().steer.retry(_key(world))

    return retry


def edit(world: World) -> Actor:
    """Somebody corrects a result, or the event of the correction that lies there comes again."""

    async def edit() -> None:
        await world.happen("edit")
        if EDIT not in world.edits.blobs:
            world.edit()
        await world.process().edits.accept(EDIT)

    return edit


def correct_more(world: World) -> Actor:
    """Somebody corrects the same result once more."""

    async def correct_more() -> None:
        await world.happen("edit")
        world.edit(b"WEBVTT and more")
        await world.process().edits.accept(EDIT)

    return correct_more


def brief(world: World) -> Actor:
    """Somebody drops the brief that a file waits for."""

    async def brief() -> None:
        await world.happen("drop")
        world.inbox.put("translate.json", b'{"targets": ["es-ES"]}')
        await world.process().accept("translate.json")

    return brief


#: A service that answers at once calls nobody back, and where three meet its many operations make too many orders.
THAT_WORK_FOR_A_WHILE = ("findable", "blind")
TAKES_EDITS = ("findable",)
#: A service that is searched by a list differs only where the answer to a start was lost, so few scenarios need it.
ALSO_BY_LIST = ("findable", "blind", "sliced", "listed")
#: Two services: the work fails at the first, and the second takes over.
TO_BLIND, FROM_BLIND = ("findable blind",), ("blind findable",)
ONCE, TWICE = Limits(preemptions=1), Limits(preemptions=2)
BROKEN = Limits(preemptions=1, faults=1)

SCENARIOS = [
    Scenario("event", dropped, {"event": event}, Limits(faults=2), ALSO_BY_LIST),
    Scenario("tick", started, {"tick": tick}, Limits(faults=2)),
    Scenario("the same event twice", dropped, {"event": event, "other": event}, TWICE),
    Scenario("the same event twice, broken", dropped, {"event": event, "other": event}, BROKEN),
    Scenario(
        "the same event twice and a tick",
        dropped,
        {"event": event, "other": event, "tick": tick},
        TWICE,
        THAT_WORK_FOR_A_WHILE,
    ),
    Scenario("event and tick", dropped, {"event": event, "tick": tick}, TWICE),
    Scenario("event and tick, broken", dropped, {"event": event, "tick": tick}, BROKEN),
    Scenario("late event and tick", dropped, {"event": event, "late": late, "tick": tick}, TWICE, ALSO_BY_LIST),
    Scenario("event and tick, two targets", two_targets, {"event": event, "tick": tick}, BROKEN),
    Scenario("two ticks", started, {"tick": tick, "other": tick}, TWICE),
    Scenario("two ticks, broken", started, {"tick": tick, "other": tick}, BROKEN),
    Scenario("event and callback", dropped, {"event": event, "callback": call_back}, TWICE, THAT_WORK_FOR_A_WHILE),
    Scenario(
        "event and callback, broken", dropped, {"event": event, "callback": call_back}, BROKEN, THAT_WORK_FOR_A_WHILE
    ),
    Scenario("tick and callback", started, {"tick": tick, "callback": call_back}, TWICE, THAT_WORK_FOR_A_WHILE),
    Scenario(
        "tick and callback, broken", started, {"tick": tick, "callback": call_back}, BROKEN, THAT_WORK_FOR_A_WHILE
    ),
    Scenario(
        "lost start and callback",
        started_unanswered,
        {"tick": tick, "callback": call_back},
        TWICE,
        THAT_WORK_FOR_A_WHILE,
    ),
    Scenario(
        "lost start and callback, broken",
        started_unanswered,
        {"tick": tick, "callback": call_back},
        BROKEN,
        THAT_WORK_FOR_A_WHILE,
    ),
    Scenario("fallback, two ticks", failing, {"tick": tick, "other": tick}, TWICE, TO_BLIND),
    Scenario("fallback, two ticks, broken", failing, {"tick": tick, "other": tick}, BROKEN, TO_BLIND),
    Scenario(
        "fallback and callback, broken",
        failing,
        {"tick": tick, "callback": call_back},
        BROKEN,
        FROM_BLIND,
    ),
    Scenario("asked again, two ticks", asked_again, {"tick": tick, "other": tick}, ONCE, THAT_WORK_FOR_A_WHILE),
    Scenario("retry and late ticks", failing, {"tick": tick, "other": tick, "retry": again}, ONCE),
    Scenario("retry and late tick", failing, {"tick": tick, "retry": again}, TWICE),
    Scenario("retry and late tick, broken", failing, {"tick": tick, "retry": again}, BROKEN),
    Scenario("retry twice", failed, {"retry": again, "event": event}, TWICE),
    Scenario("retry and tick, broken", failed, {"retry": again, "tick": tick}, BROKEN, ALSO_BY_LIST),
    Scenario("newer content and tick", started, {"newer": newer, "tick": tick}, TWICE),
    Scenario("newer content and tick, broken", started, {"newer": newer, "tick": tick}, BROKEN),
    Scenario("newer content and event, broken", dropped, {"newer": newer, "event": event}, BROKEN),
    Scenario(
        "newer and older content, broken", started, {"newer": newer, "older": older}, BROKEN, THAT_WORK_FOR_A_WHILE
    ),
    Scenario("cancel and event", dropped, {"cancel": cancel, "event": event}, TWICE, THAT_WORK_FOR_A_WHILE),
    Scenario("cancel and tick", started, {"cancel": cancel, "tick": tick}, TWICE, THAT_WORK_FOR_A_WHILE),
    Scenario("cancel and tick, broken", started, {"cancel": cancel, "tick": tick}, BROKEN),
    Scenario("cancel and brief", waiting, {"cancel": cancel, "brief": brief}, TWICE, THAT_WORK_FOR_A_WHILE),
    Scenario("retry by call and tick, broken", failed, {"retry": retry, "tick": tick}, BROKEN, THAT_WORK_FOR_A_WHILE),
    Scenario("retry by call and by drop", failed, {"retry": retry, "drop": again}, TWICE, THAT_WORK_FOR_A_WHILE),
    Scenario("retry of a deleted result, broken", deleted, {"retry": retry, "tick": tick}, Limits(faults=1)),
    Scenario("the same edit twice", translated, {"edit": edit, "other": edit}, TWICE, TAKES_EDITS),
    Scenario("edit and tick, broken", translated, {"edit": edit, "tick": tick}, BROKEN, TAKES_EDITS),
    Scenario("edit and newer content", translated, {"edit": edit, "newer": newer}, ONCE, TAKES_EDITS),
    Scenario("the same edit again and cancel", edit_was_taken, {"edit": edit, "cancel": cancel}, ONCE, TAKES_EDITS),
    Scenario("two edits", translated, {"edit": edit, "more": correct_more}, ONCE, TAKES_EDITS),
    Scenario("second edit and tick", corrected, {"more": correct_more, "tick": tick}, ONCE, TAKES_EDITS),
    Scenario(
        "second edit and tick, broken",
        corrected,
        {"more": correct_more, "tick": tick},
        Limits(faults=1),
        TAKES_EDITS,
    ),
    Scenario("second edit and cancel", corrected, {"more": correct_more, "cancel": cancel}, ONCE, TAKES_EDITS),
    Scenario("second edit and newer content", corrected, {"more": correct_more, "newer": newer}, ONCE, TAKES_EDITS),
    Scenario("edit and retry", corrected_in_vain, {"more": correct_more, "retry": retry}, ONCE, TAKES_EDITS),
    Scenario("edit waits, work fails, broken", edit_waits_in_vain, {"tick": tick}, Limits(faults=1), TAKES_EDITS),
    Scenario("edit waits and cancel, broken", edit_waits, {"cancel": cancel, "tick": tick}, BROKEN, TAKES_EDITS),
    Scenario("brief and tick", waiting, {"brief": brief, "tick": tick}, TWICE),
    Scenario("brief and tick, broken", waiting, {"brief": brief, "tick": tick}, BROKEN),
    Scenario(
        "cancel and brief of a retry, broken",
        waiting_again,
        {"cancel": cancel, "brief": brief},
        BROKEN,
        TAKES_EDITS,
    ),
    Scenario("newer content and brief of a retry", waiting_again, {"newer": newer, "brief": brief}, ONCE, TAKES_EDITS),
]


def _key(world: World) -> str:
    """The job of what lies in the inbox now."""
    return job_key(world.name, world.inbox.blobs[world.name].facts.version)


async def _lose_starts(operation: Operation) -> None:
    if operation.kind == "start":
        raise AnswerLost("no answer came")
