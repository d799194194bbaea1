# ruff: noqa: ARG002 - the fakes have the signatures of what they stand for
import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from azure.core.exceptions import AzureError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from sandbox.host.errors import FunctionError
from sandbox.host.listener import Delivery, QueueListener, decode, encode
from sandbox.host.runs import Runs


class FakeQueue:
    """A queue in memory: visible messages, and what was done to each."""

    queue_name = "work"

    def __init__(self, *dequeue_counts: int) -> None:
        self.visible = [message(count) for count in dequeue_counts]
        self.done: list[str] = []
        self.unreadable = 0

    async def receive_message(self, visibility_timeout: int) -> QueueMessage | None:
        if self.unreadable:
            self.unreadable -= 1
            raise AzureError("the service is away")
        return self.visible.pop(0) if self.visible else None

    async def update_message(self, message: QueueMessage, visibility_timeout: int) -> QueueMessage:
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
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a fake tells nobody
            await asyncio.sleep(0)


def message(dequeue_count: int) -> QueueMessage:
    made = QueueMessage(content=encode("{}"))
    made.dequeue_count = dequeue_count
    return made


def listener(queue: FakeQueue, steps: Steps, **delivery: Any) -> tuple[QueueListener, Runs]:
    options = {"concurrency": 4, "tries": 3, "visibility": 30, "retry_delay": 2, **delivery}
    runs = Runs()
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


@pytest.mark.parametrize("error", [FunctionError("raised"), AzureError("the blob service is away")])
async def test_a_message_that_fails_re_appears_after_the_retry_delay(error: Exception) -> None:
    queue, steps = FakeQueue(2), Steps(error)
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


async def test_no_more_messages_run_at_once_than_allowed() -> None:
    gate = asyncio.Event()
    queue, steps = FakeQueue(1, 1, 1, 1, 1), Steps(gate=gate)
    listens, runs = listener(queue, steps, concurrency=2)
    task = asyncio.create_task(listens.run())
    await until(lambda: steps.running == 2)
    gate.set()
    await until(lambda: len(queue.done) == 5)
    task.cancel()
    assert (steps.processed, steps.most_running) == (5, 2)
    assert await runs.settle(1) == 0


async def test_a_message_stays_hidden_while_it_runs() -> None:
    gate = asyncio.Event()
    queue, steps = FakeQueue(1), Steps(gate=gate)
    listens, _ = listener(queue, steps, visibility=0)
    task = asyncio.create_task(listens.run())
    await until(lambda: queue.done.count("hide 0") >= 3)
    gate.set()
    await until(lambda: "delete" in queue.done)
    task.cancel()


async def test_a_queue_that_cannot_be_read_is_read_again() -> None:
    queue, steps = FakeQueue(1), Steps()
    queue.unreadable = 1
    await settle(queue, steps)
    assert queue.done == ["delete"]


def test_a_message_that_is_not_base64_fails() -> None:
    with pytest.raises(FunctionError, match="Base64"):
        decode("not base64!")
