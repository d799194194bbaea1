"""The host as a whole: an indexed app, its triggers, and the server in front of them."""

import asyncio
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from sandbox.host.admin import Admin
from sandbox.host.blobs import BlobTriggers
from sandbox.host.connections import Connection, Connections
from sandbox.host.function import Function, StartupError
from sandbox.host.hostfile import Blobs, Queues, read_host_file
from sandbox.host.http import MAX_REQUEST, HttpFunctions
from sandbox.host.keys import read_keys
from sandbox.host.listener import Delivery, QueueListener
from sandbox.host.queues import QueueTrigger
from sandbox.host.timer_storage import TimerStorage
from sandbox.host.timers import Clock, Timer
from sandbox.host.webhook import BlobWebhook
from sandbox.host.worker import Runs, Worker

logger = logging.getLogger(__name__)
BIND = "127.0.0.1"


@dataclass(frozen=True)
class Options:
    """The command line: the app's folder, the port, the keys file, and four times in seconds.

    A message is hidden for `visibility`, an idle queue is looked at every `longest_poll` at last, and `timer_lease` is
    how long the right to run a timer lasts (0: there is no other host). When the host ends, runs under way may go on
    for `drain`.
    """

    app: Path
    port: int
    keys: Path
    visibility: int
    longest_poll: float
    timer_lease: int
    drain: float

    def of_blobs(self, options: Blobs) -> Delivery:
        """How blob events are handed out: one that fails is tried again without a pause."""
        tries = options.poison_blob_threshold
        return Delivery(options.batch, options.threshold, tries, self.visibility, 0, self.longest_poll)

    def of_queue(self, options: Queues, cores: int) -> Delivery:
        """How the messages of an app's own queue are handed out on a machine with so many cores."""
        tries, delay = options.max_dequeue_count, int(options.visibility_timeout.total_seconds())
        threshold = options.threshold(cores)
        return Delivery(options.batch_size, threshold, tries, self.visibility, delay, self.longest_poll)


class Host:
    """Serves one app from `start` to `stop`. When `ended` is set, it must be stopped: Azure's host would have ended."""

    def __init__(self, options: Options) -> None:
        """Read host.json and the keys; raise StartupError when one is wrong."""
        self.ended = asyncio.Event()
        self._options = options
        self._file = read_host_file(options.app)
        self._keys = read_keys(options.keys)
        self._worker = Worker(options.app, self._file.timeout, self._end)
        self._connections = Connections()
        self._runs = Runs(lambda reason: self._end(f"An unhandled exception has occurred. {reason}"))
        self._http = HttpFunctions(self._worker, self._keys, self._file.extensions.http)
        self._functions: list[Function] = []
        self._blobs: list[Function] = []
        self._listeners: list[QueueListener] = []
        self._timers: dict[str, Timer] = {}
        self._leases: list[TimerStorage] = []
        self._web = web.Application(client_max_size=MAX_REQUEST)
        # aiohttp waits twice: before and after it cancels a request.
        self._server = web.AppRunner(self._web, access_log=None, shutdown_timeout=options.drain / 2)
        self._intake: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Index the app and serve it. A function that has a fault is left out, and the fault is logged."""
        functions = await self._worker.index()
        # A timer's lease lies where the queues are, so these come first.
        for function in sorted(functions, key=lambda function: function.type == "timerTrigger"):
            try:
                self._add(function)
            except StartupError as error:
                self._worker.errors.append(str(error))
        self._serve_blobs()
        self._log_errors()
        self._web.add_routes(Admin(self._keys, self._functions, self._timers, self._worker.errors).routes())
        self._web.add_routes([web.route("*", "/{path:.*}", self._http)])
        await self._server.setup()
        await web.TCPSite(self._server, BIND, self._options.port).start()
        self._intake = [self._runs.watch(listener.run()) for listener in self._listeners]
        self._intake += [self._runs.watch(timer.run()) for timer in self._timers.values()]

    async def stop(self) -> None:
        """Take no more work, and give the runs under way their time to end."""
        for task in self._intake:
            task.cancel()
        _, left = await asyncio.gather(self._server.cleanup(), self._runs.settle(self._options.drain))
        if not left:
            for lease in self._leases:
                await lease.release()
        await self._connections.close()
        logger.info("The host has stopped; runs that it left behind: %d", left)

    def _end(self, reason: str) -> None:
        if not self.ended.is_set():
            logger.critical("%s. Host is shutting down.", reason)
            self.ended.set()

    def _log_errors(self) -> None:
        logger.info("%d functions loaded", len(self._functions))
        for error in self._worker.errors:
            logger.error("The app is in error: %s", error)

    def _add(self, function: Function) -> None:
        match function.type:
            case "httpTrigger":
                self._http.add(function)
            case "timerTrigger":
                self._add_timer(function)
            case "queueTrigger":
                self._add_queue(function)
            case "blobTrigger":
                self._connections.of(function)
                self._blobs.append(function)
        self._functions.append(function)

    def _add_timer(self, function: Function) -> None:
        storage, seconds, record = self._storage(), self._options.timer_lease, None
        if storage and seconds:
            record = TimerStorage(storage.blobs, _host_id(), f"Host.Functions.{function.name}", seconds, Clock())
            self._leases.append(record)
        self._timers[function.name] = Timer(function, self._worker, self._runs, Clock(), record)

    def _add_queue(self, function: Function) -> None:
        options = self._file.extensions.queues
        service = self._connections.of(function).queues
        name = function.trigger["queueName"]
        trigger = QueueTrigger(
            function,
            self._worker,
            service.get_queue_client(f"{name}-poison"),
            base64=options.message_encoding == "base64",
        )
        delivery = self._options.of_queue(options, os.process_cpu_count() or 1)
        self._listeners.append(QueueListener(service.get_queue_client(name), trigger, delivery, self._runs))

    def _serve_blobs(self) -> None:
        """The one queue of all blob events, and the webhook that fills it."""
        storage = self._storage()
        if not self._blobs or storage is None:
            return
        delivery = self._options.of_blobs(self._file.extensions.blobs)
        queue = storage.queues.get_queue_client(f"azure-webjobs-blobtrigger-{_host_id()}")
        triggers = BlobTriggers(self._blobs, self._worker, self._connections, storage)
        listener = QueueListener(queue, triggers, delivery, self._runs)
        self._listeners.append(listener)
        self._web.add_routes([web.post("/runtime/webhooks/blobs", BlobWebhook(self._keys, queue, listener))])

    def _storage(self) -> Connection | None:
        """The host's own account; None where no function has one either."""
        with_account = [function for function in self._functions if "connection" in function.trigger]
        if not with_account:
            return None
        return self._connections.host_storage(otherwise=self._connections.of(with_account[0]))


def _host_id() -> str:
    return os.environ.get("AzureFunctionsWebHost__hostid", "local")  # noqa: SIM112 - the platform's name
