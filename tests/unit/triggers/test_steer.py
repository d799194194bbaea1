"""A person stops a job, tries it again, or says what became of a start that nobody knows."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import AnswerLost, SteerRefused
from shared.jobs.ledger import OPEN
from shared.jobs.quotas import Limits
from shared.jobs.starts import STARTS, Starts
from shared.jobs.translation import State
from shared.providers.base import Provider
from shared.providers.task import Task
from shared.triggers.steer import Steer
from tests.memory_container import Operation
from tests.unit.model.services import Service
from tests.unit.model.world import HOURS, NAME, TARGET, World

RESULT = "en-US_to_es-ES/talk.es-ES.mp4"
UNKNOWN = ["0" * 24, "", "../jobs", "x" * 24]


def steer(world: World) -> Steer:
    """What a process that has just begun offers."""
    return world.process().steer


async def at_work(route: str = "blind") -> tuple[World, str]:
    """A world in which the file is being translated, and goes on until it is let go; and the key of its job."""
    world = World(route)
    world.service.busy = Everything()
    key = world.drop()
    await world.process().accept(NAME)
    return world, key


class Everything(set[str]):
    """Every work is busy."""

    def __contains__(self, _: object) -> bool:
        return True


async def translated(route: str = "blind") -> tuple[World, str]:
    world = World(route)
    key = world.drop()
    await world.process().accept(NAME)
    await world.settle()
    return world, key


async def unanswered(world: World, limits: Limits | None = None) -> str:
    """A start that took effect and whose answer was lost; the key of its job."""
    key = world.drop()

    async def lost(self: Service, task: Task) -> Any:
        self._pay(task)
        raise AnswerLost("no answer")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(world.service), "start", lost)
        await world.process(limits).accept(world.name)
    world.now += timedelta(minutes=5)
    return key


async def another(world: World, limits: Limits) -> None:
    """Another file is started."""
    world.drop(b"other", "en-US_to_es-ES/other.mp4")
    await world.process(limits).accept("en-US_to_es-ES/other.mp4")


def before_writing(world: World, prefix: str, act: Callable[[], Awaitable[object]]) -> None:
    """Somebody acts just before the next write of a blob whose name begins like that."""

    async def before(operation: Operation) -> None:
        if operation.kind == "write" and operation.name.startswith(prefix):
            world.account.before = let_pass
            await act()

    world.account.before = before


async def let_pass(_operation: Operation) -> None:
    """Nothing happens meanwhile."""


class TestCancel:
    async def test_what_is_at_work_ends_as_canceled_with_a_receipt(self) -> None:
        world, key = await at_work()
        assert await steer(world).cancel(key)
        assert world.receipt()["status"] == "canceled"
        receipt = world.receipt(f"{NAME}.{TARGET}.translation.json")
        assert (receipt["status"], receipt["problem"]["code"]) == ("canceled", "canceled")
        assert not world.records(OPEN)

    async def test_it_is_stopped_at_a_provider_that_can(self) -> None:
        world, key = await at_work()
        asked: list[str] = []

        async def watch(operation: Any) -> None:
            asked.append(operation.kind)

        world.account.before = watch
        await steer(world).cancel(key)
        assert "cancel" in asked

    async def test_where_a_provider_cannot_the_receipt_says_that_it_may_charge(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world, key = await at_work()
        monkeypatch.setattr(Service, "cancel", Provider.cancel)
        await steer(world).cancel(key)
        [line] = world.receipt()["translations"]
        assert "blind cannot stop work" in line["problem"]["reason"]

    async def test_twice_does_no_harm_and_what_has_ended_stays_as_it_is(self) -> None:
        world, key = await translated()
        before = dict(world.jobs.blobs)
        assert await steer(world).cancel(key)
        assert world.jobs.blobs == before
        assert world.receipt()["status"] == "succeeded"

    async def test_a_file_that_waits_for_its_brief_is_not_started_any_more(self) -> None:
        world = World("blind")
        world.name = "talk.mp4"
        key = world.drop()
        await world.process().accept("talk.mp4")
        assert await steer(world).cancel(key)
        assert world.receipt()["status"] == "refused"
        assert world.receipt()["problems"][0]["code"] == "canceled"
        assert not world.records(OPEN)

    @pytest.mark.parametrize("key", UNKNOWN)
    async def test_what_is_no_job_cannot_be_canceled(self, key: str) -> None:
        assert not await steer(World("blind")).cancel(key)


class TestRetry:
    async def test_what_was_canceled_is_begun_again(self) -> None:
        world, key = await at_work()
        await steer(world).cancel(key)
        world.service.busy = set()
        assert await steer(world).retry(key)
        await world.settle()
        assert world.receipt()["status"] == "succeeded"
        assert len(world.service.paid) == 2

    async def test_what_succeeded_is_not_paid_for_again(self) -> None:
        world, key = await translated()
        assert await steer(world).retry(key)
        await world.settle()
        assert len(world.service.paid) == 1

    async def test_force_begins_everything_from_nothing(self) -> None:
        world, key = await translated()
        assert await steer(world).retry(key, force=True)
        await world.settle()
        assert len(world.service.paid) == 2
        assert world.receipt()["attempt"] == 2

    async def test_what_was_deleted_from_the_outbox_comes_back_without_paying(self) -> None:
        world, key = await translated()
        film = world.outbox.blobs.pop(RESULT)
        assert await steer(world).retry(key)
        await world.settle()
        assert world.outbox.blobs[RESULT].data == film.data
        assert len(world.service.paid) == 1

    async def test_a_job_at_work_is_not_retried(self) -> None:
        world, key = await at_work()
        with pytest.raises(SteerRefused, match="is at work"):
            await steer(world).retry(key)

    @pytest.mark.parametrize("deleted", [True, False])
    async def test_content_that_is_no_longer_in_the_inbox_is_not_retried(self, deleted: bool) -> None:
        world, key = await translated()
        if deleted:
            world.inbox.blobs.pop(NAME)
        else:
            world.drop(b"second")
        with pytest.raises(SteerRefused, match="does not lie in the inbox"):
            await steer(world).retry(key)

    @pytest.mark.parametrize("key", UNKNOWN)
    async def test_what_is_no_job_cannot_be_retried(self, key: str) -> None:
        assert not await steer(World("blind")).retry(key)


class TestSettle:
    async def test_a_start_that_is_at_the_service_goes_on_under_its_id(self) -> None:
        world = World("blind")
        key = await unanswered(world)
        assert await steer(world).settle(key, TARGET, "0")
        await world.settle()
        assert world.receipt()["status"] == "succeeded"
        assert len(world.service.paid) == 1

    async def test_a_start_that_never_was_is_made_again(self) -> None:
        world = World("blind")
        key = await unanswered(world)
        world.service.paid.clear()
        assert await steer(world).settle(key, TARGET, None)
        await world.settle()
        assert world.receipt()["status"] == "succeeded"
        assert len(world.service.paid) == 1

    async def test_a_start_that_never_was_does_not_count_for_the_day(self) -> None:
        world, limits = World("blind"), Limits(daily_starts={"blind": 1})
        day = world.now
        key = await unanswered(world, limits)
        assert await Starts(world.jobs).on(day, "blind") == 1
        assert await world.process(limits).steer.settle(key, TARGET, None)
        assert await Starts(world.jobs).on(day, "blind") == 0
        await world.process(limits).tick()
        assert world.records(OPEN)[key].translation(TARGET).state is State.RUNNING
        assert await Starts(world.jobs).on(day, "blind") == 1

    async def test_two_who_say_at_once_that_it_never_was_give_one_start_back(self) -> None:
        world, limits = World("blind"), Limits(daily_starts={"blind": 9})
        day, key = world.now, await unanswered(world, limits)
        await another(world, limits)
        before_writing(world, OPEN + key, lambda: world.process(limits).steer.settle(key, TARGET, None))
        with pytest.raises(SteerRefused, match="it is queued"):
            await world.process(limits).steer.settle(key, TARGET, None)
        assert await Starts(world.jobs).on(day, "blind") == 1

    @pytest.mark.parametrize("written", [OPEN, STARTS])
    async def test_a_tick_that_finds_nothing_meanwhile_does_not_give_the_start_back_once_more(
        self, written: str
    ) -> None:
        world, limits = World("findable"), Limits(daily_starts={"findable": 9})
        day, key = world.now, await unanswered(world, limits)
        world.service.paid.clear()
        await another(world, limits)
        world.service.busy = Everything()
        world.now += timedelta(hours=2 * HOURS)
        before_writing(world, written, lambda: world.process(limits).steer.settle(key, TARGET, None))
        await world.process(limits).tick()
        assert await Starts(world.jobs).on(day, "findable") == 1

    async def test_an_id_that_the_service_does_not_know_changes_nothing(self) -> None:
        world = World("blind")
        key = await unanswered(world)
        with pytest.raises(SteerRefused, match="blind knows no work 7"):
            await steer(world).settle(key, TARGET, "7")
        assert world.records(OPEN)[key].translation(TARGET).state is State.STARTING

    async def test_work_of_another_translation_is_not_taken(self) -> None:
        world, _ = await translated()
        world.name = "en-US_to_es-ES/other.mp4"
        key = await unanswered(world)
        with pytest.raises(SteerRefused, match="belongs to another"):
            await steer(world).settle(key, TARGET, "0")

    async def test_a_start_that_may_still_be_under_way_is_not_settled(self) -> None:
        world = World("blind")
        key = await unanswered(world)
        world.now -= timedelta(minutes=5)
        with pytest.raises(SteerRefused, match="still be under way"):
            await steer(world).settle(key, TARGET, None)

    async def test_what_is_running_needs_nobody_to_say_so(self) -> None:
        world, key = await at_work()
        with pytest.raises(SteerRefused, match="it is running"):
            await steer(world).settle(key, TARGET, None)

    async def test_an_unknown_job_or_language_is_told(self) -> None:
        world, key = await at_work()
        assert not await steer(world).settle(key, "fr-FR", None)
        assert not await steer(world).settle("0" * 24, TARGET, None)
