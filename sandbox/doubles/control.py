"""The hidden side of a double, under `/_control/`: what it was asked, what it would have billed, how it misbehaves.

POST   /_control/misbehave   a list of rules (misbehaviour.py)
GET    /_control/requests    the requests so far, secrets cut       POST /_control/recording {"on": bool}
GET    /_control/paid        [{"service", "key", "count"}]: paid starts, each with what it was for
GET    /_control/callbacks   [{"task_id", "status", "answered"}]: callbacks sent, with the answer's status or error
POST   /_control/pace        {"pace": float}: multiplies every delay
POST   /_control/reset       forgets everything, jobs included
"""

import asyncio
import re
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sandbox.doubles.misbehaviour import Fates, Handler, Misbehaviour, Rule, misbehave

PREFIX = "/_control/"
MISBEHAVED = web.RequestKey("misbehaved", Rule)
REQUESTS_KEPT, RECORDED = 20_000, 100_000  # requests, and characters of a body: files are sent, too
_SECRET = re.compile(r"\b(sig|signature|subscription-key)=[^&\"\s]+", re.IGNORECASE)
_RULES = TypeAdapter(list[Rule])


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Pace(_Order):
    """Body of `POST /_control/pace`; 1.0 is a few seconds for a job."""

    pace: float = Field(ge=0)


class Recording(_Order):
    """Body of `POST /_control/recording`."""

    on: bool


def without_secrets(text: str) -> str:
    """`text` with the signatures of its signed addresses cut out."""
    return _SECRET.sub(r"\1=cut", text)


def without_query(url: str) -> str:
    """An address as it may be shown: what follows the question mark may be a key."""
    return url.partition("?")[0]


async def _body(request: web.Request) -> str:
    """The body as text; a file within it is legible as far as it is text."""
    return (await request.read()).decode(errors="replace")


class Control:
    """What one double remembers about itself, and the routes that show and steer it."""

    def __init__(self, service: str, pace: float) -> None:
        """Begin behaving, recording, and at `pace`."""
        self.service = service
        self.pace = pace
        self.recording = True
        self.misbehaviour = Misbehaviour()
        self.requests: deque[dict[str, Any]] = deque(maxlen=REQUESTS_KEPT)
        self.callbacks: deque[dict[str, Any]] = deque(maxlen=REQUESTS_KEPT)
        self.paid: Counter[str] = Counter()
        self._on_reset: list[Callable[[], Awaitable[None]]] = []

    def when_reset(self, forget: Callable[[], Awaitable[None]]) -> None:
        """Have `forget` awaited by `POST /_control/reset`."""
        self._on_reset.append(forget)

    async def nap(self, seconds: float) -> None:
        """Take that long, scaled by the pace."""
        await asyncio.sleep(seconds * self.pace)

    async def fates(self, request: web.Request) -> Fates:
        """What was decided for the job that this request starts."""
        return self.misbehaviour.fates(request.method, request.path, await _body(request))

    @web.middleware
    async def watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Record the exchange, and spoil it where a rule says so; `request[MISBEHAVED]` is that rule."""
        unwatched = not self.recording and not self.misbehaviour
        if unwatched or request.path.startswith(PREFIX):
            return await handler(request)
        body = await _body(request)
        entry = self._record(request, body)
        rule = self.misbehaviour.act(request.method, request.path, body)
        entry["misbehaved"] = rule.do if rule else None
        if rule:
            request[MISBEHAVED] = rule
        response = await (misbehave(rule, request, handler) if rule else handler(request))
        entry["status"] = response.status
        return response

    def _record(self, request: web.Request, body: str) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "method": request.method,
            "path": request.path,
            "query": without_secrets(request.query_string),
            "when": time.time(),
            "body": without_secrets(body[:RECORDED]),
            "status": None,
        }
        if self.recording:
            self.requests.append(entry)
        return entry

    def routes(self) -> list[web.RouteDef]:
        """What is served under `/_control/`."""
        return [
            web.post(PREFIX + "misbehave", self._misbehave),
            web.get(PREFIX + "requests", self._requests),
            web.post(PREFIX + "recording", self._set_recording),
            web.get(PREFIX + "paid", self._paid),
            web.get(PREFIX + "callbacks", self._callbacks),
            web.post(PREFIX + "pace", self._set_pace),
            web.post(PREFIX + "reset", self._reset),
        ]

    async def _misbehave(self, request: web.Request) -> web.Response:
        try:
            self.misbehaviour.add(_RULES.validate_json(await request.read()))
        except ValidationError as error:
            return web.Response(status=400, text=str(error))
        return web.Response(status=204)

    async def _requests(self, _request: web.Request) -> web.Response:
        return web.json_response(list(self.requests))

    async def _paid(self, _request: web.Request) -> web.Response:
        rows = [{"service": self.service, "key": key, "count": count} for key, count in self.paid.items()]
        return web.json_response(rows)

    async def _callbacks(self, _request: web.Request) -> web.Response:
        return web.json_response(list(self.callbacks))

    async def _set_recording(self, request: web.Request) -> web.Response:
        self.recording = (await order(request, Recording)).on
        return web.Response(status=204)

    async def _set_pace(self, request: web.Request) -> web.Response:
        self.pace = (await order(request, Pace)).pace
        return web.Response(status=204)

    async def _reset(self, _request: web.Request) -> web.Response:
        for forget in self._on_reset:
            await forget()
        self.misbehaviour.clear()
        self.requests.clear()
        self.callbacks.clear()
        self.paid.clear()
        self.recording = True
        return web.Response(status=204)


async def order[T: BaseModel](request: web.Request, model: type[T]) -> T:
    """The body of a control request; 400 with the reason when it is not what it should be."""
    try:
        return model.model_validate_json(await request.read())
    except ValidationError as error:
        raise web.HTTPBadRequest(text=str(error)) from error
