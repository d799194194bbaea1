"""The one HTTP client: timeouts, credentials as a flow, answers mapped to errors."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from shared import telemetry
from shared.errors import AnswerLost, Denied, NotFound, ProviderError, Refused, Taken, Throttled, Unreachable

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=32)
#: Errors that say that not one byte of the request has left.
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
#: What an answer's status means; 408 and 5xx: it may or may not have been done; any other is a refusal.
BY_STATUS: Mapping[int, type[ProviderError]] = {
    401: Denied,
    403: Denied,
    404: NotFound,
    409: Taken,
    429: Throttled,
}
WORDS_KEPT = 500


class BearerAuth(httpx.Auth):
    """Sends a bearer token that is asked for anew for every request; the token source caches.

    Requests ask one after the other: those that find no token in the cache would all have one made.
    """

    def __init__(self, token: Callable[[], Awaitable[str]]) -> None:
        self._token = token
        self._asking = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Add the Authorization header."""
        async with self._asking:
            request.headers["Authorization"] = f"Bearer {await self._token()}"
        yield request


class HeaderAuth(httpx.Auth):
    """Sends a fixed secret header, for services that know keys only."""

    def __init__(self, name: str, value: str) -> None:
        self._name, self._value = name, value

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Add the header."""
        request.headers[self._name] = self._value
        yield request


class Service:
    """One outside service: its address, its credential, its name in error messages.

    `call` answers with the response's JSON and headers, or raises one of the ProviderErrors. A request that is not
    `repeatable` and may have been done although no good answer came raises AnswerLost; a repeatable one that failed
    the same way raises Unreachable, for it does no harm to send it again.
    """

    def __init__(self, name: str, endpoint: str, auth: httpx.Auth, client: httpx.AsyncClient) -> None:
        self.name, self._endpoint, self._auth, self._client = name, endpoint.rstrip("/"), auth, client

    async def call(self, method: str, path: str, *, repeatable: bool = True, **request: Any) -> httpx.Response:
        """Send one request; `request` takes httpx's `json`, `params`, `headers`."""
        lost: type[ProviderError] = Unreachable if repeatable else AnswerLost
        try:
            with telemetry.timed():
                response = await self._client.request(method, self._endpoint + path, auth=self._auth, **request)
        except NEVER_SENT as error:
            raise Unreachable(f"{self.name} cannot be reached: {words(error)}") from error
        except httpx.RequestError as error:
            raise lost(f"{self.name} did not answer: {words(error)}") from error
        if response.is_success:
            return response
        raise self._refusal(response, lost)

    def _refusal(self, response: httpx.Response, lost: type[ProviderError]) -> ProviderError:
        status = response.status_code
        kind = lost if status == 408 or status >= 500 else BY_STATUS.get(status, Refused)
        if kind is Throttled:
            telemetry.throttled()
        message = f"{self.name} answered {status}: {error_words(response)}"
        return kind(message, wait=retry_after(response), said=error_code(response))

    def json(self, response: httpx.Response, lost: type[ProviderError] = Unreachable) -> dict[str, Any]:
        """The answer's JSON object; `lost` where it is none."""
        try:
            body = response.json()
        except ValueError as error:
            raise lost(f"{self.name} answered {response.status_code} without JSON") from error
        if not isinstance(body, dict):
            raise lost(f"{self.name} answered {response.status_code} with JSON that is not an object")
        return body


def words(error: Exception) -> str:
    """What an error of the client says, or its kind where it says nothing."""
    return str(error) or type(error).__name__


def error_words(response: httpx.Response) -> str:
    """What the service says went wrong, shortened: `code: message`, the innermost message last.

    Understands `{"error": {...}}` with `innererror` or `innerError`, and a bare `{"code", "message"}`.
    """
    try:
        body = response.json()
    except ValueError:
        return response.text[:WORDS_KEPT] or response.reason_phrase
    error = body.get("error", body) if isinstance(body, dict) else body
    said = []
    while isinstance(error, dict):
        said.append(": ".join(str(error[key]) for key in ("code", "message") if error.get(key)))
        error = error.get("innererror") or error.get("innerError")
    return (" / ".join(filter(None, said)) or response.text)[:WORDS_KEPT]


def error_code(response: httpx.Response) -> str | None:
    """The service's own code for what went wrong, or None."""
    try:
        body = response.json()
    except ValueError:
        return None
    error = body.get("error", body) if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return None if code is None else str(code)


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that the service asks us to wait, from either form of Retry-After; None where it does not say."""
    value = response.headers.get("Retry-After")
    if value is None:
        return None
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
