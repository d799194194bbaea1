"""A result that storage cannot copy by itself is brought home in blocks, as far as the time goes.

The blocks that are staged for a blob outlast the process: storage keeps them for a week. Their ids say of which work
they are, and of which version of the file at the result's address. So whoever goes on sees in storage alone how far it
has come, and nothing of it is written in the record.

https://learn.microsoft.com/rest/api/storageservices/put-block
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Self

from shared.errors import ResultUnavailable
from shared.outbox.download import Download
from shared.storage.container import BLOCK, Container

WORK = 12  # hex digits
#: A block's id: the work, the version of the file, its length (0: unknown), the block's number. At most 64 bytes.
BLOCK_ID = re.compile(r"(?P<of>(?P<work>[0-9a-f]{12})\.[0-9a-f]{12}\.(?P<length>\d{14}))\.(?P<number>\d{6})")


#: Opens a result's address from a byte on, after checking that it may be fetched; see Downloader.fetch.
Fetch = Callable[[str, int], AbstractAsyncContextManager[Download]]


@dataclass(slots=True)
class Staged:
    """The blocks of one version of a result, from its first byte on. `of` begins all their ids."""

    of: str
    length: int = 0
    blocks: list[str] = field(default_factory=list)
    size: int = 0

    @classmethod
    def most(cls, staged: Mapping[str, int], work: str) -> Self | None:
        """The version of this work of which most is there."""
        found = [block for block in map(BLOCK_ID.fullmatch, staged) if block and block["work"] == work]
        versions = [cls(of, length) for of, length in {(block["of"], int(block["length"])) for block in found}]
        for version in versions:
            while (block := version.next) in staged:
                version.add(block, staged[block])
        return max(versions, key=lambda version: version.size, default=None)

    @property
    def next(self) -> str:
        """The id of the block that follows."""
        return f"{self.of}.{len(self.blocks):06}"

    @property
    def is_whole(self) -> bool:
        """Whether the file's last byte is there."""
        return 0 < self.length == self.size

    def add(self, block: str, size: int) -> None:
        """A block was staged."""
        self.blocks.append(block)
        self.size += size


class Transfer:
    """Brings results home by way of this app."""

    def __init__(self, outbox: Container, fetch: Fetch) -> None:
        self._outbox, self._fetch = outbox, fetch

    async def bring(
        self, name: str, url: str, over: str | None, may_go_on: Callable[[], bool], *, work: str, **details: Any
    ) -> bool:
        """Go on with a result for as long as it may; whether it is all there. Something is brought in any case.

        It begins anew where the address takes no ranges, or where the file there is another one by now. Details as for
        Container.write.
        """
        # What a signed address is signed with changes, and the file stays the same.
        mark = hashlib.sha256(f"{work} {url.partition('?')[0]}".encode()).hexdigest()[:WORK]
        staged = Staged.most(await self._outbox.staged(name), mark)
        if staged is None or not staged.is_whole:
            staged, rest = await self._go_on(name, url, mark, staged, may_go_on)
            if rest is None:
                return False
            if not staged.blocks:
                await self._outbox.write(name, rest, over, **details)
                return True
            await self._stage(name, staged, rest)
        await self._outbox.commit(name, staged.blocks, over, **details)
        return True

    async def _go_on(
        self, name: str, url: str, mark: str, staged: Staged | None, may_go_on: Callable[[], bool]
    ) -> tuple[Staged, bytes | None]:
        """Take what comes, from where it stopped or from the beginning; the rest, or None where more is to come."""
        async with self._fetch(url, staged.size if staged else 0) as download:
            of = f"{mark}.{download.version}.{download.length or 0:014}"
            if staged is None or (download.start, of) != (staged.size, staged.of):
                staged = Staged(of, download.length or 0)
            if download.start == staged.size:
                return staged, await self._receive(name, staged, download, may_go_on)
        return await self._go_on(name, url, mark, None, may_go_on)

    async def _receive(
        self, name: str, staged: Staged, download: Download, may_go_on: Callable[[], bool]
    ) -> bytes | None:
        """Stage what comes, also what came before an error; the rest, or None where more is to come."""
        rest = bytearray()
        try:
            async for chunk in download.chunks:
                rest += chunk
                is_cut = not may_go_on()
                if is_cut or len(rest) >= BLOCK:
                    await self._stage(name, staged, bytes(rest))
                    rest.clear()
                if is_cut:
                    return None
        except ResultUnavailable:
            await self._stage(name, staged, bytes(rest))
            raise
        return bytes(rest)

    async def _stage(self, name: str, staged: Staged, data: bytes) -> None:
        if data:
            block = staged.next
            await self._outbox.stage(name, block, data)
            staged.add(block, len(data))
