"""A double of Azure AI Speech's Video Translation REST API.

Follows the OpenAPI named in speech_rules.py. Where that leaves a question open (facts on video translation), the
double is strict in what it takes and odd in what it gives:
- the same id with the same body, signed address included, answers 200 and starts nothing; the operation keeps the
  Operation-Id that it was begun with. Any other body for that id is 409 (section 2.3, 8);
- an iteration needs a translation that has succeeded, and no other iteration at work (not stated);
- an automatically created iteration is called `Initial` (section 2.4); an unknown thing is 404 for GET, 204 for
  DELETE (section 2.3); query parameters that the contract does not name are refused.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.doubles.background import Background, end
from sandbox.doubles.control import PREFIX, Control, order
from sandbox.doubles.misbehaviour import Fates
from sandbox.doubles.results import Results
from sandbox.doubles.shelf import Shelf
from sandbox.doubles.speech_event_hub import EventHub
from sandbox.doubles.speech_jobs import (
    ENDED,
    RUNNING,
    SUCCEEDED,
    Iteration,
    Operation,
    Translation,
)
from sandbox.doubles.speech_requests import BASE, Guard, operation_id, page, unknown, version
from sandbox.doubles.speech_rules import (
    IterationInput,
    IterationRequest,
    Refused,
    TranslationRequest,
    check_id,
    check_iteration,
    check_translation,
    parse,
)
from sandbox.doubles.speech_work import Dubbing

AUTO_ITERATION = "Initial"
_ONE = BASE + "/translations/{translation}"
_SEEDED = {
    "input": {
        "targetLocale": "es-ES",
        "voiceKind": "PlatformVoice",
        "videoFileUrl": "https://storage.invalid/seeded.mp4",
    }
}


class Seed(BaseModel):
    """Body of `POST /_control/seed`: `ids` of translations to have, or how many, called `<prefix>0`, `<prefix>1` ...

    Their operations have the same ids, and run for ever.
    """

    model_config = ConfigDict(extra="forbid")

    ids: list[str] = []
    translations: int = Field(default=0, ge=0, le=100_000)
    prefix: str = ""

    @property
    def names(self) -> list[str]:
        """The ids, either way."""
        return [*self.ids, *(f"{self.prefix}{index}" for index in range(self.translations))]


class Speech:
    """The service: its resources, and its routes."""

    def __init__(
        self,
        control: Control,
        dubbing: Dubbing,
        results: Results,
        shelf: Shelf[Translation],
        key: str | None = None,
    ) -> None:
        """Begin with what is on the shelf. With `key`, a caller may show that instead of a token."""
        self._control, self._dubbing, self._results = control, dubbing, results
        self._shelf = shelf
        self._guard = Guard(key)
        self._background = Background()
        self._works: dict[str, asyncio.Task[None]] = {}
        self._event_hub = EventHub()
        self._translations: dict[str, Translation] = {}
        self._operations: dict[str, Operation] = {}
        control.when_reset(self._forget_all)

    def app(self) -> web.Application:
        """The web application, control routes included."""
        app = web.Application(middlewares=[self._control.watch, self._guard.watch])
        app.add_routes([*self._control.routes(), web.post(PREFIX + "seed", self._seed)])
        app.add_routes([*self._routes(), *self._event_hub.routes()])
        app.on_startup.append(self._go_on)
        app.on_cleanup.append(self._stop)
        return app

    def _routes(self) -> list[web.RouteDef]:
        return [
            web.get(BASE + "/operations/{operation}", self._get_operation),
            web.get(BASE + "/translations", self._list_translations),
            web.put(_ONE, self._create_translation),
            web.get(_ONE, self._get_translation),
            web.delete(_ONE, self._delete_translation),
            web.get(_ONE + "/iterations", self._list_iterations),
            web.put(_ONE + "/iterations/{iteration}", self._create_iteration),
            web.get(_ONE + "/iterations/{iteration}", self._get_iteration),
        ]

    async def _go_on(self, _app: web.Application) -> None:
        """Remember what an earlier process did, and begin the work again that it did not finish."""
        kept = sorted(self._shelf.load().values(), key=lambda translation: translation.created)
        for translation in kept:
            self._remember(translation)
            if translation.status not in ENDED:
                self._begin(translation, translation, self._dubbing.prepare(translation))
                continue
            for iteration in translation.iterations.values():
                if iteration.status not in ENDED:
                    self._begin(translation, iteration, self._dubbing.iterate(translation, iteration))

    def _remember(self, translation: Translation) -> None:
        self._translations[translation.id] = translation
        self._control.paid[f"translations/{translation.id}"] += 1
        for each in (translation, *translation.iterations.values()):
            # An iteration that came with its translation shares the operation.
            each.operation = self._operations.setdefault(each.operation.id, each.operation)
            if each.operation is not translation.operation:
                self._control.paid[_paid_iteration(translation, each.id)] += 1

    async def _stop(self, _app: web.Application) -> None:
        await self._background.stop()

    async def _forget_all(self) -> None:
        await self._background.stop()
        if any(self._has_results(each) for each in self._translations.values()):
            await self._results.remove("")
        self._translations.clear()
        self._operations.clear()
        self._works.clear()
        self._shelf.clear()
        self._event_hub.forget()

    def _has_results(self, translation: Translation) -> bool:
        return any(iteration.files for iteration in translation.iterations.values())

    def _begin(
        self, translation: Translation, resource: Translation | Iteration, work: Coroutine[None, None, None]
    ) -> None:
        """Keep what was asked for, so that it outlasts this process, then start the work."""
        self._shelf.keep(translation.id, translation)
        self._works[resource.operation.id] = self._background.start(self._carry_out(translation, work))

    async def _carry_out(self, translation: Translation, work: Coroutine[None, None, None]) -> None:
        await work
        if self._translations.get(translation.id) is translation:  # It may have been deleted at the last moment.
            self._shelf.keep(translation.id, translation)

    async def _seed(self, request: web.Request) -> web.Response:
        seed = await order(request, Seed)
        asked = TranslationRequest.model_validate(_SEEDED)
        for name in seed.names:
            operation = self._operations[name] = Operation(name, RUNNING)
            self._translations[name] = Translation(name, operation, Fates(), None, RUNNING, request=asked)
        return web.Response(status=204)

    async def _get_operation(self, request: web.Request) -> web.Response:
        operation = self._operations.get(request.match_info["operation"])
        if operation is None:
            raise unknown("operation")
        return web.json_response(operation.shown())

    async def _create_translation(self, request: web.Request) -> web.Response:
        name = check_id(request.match_info["translation"], "translationId")
        own_operation = operation_id(request)
        asked = parse(TranslationRequest, await request.read(), version(request))
        check_translation(asked, name, version(request))
        known = self._translations.get(name)
        if known is not None:
            _check_same(known.request == asked)
            return self._created(request, known, 200)
        fates = await self._control.fates(request)
        _check_account(fates, asked)
        operation = self._begin_operation(own_operation)
        begun = Translation(name, operation, fates, asked.description, request=asked)
        self._begin_translation(begun)
        return self._created(request, begun, 201)

    def _begin_translation(self, translation: Translation) -> None:
        if translation.input.auto_create_first_iteration:
            options = translation.request.first_iteration_input or IterationInput()
            first = Iteration(AUTO_ITERATION, translation.operation, translation.fates, None, input=options)
            translation.iterations[AUTO_ITERATION] = first
        self._translations[translation.id] = translation
        self._control.paid[f"translations/{translation.id}"] += 1
        self._begin(translation, translation, self._dubbing.prepare(translation))

    def _begin_operation(self, name: str) -> Operation:
        if name in self._operations:
            raise Refused(409, "Conflict", "The Operation-Id belongs to another operation.")
        operation = self._operations[name] = Operation(name)
        return operation

    def _created(self, request: web.Request, resource: Translation | Iteration, status: int) -> web.Response:
        operation = resource.operation.id
        address = f"{request.url.origin()}{BASE}/operations/{operation}?api-version={version(request)}"
        headers = {"Operation-Location": address, "Operation-Id": operation}
        return web.json_response(self._shown(resource, version(request)), status=status, headers=headers)

    def _shown(self, resource: Translation | Iteration, api_version: str) -> dict[str, Any]:
        if isinstance(resource, Translation):
            return resource.shown(api_version, self._signed)
        return resource.shown(self._signed)

    def _signed(self, place: str, expired: bool) -> str:
        """An address for a result; one that was pushed into the caller's own storage is not signed."""
        return place if place.startswith("https:") else self._results.url(place, expired=expired)

    async def _get_translation(self, request: web.Request) -> web.Response:
        return web.json_response(self._shown(self._translation(request), version(request)))

    async def _list_translations(self, request: web.Request) -> web.Response:
        return page(request, [each.listed(version(request)) for each in self._translations.values()])

    async def _delete_translation(self, request: web.Request) -> web.Response:
        translation = self._translations.pop(request.match_info["translation"], None)
        if translation is not None:
            self._shelf.remove(translation.id)
            self._background.start(self._discard(translation))
        return web.Response(status=204)

    async def _discard(self, translation: Translation) -> None:
        operations = {each.operation.id for each in (translation, *translation.iterations.values())}
        for operation in operations:
            self._operations.pop(operation, None)
        await end(*(self._works.pop(operation) for operation in operations & self._works.keys()))
        if self._has_results(translation):
            await self._results.remove(f"{translation.id}/")

    async def _create_iteration(self, request: web.Request) -> web.Response:
        translation = self._translation(request)
        name = check_id(request.match_info["iteration"], "iterationId")
        own_operation = operation_id(request)
        asked = parse(IterationRequest, await request.read(), version(request))
        check_iteration(asked, name, first=next(iter(translation.iterations), name) == name)
        known = translation.iterations.get(name)
        if known is not None:
            _check_same(known.input == asked.input and known.description == asked.description)
            return self._created(request, known, 200)
        _check_idle(translation)
        operation = self._begin_operation(own_operation)
        fates = await self._control.fates(request)
        begun = Iteration(name, operation, fates, asked.description, input=asked.input)
        self._begin_iteration(translation, begun)
        return self._created(request, begun, 201)

    def _begin_iteration(self, translation: Translation, iteration: Iteration) -> None:
        translation.iterations[iteration.id] = iteration
        self._control.paid[_paid_iteration(translation, iteration.id)] += 1
        self._begin(translation, iteration, self._dubbing.iterate(translation, iteration))

    async def _get_iteration(self, request: web.Request) -> web.Response:
        iteration = self._translation(request).iterations.get(request.match_info["iteration"])
        if iteration is None:
            raise unknown("iteration")
        return web.json_response(self._shown(iteration, version(request)))

    async def _list_iterations(self, request: web.Request) -> web.Response:
        return page(request, [each.listed() for each in self._translation(request).iterations.values()])

    def _translation(self, request: web.Request) -> Translation:
        translation = self._translations.get(request.match_info["translation"])
        if translation is None:
            raise unknown("translation")
        return translation


def _paid_iteration(translation: Translation, iteration: str) -> str:
    return f"translations/{translation.id}/iterations/{iteration}"


def _check_same(same: bool) -> None:
    if not same:
        raise Refused(409, "Conflict", "The id is taken by a resource with other settings.")


def _check_account(fates: Fates, asked: TranslationRequest) -> None:
    """What a resource may not do at all. That it is 400 for a tier is documented; the other answer is a guess."""
    if "free_tier" in fates:
        raise Refused(400, "BadRequest", "Only the S0 tier of the Speech resource is supported.")
    if "not_admitted" in fates and asked.input.voice_kind == "PersonalVoice":
        raise Refused(403, "PermissionDenied", "The subscription is not admitted to personal voices.")


def _check_idle(translation: Translation) -> None:
    at_work = any(each.status not in ENDED for each in translation.iterations.values())
    if translation.status != SUCCEEDED or at_work:
        raise Refused(409, "Conflict", "The translation is not ready for another iteration.")
