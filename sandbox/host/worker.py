"""The production worker library, driven through the handlers that Azure's host calls."""

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import azure_functions_runtime as runtime

from sandbox.host.function import FAILURE, Function, FunctionError, StartupError, describe
from sandbox.host.protocol import Message, ParameterBinding, Protos, StatusResult, TypedData

logger = logging.getLogger(__name__)


class Worker:
    """Indexes one app and runs its functions on this loop. The library keeps one app for each process."""

    def __init__(self, app: Path, timeout: timedelta | None, replace: Callable[[str], None]) -> None:
        """Take the app's folder, and how long a run may last (None: without limit).

        `replace` is called with the reason when this process is no longer to be used, for one of its runs is stuck.
        """
        self._app = app.resolve()
        self._timeout = timeout
        self._replace = replace
        self.errors: list[str] = []

    async def index(self) -> list[Function]:
        """Load the app; what is wrong with it, or with functions that are left out, is in `errors` then."""
        try:
            described = await self._load()
        except StartupError as error:
            self.errors.append(str(error))
            return []
        functions = []
        for metadata in described:
            try:
                functions.append(describe(metadata))
            except StartupError as error:
                self.errors.append(str(error))
        if not described:
            self.errors.append(f"no functions were found in {self._app / 'function_app.py'}")
        return functions

    async def _load(self) -> list[Message]:
        """Every function's metadata; raise StartupError with the worker's own message when the app has a fault."""
        sys.path.insert(0, str(self._app))
        runtime.start_threadpool_executor()
        properties = {"host": "127.0.0.1", "protos": Protos()}
        init = Message(capabilities={}, function_app_directory=str(self._app))
        _check(await runtime.worker_init_request(_request(properties, worker_init_request=init)))
        answer = await runtime.functions_metadata_request(_request(properties))
        _check(answer)
        described = list(answer.function_metadata_results or ())
        for metadata in described:
            load = Message(function_id=metadata.function_id)
            _check(await runtime.function_load_request(_request(properties, function_load_request=load)))
        return described

    async def invoke(
        self, function: Function, data: TypedData, metadata: Mapping[str, TypedData] | None = None, retry: int = 0
    ) -> TypedData | None:
        """Run a function on its trigger's data; return its return value, or raise FunctionError."""
        started = time.monotonic()
        response = await self._respond(function, _invocation(function, data, metadata or {}, retry))
        failed = response.result.status == StatusResult.Failure
        milliseconds = (time.monotonic() - started) * 1000
        outcome = "Failed" if failed else "Succeeded"
        logger.info("Executed 'Functions.%s' (%s, %.0f ms)", function.name, outcome, milliseconds)
        if failed:
            exception = response.result.exception
            logger.error("%s%s\n%s", FAILURE, exception.message, exception.stack_trace)
            raise FunctionError(f"{function.name}: {exception.message}")
        return getattr(response, "return_value", None)

    async def _respond(self, function: Function, invocation: Message) -> Message:
        seconds = self._timeout.total_seconds() if self._timeout else None
        try:
            async with asyncio.timeout(seconds):
                response: Message = await runtime.invocation_request(_request({}, invocation_request=invocation))
        except TimeoutError as error:
            message = f"Timeout value of {_clock(self._timeout)} exceeded by function 'Functions.{function.name}'"
            self._replace(message)
            raise FunctionError(message) from error
        return response


class Runs:
    """Holds on to what was started, so that a host that stops can wait for it."""

    def __init__(self, fault: Callable[[str], None]) -> None:
        """`fault` is called with the reason when something ends by an error that is not a function's own."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._fault = fault

    def start(self, run: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Start a run that outlives whoever started it."""
        task = self.watch(run)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def watch(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Start something that nobody needs to wait for."""
        task = asyncio.create_task(work)
        task.add_done_callback(self._look)
        return task

    async def settle(self, seconds: float) -> int:
        """Wait this long for all runs to end; return how many have not."""
        if not self._tasks:
            return 0
        _, pending = await asyncio.wait(self._tasks, timeout=seconds)
        return len(pending)

    def _look(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            logger.error("What follows is no function's error", exc_info=error)
            self._fault(f"{type(error).__name__}: {error}")


def _clock(span: timedelta | None) -> str:
    """A span of time as the host writes it, as 00:30:00."""
    return f"{span!s:0>8}"


def _request(properties: Mapping[str, object], **request: Message) -> Message:
    return Message(request=Message(**request), properties=properties)


def _check(response: Message) -> None:
    if response.result.status == StatusResult.Failure:
        exception = response.result.exception
        raise StartupError(f"{exception.message}\n{exception.stack_trace}")


def _invocation(function: Function, data: TypedData, metadata: Mapping[str, TypedData], retry: int) -> Message:
    count = function.retry.count if function.retry else 0
    return Message(
        invocation_id=str(uuid4()),
        function_id=function.id,
        input_data=[ParameterBinding(name=function.trigger["name"], data=data)],
        trigger_metadata=metadata,
        trace_context=Message(trace_parent="", trace_state="", attributes={}),
        retry_context=Message(retry_count=retry, max_retry_count=count, exception=None),
    )
