"""Asking a provider how a step goes: trouble on the way says nothing about the work."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.engine.ask import Troubled, ask
from shared.errors import NotFound, ProviderError, Unreachable
from shared.jobs.step import Work
from shared.providers.outcome import Failed, Finished, Outcome
from shared.providers.task import Scratch
from shared.providers.vozo import Vozo
from tests.memory_container import Operation
from tests.unit.model.services import Blind, Service
from tests.unit.model.world import HOURS, NAME, World
from tests.unit.providers.wire import Wire, a_scratch, answer, some_work

DONE = {"status": "done", "result": {"video_url": "https://x.example/a.mp4"}}


async def asked(given: httpx.Response | Exception) -> object:
    vozo = Vozo(Wire(given).service("Vozo"))
    return await ask(vozo, some_work({"task_id": "t1"}), a_scratch(), "talks/intro.mp4")


async def test_what_the_provider_says_counts() -> None:
    assert isinstance(await asked(answer(200, DONE)), Finished)
    assert isinstance(await asked(answer(200, {"status": "failed"})), Failed)


@pytest.mark.parametrize(
    "given",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        answer(401),
        answer(404),
        answer(429),
        answer(500),
        answer(200, {"status": "done"}),
        httpx.Response(200, text="<html>"),
    ],
)
async def test_trouble_on_the_way_says_nothing_of_the_work(given: httpx.Response | Exception) -> None:
    assert isinstance(await asked(given), Troubled)


class Office:
    """A file is translated by a service that can be told to stumble when it is asked how the work goes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.error = World("blind"), Unreachable("blind answered 500: out of order")
        self.process = self.world.process()
        self.stumbles: ProviderError | None = None
        monkeypatch.setattr(Blind, "check", self._check)
        self._usual = Service.check

    async def start(self) -> None:
        """A file is dropped and started."""
        self.world.drop()
        await self.process.accept(NAME)

    async def tick(self, after: timedelta = timedelta(seconds=30)) -> None:
        """The timer ticks some time later."""
        self.world.now += after
        await self.process.tick()

    def line(self) -> dict[str, Any]:
        """The translation as the receipt of the drop tells of it."""
        line: dict[str, Any]
        [line] = self.world.receipt()["translations"]
        return line

    async def _check(self, work: Work, scratch: Scratch) -> Outcome:
        if self.stumbles:
            raise self.stumbles
        return await self._usual(self.world.service, work, scratch)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(monkeypatch)


async def test_one_404_on_accepted_work_is_no_end(office: Office) -> None:
    await office.start()
    office.stumbles = NotFound("there is no such task")
    await office.tick()
    assert office.line()["status"] == "running"
    office.stumbles = None
    await office.tick()
    assert (office.line()["status"], len(office.world.service.paid)) == ("succeeded", 1)


async def test_a_404_that_lasts_is_the_end(office: Office) -> None:
    await office.start()
    office.stumbles = NotFound("there is no such task")
    for _ in range(4):
        await office.tick()
    assert (office.line()["status"], office.line()["problem"]["code"]) == ("failed", "provider-lost-it")


async def test_a_404_is_forgotten_once_the_service_knows_the_work(office: Office) -> None:
    await office.start()
    office.world.service.busy.add(office.world.service.paid[0][0])
    for answer_again in (NotFound("no such task"), None) * 3:
        office.stumbles = answer_again
        await office.tick()
    assert office.line()["status"] == "running"


async def test_trouble_in_polling_is_told_while_it_lasts(office: Office) -> None:
    await office.start()
    office.world.service.busy.add(office.world.service.paid[0][0])
    office.stumbles = office.error
    await office.tick()
    assert office.line()["problem"]["reason"] == "blind answered 500: out of order"
    office.stumbles = None
    await office.tick()
    assert "problem" not in office.line()


async def test_trouble_that_lasts_is_written_once(office: Office) -> None:
    await office.start()
    office.stumbles = office.error
    await office.tick()
    writes: list[Operation] = []

    async def note(operation: Operation) -> None:
        if operation.changes:
            writes.append(operation)

    office.world.account.before = note
    office.stumbles = Unreachable("blind answered 500: out of order (request 2)")
    await office.tick()
    assert writes == []


async def test_a_deadline_tells_of_the_trouble_and_the_next_drop_asks_the_service_first(office: Office) -> None:
    await office.start()
    office.stumbles = office.error
    await office.tick()
    await office.tick(timedelta(hours=HOURS))
    problem = office.line()["problem"]
    assert (problem["code"], "500: out of order" in problem["reason"]) == ("deadline", True)
    assert "nothing is paid again" in problem["advice"]
    office.stumbles = None
    office.world.drop()
    await office.process.accept(NAME)
    await office.tick()
    assert (office.line()["status"], len(office.world.service.paid)) == ("succeeded", 1)


async def test_what_has_failed_at_the_service_meanwhile_is_begun_anew(office: Office) -> None:
    await office.start()
    office.stumbles = office.error
    await office.tick(timedelta(hours=HOURS + 1))
    office.stumbles = None
    office.world.service.failing.add(office.world.service.paid[0][0])
    office.world.drop()
    await office.process.accept(NAME)
    await office.tick()
    assert [work.rpartition(".")[2] for work, _ in office.world.service.paid] == ["a1", "a2"]
    assert office.line()["status"] == "succeeded"
