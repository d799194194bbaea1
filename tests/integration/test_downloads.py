"""A result is fetched from the IP address that was checked, but by its host's name, certificate included."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from sandbox.certificate import Certificate, make_certificate
from shared.errors import ResultUnavailable
from shared.outbox.download import Downloader
from tests.integration.waiting import PATIENCE_SECONDS


class Server:
    """Serves one file over TLS, under a certificate for `localhost` and 127.0.0.1; keeps the names it was asked by."""

    def __init__(self, certificate: Certificate) -> None:
        self.names: list[str | None] = []
        self.hosts: list[bytes] = []
        self.connections = 0
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificate.path, certificate.key)
        self.context.sni_callback = lambda _, name, __: self.names.append(name)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, and leave the connection open."""
        self.connections += 1
        head = await reader.readuntil(b"\r\n\r\n")
        self.hosts += [line.partition(b": ")[2] for line in head.split(b"\r\n") if line.startswith(b"Host:")]
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfilm")
        await writer.drain()
        await reader.read()
        writer.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@asynccontextmanager
async def serving(certificate: Certificate) -> AsyncIterator[tuple[Server, int]]:
    """The server and its port."""
    served = Server(certificate)
    async with await asyncio.start_server(served.serve, "127.0.0.1", 0, ssl=served.context) as listening:
        yield served, listening.sockets[0].getsockname()[1]


@pytest.fixture
async def downloader(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Downloader]:
    """Every name leads to this machine, which passes for a public place."""

    async def found(_: str, port: int, **__: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr("shared.outbox.addresses._is_public", lambda _: True)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)
    trusting = ssl.create_default_context(cafile=str(certificate.path))
    async with httpx.AsyncClient(verify=trusting, trust_env=False, timeout=PATIENCE_SECONDS) as client:
        yield Downloader(client, frozenset())


async def read(downloader: Downloader, url: str) -> bytes:
    async with downloader.fetch(url) as download:
        return b"".join([chunk async for chunk in download.chunks])


async def test_the_host_is_asked_by_its_name_at_the_checked_address(
    downloader: Downloader, certificate: Certificate
) -> None:
    async with serving(certificate) as (server, port):
        assert await read(downloader, f"https://localhost:{port}/film.mp4") == b"film"
        assert await read(downloader, f"https://localhost:{port}/film.mp4") == b"film"
    assert server.names == ["localhost", "localhost"]
    assert server.hosts == [f"localhost:{port}".encode()] * 2
    assert server.connections == 2


async def test_a_certificate_for_the_address_is_none_for_the_name(
    downloader: Downloader, certificate: Certificate
) -> None:
    async with serving(certificate) as (server, port):
        assert await read(downloader, f"https://localhost:{port}/film.mp4") == b"film"
        with pytest.raises(ResultUnavailable, match="certificate"):
            await read(downloader, f"https://cdn.example:{port}/film.mp4")
    assert server.names == ["localhost", "cdn.example"]
