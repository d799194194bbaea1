"""HTTP triggers.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger
"""

import asyncio
import re
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import unquote

from aiohttp import web

from sandbox.host.function import Function, FunctionError, StartupError
from sandbox.host.hostfile import Http
from sandbox.host.keys import Keys
from sandbox.host.protocol import Message, TypedData
from sandbox.host.worker import Worker

MAX_REQUEST = 100 * 1024 * 1024
PAGE = "<!DOCTYPE html><title>Babeldrop</title><p>The local Functions host is up."


class Route(NamedTuple):
    """Which requests a function answers."""

    pattern: re.Pattern[str]
    methods: frozenset[str]
    function: Function


class HttpFunctions:
    """Answers requests by running functions, as many at once as host.json says."""

    def __init__(self, worker: Worker, keys: Keys, options: Http) -> None:
        self._worker = worker
        self._keys = keys
        self._options = options
        self._routes: list[Route] = []
        self._outstanding = 0
        self._turns = asyncio.Semaphore(options.max_concurrent_requests)

    def add(self, function: Function) -> None:
        """Serve the function below the host's prefix; StartupError where its route cannot be understood."""
        methods = frozenset(str(method).upper() for method in function.trigger.get("methods") or ())
        self._routes.append(Route(_pattern(function, self._options.route_prefix), methods, function))
        # A fixed part of a path is a better match than a parameter.
        self._routes.sort(key=lambda route: route.pattern.groups)

    async def __call__(self, request: web.Request) -> web.Response:
        """Run the function whose route it is; 404 without a body where there is none, whatever the reason."""
        if request.path == "/":
            return web.Response(text=PAGE, content_type="text/html")
        for route in self._routes:
            match = route.pattern.fullmatch(request.rel_url.raw_path)
            if match and (not route.methods or request.method in route.methods):
                return await self._take_turns(request, route.function, match.groupdict())
        return web.Response(status=HTTPStatus.NOT_FOUND)

    async def _take_turns(self, request: web.Request, function: Function, params: dict[str, str]) -> web.Response:
        if self._outstanding >= self._options.max_outstanding_requests:
            return web.Response(status=HTTPStatus.TOO_MANY_REQUESTS, headers={"x-function-scaleout": "1"})
        self._outstanding += 1
        try:
            async with self._turns:
                return await self._run(request, function, params)
        finally:
            self._outstanding -= 1

    async def _run(self, request: web.Request, function: Function, params: dict[str, str]) -> web.Response:
        if refused := self._keys.refusal(function.trigger.get("authLevel", "FUNCTION"), request):
            return web.Response(status=refused)
        data = TypedData(http=await _to_function(request, params))
        try:
            answer = await self._worker.invoke(function, data)
        except FunctionError:
            return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
        return _from_function(answer)


def _pattern(function: Function, prefix: str) -> re.Pattern[str]:
    """What matches a path as it came, still escaped: parameters are `{id}` and `{*rest}`, and case does not count."""
    route = str(function.trigger.get("route", function.name)).strip("/")
    path = "".join(f"/{part}" for part in (prefix, route) if part)
    if re.search(r"\{\*?\w+[^\w}]", path):
        raise StartupError(f"{function.name}: the local host knows no constrained route parameters: {route}")
    pieces = re.split(r"\{(\*?\w+)\}", path)
    groups = [f"(?P<{name[1:]}>.*)" if name.startswith("*") else f"(?P<{name}>[^/]+)" for name in pieces[1::2]]
    literals = [re.escape(piece) for piece in pieces[::2]]
    return re.compile("".join(map("".join, zip(literals, [*groups, "/?"], strict=True))), re.IGNORECASE)


async def _to_function(request: web.Request, params: dict[str, str]) -> Message:
    body = TypedData(bytes=await request.read()) if request.content_length else TypedData()
    query = {name: ",".join(request.query.getall(name)) for name in request.query}
    return Message(
        method=request.method,
        url=str(request.url),
        headers=_lower(request),
        params={name: _decoded(value) for name, value in params.items()},
        query={name: value for name, value in query.items() if value},
        body=body,
    )


def _decoded(parameter: str) -> str:
    """A route's parameter without its escapes; only an escaped slash stays as it is."""
    return "%2F".join(map(unquote, re.split("%2F", parameter, flags=re.IGNORECASE)))


def _lower(request: web.Request) -> dict[str, str]:
    names = {name.lower() for name in request.headers}
    return {name: ",".join(request.headers.getall(name)) for name in names}


def _from_function(answer: TypedData | None) -> web.Response:
    if answer is None:
        return web.Response(status=HTTPStatus.NO_CONTENT)
    if answer.WhichOneof("data") == "string":
        return web.Response(text=answer.string)
    http = answer.http
    return web.Response(status=int(http.status_code), headers=http.headers, body=http.body.bytes)
