"""A storage queue whose messages are run at least once, then given up.

What goes wrong outside a function is not caught: it ends the host, as it ends Azure's, and the message is seen again
when it is no longer hidden. https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger
"""

import asyncio
import base64
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn, Protocol

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from sandbox.host.function import FunctionError
from sandbox.host.worker import Runs

logger = logging.getLogger(__name__)
SHORTEST_POLL = 0.1


class Unreadable(Exception):
    """A message is no Base64, so that no function could be given it."""


class Handler(Protocol):
    """What is done with a message."""

    async def process(self, message: QueueMessage) -> None:
        """Do the work; raise FunctionError to have it tried again, Unreadable where that is of no use."""

    async def give_up(self, message: QueueMessage) -> None:
        """Keep a message that failed too often where a person or a function finds it."""


@dataclass(frozen=True)
class Delivery:
    """How messages are handed out.

    `batch` are taken at once, and more when `threshold` or fewer still run. A message is run `tries` times, with
    `retry_delay` seconds between, and hidden for `visibility` seconds from whoever else looks. An idle queue is looked
    at less and less often, at last every `longest_poll` seconds.
    """

    batch: int
    threshold: int
    tries: int
    visibility: int
    retry_delay: int
    longest_poll: float


class QueueListener:
    """Takes messages of one queue, and hides each while it is at work."""

    def __init__(self, queue: QueueClient, handler: Handler, delivery: Delivery, runs: Runs) -> None:
        self._queue = queue
        self._handler = handler
        self._delivery = delivery
        self._runs = runs
        self._running = 0
        self._has_room = asyncio.Event()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look for messages now instead of at the next poll."""
        self._woken.set()

    async def run(self) -> NoReturn:
        """Take messages until cancelled. What is under way then goes on."""
        pause = SHORTEST_POLL
        self._make_room()
        while True:
            await self._has_room.wait()
            if messages := await self._receive():
                pause = SHORTEST_POLL
            elif await _set_within(self._woken, pause):
                self._woken.clear()
                pause = SHORTEST_POLL
            else:
                pause = min(2 * pause, self._delivery.longest_poll)
            for message in messages:
                self._running += 1
                self._runs.start(self._handle(message))
            self._make_room()

    def _make_room(self) -> None:
        if self._running <= self._delivery.threshold:
            self._has_room.set()
        else:
            self._has_room.clear()

    async def _receive(self) -> list[QueueMessage]:
        """The next batch. What storage cannot answer for the moment is asked again; a refusal is not caught."""
        received = self._queue.receive_messages(
            visibility_timeout=self._delivery.visibility, messages_per_page=self._delivery.batch
        )
        try:
            async for page in received.by_page():
                return [message async for message in page]
        except ResourceNotFoundError:
            logger.debug("Queue %s is not there yet", self._queue.queue_name)
        except HttpResponseError as error:
            if (error.status_code or 0) < 500:
                raise
            logger.warning("Queue %s cannot be read: %s", self._queue.queue_name, error)
        return []

    async def _handle(self, message: QueueMessage) -> None:
        """Run a message to one of its ends."""
        try:
            if await self._is_done(message):
                await self._queue.delete_message(message)
            else:
                await self._queue.update_message(message, visibility_timeout=self._delivery.retry_delay)
        finally:
            self._running -= 1
            self._make_room()

    async def _is_done(self, message: QueueMessage) -> bool:
        """Run it, or give it up; say whether the queue is rid of it."""
        count = message.dequeue_count or 1
        if count <= self._delivery.tries:
            try:
                await self._process(message)
            except FunctionError as error:
                logger.warning("Message of %s failed: %s", self._queue.queue_name, error)
                if count < self._delivery.tries:
                    return False
            except Unreadable as error:
                logger.warning("Message of %s: %s", self._queue.queue_name, error)
            else:
                return True
        logger.error("Message of %s is given up after try %d", self._queue.queue_name, count)
        await self._handler.give_up(message)
        return True

    async def _process(self, message: QueueMessage) -> None:
        done = asyncio.Event()
        hiding = asyncio.create_task(self._keep_hidden(message, done))
        try:
            await self._handler.process(message)
        finally:
            done.set()
            await hiding

    async def _keep_hidden(self, message: QueueMessage, done: asyncio.Event) -> None:
        seconds = self._delivery.visibility
        while not await _set_within(done, seconds / 2):
            try:
                renewed = await self._queue.update_message(message, visibility_timeout=seconds)
            except HttpResponseError as error:
                if (error.status_code or 0) < 500:
                    raise
                logger.warning("Message of %s may re-appear while it runs: %s", self._queue.queue_name, error)
            else:
                message.pop_receipt = renewed.pop_receipt


async def put(queue: QueueClient, content: str) -> None:
    """Send a message as it is, to a queue that is made where there is none."""
    with suppress(ResourceExistsError):
        await queue.create_queue()
    await queue.send_message(content)


def encode(content: str) -> str:
    """Encode a message as the host does, in Base64."""
    return base64.b64encode(content.encode()).decode()


def decode(content: str) -> str:
    """Read a Base64 message; raise Unreadable when it is not one."""
    try:
        return base64.b64decode(content, validate=True).decode()
    except ValueError as error:
        raise Unreadable(f"it is not Base64: {error}") from error


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
