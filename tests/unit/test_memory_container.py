"""The container that tests hold in memory keeps Azure's conditions, and can be watched."""

import pytest

from shared.errors import StorageTrouble
from tests.container_contract import ContainerContract
from tests.memory_container import PENDING, MemoryAccount, MemoryContainer, Operation


class TestMemoryContainer(ContainerContract):
    """See ContainerContract."""

    @pytest.fixture
    def container(self) -> MemoryContainer:
        return MemoryContainer("jobs")


async def test_an_error_before_an_operation_takes_its_place() -> None:
    account = MemoryAccount()
    account.before = _refuse
    with pytest.raises(StorageTrouble):
        await account.container("jobs").write("a", b"")
    assert not account.container("jobs").blobs


async def test_an_error_after_an_operation_loses_the_answer_alone() -> None:
    account = MemoryAccount()
    account.after = _refuse
    with pytest.raises(StorageTrouble):
        await account.container("jobs").write("a", b"")
    assert account.container("jobs").blobs


async def test_every_operation_is_told() -> None:
    account, told = MemoryAccount(), list[Operation]()

    async def tell(operation: Operation) -> None:
        told.append(operation)

    account.before = account.after = tell
    jobs = account.container("jobs")
    await jobs.write("a", b"")
    assert [facts.name async for facts in jobs.list("a")] == ["a"]
    write, listing = Operation("write", "jobs", "a"), Operation("list", "jobs", "a")
    assert told == [write, write, listing, listing]
    assert (write.changes, listing.changes) == (True, False)


async def test_a_slow_copy_is_pending_until_it_is_finished() -> None:
    account = MemoryAccount()
    account.web["https://service/movie"] = b"movie"
    account.slow_copies = True
    outbox = account.container("outbox")
    await outbox.copy("a", "https://service/movie")
    assert [stored.facts.copy_status for stored in outbox.blobs.values()] == [PENDING]
    outbox.finish_copies()
    assert [stored.facts.copy_status for stored in outbox.blobs.values()] == ["success"]


async def _refuse(_operation: Operation) -> None:
    raise StorageTrouble("refused")
