"""A result that comes by way of this app goes on where it stopped, whichever process goes on with it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

import pytest

from shared.errors import RecordChanged, ResultUnavailable
from shared.outbox.download import Download
from shared.outbox.transfer import Transfer
from shared.storage.container import BLOCK
from tests.memory_container import MemoryAccount, Operation

NAME, URL = "talks/intro.es-ES.mp3", "https://service/audio?sig=first"
SOUND = bytes(range(256)) * (5 * BLOCK // 512)  # two blocks and a half
PIECE = BLOCK // 4


class Address:
    """Where a result lies. It sends `sends` bytes of an answer and breaks off then; `takes_ranges` or does not."""

    def __init__(self, content: bytes = SOUND) -> None:
        self.content, self.version = content, "a" * 12
        self.takes_ranges, self.tells_length = True, True
        self.sends = len(content)
        self.asked: list[int] = []
        self.sent = 0

    @asynccontextmanager
    async def fetch(self, _url: str, start: int) -> AsyncIterator[Download]:
        """See Downloader.fetch."""
        self.asked.append(start)
        start = start if self.takes_ranges else 0
        length = len(self.content) if self.tells_length else None
        yield Download(start, length, self.version, self._chunks(start))

    async def _chunks(self, start: int) -> AsyncIterator[bytes]:
        for at in range(start, len(self.content), PIECE):
            if at >= start + self.sends:
                raise ResultUnavailable("it broke off")
            self.sent += len(self.content[at : at + PIECE])
            yield self.content[at : at + PIECE]


class Way:
    """One result on its way into an outbox in memory. Each turn is a process of its own."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.account = MemoryAccount()
        self.outbox = self.account.container("outbox")
        self.kinds: list[str] = []
        self.account.after = self._watch

    async def turn(self, pieces: int, url: str = URL, over: str | None = None, work: str = "work") -> bool:
        """Bring so many pieces; whether all of it is there."""
        transfer = Transfer(self.outbox, self.address.fetch)
        return await transfer.bring(NAME, url, over, so_often(pieces), work=work, content_type="audio/mpeg")

    async def turns(self, pieces: int) -> int:
        """Turns of so many pieces until all is there; how many."""
        for number in count(1):
            if await self.turn(pieces):
                return number
        raise AssertionError

    @property
    def content(self) -> bytes | None:
        """What lies in the outbox."""
        stored = self.outbox.blobs.get(NAME)
        return stored.data if stored else None

    async def _watch(self, operation: Operation) -> None:
        self.kinds.append(operation.kind)


def so_often(pieces: int) -> Callable[[], bool]:
    """Time for so many pieces."""
    left = count(pieces - 1, -1)
    return lambda: next(left) > 0


async def test_a_result_comes_in_as_many_turns_as_it_takes_and_each_byte_once() -> None:
    way = Way(Address())
    assert await way.turns(3) == 4  # of ten pieces
    assert way.content == SOUND
    assert way.address.sent == len(SOUND)
    assert way.address.asked == [0, 3 * PIECE, 6 * PIECE, 9 * PIECE]


async def test_one_piece_a_turn_is_progress_too() -> None:
    way = Way(Address())
    assert await way.turns(1) == 11
    assert way.content == SOUND


async def test_nothing_is_published_before_all_of_it_is_there() -> None:
    way = Way(Address())
    assert not await way.turn(9)
    assert way.content is None


async def test_a_small_result_is_written_in_one_go() -> None:
    way = Way(Address(b"ID3"))
    assert await way.turn(9)
    assert (way.content, way.kinds) == (b"ID3", ["staged", "write"])


async def test_a_result_that_breaks_off_goes_on_from_there() -> None:
    way = Way(Address())
    way.address.sends = 3 * PIECE
    for _ in range(3):
        with pytest.raises(ResultUnavailable, match="broke off"):
            await way.turn(99)
    assert await way.turn(99)
    assert (way.content, way.address.sent) == (SOUND, len(SOUND))


async def test_a_new_signature_of_the_address_is_no_new_file() -> None:
    way = Way(Address())
    await way.turn(5)
    assert await way.turn(99, URL.replace("first", "second"))
    assert way.address.sent == len(SOUND)


async def test_it_begins_anew_where_the_address_takes_no_ranges() -> None:
    way = Way(Address())
    way.address.takes_ranges = False
    assert not await way.turn(5)
    assert await way.turn(99)
    assert way.content == SOUND
    assert way.address.sent == 5 * PIECE + len(SOUND)


async def test_it_begins_anew_where_the_file_has_changed() -> None:
    way = Way(Address())
    await way.turn(5)
    way.address.content, way.address.version = SOUND[::-1], "b" * 12
    assert await way.turn(99)
    assert way.content == SOUND[::-1]
    assert way.address.asked == [0, 5 * PIECE, 0]


async def test_it_begins_anew_for_other_work() -> None:
    way = Way(Address())
    await way.turn(5)
    assert await way.turn(99, work="another attempt")
    assert way.address.asked == [0, 0]


async def test_what_was_staged_whole_is_not_asked_for_again() -> None:
    way = Way(Address(SOUND[: 4 * PIECE]))

    async def die(operation: Operation) -> None:
        if operation.kind == "commit":
            raise RuntimeError("the process ends here")

    way.account.before = die
    assert not await way.turn(4)
    with pytest.raises(RuntimeError):
        await way.turn(1)
    assert way.address.asked == [0]


async def test_a_file_of_unknown_length_comes_too() -> None:
    way = Way(Address())
    way.address.tells_length = False
    assert await way.turns(3) == 4
    assert way.content == SOUND


async def test_what_came_in_the_meantime_is_not_overwritten() -> None:
    way = Way(Address())
    await way.turn(5)
    way.outbox.put(NAME, b"somebody else's")
    with pytest.raises(RecordChanged):
        await way.turn(99)
    assert way.content == b"somebody else's"
