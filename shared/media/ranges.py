"""A remote file as the synchronous file object that tinytag, zipfile and pypdf read from.

Those libraries decide while they read where to read next (the index of an mp4 may be its end), so head and tail cannot
be fetched beforehand. They run in a thread, and every block that they miss is fetched by the event loop.
Whatever the file makes them do, they end: each read looks at the deadline and at what has been fetched so far.
"""

import asyncio
import io
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from shared.errors import BabeldropError

BLOCK = 64 * 1024
#: What a reader finds, one after the other: a field of MediaFacts and its value; of warnings one at a time.
type Found = Iterator[tuple[str, object]]


class MediaFile(Protocol):
    """A dropped file, pinned to one version of its content.

    Reading fails with an error of the app's own, StorageTrouble for one.
    """

    @property
    def size(self) -> int:
        """Bytes."""

    async def range(self, start: int, length: int) -> bytes:
        """Bytes from `start`; fewer than `length` only at the end of the file."""


@dataclass(frozen=True)
class Bounds:
    """How much is spent on judging one file: seconds, blocks fetched, bytes of one read, blocks held in memory."""

    seconds: float = 20
    blocks: int = 512
    longest_read: int = 4 * 1024 * 1024
    held: int = 64


class Spent(Exception):
    """Judging the file would take more than its bounds allow."""


class RangeReader(io.RawIOBase):
    """Reads a file by ranges of 64 KiB, and keeps the latest ones. Not for two threads at once."""

    def __init__(self, size: int, head: bytes, fetch: Callable[[int, int], bytes], bounds: Bounds) -> None:
        """`head` is the beginning of the file, which costs nothing more; `fetch` gets a range of the rest."""
        self._size, self._head, self._fetch, self._bounds = size, head, fetch, bounds
        self._position = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._fetched = 0
        self._deadline = time.monotonic() + bounds.seconds
        self.spent = False

    def check_time(self) -> None:
        """Raise Spent once the time is over; for whoever works on long without reading."""
        self._refuse_if(time.monotonic() > self._deadline)

    def _refuse_if(self, too_much: bool) -> None:
        self.spent = self.spent or too_much
        if self.spent:
            raise Spent

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move without reading; past the end is allowed, before the beginning is not."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("a position before the beginning of the file")
        self._position = base + offset
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        """Up to `size` bytes, all of the rest for -1; Spent where a bound is passed."""
        self.check_time()
        rest = max(0, self._size - self._position)
        length = rest if size is None or size < 0 else min(size, rest)
        self._refuse_if(length > self._bounds.longest_read)
        data = self._slice(self._position, self._position + length)
        self._position += len(data)
        return data

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override] # typeshed's private Buffer
        """Fill the buffer as far as the file goes; how many bytes."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _slice(self, start: int, end: int) -> bytes:
        if end <= len(self._head):
            return self._head[start:end]
        parts = [self._block(number) for number in range(start // BLOCK, (end - 1) // BLOCK + 1)]
        offset = start - start // BLOCK * BLOCK
        return b"".join(parts)[offset : offset + end - start]

    def _block(self, number: int) -> bytes:
        if number in self._blocks:
            self._blocks.move_to_end(number)
            return self._blocks[number]
        self._fetched += 1
        self._refuse_if(self._fetched > self._bounds.blocks)
        block = self._blocks[number] = self._fetch(number * BLOCK, min(BLOCK, self._size - number * BLOCK))
        if len(self._blocks) > self._bounds.held:
            self._blocks.popitem(last=False)
        return block


async def in_thread(
    file: MediaFile, head: bytes, work: Callable[[RangeReader], None], bounds: Bounds
) -> Exception | None:
    """Run `work` over the file in a thread; what it raised, if anything: Spent where a bound was passed.

    An error of ours, from reading the file, is raised, even where the library that read swallowed it.
    """
    loop = asyncio.get_running_loop()
    trouble: list[BabeldropError] = []

    def fetch(start: int, length: int) -> bytes:
        reading = asyncio.run_coroutine_threadsafe(file.range(start, length), loop)
        try:
            return reading.result(bounds.seconds)
        except BabeldropError as error:
            trouble.append(error)
            raise
        except TimeoutError:
            reading.cancel()
            raise

    reader = RangeReader(file.size, head, fetch, bounds)
    wrong = await asyncio.to_thread(_outcome, work, reader)
    if trouble:
        raise trouble[0]
    # The libraries wrap what they meet in errors of their own.
    return Spent() if wrong and reader.spent else wrong


def _outcome(work: Callable[[RangeReader], None], reader: RangeReader) -> Exception | None:
    """What the work raised. Broken files make the libraries raise whatever there is, RecursionError for one."""
    try:
        work(reader)
    except Exception as error:
        return error
    return None
