"""What a tick costs when nothing has happened, and how it shares its time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from shared.jobs.ledger import OPEN
from shared.jobs.quotas import Limits
from shared.jobs.step import Work
from shared.outbox.download import Download
from shared.providers.outcome import Finished, Outcome, Result
from shared.storage.container import BLOCK
from tests.memory_container import Operation
from tests.unit.model.services import FILM, Blind
from tests.unit.model.world import HOURS, Process, World

FOLDER = "en-US_to_es-ES"
PERIOD, SECOND = timedelta(seconds=30), timedelta(seconds=1)


async def test_a_tick_that_finds_everything_still_running_asks_and_writes_nothing() -> None:
    world = World("findable")
    process = world.process()
    await process.tick()
    world.drop()
    await process.accept(world.name)
    world.service.busy.add(world.service.paid[0][0])
    await process.tick()
    seen: list[Operation] = []

    async def note(operation: Operation) -> None:
        seen.append(operation)

    world.account.before = note
    await process.tick()
    assert "check" in {operation.kind for operation in seen}
    assert [operation for operation in seen if operation.changes] == []


async def test_files_that_wait_for_a_brief_cost_a_tick_no_reads_until_one_comes() -> None:
    world = World("blind")
    process = world.process()
    folder = "/".join(["deep"] * 150)
    for number in range(5):
        world.inbox.put(f"{folder}/talk{number}.mp4", str(number).encode())
        await process.accept(f"{folder}/talk{number}.mp4")
    await process.tick()  # the first of a process looks at everything
    reads = [await _reads_of_a_tick(world, process) for _ in range(21)]  # half a minute each
    assert reads.count(0) >= 11
    assert sum(reads) <= 2 * 5 * (2 * 151 + 5)  # each file is looked at every ten minutes
    world.inbox.put("deep/translate.json", b'{"targets": ["fr-FR"]}')
    await process.accept("deep/translate.json")
    assert len(world.service.paid) == 5


async def test_a_brief_that_comes_while_a_file_is_accepted_starts_it() -> None:
    world = World("blind")
    process = world.process()
    world.inbox.put("talks/talk.mp4", b"film")

    async def meanwhile(operation: Operation) -> None:
        if (
            operation.name.startswith("open/") and operation.changes
        ):  # the briefs are read, the job can be found by nobody
            world.account.before = let_pass
            world.inbox.put("talks/translate.json", b'{"targets": ["fr-FR"]}')
            await world.process().accept("talks/translate.json")

    world.account.before = meanwhile
    await process.accept("talks/talk.mp4")
    assert len(world.service.paid) == 1


async def let_pass(_operation: Operation) -> None:
    """Nothing happens meanwhile."""


async def _reads_of_a_tick(world: World, process: Process) -> int:
    """How many reads of storage a tick costs, half a minute after the last."""
    seen: list[Operation] = []

    async def note(operation: Operation) -> None:
        if operation.kind in ("read", "head") and operation.container == "inbox":
            seen.append(operation)

    world.now += timedelta(seconds=30)
    world.account.before = note
    await process.tick()
    world.account.before = let_pass
    return len(seen)


class Web:
    """Addresses that no storage can copy from. Each piece of what they send takes a second."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.sent = world, 0
        world.fetch = self.fetch
        monkeypatch.setattr(Blind, "_outcome", self.outcome)

    def outcome(self, work: Work) -> Outcome:
        """The work of the service is done."""
        url = f"https://blind/{work.id}"
        self.world.account.web.setdefault(url, FILM)
        return Finished([Result("mp4", url)])

    @asynccontextmanager
    async def fetch(self, url: str, start: int) -> AsyncIterator[Download]:
        """See Downloader.fetch."""
        content = self.world.account.web[url]
        yield Download(start, len(content), "a" * 12, self._pieces(content[start:]))

    async def _pieces(self, content: bytes) -> AsyncIterator[bytes]:
        for at in range(0, len(content), BLOCK // 4):
            await asyncio.sleep(0)  # others have their turn
            self.world.now += SECOND
            self.sent += 1
            yield content[at : at + BLOCK // 4]


@pytest.fixture
async def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    """A service whose results come by way of this app, which has run before."""
    world = World("blind")
    await world.process().tick()
    return Web(world, monkeypatch)


async def drop(web: Web, name: str, result: bytes) -> None:
    """A file whose result is that."""
    name = f"{FOLDER}/{name}"
    web.world.drop(name=name)
    await web.world.process().accept(name)
    web.world.account.web[f"https://blind/{web.world.service.paid[-1][0]}"] = result


def status(web: Web, name: str) -> str:
    return str(web.world.receipt(f"{FOLDER}/{name}.translation.json")["status"])


async def test_a_result_that_takes_longer_than_any_tick_arrives_whichever_process_goes_on(web: Web) -> None:
    await drop(web, "long.mp4", FILM + bytes(25 * BLOCK))  # 101 seconds
    for _ in range(5):
        process, begun = web.world.process(), web.world.now
        await process.tick()
        assert web.world.now - begun <= timedelta(seconds=46)
    assert status(web, "long.mp4") == "succeeded"
    assert web.world.outbox.blobs[f"{FOLDER}/long.es-ES.mp4"].data == FILM + bytes(25 * BLOCK)
    assert web.sent == 101


async def test_a_slow_result_delays_no_other_file_and_no_tick(web: Web) -> None:
    process = web.world.process()
    await process.tick()
    await drop(web, "slow.mp4", FILM + bytes(25 * BLOCK))
    for number in range(5):
        await drop(web, f"{number}.mp4", FILM)
    web.world.now += PERIOD
    begun = web.world.now
    await process.tick()
    assert [status(web, f"{number}.mp4") for number in range(5)] == ["succeeded"] * 5
    assert status(web, "slow.mp4") == "running"
    assert web.world.now - begun < PERIOD


async def test_a_result_that_never_comes_whole_is_told_at_the_deadline(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(_content: bytes) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0)
            web.world.now += SECOND
            yield b"+"

    monkeypatch.setattr(web, "_pieces", endless)
    await drop(web, "endless.mp4", FILM)
    process, begun = web.world.process(), web.world.now
    while web.world.records(OPEN) and web.world.now < begun + timedelta(hours=2 * HOURS):
        web.world.now += PERIOD
        await process.tick()
    assert web.world.now < begun + timedelta(hours=HOURS + 1)
    receipt = web.world.receipt(f"{FOLDER}/endless.mp4.es-ES.translation.json")
    assert (receipt["status"], receipt["problem"]["code"]) == ("failed", "result-unavailable")


async def test_starts_wait_for_the_next_tick_once_the_time_of_one_is_spent() -> None:
    world = World("blind")
    busy = world.process(Limits({"blind": 0}))
    await busy.tick()
    for number in range(100):
        world.drop(name=f"{FOLDER}/{number}.mp4")
        await busy.accept(f"{FOLDER}/{number}.mp4")
    process = world.process()

    async def take_a_second(operation: Operation) -> None:
        if operation.kind == "start":
            world.now += SECOND

    world.account.after = take_a_second
    begun = world.now
    await process.tick()
    assert 0 < len(world.service.paid) < 100
    assert world.now - begun < 3 * PERIOD
    for _ in range(5):
        world.now += PERIOD
        await process.tick()
    assert len(world.service.paid) == 100
