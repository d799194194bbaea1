"""Fetching results: only from where results may be, whole or not at all."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from shared.errors import ResultUnavailable
from shared.outbox.beginnings import HEAD
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
    async with from_where.fetch(url) as download:
        return b"".join([chunk async for chunk in download.chunks])


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
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b::808:808]/",
        "https://[64:ff9b:1::808:808]/",
        "https://[::127.0.0.1]/",
        "https://[::8.8.8.8]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:808:808::]/",
        "https://[fec0::1]/",
        "https://[2001:db8::1]/",
        "https://168.63.129.16/",
        "https://xn--/",
        "https://xn--a.example/",
        f"ftp://{TRUSTED}/x",
        f"file://{TRUSTED}/etc/passwd",
        f"gopher://{TRUSTED}/x",
        "https://" + "a" * 64 + ".example/",
        "https://8.8.8.8:99999/",
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


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://127.0.0.1/",
        "http://8.8.4.4/",
        "https://169.254.169.254/",
        "https://xn--/",
        "https://[x/y",
        "//xn--/",
    ],
)
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


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "br", "deflate", "identity, GZIP"])
async def test_a_result_that_comes_compressed_although_we_ask_for_it_plain_is_not_unpacked(encoding: str) -> None:
    packed = gzip.compress(bytes(50_000_000))

    def serve(request: httpx.Request) -> httpx.Response:
        assert request.headers["Accept-Encoding"] == "identity"
        headers = {"Content-Encoding": encoding, "Content-Length": str(len(packed))}
        return httpx.Response(200, headers=headers, stream=Pieces(packed))

    with pytest.raises(ResultUnavailable, match="although it was asked for as it is"):
        await read(fetcher(serve))


@pytest.mark.parametrize("encoding", ["identity", "aws-chunked", ""])
async def test_a_result_that_only_names_an_encoding_comes_as_it_is(encoding: str) -> None:
    headers = {"Content-Encoding": encoding}
    assert await read(fetcher(lambda _: httpx.Response(200, headers=headers, stream=Pieces(b"film")))) == b"film"


async def test_what_goes_wrong_on_the_way_is_told_without_the_signature() -> None:
    def serve(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError(f"cannot read {PUBLIC}?sig=topsecret")

    with pytest.raises(ResultUnavailable) as failed:
        await read(fetcher(serve))
    assert "topsecret" not in failed.value.reason


class Names:
    """A name service whose answers change; it counts how often it is asked."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers, self.asked = list(answers), 0

    async def __call__(self, _: str, port: int, **__: Any) -> list[tuple[Any, ...]]:
        self.asked += 1
        found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port)) for place in found]


def named(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> Names:
    names = Names(*answers)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", names)
    return names


async def test_what_is_dialled_is_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    names = named(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    seen = []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append((str(request.url), request.headers["Host"], request.extensions["sni_hostname"]))
        assert request.headers["Connection"] == "close"
        return httpx.Response(200, stream=Pieces(b"film"))

    assert await read(fetcher(serve), "https://cdn.example:8443/film.mp4?sig=1") == b"film"
    assert seen == [("https://8.8.8.8:8443/film.mp4?sig=1", "cdn.example:8443", "cdn.example")]
    assert names.asked == 1


async def test_a_name_with_a_private_address_among_its_own_is_not_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(ResultUnavailable, match="private"):
        await read(fetcher(_unserved), "https://cdn.example/film.mp4")


async def test_a_redirect_is_read_by_the_name_and_checked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    names = named(monkeypatch, ["8.8.8.8"], ["8.8.4.4"])

    def serve(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/film.mp4":
            return httpx.Response(302, headers={"Location": "moved.mp4"})
        return httpx.Response(200, stream=Pieces(f"{request.url} {request.headers['Host']}".encode()))

    came = await read(fetcher(serve), "https://cdn.example/film.mp4")
    assert came == b"https://8.8.4.4/moved.mp4 cdn.example"
    assert names.asked == 2


async def test_the_next_address_of_a_host_is_dialled_where_one_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named(monkeypatch, ["2606:4700::1111", "8.8.8.8"])

    def serve(request: httpx.Request) -> httpx.Response:
        if request.url.host != "8.8.8.8":
            raise httpx.ConnectError("no route")
        return httpx.Response(200, stream=Pieces(b"film"))

    assert await read(fetcher(serve), "https://cdn.example/film.mp4") == b"film"


async def test_a_host_that_cannot_be_reached_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, ["8.8.8.8", "8.8.4.4"])

    def serve(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("slow")

    with pytest.raises(ResultUnavailable, match="slow"):
        await read(fetcher(serve), "https://cdn.example/film.mp4")


async def test_a_host_whose_name_is_never_found_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: Any, **__: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("shared.outbox.addresses.LOOKUP_SECONDS", 0.01)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", never)
    with pytest.raises(ResultUnavailable, match="is unknown"):
        await read(fetcher(_unserved), "https://cdn.example/film.mp4")


def _unserved(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"{request.url} was asked")


class TestTheRest:
    """What is left of a file of which a part came before."""

    def serve(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.headers.get("Range"))
        if request.headers.get("Range") == "bytes=9-":
            return httpx.Response(416, headers={"Content-Range": "bytes */9"})
        if "Range" in request.headers:
            part = {"ETag": "v1", "Content-Length": "5", "Content-Range": "bytes 4-8/9"}
            return httpx.Response(206, headers=part, stream=Pieces(b"-film"))
        return httpx.Response(200, headers={"ETag": "v1", "Content-Length": "9"}, stream=Pieces(b"a-whole-f"))

    @pytest.fixture(autouse=True)
    def _asked(self) -> None:
        self.asked: list[str | None] = []

    async def read(self, start: int) -> tuple[int, int | None, bytes]:
        async with fetcher(self.serve).fetch(PUBLIC, start) as download:
            return download.start, download.length, b"".join([chunk async for chunk in download.chunks])

    async def test_is_asked_for_by_range(self) -> None:
        assert await self.read(4) == (4, 9, b"-film")
        assert self.asked == ["bytes=4-"]

    async def test_is_all_of_it_where_the_file_is_shorter_by_now(self) -> None:
        assert await self.read(9) == (0, 9, b"a-whole-f")
        assert self.asked == ["bytes=9-", None]

    async def test_is_of_the_same_version_as_the_part_before_it(self) -> None:
        versions = set()
        for start in (0, 4):
            async with fetcher(self.serve).fetch(PUBLIC, start) as download:
                versions.add(download.version)
        assert len(versions) == 1

    async def test_is_not_taken_where_the_address_does_not_say_which_part_it_is(self) -> None:
        with pytest.raises(ResultUnavailable, match="does not say with which"):
            async with fetcher(lambda _: httpx.Response(206, content=b"x")).fetch(PUBLIC, 4):
                pass


class TestTheBeginning:
    async def test_is_asked_for_by_range(self) -> None:
        asked: list[str] = []

        def serve(request: httpx.Request) -> httpx.Response:
            asked.append(request.headers["Range"])
            return httpx.Response(206, stream=Pieces(b"x" * HEAD))

        assert await fetcher(serve).beginning(PUBLIC) == b"x" * HEAD
        assert asked == [f"bytes=0-{HEAD - 1}"]

    async def test_is_no_longer_where_the_address_takes_no_ranges(self) -> None:
        whole = Pieces(b"a" * 100, b"b" * HEAD, b"never read")
        read = fetcher(lambda _: httpx.Response(200, stream=whole)).beginning
        assert await read(PUBLIC) == b"a" * 100 + b"b" * (HEAD - 100)

    async def test_of_an_empty_file_is_empty(self) -> None:
        answer = httpx.Response(416, headers={"Content-Range": "bytes */0"})
        assert await fetcher(lambda _: answer).beginning(PUBLIC) == b""

    @pytest.mark.parametrize("status", [204, 403, 404, 416, 500])
    async def test_is_not_taken_from_any_other_answer(self, status: int) -> None:
        with pytest.raises(ResultUnavailable, match=f"answered {status}"):
            await fetcher(lambda _: httpx.Response(status)).beginning(PUBLIC)

    async def test_is_not_read_at_a_private_address(self) -> None:
        with pytest.raises(ResultUnavailable, match="private address"):
            await fetcher(_unserved).beginning("https://10.0.0.1/film.mp4")
