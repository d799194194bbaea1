"""The paid starts of a day are counted in one place, whoever makes them."""

from datetime import timedelta

import pytest

from shared.errors import RecordChanged, StorageTrouble
from shared.jobs.starts import TRIES, Starts
from tests.memory_container import MemoryContainer, Operation
from tests.unit.records import NOW

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def container() -> MemoryContainer:
    return MemoryContainer("jobs")


async def test_no_more_are_counted_than_the_day_allows(container: MemoryContainer) -> None:
    starts = Starts(container)
    assert [await starts.count(NOW, "vozo", 2) for _ in range(3)] == [True, True, False]
    assert await starts.count(TOMORROW, "vozo", 2)
    assert (await starts.on(NOW, "vozo"), await starts.on(TOMORROW, "vozo")) == (2, 1)


async def test_what_is_given_back_may_be_counted_again(container: MemoryContainer) -> None:
    starts = Starts(container)
    assert await starts.count(NOW, "vozo", 1)
    await starts.give_back(NOW, "vozo")
    await starts.give_back(NOW, "vozo")
    assert [await starts.count(NOW, "vozo", 1) for _ in range(2)] == [True, False]


async def test_where_others_count_all_the_time_it_is_storage_s_trouble(container: MemoryContainer) -> None:
    tries = 0

    async def be_first(operation: Operation) -> None:
        nonlocal tries
        if operation.kind == "write":
            tries += 1
            raise RecordChanged("somebody else was first")

    container.account.before = be_first
    with pytest.raises(StorageTrouble, match="starts of vozo changes too fast"):
        await Starts(container).count(NOW, "vozo", 9)
    assert tries == TRIES
