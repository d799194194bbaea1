"""Which orders the model may leave out: those of operations that cannot notice each other."""

from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from functools import partial

import pytest

from shared.errors import RecordChanged
from tests.memory_container import Operation
from tests.unit.model import scheduler as scheduler_module
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


type Programs = Mapping[str, str]
#: What each actor writes, blob by blob.
PROGRAMS: Sequence[Programs] = (
    {"a": "xy", "b": "xy"},
    {"a": "xy", "b": "yx"},
    {"a": "xyz", "b": "zyx"},
    {"a": "xpy", "b": "yqx"},
    {"a": "yx", "b": "yz", "c": "yz"},
    {"a": "xy", "b": "yz", "c": "zx"},
)


def ends(programs: Programs, bounds: Limits) -> tuple[set[str], int]:
    """How the schedules can end that are run: who wrote each blob in which order. And how many these are."""
    found = set[str]()

    def run(choices: Choices) -> bool:
        written: dict[str, str] = {}
        scheduler = Scheduler(choices, bounds, lambda _: False, lambda _: RecordChanged("lost"), {})

        async def act(actor: str) -> None:
            for name in programs[actor]:
                operation = Operation("write", "jobs", name)
                await scheduler.before(operation)
                written[name] = written.get(name, "") + actor
                with suppress(RecordChanged):
                    await scheduler.after(operation)

        scheduler.run(loop, {actor: partial(act, actor) for actor in programs})
        if not scheduler.is_redundant:
            found.add(f"{sorted(written.items())}, {scheduler.faults} faults")
        return not scheduler.is_redundant

    with closing(IdleLoop()) as loop:
        return found, explore(run)


@pytest.mark.parametrize("bounds", [Limits(1), Limits(2), Limits(1, 1)])
@pytest.mark.parametrize("programs", PROGRAMS)
def test_what_is_left_out_ends_as_something_else_does(
    programs: Programs, bounds: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    some, fewer = ends(programs, bounds)
    monkeypatch.setattr(scheduler_module, "meet", lambda *_: True)
    everything, all_of_them = ends(programs, bounds)
    assert some == everything
    assert fewer <= all_of_them


def test_what_nobody_else_sees_is_not_tried_in_both_orders() -> None:
    assert ends({"a": "xp", "b": "xq"}, Limits(1))[1] == 2


def test_of_what_happens_second_a_share_is_tried_and_of_the_first_all() -> None:
    programs = {"a": "xyzxyz", "b": "zyxzyx"}
    once, few = ends(programs, Limits(1))
    some, fewer = ends(programs, Limits(2, share=3))
    all_of_them, most = ends(programs, Limits(2))
    assert once <= some <= all_of_them
    assert few < fewer < most


def test_bounds_for_which_that_is_not_so_are_refused() -> None:
    with pytest.raises(ValueError, match="no more than one preemption"):
        ends({"a": "x"}, Limits(2, 1))
