"""Which orders the model may leave out: those of operations that cannot notice each other."""

from functools import partial

import pytest

from tests.memory_container import Operation
from tests.unit.model.choices import Choices, explore
from tests.unit.model.scheduler import OUTSIDE, IdleLoop, Limits, Scheduler, meet

WRITE, READ = Operation("write", "jobs", "open/a"), Operation("read", "jobs", "open/a")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (WRITE, READ, True),
        (READ, READ, False),
        (WRITE, Operation("write", "jobs", "open/b"), False),
        (WRITE, Operation("read", "outbox", "open/a"), False),
        (WRITE, Operation("list", "jobs", "open/"), True),
        (WRITE, Operation("list", "jobs", "seen/"), False),
        (READ, Operation("list", "jobs", "open/"), False),
        (READ, Operation("drop", OUTSIDE, ""), True),
        (READ, Operation("start", "blind", "x"), True),
        (READ, Operation("write", "staging", "x"), True),
    ],
)
def test_what_can_notice_each_other_meets(one: Operation, other: Operation, expected: bool) -> None:
    assert meet(one, other) is meet(other, one) is expected


def orders(*names: str) -> set[tuple[str, ...]]:
    """The orders that are run to their ends of two actors, each of which writes to these blobs in turn."""
    found, loop = set[tuple[str, ...]](), IdleLoop()

    def run(choices: Choices) -> bool:
        done: list[str] = []
        scheduler = Scheduler(choices, Limits(preemptions=1), lambda _: False, lambda _: None, {})

        async def act(actor: str) -> None:
            for name in names:
                await scheduler.before(Operation("write", "jobs", name.replace("*", actor)))
                done.append(f"{actor}{name}")

        scheduler.run(loop, {actor: partial(act, actor) for actor in "ab"})
        if not scheduler.is_redundant:
            found.add(tuple(done))
        return not scheduler.is_redundant

    explore(run)
    loop.close()
    return found


def test_every_order_is_run_of_actors_that_write_the_same() -> None:
    whole = {("a1", "a2", "b1", "b2"), ("b1", "b2", "a1", "a2")}
    assert orders("1", "2") == whole | {("a1", "b1", "b2", "a2"), ("b1", "a1", "a2", "b2")}


def test_what_nobody_else_sees_is_not_tried_in_both_orders() -> None:
    assert orders("1", "*") == {("a1", "a*", "b1", "b*"), ("b1", "b*", "a1", "a*")}
