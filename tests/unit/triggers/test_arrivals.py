"""What an event tells of is accepted although storage refuses for a while, and in the end the host is told."""

import pytest

from shared.errors import BriefRefused, RecordChanged, StorageTrouble
from shared.triggers.arrivals import WAITS, Arrivals
from tests.memory_container import Operation
from tests.unit.model.world import NAME, World

FORBIDDEN = StorageTrouble("storage failed while reading inbox: AuthorizationPermissionMismatch")


class Door:
    """The blob function before an app whose intake raises `troubles`, one after the other."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles, self.accepted, self.paused = list(troubles), list[str](), list[float]()
        self.arrivals = Arrivals(self._accept, self._pause)

    async def _accept(self, name: str) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.accepted.append(name)

    async def _pause(self, seconds: float) -> None:
        self.paused.append(seconds)


async def test_without_trouble_nothing_is_waited_for() -> None:
    door = Door()
    await door.arrivals.accept(NAME)
    assert (door.accepted, door.paused) == ([NAME], [])


@pytest.mark.parametrize("trouble", [FORBIDDEN, RecordChanged("the record changes too fast")])
async def test_trouble_that_passes_is_outlasted_with_growing_waits(trouble: Exception) -> None:
    door = Door(*[trouble] * 4)
    await door.arrivals.accept(NAME)
    assert (door.accepted, door.paused) == ([NAME], list(WAITS[:4]))


async def test_trouble_that_lasts_is_told_the_host_after_a_minute() -> None:
    door = Door(*[FORBIDDEN] * 100)
    with pytest.raises(StorageTrouble):
        await door.arrivals.accept(NAME)
    assert sum(door.paused) == 60


@pytest.mark.parametrize("mistake", [RuntimeError("a mistake of ours"), BriefRefused("it would be said again")])
async def test_what_would_be_said_again_is_not_waited_for(mistake: Exception) -> None:
    door = Door(mistake)
    with pytest.raises(type(mistake)):
        await door.arrivals.accept(NAME)
    assert door.paused == []


async def test_a_file_is_paid_for_once_although_storage_forbade_everything_at_first() -> None:
    world = World("blind")
    world.drop()
    tries = 0

    async def forbid(_operation: Operation) -> None:
        if tries < 5:
            raise FORBIDDEN

    async def pause(_seconds: float) -> None:
        nonlocal tries
        tries += 1

    world.account.before = forbid
    await Arrivals(world.process().accept, pause).accept(NAME)
    assert len(world.service.paid) == 1
