"""What every request to Video Translation has in common: who calls, the api-version, ids, pages."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.doubles.callers import NotAllowed, check_caller
from sandbox.doubles.control import PREFIX
from sandbox.doubles.misbehaviour import Handler
from sandbox.doubles.speech_rules import VERSIONS, Refused, check_id, invalid

BASE = "/videotranslation"
PAGE = 100
_PAGING = frozenset({"top", "skip", "maxpagesize"})


@dataclass(frozen=True)
class Guard:
    """Lets in who has a bearer token of the resource's audience, or `key` where one is set."""

    key: str | None = None

    @web.middleware
    async def watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer what is wrong with caller, path or query as the service does."""
        if request.path.startswith(PREFIX):
            return await handler(request)
        answer = await self._answer(request, handler)
        answer.headers["apim-request-id"] = str(uuid.uuid4())
        return answer

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            self._check_caller(request)
            _check_query(request)
            return await handler(request)
        except Refused as refused:
            return refused.answer()
        except web.HTTPException as error:
            return Refused(error.status, "NotFound", error.reason).answer()

    def _check_caller(self, request: web.Request) -> None:
        try:
            check_caller(request, self.key)
        except NotAllowed as error:
            raise Refused(401, "Unauthorized", f"Access denied: {error}.") from error


def version(request: web.Request) -> str:
    """The api-version of the request."""
    return request.query["api-version"]


def operation_id(request: web.Request) -> str:
    """The header that names the operation. Raises Refused (400) when it is missing or malformed."""
    return check_id(request.headers.get("Operation-Id", ""), "Operation-Id")


def unknown(what: str) -> Refused:
    """The answer to a request for something that is not there (404)."""
    return Refused(404, "NotFound", f"The {what} was not found.")


def page(request: web.Request, rows: Sequence[dict[str, Any]]) -> web.Response:
    """The part of `rows` that `skip`, `top` and `maxpagesize` ask for, with the link to the next part."""
    skip, top = _whole_number(request, "skip", 0), _whole_number(request, "top", len(rows))
    size = _whole_number(request, "maxpagesize", PAGE) or PAGE
    chosen = rows[skip : skip + top]
    shown: dict[str, Any] = {"value": chosen[:size]}
    if len(chosen) > size:
        following = {"skip": skip + size, "top": top - size, "maxpagesize": size}
        shown["nextLink"] = str(request.url.update_query(following))
    return web.json_response(shown)


def _whole_number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdecimal():
        raise invalid("A whole number is needed.", name)
    return int(text)


def _check_query(request: web.Request) -> None:
    given = set(request.query)
    if "api-version" not in given:
        raise Refused(400, "MissingApiVersionParameter", "The query parameter api-version is required.")
    if version(request) not in VERSIONS:
        raise Refused(400, "UnsupportedApiVersionValue", f"Use one of {', '.join(VERSIONS)}.")
    listing = request.method == "GET" and request.path.endswith(("/translations", "/iterations"))
    if surplus := given - {"api-version"} - (_PAGING if listing else frozenset()):
        raise invalid("The query parameter is not known.", min(surplus))
