# ruff: noqa: ARG002 - the fakes have the signatures of what they stand for
import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from sandbox.host.function import FunctionError
from sandbox.host.listener import Delivery, QueueListener, Unreadable, decode, encode
from sandbox.host.worker import Runs


class FakeQueue:
    """A queue in memory: visible messages, and what was done to each."""

    queue_name = "work"

    def __init__(self, *dequeue_counts: int) -> None:
        self.visible = [message(count) for count in dequeue_counts]
        self.done: list[str] = []
        self.polls = 0
        self.created = False
        self.errors: list[Exception] = []
        self.renewal: Exception | None = None

    async def create_queue(self) -> None:
        self.created = True

    def receive_messages(self, visibility_timeout: int, messages_per_page: int) -> "FakeQueue":
        self.batch = messages_per_page
        return self

    async def by_page(self) -> AsyncIterator[AsyncIterator[QueueMessage]]:
        self.polls += 1
        if self.errors:
            raise self.errors.pop(0)
        page, self.visible = self.visible[: self.batch], self.visible[self.batch :]
        if page:
            yield _each(page)

    async def update_message(self, message: QueueMessage, visibility_timeout: int) -> QueueMessage:
        if self.renewal:
            raise self.renewal
        self.done.append(f"hide {visibility_timeout}")
        return message

    async def delete_message(self, message: QueueMessage) -> None:
        self.done.append("delete")


class Steps:
    """A handler that does what it is told and counts what runs at once."""

    def __init__(self, error: Exception | None = None, *, gate: asyncio.Event | None = None) -> None:
        self.error = error
        self.gate = gate
        self.processed = 0
        self.running = 0
        self.most_running = 0
        self.given_up = 0

    async def process(self, message: QueueMessage) -> None:
        self.processed += 1
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        if self.gate:
            await self.gate.wait()
        self.running -= 1
        if self.error:
            raise self.error

    async def give_up(self, message: QueueMessage) -> None:
        self.given_up += 1


async def until(condition: Callable[[], bool]) -> None:
    """Let the listener work until the condition holds."""
    while not condition():  # noqa: ASYNC110 - a fake tells nobody
        await asyncio.sleep(0)


def message(dequeue_count: int) -> QueueMessage:
    made = QueueMessage(content=encode("{}"))
    made.dequeue_count = dequeue_count
    return made


def answer(status: int) -> HttpResponseError:
    error = HttpResponseError(f"storage answers {status}")
    error.status_code = status
    return error


async def _each(page: list[QueueMessage]) -> AsyncIterator[QueueMessage]:
    for one in page:
        yield one


def listener(
    queue: FakeQueue, steps: Steps, fault: Callable[[str], None] = pytest.fail, **delivery: Any
) -> tuple[QueueListener, Runs]:
    times = {"visibility": 30, "retry_delay": 2, "longest_poll": 0.1}
    runs = Runs(fault)
    options = {"batch": 4, "threshold": 0, "tries": 3, **times, **delivery}
    return QueueListener(cast(QueueClient, queue), steps, Delivery(**options), runs), runs


async def settle(queue: FakeQueue, steps: Steps, **delivery: Any) -> None:
    """Run the listener until every message has come to an end."""
    expected = len(queue.visible)
    listens, runs = listener(queue, steps, **delivery)
    task = asyncio.create_task(listens.run())
    await until(lambda: len(queue.done) == expected)
    task.cancel()
    assert await runs.settle(1) == 0


async def test_a_message_that_succeeds_is_deleted() -> None:
    queue, steps = FakeQueue(1), Steps()
    await settle(queue, steps)
    assert (queue.done, steps.given_up) == (["delete"], 0)


async def test_a_message_that_fails_re_appears_after_the_retry_delay() -> None:
    queue, steps = FakeQueue(2), Steps(FunctionError("raised"))
    await settle(queue, steps)
    assert (queue.done, steps.given_up) == (["hide 2"], 0)


async def test_a_message_that_fails_its_last_try_is_given_up_and_deleted() -> None:
    queue, steps = FakeQueue(3), Steps(FunctionError("raised"))
    await settle(queue, steps)
    assert (steps.processed, steps.given_up, queue.done) == (1, 1, ["delete"])


async def test_a_message_that_killed_its_host_in_its_last_try_is_given_up_unrun() -> None:
    queue, steps = FakeQueue(4), Steps()
    await settle(queue, steps)
    assert (steps.processed, steps.given_up, queue.done) == (0, 1, ["delete"])


async def test_a_new_batch_is_taken_when_few_enough_of_the_last_still_run() -> None:
    gate = asyncio.Event()
    queue, steps = FakeQueue(*[1] * 12), Steps(gate=gate)
    listens, runs = listener(queue, steps, batch=5, threshold=3)
    task = asyncio.create_task(listens.run())
    await until(lambda: steps.running == 5)
    gate.set()
    await until(lambda: len(queue.done) == 12)
    task.cancel()
    assert (steps.processed, queue.batch) == (12, 5)
    assert steps.most_running <= 5 + 3
    assert await runs.settle(1) == 0


async def test_an_idle_queue_is_looked_at_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def wait(_event: asyncio.Event, seconds: float) -> bool:
        pauses.append(seconds)
        await asyncio.sleep(0)
        return len(pauses) == 12  # as when a message has come by the webhook

    monkeypatch.setattr("sandbox.host.listener._set_within", wait)
    listens, _ = listener(FakeQueue(), Steps(), longest_poll=60)
    task = asyncio.create_task(listens.run())
    await until(lambda: len(pauses) >= 14)
    task.cancel()
    assert pauses[:3] == [0.1, 0.2, 0.4]
    assert pauses[10:14] == [60, 60, 0.1, 0.2]


@pytest.mark.parametrize("status", [403, 503])
async def test_what_goes_wrong_outside_a_function_ends_the_host_and_leaves_the_message_hidden(status: int) -> None:
    faults: list[str] = []
    queue, steps = FakeQueue(1), Steps(answer(status))
    listens, _ = listener(queue, steps, faults.append)
    task = asyncio.create_task(listens.run())
    await until(lambda: bool(faults))
    task.cancel()
    assert (queue.done, steps.given_up) == ([], 0)
    assert str(status) in faults[0]


async def test_a_queue_that_may_not_be_read_ends_the_host() -> None:
    queue = FakeQueue()
    queue.errors.append(answer(403))
    listens, _ = listener(queue, Steps())
    with pytest.raises(HttpResponseError, match="403"):
        await listens.run()


async def test_a_message_that_is_no_base64_is_given_up_at_once() -> None:
    queue, steps = FakeQueue(1), Steps(Unreadable("no Base64"))
    await settle(queue, steps)
    assert (steps.processed, steps.given_up, queue.done) == (1, 1, ["delete"])


async def test_a_message_stays_hidden_while_it_runs() -> None:
    gate = asyncio.Event()
    queue, steps = FakeQueue(1), Steps(gate=gate)
    listens, _ = listener(queue, steps, visibility=0)
    task = asyncio.create_task(listens.run())
    await until(lambda: queue.done.count("hide 0") >= 3)
    gate.set()
    await until(lambda: "delete" in queue.done)
    task.cancel()


@pytest.mark.parametrize("error", [answer(503), ResourceNotFoundError("there is no such queue yet")])
async def test_a_queue_that_cannot_be_read_for_the_moment_is_read_again(error: Exception) -> None:
    queue, steps = FakeQueue(1), Steps()
    queue.errors.append(error)
    await settle(queue, steps)
    assert queue.done == ["delete"]


async def test_no_queue_is_made_for_an_app_s_own_trigger() -> None:
    queue = FakeQueue()
    queue.errors.append(ResourceNotFoundError("there is no such queue yet"))
    listens, _ = listener(queue, Steps())
    task = asyncio.create_task(listens.run())
    await until(lambda: queue.polls >= 2)
    task.cancel()
    assert not queue.created


def test_a_message_that_is_not_base64_fails() -> None:
    with pytest.raises(Unreadable, match="Base64"):
        decode("not base64!")
