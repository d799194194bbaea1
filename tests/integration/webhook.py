"""A webhook that takes Event Grid's deliveries, and refuses as many as a test wants."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Webhook:
    """What came: the query and the events, in the order of acceptance. `refusals` deliveries are refused first."""

    url: str = ""
    refusals: int = 0
    echoes: bool = True
    calls: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)

    @property
    def subjects(self) -> list[str]:
        """The blobs' names, in the order of acceptance."""
        return [event["subject"].partition("/blobs/")[2] for _, event in self.calls]

    async def answer(self, request: web.Request) -> web.Response:
        """As the blob extension of the Functions host does."""
        events = await request.json()
        if request.headers["aeg-event-type"] == "SubscriptionValidation":
            code = events[0]["data"]["validationCode"] if self.echoes else "something else"
            return web.json_response({"validationResponse": code})
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=503)
        self.calls += [(dict(request.query), event) for event in events]
        return web.Response(status=202)


@asynccontextmanager
async def listening() -> AsyncIterator[Webhook]:
    """A webhook on a free port."""
    webhook, app = Webhook(), web.Application()
    app.router.add_post("/runtime/webhooks/blobs", webhook.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        webhook.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield webhook
    finally:
        await runner.cleanup()
