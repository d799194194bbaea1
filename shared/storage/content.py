"""What content is known by where storage has no MD5 of it, as of most large uploads.

A blob's ETag changes when only its properties or its metadata do. So files up to 64 MB are hashed whole; of larger ones
16 samples are, spread evenly from the first byte to the last.
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace

from shared.storage.container import Container, Facts

HASHED_WHOLE = 64 * 1024**2
SAMPLES, SAMPLE = 16, 256 * 1024
PIECE = 4 * 1024**2
SAMPLED = "samples-"


class StoredFile:
    """A blob at one of its versions. RecordChanged where it is not at that ETag any more."""

    def __init__(self, container: Container, facts: Facts) -> None:
        self._container, self._facts = container, facts
        self.size = facts.size

    async def range(self, start: int, length: int) -> bytes:
        """Up to `length` bytes from `start`."""
        return await self._container.range(self._facts.name, start, length, self._facts.etag)


async def identified(container: Container, facts: Facts) -> Facts:
    """The facts with what the content is known by. RecordChanged where the blob is not at that ETag any more."""
    if facts.md5 or facts.content or not facts.size:
        return facts
    digest = hashlib.sha256()
    async for piece in _pieces(container, facts):
        digest.update(piece)
    kind = "sha256-" if facts.size <= HASHED_WHOLE else SAMPLED
    return replace(facts, content=f"{kind}{digest.hexdigest()}")


async def _pieces(container: Container, facts: Facts) -> AsyncIterator[bytes]:
    starts, length = list(range(0, facts.size, PIECE)), PIECE
    if facts.size > HASHED_WHOLE:
        last = facts.size - SAMPLE
        starts, length = [number * last // (SAMPLES - 1) for number in range(SAMPLES)], SAMPLE
    for start in starts:
        yield await container.range(facts.name, start, length, facts.etag)


async def has_content(container: Container, name: str, etag: str, version: str) -> bool | None:
    """Whether the blob has the content `version`, which it had at `etag`; None where it is gone."""
    facts = await container.head(name)
    if facts is None:
        return None
    return facts.etag == etag or (await identified(container, facts)).version == version
