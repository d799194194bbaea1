"""HTTP triggers.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger
"""

import re
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.host.errors import FunctionError, StartupError
from sandbox.host.function import Function
from sandbox.host.keys import Keys
from sandbox.host.protocol import Message, TypedData
from sandbox.host.worker import Worker

MAX_REQUEST = 100 * 1024 * 1024


class HttpFunction:
    """Answers requests by running one function."""

    def __init__(self, function: Function, worker: Worker, keys: Keys) -> None:
        self._function = function
        self._worker = worker
        self._keys = keys

    async def __call__(self, request: web.Request) -> web.Response:
        """Run the function on the request; 401 without the key that its level asks for."""
        if not self._keys.allow(self._function.trigger.get("authLevel", "FUNCTION"), request):
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        data = TypedData(http=await _to_function(request))
        try:
            answer = await self._worker.invoke(self._function, data)
        except FunctionError:
            return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
        return _from_function(answer)


def routes(function: Function, prefix: str, handler: Handler) -> list[web.RouteDef]:
    """The routes of a function below the host's prefix, one for each method."""
    route = function.trigger.get("route", function.name)
    path = "/" + "/".join(part for part in (prefix, _pattern(function, route)) if part)
    methods = function.trigger.get("methods") or ["*"]
    return [web.route(str(method), path, handler) for method in methods]


@web.middleware
async def hide_routes(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 404 without a body, also where only the method is wrong, as Azure's host does."""
    try:
        return await handler(request)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        return web.Response(status=HTTPStatus.NOT_FOUND)


def _pattern(function: Function, route: str) -> str:
    """Write the route's parameters, `{id}` and `{*rest}`, as aiohttp wants them."""
    pattern = re.sub(r"\{\*(\w+)\}", r"{\1:.*}", route.strip("/"))
    if re.search(r"\{\w+[:?=](?!\.\*\})", pattern):
        raise StartupError(f"{function.name}: the local host knows no constrained route parameters: {route}")
    return pattern


async def _to_function(request: web.Request) -> Message:
    body = TypedData(bytes=await request.read()) if request.content_length else TypedData()
    return Message(
        method=request.method,
        url=str(request.url),
        headers=_lower(request),
        params=dict(request.match_info),
        query={name: value for name, value in request.query.items() if value},
        body=body,
    )


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
