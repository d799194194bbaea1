"""Fetching results from addresses that a provider names, which nobody else vouches for."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from shared.errors import ResultUnavailable
from shared.providers.http import words
from shared.storage.container import BLOCK

REDIRECTS = 5


class Downloader:
    """Streams results in constant memory. https only and no private address, except for hosts that are trusted."""

    def __init__(self, client: httpx.AsyncClient, trusted: frozenset[str]) -> None:
        self._client, self._trusted = client, trusted

    async def check(self, url: str) -> None:
        """ResultUnavailable where the address may not be fetched."""
        try:
            address = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise ResultUnavailable("the provider names a result at something that is no address") from error
        if address.netloc.decode() in self._trusted:
            return
        if address.scheme != "https" or not address.host:
            raise ResultUnavailable("the provider names a result that is not at an https address")
        if await _is_private(address.raw_host.decode()):
            raise ResultUnavailable("the provider names a result at a private address")

    @asynccontextmanager
    async def fetch(self, url: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open the address; what it yields is checked against the length that was announced."""
        for _ in range(REDIRECTS):
            await self.check(url)
            try:
                async with self._client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response:
                    if response.is_redirect and response.next_request:
                        url = str(response.next_request.url)
                        continue
                    if response.status_code != httpx.codes.OK:
                        raise ResultUnavailable(f"the result's address answered {response.status_code}")
                    yield _whole(response)
                    return
            except httpx.HTTPError as error:
                raise ResultUnavailable(f"the result could not be fetched: {words(error)}") from error
        raise ResultUnavailable("the result's address leads on and on")


async def _whole(response: httpx.Response) -> AsyncIterator[bytes]:
    async for chunk in response.aiter_bytes(BLOCK):
        yield chunk
    announced, received = response.headers.get("Content-Length"), response.num_bytes_downloaded
    if announced is not None and received != int(announced):
        raise ResultUnavailable(f"the result broke off after {received} of {announced} bytes")


async def _is_private(host: str) -> bool:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, 443, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise ResultUnavailable(f"the host of the result is unknown: {host}") from error
    return not all(_is_public(ipaddress.ip_address(place[0])) for *_, place in found)


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not address.is_multicast
