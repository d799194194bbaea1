from itertools import pairwise

import hypothesis
import hypothesis.strategies as st
import pytest

from shared.errors import StorageTrouble
from shared.media.inspection import HEAD, inspect
from shared.media.kinds import KINDS
from shared.media.ranges import BLOCK, Bounds
from shared.names import BlobName
from tests.unit.media.files import SCAN, WORDS, MemoryFile, archive, atom, looked_at, mp4, pdf, wav, word

EXTENSIONS = sorted(extension for extensions in KINDS.values() for extension in extensions)


async def test_storage_that_fails_is_no_fact_of_the_file() -> None:
    file = MemoryFile(mp4(90, media=10 * BLOCK), broken_from=HEAD)
    with pytest.raises(StorageTrouble):
        await inspect(BlobName("a.mp4"), "video", file)


async def test_a_header_that_leads_from_atom_to_atom_for_ever_is_left() -> None:
    data = atom(b"ftyp", b"isom") + b"".join(atom(b"skip", bytes(BLOCK - 8)) for _ in range(100))
    file = MemoryFile(data)
    facts = await inspect(BlobName("a.mp4"), "video", file, Bounds(blocks=20))
    assert "too long" in facts.warnings[-1]
    assert len(file.ranges) == 1 + 20


async def test_an_atom_that_claims_four_gigabytes_is_not_read_into_memory() -> None:
    data = atom(b"ftyp", b"isom") + b"\0\0\0\x6cmoov" + b"\xff\xff\xff\xf0mvhd" + bytes(100)
    assert (await looked_at("a.mp4", data)).duration is None


async def test_time_that_is_over_is_told() -> None:
    facts = await looked_at("a.pdf", pdf(WORDS), Bounds(seconds=0))
    assert "too long" in facts.warnings[0]


@hypothesis.given(st.sampled_from(EXTENSIONS), st.binary(max_size=2000), st.integers(0, 15))
@hypothesis.settings(deadline=None, max_examples=300)
async def test_garbage_is_judged_without_an_error(extension: str, garbage: bytes, sample: int) -> None:
    beginnings = [mp4(1), wav(1)[:60], b"PK\x03\x04", pdf(WORDS), b"ID3\4\0\0", b"OggS\0", b"fLaC\0\0\0\x22"]
    head = beginnings[sample] if sample < len(beginnings) else b""
    await looked_at(f"a{extension}", head + garbage)


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.mp4"])
@hypothesis.given(data=st.data())
@hypothesis.settings(deadline=None, max_examples=100)
async def test_a_file_with_holes_is_judged_without_an_error(name: str, data: st.DataObject) -> None:
    whole = {"a.pdf": pdf(WORDS, SCAN), "a.docx": archive({"word/document.xml": word(WORDS)}), "a.mp4": mp4(9)}[name]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), min_size=2, max_size=6)))
    kept = b"".join(whole[start:end] for start, end in list(pairwise([0, *cuts, len(whole)]))[::2])
    await looked_at(name, kept)
