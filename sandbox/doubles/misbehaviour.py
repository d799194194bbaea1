"""How a double is told to misbehave: rules that wait for a request, each for a number of times.

A rule either spoils one exchange (an act: answer 503, hang, drop the connection ...) or decides the fate of the
job that the matching request starts (it fails, never ends, its result is cut short ...).
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, JsonValue

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

type Act = Literal["status", "throttle", "hang", "drop", "drop_after", "slow", "body"]
type Fate = Literal[
    "fail",
    "canceled",
    "free_tier",
    "not_admitted",
    "never_finish",
    "unknown_status",
    "iteration_failed",
    "missing_file",
    "absent_file",
    "truncated_result",
    "expired_results",
    "zeros_result",
    "lose_callbacks",
    "duplicate_callbacks",
    "late_callbacks",
    "anonymous_callbacks",
    "wrong_task_id",
    "callback_first",
    "validation_failed",
    "document_failed",
    "existing_is_invalid",
    "odd_location",
    "unlisted",
    "pathless",
    "untranslated",
    "fall_back",
    "bare_script",
    "odd_meter",
    "other_names",
    "short_answer",
    "unsure",
]
ACTS = frozenset(get_args(Act.__value__))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class When(_Strict):
    """Which requests: regular expressions, searched for in the method, the path and the body as text."""

    method: str = ""
    path: str = ""
    body: str = ""

    def matches(self, method: str, path: str, body: str) -> bool:
        """Whether all three are found."""
        pairs = ((self.method, method), (self.path, path), (self.body, body))
        return all(re.search(pattern, text) for pattern, text in pairs)


class Rule(_Strict):
    """One misbehaviour. What does not concern its `do` is ignored.

    status, headers, body: the answer of `status` and `body`; headers also of `throttle`.
    retry_after: seconds or a date, the header of `throttle`.
    seconds: how long `hang`, `slow` and `late_callbacks` last, not scaled by the pace.
    code, message: why a job fails. word: the status of `unknown_status`.
    file: the result's field for `missing_file` (its URL answers 404) and `absent_file` (there is no URL). For a batch
    of documents a part of the source's address: whose result `missing_file` does not write, which `document_failed`
    fails.
    size: bytes of `zeros_result`, which begins as its kind does.

    Fates of a film: somebody stops it at the service (`canceled`), its resource is of tier F0 (`free_tier`), or is not
    admitted to personal voices (`not_admitted`).

    Fates of one request for text: an LLM that falls back (`fall_back`), a transliteration in the place of the text
    (`bare_script`), an X-Metered-Usage that differs from its siblings (`odd_meter`), counters under the names of the
    page instead of the OpenAPI's (`other_names`), an element too few (`short_answer`), a language detected with a low
    score (`unsure`).
    """

    when: When = When()
    do: Act | Fate
    times: int = Field(default=1, ge=1)
    status: int | None = None
    headers: dict[str, str] = {}
    body: JsonValue = None
    retry_after: str = "1"
    seconds: float = Field(default=0, ge=0)
    code: str = "10003"
    message: str = "Told to fail."
    word: str = "Pondering"
    file: str = ""
    size: int = Field(default=0, ge=0)


@dataclass(frozen=True)
class Fates:
    """What was decided for one job: the rules that were taken for it, at most one of each kind."""

    rules: Sequence[Rule] = ()

    def __contains__(self, fate: Fate) -> bool:
        """Whether the job has this fate."""
        return self.get(fate) is not None

    def get(self, fate: Fate) -> Rule | None:
        """The rule that decided this fate, if any."""
        return next((rule for rule in self.rules if rule.do == fate), None)


class Misbehaviour:
    """The rules that still wait, oldest first."""

    def __init__(self) -> None:
        """Begin with none: the double behaves."""
        self._rules: list[Rule] = []

    def __bool__(self) -> bool:
        """Whether any rule waits."""
        return bool(self._rules)

    def add(self, rules: Iterable[Rule]) -> None:
        """Let these wait too."""
        self._rules.extend(rules)

    def clear(self) -> None:
        """Behave again."""
        self._rules.clear()

    def act(self, method: str, path: str, body: str) -> Rule | None:
        """Use up one time of the first act that waits for this request."""
        waiting = [rule for rule in self._matching(method, path, body) if rule.do in ACTS]
        return self._use(waiting[0]) if waiting else None

    def fates(self, method: str, path: str, body: str) -> Fates:
        """Use up one time of every fate that waits for the job which this request starts."""
        first: dict[str, Rule] = {}
        for rule in self._matching(method, path, body):
            if rule.do not in ACTS:
                first.setdefault(rule.do, rule)
        # The rule that waits counts down; the job's own one is kept as it was when it was taken.
        return Fates([self._use(rule).model_copy(update={"times": 1}) for rule in first.values()])

    def _matching(self, method: str, path: str, body: str) -> list[Rule]:
        return [rule for rule in self._rules if rule.when.matches(method, path, body)]

    def _use(self, rule: Rule) -> Rule:
        rule.times -= 1
        if not rule.times:
            self._rules.remove(rule)
        return rule


async def misbehave(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    """Do what the rule says to this exchange."""
    return await _ACTS[str(rule.do)](rule, request, handler)


async def _status(rule: Rule, _request: web.Request, _handler: Handler) -> web.StreamResponse:
    return _answer(rule, default_status=503)


async def _throttle(rule: Rule, _request: web.Request, _handler: Handler) -> web.StreamResponse:
    error = {"error": {"code": "TooManyRequests", "message": "Too many requests. Try again later."}}
    return web.json_response(error, status=429, headers={"Retry-After": rule.retry_after, **rule.headers})


async def _hang(rule: Rule, request: web.Request, _handler: Handler) -> web.StreamResponse:
    await asyncio.sleep(rule.seconds or 600)
    return _cut(request)


async def _drop(_rule: Rule, request: web.Request, _handler: Handler) -> web.StreamResponse:
    return _cut(request)


async def _drop_after(_rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    await handler(request)
    return _cut(request)


async def _slow(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    await asyncio.sleep(rule.seconds)
    return await handler(request)


async def _body(rule: Rule, request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    return _answer(rule, default_status=response.status)


_ACTS = {
    "status": _status,
    "throttle": _throttle,
    "hang": _hang,
    "drop": _drop,
    "drop_after": _drop_after,
    "slow": _slow,
    "body": _body,
}


def _answer(rule: Rule, default_status: int) -> web.Response:
    status = rule.status or default_status
    if rule.body is None:
        return web.Response(status=status, headers=rule.headers)
    if isinstance(rule.body, str):
        return web.Response(text=rule.body, status=status, headers=rule.headers)
    return web.json_response(rule.body, status=status, headers=rule.headers)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
