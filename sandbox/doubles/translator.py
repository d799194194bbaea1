"""Azure Translator's custom domain: Document Translation and Text Translation share one address.

Each is a Service that is mounted here. The gateway before both gives every answer, errors too, an id for support in
`apim-request-id` and `X-RequestId`, and knows no other path.
"""

import logging
import uuid
from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from sandbox.doubles.control import MISBEHAVED, PREFIX, Control
from sandbox.doubles.misbehaviour import Handler

log = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024**2


class Service(Protocol):
    """One of the two."""

    def routes(self) -> Sequence[web.RouteDef]:
        """What it serves; each handler checks its caller."""

    def owns(self, path: str) -> bool:
        """Whether the path is the service's, known or not."""

    def refusal(self, request: web.Request, status: int) -> web.Response:
        """How it words an answer of that status which has no cause of its own: 401, 404, 429, 500, 503."""

    async def resume(self) -> None:
        """Take up what an earlier process left."""

    async def stop(self) -> None:
        """End what still runs in the background."""


class Translator:
    """The gateway, and the services behind it."""

    def __init__(self, control: Control, services: Sequence[Service]) -> None:
        """Mount these. They share the control."""
        self._control, self._services = control, services

    def app(self) -> web.Application:
        """The web application, control routes included."""
        app = web.Application(middlewares=[self._gateway, self._control.watch], client_max_size=LARGEST_BODY)
        app.add_routes(self._control.routes())
        for service in self._services:
            app.add_routes(service.routes())
        app.on_startup.append(self._resume)
        app.on_cleanup.append(self._stop)
        return app

    async def _resume(self, _app: web.Application) -> None:
        for service in self._services:
            await service.resume()

    async def _stop(self, _app: web.Application) -> None:
        for service in self._services:
            await service.stop()

    @web.middleware
    async def _gateway(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(PREFIX):
            return await handler(request)
        try:
            response = self._worded(request, await handler(request))
        except web.HTTPException as error:
            response = self._refusal(request, error.status)
        except Exception:
            log.exception("a request to the Translator's doubles broke")
            response = self._refusal(request, 500)
        response.headers["apim-request-id"] = response.headers["X-RequestId"] = str(uuid.uuid4())
        return response

    def _worded(self, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
        """The answer, or the service's words for one that was told to be an error and not how."""
        rule = request.get(MISBEHAVED)
        wordless = rule is not None and rule.do in ("status", "throttle") and rule.body is None
        if not wordless or response.status < 400:
            return response
        refusal = self._refusal(request, response.status)
        refusal.headers.extend({name: value for name, value in response.headers.items() if name not in refusal.headers})
        return refusal

    def _refusal(self, request: web.Request, status: int) -> web.Response:
        for service in self._services:
            if service.owns(request.path):
                return service.refusal(request, status)
        return web.json_response({"error": {"code": str(status), "message": "Resource not found"}}, status=status)
