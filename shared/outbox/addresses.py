"""Where a result may be fetched from: public https addresses, and hosts that an operator trusts."""

import asyncio
import ipaddress
import socket
from typing import NamedTuple

import httpx

from shared.errors import ResultUnavailable

LOOKUP_SECONDS = 10.0
LAST_PORT = 65535
MOST_DIALLED = 4  # addresses of one host
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # so none that stands for an IPv4 address, as 64:ff9b::/96 does
#: Azure's own platform, at an address that looks public: DNS, health probes, the agent's settings.
#: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
PLATFORM = ipaddress.ip_address("168.63.129.16")


class Place(NamedTuple):
    """An address that may be fetched. `hosts` are the checked IP addresses of its host; none for a trusted host."""

    url: httpx.URL
    hosts: tuple[str, ...] = ()


async def locate(url: str, trusted: frozenset[str]) -> Place:
    """The place that an address names; ResultUnavailable where it may not be fetched. `trusted` holds `host[:port]`."""
    address = parsed(url)
    if address.scheme not in ("http", "https"):
        raise ResultUnavailable("the provider names a result that is not at an https address")
    if address.netloc.decode() in trusted:
        return Place(address)
    if address.scheme != "https" or not address.host:
        raise ResultUnavailable("the provider names a result that is not at an https address")
    found = await _look_up(address.raw_host.decode(), address.port or 443)
    if not all(map(_is_public, found)):
        raise ResultUnavailable("the provider names a result at a private address")
    return Place(address, tuple(dict.fromkeys(map(str, found)))[:MOST_DIALLED])


def parsed(url: str, base: httpx.URL | None = None) -> httpx.URL:
    """The address; ResultUnavailable where it is none."""
    try:
        address = base.join(url) if base else httpx.URL(url)
        is_one = bool(address.host or address.scheme) and (address.port or 0) <= LAST_PORT
    except (httpx.InvalidURL, ValueError) as error:  # a host in Punycode that stands for nothing is a ValueError
        raise ResultUnavailable("the provider names a result at something that is no address") from error
    if not is_one:
        raise ResultUnavailable("the provider names a result at something that is no address")
    return address


async def _look_up(host: str, port: int) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    except (OSError, ValueError) as error:  # a timeout is an OSError, a host that cannot be written a ValueError
        raise ResultUnavailable(f"the host of the result is unknown: {host}") from error
    return [ipaddress.ip_address(place[0]) for *_, place in found]


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if address.version == 6 and (address not in GLOBAL_UNICAST or address.sixtofour or address.teredo):
        return False
    return address.is_global and not address.is_multicast and address != PLATFORM
