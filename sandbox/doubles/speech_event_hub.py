"""The Event Hub configuration of Video Translation (2025-05-20 and later): kept, and shown. No event is sent."""

from aiohttp import web

from sandbox.doubles.speech_requests import BASE, unknown, version
from sandbox.doubles.speech_rules import PREVIEW, EventHubConfiguration, parse

PATH = BASE + "/configurations/event-hub"


class EventHub:
    """The one configuration of the resource."""

    def __init__(self) -> None:
        """Begin without one."""
        self._configuration: EventHubConfiguration | None = None

    def routes(self) -> list[web.RouteDef]:
        """Its four operations."""
        return [
            web.get(PATH, self._get),
            web.put(PATH, self._put),
            web.delete(PATH, self._delete),
            web.post(PATH + ":ping", self._ping),
        ]

    def forget(self) -> None:
        """Be without one again."""
        self._configuration = None

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._known(request).model_dump(mode="json", by_alias=True, exclude_none=True))

    async def _put(self, request: web.Request) -> web.Response:
        _refuse_preview(request)
        self._configuration = parse(EventHubConfiguration, await request.read(), version(request))
        return await self._get(request)

    async def _delete(self, request: web.Request) -> web.Response:
        _refuse_preview(request)
        self.forget()
        return web.Response(status=204)

    async def _ping(self, request: web.Request) -> web.Response:
        self._known(request)
        return web.Response()

    def _known(self, request: web.Request) -> EventHubConfiguration:
        _refuse_preview(request)
        if self._configuration is None:
            raise unknown("Event Hub configuration")
        return self._configuration


def _refuse_preview(request: web.Request) -> None:
    if version(request) == PREVIEW:
        raise unknown("resource")
