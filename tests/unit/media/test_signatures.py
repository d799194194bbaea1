import pytest

from shared.media.kinds import KINDS
from tests.unit.media.files import WORDS, archive, looked_at, mp4, pdf, wav, word

EXTENSIONS = sorted(extension for extensions in KINDS.values() for extension in extensions)


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("a.mp4", b"just a note", "plain text"),
        ("a.mp3", pdf(WORDS), "PDF"),
        ("a.docx", b"<!DOCTYPE html><html></html>", "HTML"),
        ("a.docx", b"\x01\x02\x03", "damaged"),
        ("a.txt", archive({"a": "b"}), "zip"),
        ("a.srt", mp4(1), "MP4"),
        ("a.pdf", word(WORDS).encode(), "plain text"),
    ],
)
async def test_a_file_that_is_something_else_is_unfit(name: str, data: bytes, what: str) -> None:
    facts = await looked_at(name, data)
    assert what in (facts.unfit or "")
    assert facts.advice


@pytest.mark.parametrize("extension", EXTENSIONS)
async def test_an_empty_file_is_unfit(extension: str) -> None:
    assert (await looked_at(f"a{extension}", b"")).unfit == "The file is empty"


async def test_media_under_the_name_of_other_media_is_only_told() -> None:
    facts = await looked_at("a.mp4", wav(2))
    assert (facts.unfit, facts.duration) == (None, 2)
    assert "is a WAV file" in facts.warnings[0]


@pytest.mark.parametrize("name", ["a.txt", "a.srt"])
async def test_a_text_may_begin_like_another_type(name: str) -> None:
    assert (await looked_at(name, b"ID3 tags, explained")).unfit is None


async def test_an_old_word_file_may_be_rich_text() -> None:
    assert (await looked_at("a.doc", b"{\\rtf1 Hello}")).unfit is None
