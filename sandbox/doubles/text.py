"""A double of Azure Text Translation: 2025-05-01-preview and 2026-06-06.

Follows the OpenAPI of each, the reference pages and the page on status codes. It is a Service of translator.py, with
doors of its own beside those of control.py:

POST /_control/text      what the resource is and has (text_resource.py, Resource), its host's role among it
POST /_control/hard      how the translations are damaged (text_hard.py, Hardness)
GET  /_control/charges   the requests that were paid for (text_charges.py, Charge), over restarts, without any text
"""

import json
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web

from sandbox.doubles import text_refusals as codes
from sandbox.doubles.callers import NotAllowed
from sandbox.doubles.control import PREFIX, Control, order
from sandbox.doubles.misbehaviour import Fates
from sandbox.doubles.shelf import Shelf
from sandbox.doubles.text_answers import Translation, body, headers, item_shown
from sandbox.doubles.text_charges import SOURCE, Charge, Item, digest
from sandbox.doubles.text_engine import choose, is_llm
from sandbox.doubles.text_hard import Hardness
from sandbox.doubles.text_languages import list_languages
from sandbox.doubles.text_meter import Window
from sandbox.doubles.text_refusals import LATEST, VERSIONS, Refused, of_status
from sandbox.doubles.text_resource import CUSTOM_BASES, Resource, check_path, check_text_caller, owns
from sandbox.doubles.text_rules import LLM, NMT, TRANSLITERATION, Element, Text, check_size, parse
from sandbox.doubles.text_scripts import conversions, transliterated
from sandbox.doubles.text_translate import translated
from sandbox.doubles.text_validation import check_element

SECONDS = 0.2
_EVERYWHERE = frozenset({"api-version", "ClientTraceId", "Subscription-Key", "Subscription-Region"})
TRANSLITERATE_QUERY, LANGUAGES_QUERY = frozenset({"language", "fromScript", "toScript"}), frozenset({"scope"})

type Answer = Callable[[web.Request], Awaitable[web.Response]]


def version_of(request: web.Request) -> str:
    """The api-version of the request, or the latest where it names none that is served."""
    given = request.query.get("api-version", "")
    return given if given in VERSIONS else LATEST


class Texts:
    """The service: its resource, what it was paid for, and its routes."""

    def __init__(self, control: Control, shelf: Shelf[Charge], resource: Resource, key: str | None = None) -> None:
        """Begin with the charges on the shelf. With `key`, a caller may show that instead of a token."""
        self._control, self._shelf, self._key = control, shelf, key
        self._own_resource = self._resource = resource
        self._hardness = Hardness()
        self._window = Window()
        self._charges: list[Charge] = []
        control.when_reset(self._forget_all)

    def routes(self) -> list[web.RouteDef]:
        """Every operation, under each of the published paths."""
        routes = [
            web.post(PREFIX + "text", self._set_resource),
            web.post(PREFIX + "hard", self._set_hardness),
            web.get(PREFIX + "charges", self._list_charges),
        ]
        for base in CUSTOM_BASES:
            routes += [
                web.post(base + "/translate", self._guarded(self._translate)),
                web.post(base + "/transliterate", self._guarded(self._transliterate, TRANSLITERATE_QUERY)),
                web.get(base + "/languages", self._guarded(self._languages, LANGUAGES_QUERY, needs_caller=False)),
            ]
        return routes

    def owns(self, path: str) -> bool:
        """Whether the path is this service's."""
        return owns(path)

    def refusal(self, request: web.Request, status: int) -> web.Response:
        """An error in the dialect of the request's api-version."""
        return of_status(status).answer(version_of(request))

    async def resume(self) -> None:
        """Remember what earlier processes were paid for."""
        for charge in sorted(self._shelf.load().values(), key=lambda charge: charge.when):
            self._remember(charge)

    async def stop(self) -> None:
        """Nothing runs in the background."""

    async def _forget_all(self) -> None:
        self._resource, self._hardness, self._window = self._own_resource, Hardness(), Window()
        self._charges.clear()
        self._shelf.clear()

    async def _set_resource(self, request: web.Request) -> web.Response:
        self._resource, self._window = await order(request, Resource), Window()
        return web.Response(status=204)

    async def _set_hardness(self, request: web.Request) -> web.Response:
        self._hardness = await order(request, Hardness)
        return web.Response(status=204)

    async def _list_charges(self, _request: web.Request) -> web.Response:
        return web.json_response([charge.model_dump() for charge in self._charges])

    def _guarded(self, answer: Answer, allowed: frozenset[str] = frozenset(), *, needs_caller: bool = True) -> Answer:
        """The handler, behind the checks of path, caller, api-version and query."""

        async def handle(request: web.Request) -> web.Response:
            check_path(request, self._resource)
            try:
                if needs_caller:
                    self._check_caller(request)
                _check_query(request, allowed)
                return await answer(request)
            except Refused as refused:
                return refused.answer(version_of(request))

        return handle

    def _check_caller(self, request: web.Request) -> None:
        try:
            check_text_caller(request, self._resource, self._key)
        except NotAllowed as error:
            raise Refused(codes.NOT_AUTHORIZED) from error

    async def _languages(self, request: web.Request) -> web.Response:
        return list_languages(request, version_of(request))

    async def _translate(self, request: web.Request) -> web.Response:
        elements = parse(Element, await _content(request), version_of(request))
        self._check(elements)
        fates = await self._control.fates(request)
        rows = [self._translations(element, fates) for element in elements]
        every = [translation for row in rows for translation in row]
        charge = await self._charge(request, "translate", [translation.item for translation in every])
        shown = [item_shown(element, row, fates) for element, row in zip(elements, rows, strict=True)]
        if "short_answer" in fates:
            shown.pop()
        return _answer(body(shown, version_of(request)), headers(every, charge, fates))

    def _check(self, elements: Sequence[Element]) -> None:
        for element in elements:
            check_element(element)
        by_llm = any(is_llm(target, self._resource) for element in elements for target in element.targets)
        counts = [len(element.targets) for element in elements]
        check_size([element.text for element in elements], counts, LLM if by_llm else NMT)

    def _translations(self, element: Element, fates: Fates) -> list[Translation]:
        engines = [(target, choose(element, target, self._resource, fates)) for target in element.targets]
        return [
            Translation(element, target, engine, translated(element, target, engine.label, self._hardness))
            for target, engine in engines
        ]

    async def _transliterate(self, request: web.Request) -> web.Response:
        language, source, target = _conversion(request)
        texts = parse(Text, await _content(request), version_of(request))
        check_size([each.text for each in texts], [1] * len(texts), TRANSLITERATION)
        items = [
            Item(
                digest=digest(each.text, language, source, target),
                characters=len(each.text),
                language=language,
                engine=target,
                counters={SOURCE: len(each.text)},
            )
            for each in texts
        ]
        await self._charge(request, "transliterate", items)
        rows = [{"text": transliterated(each.text, target), "script": target} for each in texts]
        return _answer(body(rows, version_of(request)), {})

    async def _charge(self, request: web.Request, operation: str, items: Sequence[Item]) -> Charge:
        """Take the time and the money. Raises Refused where that is too many characters at once."""
        charge = Charge(
            id=uuid.uuid4().hex, operation=operation, trace_id=_trace_id(request), items=items, when=time.time()
        )
        self._window.take(sum(item.characters for item in items), self._resource.rate)
        self._shelf.keep(charge.id, charge)
        self._remember(charge)
        await self._control.nap(SECONDS)
        return charge

    def _remember(self, charge: Charge) -> None:
        self._charges.append(charge)
        self._control.paid[charge.bill] += 1


def _answer(content: Any, extra: dict[str, str]) -> web.Response:
    text = json.dumps(content, ensure_ascii=False)
    return web.Response(text=text, content_type="application/json", charset="utf-8", headers=extra)


def _check_query(request: web.Request, allowed: frozenset[str]) -> None:
    if request.query.get("api-version") not in VERSIONS:
        raise Refused(codes.BAD_VERSION, f"Use one of {', '.join(VERSIONS)}.")
    if surplus := set(request.query) - _EVERYWHERE - allowed:
        raise Refused(codes.INVALID_INPUT, f"The query parameter {min(surplus)} is not known.")
    _trace_id(request)


def _trace_id(request: web.Request) -> str | None:
    given = request.headers.get("X-ClientTraceId") or request.query.get("ClientTraceId")
    try:
        return str(uuid.UUID(given)) if given else None
    except ValueError as error:
        raise Refused(codes.BAD_TRACE_ID, "A GUID is expected.") from error


async def _content(request: web.Request) -> bytes:
    if request.content_type != "application/json" or (request.charset or "utf-8").lower() != "utf-8":
        raise Refused(codes.BAD_CONTENT_TYPE, "application/json in UTF-8 is expected.")
    return await request.read()


def _conversion(request: web.Request) -> tuple[str, str, str]:
    """The language, and the scripts from and to. Raises Refused."""
    language, source, target = (request.query.get(name) for name in ("language", "fromScript", "toScript"))
    if not language:
        raise Refused(codes.BAD_LANGUAGE)
    if not source:
        raise Refused(codes.BAD_SOURCE_SCRIPT)
    if not target:
        raise Refused(codes.BAD_TARGET_SCRIPT)
    if target not in conversions(language).get(source, ()):
        raise Refused(codes.NO_TRANSLITERATION)
    return language, source, target
