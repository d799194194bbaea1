"""The host's own API.

https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.host.function import Function
from sandbox.host.keys import Keys
from sandbox.host.timers import Timer


class Admin:
    """Lists the functions and runs timers by hand; each request needs the master key."""

    def __init__(
        self, keys: Keys, functions: Sequence[Function], timers: Mapping[str, Timer], errors: Sequence[str]
    ) -> None:
        """`errors` says what is wrong with the app, or with functions that are therefore missing."""
        self._keys = keys
        self._functions = functions
        self._timers = timers
        self._errors = errors

    def routes(self) -> list[web.RouteDef]:
        """The routes of this API."""
        return [
            web.get("/admin/host/status", self._guarded(self._status), allow_head=False),
            web.get("/admin/functions", self._guarded(self._list), allow_head=False),
            web.post("/admin/functions/{name}", self._guarded(self._run)),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if refused := self._keys.refusal("ADMIN", request):
                return web.Response(status=refused)
            return await handler(request)

        return guarded

    async def _status(self, _request: web.Request) -> web.Response:
        return web.json_response({"id": "local", "state": "Running", "errors": list(self._errors)})

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response([_shown(function) for function in self._functions])

    async def _run(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return web.Response(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        timer = self._timers.get(request.match_info["name"])
        if timer is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        timer.start()
        return web.Response(status=HTTPStatus.ACCEPTED)


def _shown(function: Function) -> dict[str, object]:
    """A function as the host lists it, without the addresses that only a published app has."""
    config = {"name": function.name, "bindings": [dict(function.trigger)]}
    return {"name": function.name, "language": "python", "isDisabled": False, "config": config}
