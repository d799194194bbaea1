"""Fetching results from addresses that a provider names, which nobody else vouches for."""

import hashlib
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from shared.errors import ResultUnavailable
from shared.outbox.addresses import Place, locate, parsed
from shared.outbox.beginnings import HEAD
from shared.providers.http import words

REDIRECTS = 5
#: A result that stands still for so long is given up for now, and goes on from there with the next try.
PATIENCE = httpx.Timeout(10.0)
RANGE = re.compile(r"bytes (?P<start>\d+)-\d+/(?P<length>\d+|\*)")  # a Content-Range (RFC 9110, 14.4)
VERSION = 12  # hex digits
EMPTY = "bytes */0"  # the Content-Range of status 416, where a range of nothing was asked for (RFC 9110, 15.5.17)
#: Ways to send a file smaller than it is. None is asked for, and nobody knows how large the file would come out.
COMPRESSED = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress"})
#: httpx reads the address of a redirect before we do, and says so by UnicodeError where that is none.
TROUBLE = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError)


@dataclass(frozen=True, slots=True)
class Download:
    """A file that comes in `chunks`, from the byte `start` on, and has `length` bytes; None: nobody says how many.

    `version` changes when the file at the address does.
    """

    start: int
    length: int | None
    version: str
    chunks: AsyncIterator[bytes]


class Downloader:
    """Streams results in constant memory. https only and no private address, except for hosts that are trusted.

    What is dialled is the very IP address that was checked: a name may lead elsewhere a moment later.
    """

    def __init__(self, client: httpx.AsyncClient, trusted: frozenset[str]) -> None:
        self._client, self._trusted = client, trusted

    async def check(self, url: str) -> None:
        """ResultUnavailable where the address may not be fetched."""
        await locate(url, self._trusted)

    async def beginning(self, url: str) -> bytes:
        """The first HEAD bytes of what lies there, or all of it where it is shorter."""
        async with self._answer(url, {"Range": f"bytes=0-{HEAD - 1}"}) as response:
            if response.headers.get("Content-Range") == EMPTY:
                return b""
            _refuse_all_but(response, httpx.codes.OK, httpx.codes.PARTIAL_CONTENT)
            return await _first(response)

    @asynccontextmanager
    async def fetch(self, url: str, start: int = 0) -> AsyncIterator[Download]:
        """Open the address, from the byte `start` on where it takes ranges and is so long, else from the first.

        What comes is checked against the length that was announced.
        """
        async with AsyncExitStack() as opened:
            part = {"Range": f"bytes={start}-"} if start else {}
            response = await opened.enter_async_context(self._answer(url, part))
            if part and response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                response = await opened.enter_async_context(self._answer(url, {}))
            _refuse_all_but(response, httpx.codes.OK, *([httpx.codes.PARTIAL_CONTENT] if part else []))
            yield _download(response)

    @asynccontextmanager
    async def _answer(self, url: str, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        """What the address answers, once it leads no further; its body is still to be read."""
        for _ in range(REDIRECTS):
            place = await locate(url, self._trusted)
            response = await self._open(place, headers)
            try:
                if response.has_redirect_location:
                    url = str(parsed(response.headers["Location"], place.url))
                    continue
                yield response
            finally:
                await response.aclose()
            return
        raise ResultUnavailable("the result's address leads on and on")

    async def _open(self, place: Place, headers: Mapping[str, str]) -> httpx.Response:
        """The answer of the first of its addresses that can be reached, its body still to be read."""
        reason = "nobody answers there"
        for request in self._requests(place, {"Accept-Encoding": "identity", **headers}):
            try:
                return await self._client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                reason = words(error)
            except TROUBLE as error:
                raise ResultUnavailable(f"the result could not be fetched: {words(error)}") from error
        raise ResultUnavailable(f"the result could not be fetched: {reason}")

    def _requests(self, place: Place, headers: dict[str, str]) -> Iterator[httpx.Request]:
        """The same question for each checked address; host and certificate are those of the name all the same."""
        if not place.hosts:
            yield self._client.build_request("GET", place.url, headers=headers, timeout=PATIENCE)
        # Each connection is closed after use: the pool would lend it to another name with the same address.
        headers |= {"Host": place.url.netloc.decode(), "Connection": "close"}
        server = {"sni_hostname": place.url.raw_host.decode()}
        for host in place.hosts:
            dialled = place.url.copy_with(host=host)
            yield self._client.build_request("GET", dialled, headers=headers, extensions=server, timeout=PATIENCE)


def _refuse_all_but(response: httpx.Response, *statuses: int) -> None:
    """ResultUnavailable unless the answer has one of these statuses, and the file as it is."""
    if response.status_code not in statuses:
        raise ResultUnavailable(f"the result's address answered {response.status_code}")
    encodings = {word.strip().lower() for word in response.headers.get("Content-Encoding", "").split(",")}
    if packed := encodings & COMPRESSED:
        raise ResultUnavailable(f"the result comes in {', '.join(sorted(packed))}, although it was asked for as it is")


async def _first(response: httpx.Response) -> bytes:
    """Up to HEAD bytes, also of an address that takes no ranges."""
    received = b""
    try:
        async for chunk in response.aiter_raw(HEAD):
            received += chunk
            if len(received) >= HEAD:
                break
    except TROUBLE as error:
        raise ResultUnavailable(f"the result could not be fetched: {words(error)}") from error
    return received[:HEAD]


def _download(response: httpx.Response) -> Download:
    """What comes with an answer; ResultUnavailable where it is not the range that was asked for."""
    headers, start, length = response.headers, 0, response.headers.get("Content-Length", "*")
    if response.status_code == httpx.codes.PARTIAL_CONTENT:
        said = RANGE.fullmatch(headers.get("Content-Range", ""))
        if said is None:
            raise ResultUnavailable("the result's address answered with a part, and does not say with which")
        start, length = int(said["start"]), said["length"]
    known = "/".join([length, headers.get("ETag", ""), headers.get("Last-Modified", "")])
    version = hashlib.sha256(known.encode()).hexdigest()[:VERSION]
    return Download(start, int(length) if length.isdecimal() else None, version, _whole(response))


async def _whole(response: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in response.aiter_raw():
            yield chunk
    except TROUBLE as error:
        raise ResultUnavailable(f"the result could not be fetched: {words(error)}") from error
    announced, received = response.headers.get("Content-Length", ""), response.num_bytes_downloaded
    if announced.isdecimal() and received != int(announced):
        raise ResultUnavailable(f"the result broke off after {received} of {announced} bytes")
