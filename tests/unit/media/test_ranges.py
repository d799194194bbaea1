import io
from collections.abc import Callable

import hypothesis
import hypothesis.strategies as st
import pytest

from shared.media.ranges import BLOCK, Bounds, RangeReader, Spent

DATA = bytes(range(256)) * 1000  # not quite four blocks


def reader_of(data: bytes, head: int = 0, bounds: Bounds | None = None) -> tuple[RangeReader, list[int]]:
    """A reader, and where it fetches from."""
    fetched: list[int] = []

    def fetch(start: int, length: int) -> bytes:
        fetched.append(start)
        return data[start : start + length]

    return RangeReader(len(data), data[:head], fetch, bounds or Bounds()), fetched


@hypothesis.given(
    st.integers(0, len(DATA)),
    st.lists(st.tuples(st.integers(0, len(DATA) + 9), st.integers(-1, 2 * BLOCK)), max_size=9),
)
def test_it_reads_what_a_file_in_memory_reads(head: int, moves: list[tuple[int, int]]) -> None:
    reader, _ = reader_of(DATA, head)
    file = io.BytesIO(DATA)
    for position, length in moves:
        assert reader.seek(position) == file.seek(position)
        assert reader.read(length) == file.read(length)
        assert reader.tell() == file.tell()


def test_a_block_is_fetched_once_and_the_head_never() -> None:
    reader, fetched = reader_of(DATA, head=BLOCK)
    reader.read(BLOCK)
    reader.seek(-10, io.SEEK_END)
    buffer = bytearray(20)
    assert (reader.readinto(buffer), bytes(buffer[:10])) == (10, DATA[-10:])
    reader.seek(-5, io.SEEK_END)
    reader.read()
    assert fetched == [3 * BLOCK]


def test_only_the_latest_blocks_are_held() -> None:
    reader, fetched = reader_of(DATA, bounds=Bounds(held=2))
    for start in (0, BLOCK, 0, 2 * BLOCK, 0, BLOCK):
        reader.seek(start)
        reader.read(1)
    assert fetched == [0, BLOCK, 2 * BLOCK, BLOCK]


def test_nothing_is_before_the_beginning() -> None:
    with pytest.raises(ValueError, match="before the beginning"):
        reader_of(DATA)[0].seek(-1)


@pytest.mark.parametrize(
    ("bounds", "read"),
    [
        (Bounds(longest_read=99), lambda reader: reader.read(100)),
        (Bounds(blocks=2), lambda reader: reader.read()),
        (Bounds(seconds=-1), lambda reader: reader.read(1)),
        (Bounds(seconds=-1), lambda reader: reader.check_time()),
    ],
)
def test_past_its_bounds_it_ends_and_stays_at_an_end(bounds: Bounds, read: Callable[[RangeReader], object]) -> None:
    reader, _ = reader_of(DATA, bounds=bounds)
    for _ in range(2):
        with pytest.raises(Spent):
            read(reader)
    assert reader.spent
