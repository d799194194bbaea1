"""Where a result may be fetched from. Which addresses are refused is listed in test_download.py."""

import asyncio
import socket
from typing import Any

import httpx
import pytest

from shared.errors import ResultUnavailable
from shared.outbox.addresses import MOST_DIALLED, Place, locate, parsed

TRUSTED = frozenset({"storage.example:10000"})
FILM = "https://cdn.example/film.mp4"


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    async def look_up(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)


async def test_a_place_carries_the_addresses_that_were_checked_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "8.8.8.8", "8.8.8.8", "8.8.4.4")
    assert await locate(FILM, TRUSTED) == Place(httpx.URL(FILM), ("8.8.8.8", "8.8.4.4"))


async def test_no_more_addresses_are_kept_than_are_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, *(f"8.8.8.{number}" for number in range(1, 10)))
    assert len((await locate(FILM, TRUSTED)).hosts) == MOST_DIALLED


async def test_one_private_address_among_many_refuses_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, *(f"8.8.8.{number}" for number in range(1, 10)), "10.0.0.1")
    with pytest.raises(ResultUnavailable, match="private address"):
        await locate(FILM, TRUSTED)


async def test_a_trusted_host_is_not_looked_up() -> None:
    url = "http://storage.example:10000/staging/film.mp4"
    assert await locate(url, TRUSTED) == Place(httpx.URL(url))


async def test_a_trusted_host_is_trusted_at_its_port_alone() -> None:
    with pytest.raises(ResultUnavailable, match="not at an https address"):
        await locate("http://storage.example/film.mp4", TRUSTED)


def test_a_redirect_may_be_relative() -> None:
    assert parsed("../b.mp4", httpx.URL("https://cdn.example/a/a.mp4")) == httpx.URL("https://cdn.example/b.mp4")


@pytest.mark.parametrize("url", ["", "film.mp4", "https://8.8.8.8:99999/", "https://xn--/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ResultUnavailable, match="no address"):
        parsed(url)
