import pytest

from shared.media.facts import MediaFacts
from shared.media.inspection import HEAD, inspect
from shared.names import BlobName
from tests.unit.media.files import MemoryFile, looked_at


async def test_characters_and_encoding() -> None:
    facts = await looked_at("a.txt", "naïve".encode())
    assert (facts.characters, facts.encoding, facts.warnings) == (5, "utf-8", ())


async def test_utf_16_is_told_by_its_mark() -> None:
    assert (await looked_at("a.csv", "a,b".encode("utf-16"))).encoding == "utf-16-le"


async def test_another_encoding_is_a_guess_and_left_to_who_translates() -> None:
    facts = await looked_at("a.txt", "naïve".encode("cp1252"))
    assert (facts.characters, facts.encoding, facts.warnings) == (5, None, ())


async def test_a_long_text_is_estimated_by_its_beginning() -> None:
    file = MemoryFile(b"word " * 1_000_000)
    assert (await inspect(BlobName("a.txt"), "document", file)).characters == 5_000_000
    assert file.ranges == [(0, HEAD)]


async def test_of_html_only_what_is_seen_counts() -> None:
    page = b"<html><style>p { color: red }</style><p class='a'>a &amp; b</p><script>1 < 2</script></html>"
    assert (await looked_at("a.html", page)).characters == len("a & b")


@pytest.mark.parametrize("name", ["a.md", "a.rmd", "a.markdown"])
async def test_front_matter_of_markdown_is_seen(name: str) -> None:
    facts = await looked_at(name, b"---\ntitle: Hello\n---\n# Hello\n")
    assert (facts.front_matter, facts.warnings) == (True, ())


@pytest.mark.parametrize("text", [b"# Hello\n---\na\n---\n", b"---\nnever closed\n"])
async def test_a_rule_is_no_front_matter(text: bytes) -> None:
    assert (await looked_at("a.md", text)).front_matter is False


async def test_subtitles_are_looked_at_by_those_who_know_them() -> None:
    facts = await looked_at("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHi\n")
    assert facts == MediaFacts(type="text", encoding="utf-8")
