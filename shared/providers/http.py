"""The one HTTP client: timeouts, credentials as a flow, answers mapped to errors."""

import asyncio
import re
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import httpx

from shared import telemetry
from shared.errors import AnswerLost, ProviderError, Refused, Unreachable
from shared.providers.answers import Answer, error_codes, error_words, parse, request_id, retry_after
from shared.providers.codes import refusal

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=32)
#: Errors that say that not one byte of the request has left.
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
#: What may go wrong once a request is on its way; httpx names addresses that a redirect makes up by UnicodeError.
TROUBLE = (httpx.RequestError, httpx.InvalidURL, httpx.StreamError, UnicodeError, TimeoutError)
LONGEST_CALL = 60.0  # seconds from the request to the end of its answer
LONGEST_REFUSAL = 5.0  # seconds for the words of a refusal, whose status says enough
LARGEST_ANSWER = 4 * 1024**2  # bytes
#: The scope of Microsoft Entra for Azure's AI services.
COGNITIVE_SERVICES = "https://cognitiveservices.azure.com/.default"
#: How a service's own error codes look. In an answer of 5xx such a code says that nothing was done.
OWN_CODES: Mapping[str, re.Pattern[str]] = {
    "Vozo": re.compile(r"\d{1,6}", re.ASCII),
    "Text Translation": re.compile("408001|503000"),
}


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


class HeadersAuth(httpx.Auth):
    """Sends fixed headers beside another sign-in, or alone."""

    def __init__(self, headers: Mapping[str, str], other: httpx.Auth | None = None) -> None:
        self._headers, self._other = headers, other or httpx.Auth()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Add the headers, then what the other adds."""
        request.headers.update(self._headers)
        async for signed in self._other.async_auth_flow(request):
            yield signed


class Clients:
    """What providers are built with: the one HTTP client, and the app's identity to sign in by.

    `token` makes a token of Microsoft Entra for a scope.
    """

    def __init__(self, client: httpx.AsyncClient, token: Callable[[str], Awaitable[str]]) -> None:
        self._client, self._token = client, token

    def service(self, name: str, endpoint: str, auth: httpx.Auth) -> "Service":
        """An outside service; `name` is its name in error messages."""
        return Service(name, endpoint, auth, self._client)

    def entra(self, scope: str) -> BearerAuth:
        """Signs in by the app's identity."""
        return BearerAuth(lambda: self._token(scope))


class Service:
    """One outside service: its address, its credential, its name in error messages and in the table of codes.

    `call` answers with what came back, or raises one of the ProviderErrors. A request that is not `repeatable` and may
    have been done although no good answer came raises AnswerLost; a repeatable one that failed the same way raises
    Unreachable, for it does no harm to send it again.
    """

    def __init__(self, name: str, endpoint: str, auth: httpx.Auth, client: httpx.AsyncClient) -> None:
        self.name, self._endpoint, self._auth, self._client = name, endpoint.rstrip("/"), auth, client

    async def call(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool = True,
        longest: float = LONGEST_CALL,
        largest: int = LARGEST_ANSWER,
        **request: Any,
    ) -> Answer:
        """Send one request; `request` takes httpx's `json`, `files`, `params`, `headers`.

        `longest` is in seconds from the request to the end of its answer, `largest` in bytes of the answer.
        """
        lost: type[ProviderError] = Unreachable if repeatable else AnswerLost
        try:
            timeout = TIMEOUT if longest == LONGEST_CALL else httpx.Timeout(longest, connect=TIMEOUT.connect)
            asked = self._client.build_request(method, self._endpoint + path, timeout=timeout, **request)
        except (httpx.InvalidURL, ValueError) as error:  # half a surrogate pair, a number that is no JSON
            raise Refused(f"{self.name} cannot be asked: {words(error)}", elsewhere=False) from error
        try:
            with telemetry.timed():
                answer = await self._answer(asked, longest, largest)
        except NEVER_SENT as error:
            raise Unreachable(f"{self.name} cannot be reached: {words(error)}") from error
        except TROUBLE as error:
            raise lost(f"{self.name} did not answer: {words(error)}") from error
        if not httpx.codes.is_success(answer.status_code) and answer.status_code != httpx.codes.NOT_MODIFIED:
            raise self._refusal(answer, lost)
        if len(answer.content) > largest:
            raise lost(f"{self.name} answered with more than {largest} bytes")
        return answer

    def json(self, answer: Answer, lost: type[ProviderError] = Unreachable) -> dict[str, Any]:
        """The answer's JSON object, its texts storable; `lost` where it is none."""
        try:
            body = parse(answer.content)
        except ValueError as error:
            raise lost(f"{self.name} answered {answer.status_code} without usable JSON") from error
        if not isinstance(body, dict):
            raise lost(f"{self.name} answered {answer.status_code} with JSON that is not an object")
        return body

    async def _answer(self, asked: httpx.Request, longest: float, largest: int) -> Answer:
        asked.headers["Accept-Encoding"] = "gzip"  # the one that `_read` understands
        async with asyncio.timeout(longest):
            response = await self._client.send(asked, auth=self._auth, stream=True)
            try:
                content = await (_read(response, largest) if response.is_success else _read_refusal(response))
            finally:
                await response.aclose()
        return Answer(response.status_code, response.headers, content)

    def _refusal(self, answer: Answer, lost: type[ProviderError]) -> ProviderError:
        status, said, wait = answer.status_code, error_codes(answer), retry_after(answer)
        reason = f"{self.name} answered {status}: {error_words(answer)}{_request(answer)}"
        if (status == 408 or status >= 500) and not self._is_own(said, status):
            return lost(reason, wait=wait, said=said[0] if said else None)
        return refusal(self.name, status, said, reason, lost=lost, wait=wait)

    def _is_own(self, said: Sequence[str], status: int) -> bool:
        """Whether the service itself says what is wrong; a gateway before it repeats the status at the most."""
        own = OWN_CODES.get(self.name)
        return bool(own and said and own.fullmatch(said[0])) and said[0] != str(status)


def words(error: Exception) -> str:
    """What an error of the client says, or its kind where it says nothing."""
    return str(error) or type(error).__name__


def _request(answer: Answer) -> str:
    """The id by which the service finds the request in its own logs, for a support case."""
    named = request_id(answer)
    return f" (request {named})" if named else ""


async def _read_refusal(response: httpx.Response) -> bytes:
    """The body of an answer whose status says enough: nothing where the body cannot be read."""
    with suppress(*TROUBLE):
        async with asyncio.timeout(LONGEST_REFUSAL):
            return await _read(response, LARGEST_ANSWER)
    return b""


async def _read(response: httpx.Response, largest: int) -> bytes:
    """The body, or as much of it as shows that it is too large."""
    content = bytearray()
    async for piece in response.aiter_raw():
        content += piece
        if len(content) > largest:
            break
    encoding = response.headers.get("Content-Encoding", "identity")
    return bytes(content) if encoding == "identity" else _decoded(bytes(content), encoding, largest)


def _decoded(content: bytes, encoding: str, largest: int) -> bytes:
    """The body out of gzip, or as much of it as shows that it is too large: httpx itself knows no bound."""
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(content, largest + 1)
    except zlib.error as error:
        raise httpx.DecodingError(f"the answer is in {encoding[:20]}, and not readable as gzip") from error
