"""Fetching results: only from where results may be, whole or not at all."""

import gzip
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from shared.errors import ResultUnavailable
from shared.outbox.download import REDIRECTS, Downloader

PUBLIC = "https://8.8.8.8/film.mp4"  # a number, so that no name must be looked up
TRUSTED = "127.0.0.1:10000"


class Pieces(httpx.AsyncByteStream):
    """A body that comes in pieces, as from a network."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


def fetcher(serve: Callable[[httpx.Request], httpx.Response]) -> Downloader:
    return Downloader(httpx.AsyncClient(transport=httpx.MockTransport(serve)), frozenset({TRUSTED}))


async def read(from_where: Downloader, url: str = PUBLIC) -> bytes:
    async with from_where.fetch(url) as chunks:
        return b"".join([chunk async for chunk in chunks])


@pytest.mark.parametrize(
    "url", [PUBLIC, "https://[2606:4700::1111]/x", f"http://{TRUSTED}/x", f"https://{TRUSTED}/x?sig=1"]
)
async def test_results_may_lie_at_public_https_addresses_and_at_trusted_hosts(url: str) -> None:
    await fetcher(_unserved).check(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8/film.mp4",
        "ftp://8.8.8.8/film.mp4",
        "file:///etc/passwd",
        "film.mp4",
        "",
        "https://",
        "https://[8.8.8.8/",
        "https://a..b/",
        "https://127.0.0.1/",
        "https://127.0.0.1:10001/",
        "https://127.1/",
        "https://2130706433/",
        "https://user@127.0.0.1/",
        f"https://{TRUSTED}@127.0.0.1/",
        "https://10.0.0.1/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/metadata/identity/oauth2/token",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[ff02::1]/",
    ],
)
async def test_no_other_address_is_asked(url: str) -> None:
    results = fetcher(_unserved)
    with pytest.raises(ResultUnavailable):
        await results.check(url)
    with pytest.raises(ResultUnavailable):
        await read(results, url)


async def test_a_result_is_read_whole() -> None:
    assert await read(fetcher(lambda _: httpx.Response(200, stream=Pieces(b"film ", b"of talk")))) == b"film of talk"


async def test_redirects_are_followed() -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/film.mp4":
            return httpx.Response(302, headers={"Location": "/moved.mp4?sig=1"})
        return httpx.Response(200, stream=Pieces(str(request.url).encode()))

    assert await read(fetcher(serve)) == b"https://8.8.8.8/moved.mp4?sig=1"


@pytest.mark.parametrize("elsewhere", ["https://127.0.0.1/", "http://8.8.4.4/", "https://169.254.169.254/"])
async def test_a_redirect_leads_nowhere_that_a_result_may_not_lie(elsewhere: str) -> None:
    asked = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": elsewhere})

    with pytest.raises(ResultUnavailable):
        await read(fetcher(serve))
    assert asked == [PUBLIC]


async def test_redirects_end_somewhere() -> None:
    asked = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(302, headers={"Location": PUBLIC})

    with pytest.raises(ResultUnavailable, match="on and on"):
        await read(fetcher(serve))
    assert len(asked) == REDIRECTS


@pytest.mark.parametrize("status", [204, 206, 304, 403, 404, 500])
async def test_any_answer_but_the_file_is_no_result(status: int) -> None:
    with pytest.raises(ResultUnavailable, match=str(status)):
        await read(fetcher(lambda _: httpx.Response(status, text="<html>gone</html>")))


async def test_a_result_that_breaks_off_is_no_result() -> None:
    def serve(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Length": "12"}, stream=Pieces(b"film ", b"of"))

    with pytest.raises(ResultUnavailable, match="broke off after 7 of 12 bytes"):
        await read(fetcher(serve))


async def test_a_result_may_come_compressed_although_we_ask_for_it_plain() -> None:
    packed = gzip.compress(b"WEBVTT\n" * 100)

    def serve(request: httpx.Request) -> httpx.Response:
        assert request.headers["Accept-Encoding"] == "identity"
        headers = {"Content-Encoding": "gzip", "Content-Length": str(len(packed))}
        return httpx.Response(200, headers=headers, stream=Pieces(packed))

    assert await read(fetcher(serve)) == b"WEBVTT\n" * 100


async def test_what_goes_wrong_on_the_way_is_told_without_the_signature() -> None:
    def serve(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError(f"cannot read {PUBLIC}?sig=topsecret")

    with pytest.raises(ResultUnavailable) as failed:
        await read(fetcher(serve))
    assert "topsecret" not in failed.value.reason


def _unserved(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"{request.url} was asked")
