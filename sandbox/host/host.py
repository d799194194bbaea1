"""The host as a whole: an indexed app, its triggers, and the server in front of them."""

import asyncio
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from sandbox.host.admin import Admin
from sandbox.host.blobs import BlobTriggers
from sandbox.host.clock import Clock
from sandbox.host.connections import Connections
from sandbox.host.function import Function
from sandbox.host.hostfile import read_host_file
from sandbox.host.http import MAX_REQUEST, HttpFunction, hide_routes, routes
from sandbox.host.keys import read_keys
from sandbox.host.listener import Delivery, QueueListener
from sandbox.host.queues import QueueTrigger
from sandbox.host.runs import Runs
from sandbox.host.timers import Timer
from sandbox.host.webhook import BlobWebhook
from sandbox.host.worker import Worker

logger = logging.getLogger(__name__)
BIND = "127.0.0.1"
SHUTDOWN_SECONDS = 0.7  # aiohttp waits this long twice: before and after it cancels a request


@dataclass(frozen=True)
class Options:
    """The command line: the app's folder, the port, the keys file, and seconds of a blob event's retry and hiding."""

    app: Path
    port: int
    keys: Path
    retry_delay: int
    visibility: int


class Host:
    """Serves one app from `start` to `stop`."""

    def __init__(self, options: Options) -> None:
        """Read host.json and the keys; raise StartupError when one is wrong."""
        self._options = options
        self._file = read_host_file(options.app)
        self._keys = read_keys(options.keys)
        self._worker = Worker(options.app, self._file.timeout_seconds)
        self._connections = Connections()
        self._runs = Runs()
        self._listeners: list[QueueListener] = []
        self._timers: dict[str, Timer] = {}
        self._web = web.Application(client_max_size=MAX_REQUEST, middlewares=[hide_routes])
        self._server = web.AppRunner(self._web, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        self._intake: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Index the app and serve it; raise StartupError when it has a fault."""
        functions = await self._worker.index()
        self._add_http(_of_type(functions, "httpTrigger"))
        self._add_timers(_of_type(functions, "timerTrigger"))
        self._add_queues(_of_type(functions, "queueTrigger"))
        self._add_blobs(_of_type(functions, "blobTrigger"))
        self._web.add_routes(Admin(self._keys, functions, self._timers).routes())
        for listener in self._listeners:
            await listener.prepare()
        await self._server.setup()
        await web.TCPSite(self._server, BIND, self._options.port).start()
        self._intake = [asyncio.create_task(listener.run()) for listener in self._listeners]
        self._intake += [asyncio.create_task(timer.run()) for timer in self._timers.values()]

    async def stop(self, seconds: float) -> None:
        """Take no more work and give the runs under way this long to end."""
        for task in self._intake:
            task.cancel()
        _, left = await asyncio.gather(self._server.cleanup(), self._runs.settle(seconds))
        await self._connections.close()
        logger.info("The host has stopped; runs that it left behind: %d", left)

    def _add_http(self, functions: list[Function]) -> None:
        prefix = self._file.extensions.http.route_prefix
        for function in functions:
            handler = HttpFunction(function, self._worker, self._keys)
            self._web.add_routes(routes(function, prefix, handler))

    def _add_timers(self, functions: list[Function]) -> None:
        for function in functions:
            self._timers[function.name] = Timer(function, self._worker, self._runs, Clock())

    def _add_queues(self, functions: list[Function]) -> None:
        options = self._file.extensions.queues
        delay = int(options.visibility_timeout.total_seconds())
        delivery = Delivery(options.batch_size, options.max_dequeue_count, self._options.visibility, delay)
        for function in functions:
            service = self._connections.of(function).queues
            name = function.trigger["queueName"]
            poison = service.get_queue_client(f"{name}-poison")
            trigger = QueueTrigger(function, self._worker, poison, base64=options.message_encoding == "base64")
            queue = service.get_queue_client(name)
            self._listeners.append(QueueListener(queue, trigger, delivery, self._runs))

    def _add_blobs(self, functions: list[Function]) -> None:
        if not functions:
            return
        options, given = self._file.extensions.blobs, self._options
        delivery = Delivery(
            options.max_degree_of_parallelism, options.poison_blob_threshold, given.visibility, given.retry_delay
        )
        connections = [self._connections.of(function) for function in functions]
        storage = self._connections.host_storage(otherwise=connections[0])
        queue = storage.queues.get_queue_client(f"azure-webjobs-blobtrigger-{_host_id()}")
        triggers = BlobTriggers(functions, self._worker, self._connections)
        listener = QueueListener(queue, triggers, delivery, self._runs)
        self._listeners.append(listener)
        self._web.add_routes([web.post("/runtime/webhooks/blobs", BlobWebhook(self._keys, queue, listener))])


def _of_type(functions: list[Function], kind: str) -> list[Function]:
    return [function for function in functions if function.type == kind]


def _host_id() -> str:
    return os.environ.get("AzureFunctionsWebHost__hostid", "local")  # noqa: SIM112 - the platform's name
