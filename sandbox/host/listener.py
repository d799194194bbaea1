"""A storage queue whose messages are run at least once, then given up.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#poison-messages
"""

import asyncio
import base64
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn, Protocol

from azure.core.exceptions import AzureError, ResourceExistsError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from sandbox.host.errors import FunctionError
from sandbox.host.runs import Runs

logger = logging.getLogger(__name__)
POLL_SECONDS = 1.0


class Handler(Protocol):
    """What is done with a message."""

    async def process(self, message: QueueMessage) -> None:
        """Do the work; raise FunctionError or AzureError to have it tried again."""

    async def give_up(self, message: QueueMessage) -> None:
        """Keep a message that failed too often where a person or a function finds it."""


@dataclass(frozen=True)
class Delivery:
    """How messages are handed out: how many at once, how many tries, and the seconds of hiding and of retry delay."""

    concurrency: int
    tries: int
    visibility: int
    retry_delay: int


class QueueListener:
    """Takes messages of one queue, some at once, and hides each while it is at work."""

    def __init__(self, queue: QueueClient, handler: Handler, delivery: Delivery, runs: Runs) -> None:
        self._queue = queue
        self._handler = handler
        self._delivery = delivery
        self._runs = runs
        self._slots = asyncio.Semaphore(delivery.concurrency)
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look for messages now instead of at the next poll."""
        self._woken.set()

    async def prepare(self) -> None:
        """Create the queue where there is none."""
        await ensure_queue(self._queue)

    async def run(self) -> NoReturn:
        """Take messages until cancelled. What is under way then goes on."""
        while True:
            await self._slots.acquire()
            message = await self._next()
            self._runs.start(self._handle(message))

    async def _next(self) -> QueueMessage:
        while (message := await self._receive()) is None:
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._woken.wait()
            self._woken.clear()
        return message

    async def _receive(self) -> QueueMessage | None:
        try:
            return await self._queue.receive_message(visibility_timeout=self._delivery.visibility)
        except AzureError as error:
            logger.warning("Queue %s cannot be read: %s", self._queue.queue_name, error)
            return None

    async def _handle(self, message: QueueMessage) -> None:
        """Run a message to one of its ends. Where storage fails, it re-appears and is run again."""
        try:
            if await self._try(message):
                await self._queue.delete_message(message)
            else:
                await self._queue.update_message(message, visibility_timeout=self._delivery.retry_delay)
        except AzureError as error:
            logger.warning("Message of %s is left to re-appear: %s", self._queue.queue_name, error)
        finally:
            self._slots.release()

    async def _try(self, message: QueueMessage) -> bool:
        """Say whether the queue is done with the message."""
        count = message.dequeue_count or 1
        if count <= self._delivery.tries and await self._process(message):
            return True
        if count < self._delivery.tries:
            return False
        logger.error("Message of %s has reached %d tries, it is given up", self._queue.queue_name, count)
        await self._handler.give_up(message)
        return True

    async def _process(self, message: QueueMessage) -> bool:
        """Say whether the message's work succeeded."""
        done = asyncio.Event()
        hiding = asyncio.create_task(self._keep_hidden(message, done))
        try:
            await self._handler.process(message)
        except (FunctionError, AzureError) as error:
            logger.warning("Message of %s failed: %s", self._queue.queue_name, error)
            return False
        else:
            return True
        finally:
            done.set()
            await hiding

    async def _keep_hidden(self, message: QueueMessage, done: asyncio.Event) -> None:
        seconds = self._delivery.visibility
        while not await _set_within(done, seconds / 2):
            try:
                renewed = await self._queue.update_message(message, visibility_timeout=seconds)
                message.pop_receipt = renewed.pop_receipt
            except AzureError as error:
                logger.warning("Message of %s may re-appear while it runs: %s", self._queue.queue_name, error)


async def ensure_queue(queue: QueueClient) -> None:
    """Create the queue where there is none."""
    with suppress(ResourceExistsError):
        await queue.create_queue()


async def keep_poison(queue: QueueClient, content: str) -> None:
    """Put what was given up into a poison queue, as it is."""
    await ensure_queue(queue)
    await queue.send_message(content)


def encode(content: str) -> str:
    """Encode a message as the host does, in Base64."""
    return base64.b64encode(content.encode()).decode()


def decode(content: str) -> str:
    """Read a Base64 message; raise FunctionError when it is not one."""
    try:
        return base64.b64decode(content, validate=True).decode()
    except ValueError as error:
        raise FunctionError(f"a message is not Base64: {error}") from error


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
