"""The production worker library, driven through the handlers that Azure's host calls."""

import asyncio
import logging
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import azure_functions_runtime as runtime

from sandbox.host.errors import FunctionError, StartupError
from sandbox.host.function import Function, describe
from sandbox.host.protocol import Message, ParameterBinding, Protos, StatusResult, TypedData

logger = logging.getLogger(__name__)


class Worker:
    """Indexes one app and runs its functions on this loop. The library keeps one app for each process."""

    def __init__(self, app: Path, timeout: float | None) -> None:
        """Take the app's folder, and the seconds that a run may last (None: no limit)."""
        self._app = app.resolve()
        self._timeout = timeout

    async def index(self) -> list[Function]:
        """Load the app; raise StartupError with the worker's own message when it has a fault."""
        sys.path.insert(0, str(self._app))
        runtime.start_threadpool_executor()
        properties = {"host": "127.0.0.1", "protos": Protos()}
        init = Message(capabilities={}, function_app_directory=str(self._app))
        _check(await runtime.worker_init_request(_request(properties, worker_init_request=init)))
        answer = await runtime.functions_metadata_request(_request(properties))
        _check(answer)
        functions = [describe(metadata) for metadata in answer.function_metadata_results or ()]
        for function in functions:
            load = Message(function_id=function.id)
            _check(await runtime.function_load_request(_request(properties, function_load_request=load)))
        if not functions:
            raise StartupError(f"no functions were found in {self._app / 'function_app.py'}")
        return functions

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
            logger.error("%s", response.result.exception.stack_trace)
            raise FunctionError(f"{function.name}: {response.result.exception.message}")
        return getattr(response, "return_value", None)

    async def _respond(self, function: Function, invocation: Message) -> Message:
        try:
            async with asyncio.timeout(self._timeout):
                response: Message = await runtime.invocation_request(_request({}, invocation_request=invocation))
        except TimeoutError as error:
            message = f"Timeout value of {self._timeout} s was exceeded by function {function.name}"
            logger.error(message)  # noqa: TRY400 - where the host stopped it says nothing
            raise FunctionError(message) from error
        return response


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
