"""Content without an MD5 is told apart by what is in it, and not by when somebody wrote its metadata."""

from dataclasses import replace

import pytest

from shared.errors import RecordChanged
from shared.storage.content import HASHED_WHOLE, SAMPLE, SAMPLES, has_content, identified
from tests.memory_container import MemoryContainer

LARGE = bytes(HASHED_WHOLE + 1000)


@pytest.fixture
def inbox() -> MemoryContainer:
    return MemoryContainer("inbox")


async def version(inbox: MemoryContainer, content: bytes, **given: str) -> str:
    """The version of a file that is dropped with this content."""
    inbox.put("talk.mp4", content, **given)
    return (await identified(inbox, inbox.blobs["talk.mp4"].facts)).version


@pytest.mark.parametrize("content", [b"film", LARGE], ids=["small", "large"])
async def test_the_same_bytes_are_the_same_content_under_any_etag(inbox: MemoryContainer, content: bytes) -> None:
    assert await version(inbox, content) == await version(inbox, content)


@pytest.mark.parametrize("place", [0, HASHED_WHOLE - 1])
async def test_one_other_byte_is_other_content_up_to_64_mb(inbox: MemoryContainer, place: int) -> None:
    content = bytearray(HASHED_WHOLE)
    before = await version(inbox, bytes(content))
    content[place] = 1
    assert await version(inbox, bytes(content)) != before


@pytest.mark.parametrize("place", [0, SAMPLE - 1, len(LARGE) - 1])
async def test_of_larger_files_the_beginning_and_the_end_are_among_the_samples(
    inbox: MemoryContainer, place: int
) -> None:
    content = bytearray(LARGE)
    before = await version(inbox, bytes(content))
    content[place] = 1
    assert await version(inbox, bytes(content)) != before


async def test_of_a_larger_file_no_more_than_its_samples_is_read(
    inbox: MemoryContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.put("talk.mp4", LARGE)
    read: list[int] = []
    fetch = inbox.range

    async def count(name: str, start: int, length: int, etag: str) -> bytes:
        read.append(length)
        return await fetch(name, start, length, etag)

    monkeypatch.setattr(inbox, "range", count)
    known = await identified(inbox, inbox.blobs["talk.mp4"].facts)
    assert known.version.startswith("samples-")
    assert read == [SAMPLE] * SAMPLES


async def test_another_length_is_other_content(inbox: MemoryContainer) -> None:
    assert await version(inbox, LARGE) != await version(inbox, LARGE + b"\0")


async def test_an_md5_says_enough(inbox: MemoryContainer) -> None:
    assert await version(inbox, b"film", md5="abc") == "abc/4"


async def test_what_changes_while_it_is_read_is_known_by_nothing(inbox: MemoryContainer) -> None:
    inbox.put("talk.mp4", b"film")
    outdated = replace(inbox.blobs["talk.mp4"].facts, etag="0x0")
    with pytest.raises(RecordChanged):
        await identified(inbox, outdated)


async def test_whether_it_is_still_the_same_is_none_for_what_is_gone(inbox: MemoryContainer) -> None:
    known = await version(inbox, b"film")
    etag = inbox.blobs["talk.mp4"].facts.etag
    inbox.put("talk.mp4", b"film")
    assert await has_content(inbox, "talk.mp4", etag, known)
    inbox.put("talk.mp4", b"other film")
    assert await has_content(inbox, "talk.mp4", etag, known) is False
    del inbox.blobs["talk.mp4"]
    assert await has_content(inbox, "talk.mp4", etag, known) is None
