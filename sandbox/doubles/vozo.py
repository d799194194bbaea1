"""A double of Vozo's Translate & Dub API: `POST /v1/media/translate`, `GET /v1/media/translate/{task_id}`.

Follows the pages named in vozo_rules.py and .../translate_dub/get (D2 in the facts on Vozo). A repeated create is a
second task and a second bill; there is no cancel and no delete. Where nothing is published: a wrong API key is code
7, an unknown task code 5, and ten tasks at once are the limit.
"""

import asyncio
import secrets
from typing import Any

from aiohttp import web

from sandbox.doubles.background import Background
from sandbox.doubles.control import PREFIX, Control, without_query
from sandbox.doubles.misbehaviour import Handler
from sandbox.doubles.shelf import Shelf
from sandbox.doubles.vozo_callbacks import Callbacks
from sandbox.doubles.vozo_cdn import Cdn
from sandbox.doubles.vozo_rules import BUSY, INVALID, NO_PERMISSION, Refused, TaskRequest, parse
from sandbox.doubles.vozo_tasks import Task
from sandbox.doubles.vozo_work import Production

CONCURRENT = 10
TRANSLATE = "/v1/media/translate"


class Vozo:
    """The service: its tasks, and its routes."""

    def __init__(
        self,
        control: Control,
        production: Production,
        callbacks: Callbacks,
        cdn: Cdn,
        shelf: Shelf[Task],
        api_key: str,
        concurrent: int = CONCURRENT,
    ) -> None:
        """Begin with what is on the shelf, and one customer who has `api_key`."""
        self._control, self._production, self._callbacks, self._cdn = control, production, callbacks, cdn
        self._shelf = shelf
        self._api_key, self._concurrent = api_key, concurrent
        self._background = Background()
        self._tasks: dict[str, Task] = {}
        control.when_reset(self._forget_all)

    def app(self) -> web.Application:
        """The web application, control routes and downloads included."""
        app = web.Application(middlewares=[self._control.watch, self._guard])
        app.add_routes([*self._control.routes(), *self._cdn.routes()])
        app.add_routes([web.post(TRANSLATE, self._create), web.get(TRANSLATE + "/{task_id}", self._get)])
        app.on_startup.append(self._go_on)
        app.on_cleanup.append(self._stop)
        return app

    async def _go_on(self, _app: web.Application) -> None:
        """Remember what an earlier process did, and begin the work again that it did not finish."""
        for task in self._shelf.load().values():
            self._tasks[task.id] = task
            self._control.paid[_paid_for(task.asked)] += 1
            for path, file in task.published.items():
                self._cdn.publish(path, file, cut="truncated_result" in task.fates)
            if not task.ended:
                self._background.start(self._work(task))

    async def _stop(self, _app: web.Application) -> None:
        await self._background.stop()

    async def _forget_all(self) -> None:
        await self._background.stop()
        self._tasks.clear()
        self._shelf.clear()
        self._cdn.forget()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith((PREFIX, "/cdn/")):
            return await handler(request)
        try:
            self._check_key(request)
            return await handler(request)
        except Refused as refused:
            return refused.answer()

    def _check_key(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if not secrets.compare_digest(given.encode(), f"Bearer {self._api_key}".encode()):
            raise Refused(NO_PERMISSION, "No permission to request.")

    async def _create(self, request: web.Request) -> web.Response:
        asked = parse(await request.read())
        self._check_room()
        if asked.callback_url:
            await self._callbacks.challenge(asked.callback_url)
        # Others may have come while the challenge was answered.
        self._check_room()
        fates = await self._control.fates(request)
        task = Task(secrets.token_hex(12), asked, fates)
        await self._begin(task)
        return web.json_response({"task_id": task.id})

    def _check_room(self) -> None:
        if sum(not task.ended for task in self._tasks.values()) >= self._concurrent:
            raise Refused(BUSY, "The API key is at its maximum of concurrent requests.")

    async def _begin(self, task: Task) -> None:
        self._tasks[task.id] = task
        self._control.paid[_paid_for(task.asked)] += 1
        self._shelf.keep(task.id, task)
        first = self._changed(task)
        if "callback_first" in task.fates:
            await first
        self._background.start(self._work(task))

    async def _work(self, task: Task) -> None:
        await self._production.run(task, self._changed)
        self._shelf.keep(task.id, task)

    def _changed(self, task: Task) -> asyncio.Task[None]:
        return self._background.start(self._tell(task, task.shown(self._cdn)))

    async def _tell(self, task: Task, status: dict[str, Any]) -> None:
        if task.asked.callback_url:
            await self._callbacks.tell(task.asked.callback_url, task.id, status, task.fates)

    async def _get(self, request: web.Request) -> web.Response:
        task = self._tasks.get(request.match_info["task_id"])
        if task is None:
            raise Refused(INVALID, "Invalid request parameters. There is no such task.")
        return web.json_response(task.shown(self._cdn))


def _paid_for(asked: TaskRequest) -> str:
    return f"{without_query(asked.media_url)} {asked.target_language}"
