"""Where Vozo's results are downloaded from: signed addresses that run out, and no API key.

The signature's form and the lifetime are ours; nothing is published (facts on Vozo, section 4). Ranges and
Content-Length are served.
"""

import asyncio
import hashlib
import hmac
import secrets
import time
from pathlib import Path

from aiohttp import web

LIFETIME = 300
MAX_ZEROS = 16 * 1024**3
_CHUNK = 256 * 1024


class Cdn:
    """Files that were published, by path."""

    def __init__(self, origin: str) -> None:
        """Begin empty, at the address `origin`, with a signing key of its own."""
        self.origin = origin
        self._key = secrets.token_bytes(32)
        self._files: dict[str, Path] = {}
        self._cut: set[str] = set()

    def routes(self) -> list[web.RouteDef]:
        """`/cdn/zeros/{size}.mp4` or `.mp3`, which needs no signature, and the published files."""
        return [
            web.get("/cdn/zeros/{size:\\d+}.{kind:mp[34]}", self._zeros),
            web.get("/cdn/{path:.+}", self._file),
        ]

    def publish(self, path: str, file: Path, *, cut: bool = False) -> None:
        """Serve `file` at that path; with `cut`, close the connection half-way."""
        self._files[path] = file
        if cut:
            self._cut.add(path)

    def forget(self) -> None:
        """Serve nothing any more."""
        self._files.clear()
        self._cut.clear()

    def url(self, path: str, *, expired: bool = False) -> str:
        """An address of that path, good for five minutes; with `expired`, one that has run out."""
        expires = int(time.time()) + (-1 if expired else LIFETIME)
        return f"{self.origin}/cdn/{path}?expires={expires}&signature={self._signature(path, str(expires))}"

    def _signature(self, path: str, expires: str) -> str:
        return hmac.new(self._key, f"{path}\n{expires}".encode(), hashlib.sha256).hexdigest()

    def _check(self, request: web.Request) -> None:
        path, expires = request.match_info["path"], request.query.get("expires", "")
        expected = self._signature(path, expires)
        if not hmac.compare_digest(request.query.get("signature", "").encode(), expected.encode()):
            raise web.HTTPForbidden(text="The signature is wrong.")
        if int(expires) < time.time():
            raise web.HTTPForbidden(text="The address has run out.")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        _refuse_credentials(request)
        self._check(request)
        path = request.match_info["path"]
        if path not in self._files:
            raise web.HTTPNotFound
        if path in self._cut:
            return await _half(request, self._files[path])
        return web.FileResponse(self._files[path])

    async def _zeros(self, request: web.Request) -> web.StreamResponse:
        _refuse_credentials(request)
        size = int(request.match_info["size"])
        if size > MAX_ZEROS:
            raise web.HTTPNotFound
        span = range(size)[request.http_range]
        partial = "Range" in request.headers
        response = web.StreamResponse(status=206 if partial else 200, headers=_span_headers(span, size, partial))
        await response.prepare(request)
        head = _HEADS[request.match_info["kind"]]
        for start in range(span.start, span.stop, _CHUNK):
            stop = min(start + _CHUNK, span.stop)
            await response.write(head[start:stop].ljust(stop - start, b"\0"))
        await response.write_eof()
        return response


#: What a file of zeros begins with, so that it is taken for what it is called.
_HEADS = {"mp4": b"\0\0\0\x10ftypisom\0\0\0\0", "mp3": b"ID3\x04\0\0\0\0\0\0"}


def _refuse_credentials(request: web.Request) -> None:
    if "Authorization" in request.headers:
        raise web.HTTPForbidden(text="An API key was sent to a result's address.")


def _span_headers(span: range, size: int, partial: bool) -> dict[str, str]:
    headers = {"Content-Type": "video/mp4", "Content-Length": str(len(span)), "Accept-Ranges": "bytes"}
    if partial:
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    return headers


async def _half(request: web.Request, file: Path) -> web.StreamResponse:
    content = await asyncio.to_thread(file.read_bytes)
    response = web.StreamResponse(headers={"Content-Length": str(len(content))})
    await response.prepare(request)
    await response.write(content[: len(content) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
