"""Runs every schedule of a scenario, and looks what became of it."""

import logging
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from shared.errors import AnswerLost, BabeldropError, RecordChanged
from tests.memory_container import Operation
from tests.unit.model.choices import Choices, explore
from tests.unit.model.properties import needlessly_unknown, violations
from tests.unit.model.scenarios import Scenario
from tests.unit.model.scheduler import IdleLoop, Limits, Scheduler
from tests.unit.model.world import World


class Violation(AssertionError):
    """A schedule that ends as none may; the message tells it line by line."""


def check(scenario: Scenario, route: str, share: int = 1) -> int:
    """Run the schedules, one in `share` of what happens second; how many. Raises Violation for the first bad end."""
    world = World(route)
    with _idle_loop() as loop, _stumbles() as stumbles:
        loop.run_until_complete(scenario.before(world))
        checker = _Checker(loop, scenario, scenario.bounds._replace(share=share), stumbles)
        return explore(lambda choices: checker.run(world.twin(), choices))


class _Checker:
    """Runs one schedule after the other. What many of them leave alike is followed to its end once."""

    def __init__(self, loop: IdleLoop, scenario: Scenario, bounds: Limits, stumbles: list[str]) -> None:
        self._loop, self._scenario, self._bounds, self._stumbles = loop, scenario, bounds, stumbles
        self._followed = set[Hashable]()

    def run(self, world: World, choices: Choices) -> bool:
        """Run one to its end, unless it is the same as another. Raises Violation."""
        scenario = self._scenario
        scheduler = Scheduler(choices, self._bounds, scenario.is_still, _lost, scenario.twins)
        world.account.before, world.account.after = scheduler.before, scheduler.after
        scheduler.run(self._loop, {name: make(world) for name, make in scenario.actors.items()})
        if scheduler.is_redundant:
            self._stumbles.clear()
            return False
        failures = [f"{name}: {error!r}" for name, error in scheduler.failures.items() if not _may_be(error)]
        wrong = [*failures, *self._follow(world, scheduler.faults), *self._stumbles]
        if wrong:
            raise Violation("\n".join([scenario.name, *map(str, scheduler.schedule), "so", *wrong]))
        return True

    def _follow(self, world: World, faults: int) -> list[str]:
        """What is wrong when all has come to rest."""
        left = world.state(), faults
        if left in self._followed:
            return []
        self._followed.add(left)
        self._loop.run_until_complete(world.settle())
        return [*violations(world, faults), *(() if faults else needlessly_unknown(world))]


def _lost(operation: Operation) -> BabeldropError | None:
    """What the caller sees: storage's client sends a conditional write again, which then loses against itself."""
    if operation.kind == "start":
        return AnswerLost("no answer came")
    if operation.container == "jobs" and operation.changes:
        return RecordChanged("the write was sent again")
    return None


def _may_be(error: BaseException) -> bool:
    """A trigger that fails with an error of ours comes again; any other is a mistake of ours."""
    return isinstance(error, BabeldropError)


class _Stumbles(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.told.append(f"{record.getMessage()}: {error!r}")


@contextmanager
def _idle_loop() -> Iterator[IdleLoop]:
    loop = IdleLoop()
    try:
        yield loop
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


@contextmanager
def _stumbles() -> Iterator[list[str]]:
    """What the app logs as an error of its own; anything less is not even formatted, for there is a lot of it."""
    handler = _Stumbles()
    logging.disable(logging.WARNING)
    logging.getLogger("shared").addHandler(handler)
    try:
        yield handler.told
    finally:
        logging.getLogger("shared").removeHandler(handler)
        logging.disable(logging.NOTSET)
