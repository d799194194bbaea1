"""A service that answers at once: slices are claimed, kept, charged and taken in turns."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from shared.engine.engine import UNDER_WAY
from shared.errors import AnswerLost, Throttled
from shared.jobs.ledger import OPEN
from shared.jobs.quotas import Limits
from shared.jobs.translation import Translation
from shared.providers.outcome import Finished, Next
from shared.providers.task import SENDS, Task
from tests.memory_container import Operation
from tests.unit.model.services import FILM, Sliced
from tests.unit.model.world import Process, World

FOLDER = "en-US_to_es-ES"
TALK = f"{FOLDER}/talk.mp4"
MINUTE = timedelta(minutes=1)


class House:
    """The app over a service that answers at once; `seconds` is how long each of its requests takes."""

    def __init__(self, slices: int = 3, seconds: float = 0) -> None:
        self.world = World("sliced")
        self.service: Any = self.world.service
        assert isinstance(self.service, Sliced)
        self.service.slices = slices
        self.process: Process = self.world.process()
        self.world.account.after = self._after
        self.seconds, self.losing = seconds, False

    async def drop(self, name: str = TALK, content: bytes = b"film", **metadata: str) -> None:
        """Drop a file; its event arrives."""
        self.world.inbox.put(name, content, md5=f"md5-of-{name}-{content.decode()}", metadata=metadata)
        await self.process.accept(name)

    async def tick(self, times: int = 1) -> None:
        """The timer ticks each minute."""
        for _ in range(times):
            self.world.now += MINUTE
            await self.process.tick()

    async def to_the_end(self) -> None:
        """The timer ticks until no job is open."""
        for _ in range(100):
            await self.tick()
            if not self.world.records(OPEN):
                return
        raise AssertionError("a job is open for ever")

    @property
    def steps(self) -> list[str]:
        """The steps that were paid for."""
        return [step for _, step in self.service.paid]

    def open(self) -> Translation:
        """The translation of the one open job."""
        [job] = self.world.records(OPEN).values()
        return job.translations[0]

    def receipt(self, name: str = f"{TALK}.es-ES") -> dict[str, Any]:
        """A receipt."""
        return self.world.receipt(f"{name}.translation.json")

    async def _after(self, operation: Operation) -> None:
        if operation.kind == "start":
            self.world.now += timedelta(seconds=self.seconds)
            if self.losing:
                raise AnswerLost("no answer came")


async def busy(operation: Operation) -> None:
    """The service asks everybody to come later."""
    if operation.kind == "start":
        raise Throttled("come later", wait=90)


async def let_pass(_operation: Operation) -> None:
    """Nothing stands in the way."""


async def test_the_event_sends_the_first_slice_and_the_tick_all_others() -> None:
    house = House(slices=3)
    await house.drop()
    assert house.steps == ["translation.0"]
    await house.tick()
    assert house.steps == ["translation.0", "slice.1", "slice.2"]
    assert house.world.outbox.blobs[f"{FOLDER}/talk.es-ES.mp4"].data == FILM + b"+++"
    assert house.receipt()["status"] == "succeeded"


async def test_what_all_slices_were_charged_is_added_up() -> None:
    house = House(slices=3)
    await house.drop()
    await house.to_the_end()
    assert house.receipt()["units"] == {"characters": 300.0}


async def test_what_failed_was_charged_for_is_told_all_the_same() -> None:
    house = House(slices=3)
    await house.drop()
    house.service.failing.add(house.service.paid[0][0])
    await house.to_the_end()
    assert (house.receipt()["status"], house.receipt()["units"]) == ("failed", {"characters": 100.0})


async def test_what_was_superseded_was_charged_for_is_told_in_a_receipt_of_its_own() -> None:
    house = House(slices=3)
    await house.drop()
    old = house.service.paid[0][0].partition(".")[0]
    await house.drop(content=b"newer")
    told = house.receipt(f"{TALK}.es-ES.{old[:8]}")
    assert (told["status"], told["units"], told["warnings"]) == ("superseded", {"characters": 100.0}, [])
    await house.to_the_end()
    assert house.receipt()["status"] == "succeeded"


async def test_a_slice_under_way_when_its_file_was_superseded_is_told() -> None:
    house = House(slices=1)

    async def replace(operation: Operation) -> None:
        if operation.kind == "start" and len(house.service.paid) == 1:
            await house.drop(content=b"newer")

    house.world.account.after = replace
    await house.drop()
    old = house.service.paid[0][0].partition(".")[0]
    told = house.receipt(f"{TALK}.es-ES.{old[:8]}")
    assert (told["status"], told["warnings"]) == ("superseded", [UNDER_WAY])


async def test_a_slice_whose_answer_is_lost_is_sent_three_times_and_then_fails() -> None:
    house = House(slices=2)
    house.losing = True
    await house.drop()
    await house.to_the_end()
    assert house.steps == ["translation.0"] * SENDS
    receipt = house.receipt()
    assert (receipt["status"], receipt["problem"]["code"]) == ("failed", "outcome-unknown")
    assert receipt["repeats"] == SENDS - 1


async def test_a_provider_is_told_when_it_sends_a_slice_for_the_last_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bool] = []
    start = Sliced.start

    async def watched(self: Sliced, task: Task) -> Next | Finished:
        sent.append(task.is_last_send)
        return await start(self, task)

    monkeypatch.setattr(Sliced, "start", watched)
    house = House(slices=2)
    house.losing = True
    await house.drop()
    await house.to_the_end()
    assert sent == [False, False, True]


async def test_a_provider_may_go_on_without_a_slice_that_is_never_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def keep_the_source(self: Sliced, task: Task) -> Next | Finished:
        await self.keep(task)
        return await self.start(task)

    monkeypatch.setattr(Sliced, "go_on_without", keep_the_source)
    house = House(slices=1)
    house.losing = True
    await house.drop()
    await house.to_the_end()
    assert (house.receipt()["status"], len(house.steps)) == ("succeeded", SENDS)


async def test_a_retry_pays_only_for_the_slices_that_are_missing() -> None:
    house = House(slices=3)
    await house.drop()
    work = house.service.paid[0][0]
    house.service.failing.add(work)
    await house.to_the_end()
    await house.drop()
    await house.to_the_end()
    assert house.receipt()["status"] == "succeeded"
    assert Counter(house.steps) == {"translation.0": 1, "slice.1": 1, "slice.2": 1}


async def test_a_forced_drop_begins_anew() -> None:
    house = House(slices=2)
    await house.drop()
    await house.to_the_end()
    await house.drop(force="true")
    await house.to_the_end()
    assert Counter(house.steps) == {"translation.0": 2, "slice.1": 2}


async def test_nobody_asks_what_became_of_a_slice_before_its_lease_ends() -> None:
    house = House(slices=1)
    await house.drop()

    async def die(operation: Operation) -> None:
        if operation.kind == "start":
            raise RuntimeError("the process ends here")

    other = House(slices=1)
    other.world.account.after = die
    await other.drop()
    assert other.open().state == "starting"
    assert other.service.lease == timedelta(minutes=10)
    other.world.account.after = other._after  # the next process lives
    await other.tick(9)
    assert len(other.steps) == 1
    await other.tick(3)
    assert (len(other.steps), other.receipt()["repeats"]) == (2, 1)


async def test_a_slice_that_must_wait_waits_with_its_provider_and_keeps_what_was_answered() -> None:
    house = House(slices=2)
    await house.drop()

    house.world.account.before = busy
    await house.tick()
    held = house.open()
    assert (held.state, held.provider, held.operation) == ("running", "sliced", {"slices": 2})
    assert (str(held.pending), held.not_before) == ("slice.1", house.world.now + timedelta(seconds=90))


async def test_limits_count_translations_and_not_slices() -> None:
    house = House(slices=5)
    house.process = house.world.process(Limits(daily_starts={"sliced": 1}))
    await house.drop()
    await house.to_the_end()
    assert (house.receipt()["status"], len(house.steps)) == ("succeeded", 5)


async def test_the_deadline_counts_from_the_last_slice_that_was_answered() -> None:
    house = House(slices=2)
    await house.drop()
    [job] = house.world.records(OPEN).values()
    answered = house.open().answered
    assert answered is not None
    assert job.deadline("es-ES") == answered + timedelta(hours=job.hours)


async def test_languages_go_side_by_side_and_one_write_claims_a_slice_of_each() -> None:
    house = House(slices=1)
    writes: list[str] = []

    async def watch(operation: Operation) -> None:
        if operation.changes and operation.container == "jobs":
            writes.append(operation.name.partition("/")[0])

    house.world.account.before = watch
    await house.drop("en-US_to_es-ES_fr-FR_de-DE/talk.mp4")
    assert len(house.steps) == 3
    assert writes.count("open") == 2  # one claim of all three, and the end of the job


async def test_a_file_of_many_slices_does_not_hold_up_files_of_one() -> None:
    house = House(slices=1000, seconds=1)
    await house.drop(f"{FOLDER}/film.mp4")
    house.service.slices = 1
    small = [f"{FOLDER}/clip{number}.mp4" for number in range(50)]
    house.world.account.before = busy
    for name in small:
        await house.drop(name)
    house.world.account.before = let_pass
    await house.tick(3)
    done = [name for name in small if house.receipt(f"{name}.es-ES").get("status") == "succeeded"]
    assert len(done) == 50


async def test_a_tick_begins_no_slice_once_its_share_of_the_period_is_spent() -> None:
    house = House(slices=1000, seconds=10)
    await house.drop()
    await house.tick()
    begun = len(house.steps)
    await house.tick()
    assert 1 < len(house.steps) - begun <= 5  # three quarters of a minute, and the one that had begun
