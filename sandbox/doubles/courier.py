"""How the services reach what they are pointed at: by a signed address, or by their own managed identity."""

import asyncio
import ipaddress
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
from yarl import URL

from sandbox import identity

MAX_BYTES = 5 * 1024**3
TEXT_BYTES = 16 * 1024**2
_CHUNK = 1024**2
_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=10, sock_read=30)


class NotFetched(Exception):
    """The address cannot be read; the message says why, without its query."""


class NotPushed(Exception):
    """The address cannot be written; the message says why, without its query."""


class Courier:
    """Downloads sources and delivers results, over the given session; it follows no redirect."""

    def __init__(self, session: aiohttp.ClientSession, folder: Path) -> None:
        """Download through `session` into `folder`."""
        self._session = session
        self._folder = folder

    async def file(self, url: str, *, by_identity: bool = False) -> Path:
        """The file at `url`, on disk under a new name. Raises NotFetched."""
        check_address(url)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix="source-", delete=False) as file:
            async with self._get(url, by_identity, MAX_BYTES) as response:
                async for chunk in response.content.iter_chunked(_CHUNK):
                    file.write(chunk)
        return Path(file.name)

    async def text(self, url: str, *, by_identity: bool = False) -> str:
        """The UTF-8 text at `url`, at most 16 MiB. Raises NotFetched."""
        check_address(url)
        async with self._get(url, by_identity, TEXT_BYTES) as response:
            try:
                return (await response.read()).decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise NotFetched("The file is not UTF-8 text.") from error

    async def push(self, url: str, content: bytes | Path, content_type: str) -> None:
        """Write a blob at `url` as the service's managed identity. Raises NotPushed."""
        body = content if isinstance(content, bytes) else await asyncio.to_thread(content.read_bytes)
        headers = _identity_headers() | {"x-ms-blob-type": "BlockBlob", "Content-Type": content_type}
        try:
            async with self._session.put(_address(url), data=body, headers=headers, timeout=_TIMEOUT) as response:
                if response.status != 201:
                    raise NotPushed(f"The result could not be written: HTTP {response.status}.")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotPushed(f"The result could not be written: {type(error).__name__}.") from error

    @asynccontextmanager
    async def _get(self, url: str, by_identity: bool, limit: int) -> AsyncIterator[aiohttp.ClientResponse]:
        headers = _identity_headers() if by_identity else {}
        try:
            async with self._session.get(
                _address(url), headers=headers, allow_redirects=False, timeout=_TIMEOUT
            ) as response:
                _check_answer(response, limit)
                yield response
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotFetched(f"The file could not be downloaded: {type(error).__name__}.") from error


@asynccontextmanager
async def web_session(ca: str | None) -> AsyncIterator[aiohttp.ClientSession]:
    """The client of a double: trusts the certificate at `ca`, or the machine's own when None."""
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=ca))
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


def is_loopback(url: str) -> bool:
    """Whether the address names this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_address(url: str) -> None:
    """Refuse (NotFetched) an address that is not https, and a signature that allows more than reading one blob.

    The real services take a wider signature, too. The doubles do not, so that the app cannot hand one out.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(url)):
        raise NotFetched("The address is not https.")
    query = parse_qs(parts.query)
    if "sig" in query and (query.get("sp") != ["r"] or query.get("sr") != ["b"]):
        raise NotFetched("The signed address allows more than reading one blob (sp=r, sr=b).")


def _address(url: str) -> URL:
    # The signature covers the address as it stands, so it is not encoded a second time.
    return URL(_marked(url) if is_loopback(url) else url, encoded=True)


def _marked(url: str) -> str:
    """The access log of the sandbox's storage tells the app's own requests from ours by this mark."""
    return f"{url}{'&' if '?' in url else '?'}caller=sandbox"


def _identity_headers() -> dict[str, str]:
    return {"Authorization": f"Bearer {identity.mint(identity.STORAGE)}", "x-ms-version": "2025-01-05"}


def _check_answer(response: aiohttp.ClientResponse, limit: int) -> None:
    if response.status != 200:
        raise NotFetched(f"The file could not be downloaded: HTTP {response.status}.")
    if (response.content_length or 0) > limit:
        raise NotFetched(f"The file is larger than {limit} bytes.")
