"""Lets concurrent actors pass one operation at a time, in an order that choices decide, and breaks them on the way.

An actor runs in a process of its own. It goes on until it comes to an operation; there it waits for its turn.
To let another actor go first although this one could go on is a preemption. A fault is a crash, which ends the actor
before its operation, or a lost answer, where the operation takes effect and its caller is told that it did not.

Many orders come to the same. An actor that was made to wait before an operation sleeps until something happens that
the operation could notice, or that could notice it. A schedule in which the actor goes on before that is given up: the
one in which it did its operation first, and waited then, ends the same. (These are sleep sets, for preempted actors
alone: Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems", chapter 5.)
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple
from zlib import crc32

from tests.memory_container import Operation
from tests.unit.model.choices import Choices

Actor = Callable[[], Coroutine[Any, Any, None]]
Still = Callable[[Operation], bool]
Lost = Callable[[Operation], Exception | None]
#: The container of what happens outside the app; see `World.happen`.
OUTSIDE = "world"
_acting: ContextVar[str | None] = ContextVar("acting", default=None)


class Turn(Enum):
    """What happens to the operation whose turn it is."""

    GO = "goes"
    CRASH = "crashes before"
    LOSE = "is not answered"


class Limits(NamedTuple):
    """How much may happen in one schedule. Of what could happen second, one in `share` is tried."""

    preemptions: int = 0
    faults: int = 0
    share: int = 1


class Crash(BaseException):
    """The process ends here. No handler of errors catches it, and nothing that it does afterwards takes effect."""


class Move(NamedTuple):
    """One line of a schedule."""

    turn: Turn
    actor: str
    operation: Operation

    def __str__(self) -> str:
        return f"{self.actor} {self.turn.value} {self.operation.kind} {self.operation.container}/{self.operation.name}"


@dataclass(frozen=True)
class Gate:
    """An actor that waits before an operation."""

    actor: str
    operation: Operation
    turn: asyncio.Future[Turn]


def meet(one: Operation, other: Operation) -> bool:
    """Whether it can matter which of the two comes first.

    What happens in the world is seen by all. A paid start looks whether it is still wanted, and what is written into
    staging is read there without a turn (see `Scenario.is_still`): they meet everything that changes anything.
    """
    if OUTSIDE in (one.container, other.container):
        return True
    changes = [operation for operation in (one, other) if operation.changes]
    if any(operation.kind == "start" or operation.container == "staging" for operation in changes):
        return True
    return bool(changes) and one.container == other.container and _overlap(one, other)


def _overlap(one: Operation, other: Operation) -> bool:
    if "list" in (one.kind, other.kind):
        return one.name.startswith(other.name) or other.name.startswith(one.name)
    return one.name == other.name


class Scheduler:
    """Runs actors along one path of choices. `schedule` is what has happened.

    `is_redundant` says that the path was left, because another schedule is the same.
    """

    def __init__(self, choices: Choices, bounds: Limits, still: Still, lost: Lost, twins: Mapping[str, str]) -> None:
        """`still` says of an operation that its moment does not matter, since no other actor meets it there.

        `lost` gives the error that the caller of an operation sees when its answer is lost; None: it cannot be.
        More than one preemption beside a fault is not offered: the other schedule might have no place for the fault.
        `twins` are actors that do the same as another: each begins after that one, for the other way round is the same.
        """
        if bounds.faults and bounds.preemptions > 1:
            raise ValueError(f"{bounds}: with faults, no more than one preemption")
        self.schedule: list[Move] = []
        self.failures: dict[str, BaseException] = {}
        self._choices, self._bounds, self._still, self._lost = choices, bounds, still, lost
        self._twins, self._begun = twins, set[str]()
        self._gates: list[Gate] = []
        self._asleep: list[Gate] = []
        self.is_redundant = False
        self._current: str | None = None
        self._preemptions = self._faults = 0
        self._dead: set[str] = set()
        self._losing: set[asyncio.Task[Any] | None] = set()

    @property
    def faults(self) -> int:
        """How many things were broken."""
        return self._faults

    async def before(self, operation: Operation) -> None:
        """Wait for the turn of this operation; the watcher of a `MemoryAccount`."""
        actor, task = _acting.get(), asyncio.current_task()
        self._losing.discard(task)
        if actor is None or self._still(operation):
            return
        if actor in self._dead:
            raise Crash
        gate = Gate(actor, operation, asyncio.get_running_loop().create_future())
        self._gates.append(gate)
        turn = await gate.turn
        if turn is Turn.CRASH:
            raise Crash
        if turn is Turn.LOSE:
            self._losing.add(task)

    async def after(self, operation: Operation) -> None:
        """Lose the answer where it was chosen so; the watcher of a `MemoryAccount`."""
        if (task := asyncio.current_task()) in self._losing:
            self._losing.remove(task)
            raise self._lost(operation) or AssertionError(f"the answer to {operation} cannot be lost")

    def run(self, loop: "IdleLoop", actors: Mapping[str, Actor]) -> None:
        """Run all actors to their ends; what they raise is in `failures`."""
        loop.when_idle(self.next)
        loop.run_until_complete(self._all(actors))

    async def _all(self, actors: Mapping[str, Actor]) -> None:
        await asyncio.gather(*(self._act(name, actor) for name, actor in actors.items()))

    async def _act(self, name: str, actor: Actor) -> None:
        _acting.set(name)
        try:
            await actor()
        except (Exception, Crash, BaseExceptionGroup) as error:
            if name not in self._dead:
                self.failures[name] = error

    def next(self) -> None:
        """Everybody waits: give somebody the turn."""
        waiting = [gate for gate in self._gates if not gate.turn.done()]
        if not waiting:
            raise AssertionError("the actors wait for each other")
        mine = [gate for gate in waiting if gate.actor == self._current]
        options = [(turn, gate) for turn, gate in self._options(waiting, mine) if gate not in self._asleep]
        if not options:
            self._give_up(waiting)
            return
        turn, gate = self._choices.choose(options)
        self.schedule.append(Move(turn, gate.actor, gate.operation))
        if mine and gate not in mine:
            self._preemptions += 1
            self._asleep.append(mine[0])
        self._asleep = [other for other in self._asleep if not meet(other.operation, gate.operation)]
        self._faults += turn is not Turn.GO
        self._current = gate.actor
        self._begun.add(gate.actor)
        if turn is Turn.CRASH:
            self._dead.add(gate.actor)
        self._gates = [other for other in waiting if other is not gate]
        gate.turn.set_result(turn)

    def _give_up(self, waiting: list[Gate]) -> None:
        """End all actors, as if their processes had died."""
        self.is_redundant = True
        for gate in waiting:
            self._dead.add(gate.actor)
            gate.turn.set_result(Turn.CRASH)

    def _options(self, waiting: list[Gate], mine: list[Gate]) -> list[tuple[Turn, Gate]]:
        """What may happen next. Of one actor's gates, the first is the next.

        What waits while another goes first has been tried in every other way by then: preemptions come last.
        """
        firsts = [gate for gate in {gate.actor: gate for gate in reversed(waiting)}.values() if self._may_begin(gate)]
        free = [gate for gate in firsts if gate in mine] or firsts
        disturbances = [*self._breaks(free), *self._preempts(firsts, free)]
        return [*((Turn.GO, gate) for gate in free), *filter(self._is_tried, disturbances)]

    def _breaks(self, free: list[Gate]) -> Iterator[tuple[Turn, Gate]]:
        if self._faults < self._bounds.faults:
            # What ends before it only looks ends as if it had looked, and then ended before its next change.
            yield from ((Turn.CRASH, gate) for gate in free if gate.operation.changes)
            yield from ((Turn.LOSE, gate) for gate in free if self._lost(gate.operation))

    def _preempts(self, firsts: list[Gate], free: list[Gate]) -> Iterator[tuple[Turn, Gate]]:
        if self._preemptions < self._bounds.preemptions:
            yield from ((Turn.GO, gate) for gate in firsts if gate not in free)

    def _is_tried(self, option: tuple[Turn, Gate]) -> bool:
        """Whether a disturbance belongs to the share: the first always, the second by the words of the schedule."""
        if self._bounds.share == 1 or not self._preemptions + self._faults:
            return True
        words = "\n".join(map(str, [*self.schedule, Move(option[0], option[1].actor, option[1].operation)]))
        return crc32(words.encode()) % self._bounds.share == 0

    def _may_begin(self, gate: Gate) -> bool:
        return gate.actor not in self._twins or self._twins[gate.actor] in self._begun


class IdleLoop(asyncio.SelectorEventLoop):
    """An event loop that calls `when_idle` instead of waiting for the world outside, of which there is none."""

    def __init__(self) -> None:
        self._selector_of_nothing = _Nothing()
        super().__init__(self._selector_of_nothing)

    def when_idle(self, call: Callable[[], None]) -> None:
        """What to call when every task waits."""
        self._selector_of_nothing.idle = call


class _Nothing(selectors.SelectSelector):
    """Sees no events, and knows that the loop would wait for some."""

    idle: Callable[[], None] = staticmethod(lambda: None)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return at once; the loop asks without a timeout of zero only when it has nothing to do."""
        if timeout != 0:
            self.idle()
        return []
