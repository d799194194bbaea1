"""What the tests of the documentation share: the pages, their tables and their blocks."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def pages() -> list[Path]:
    """Every page that people read."""
    return [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]


def rows(page: str, title: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its two head lines."""
    lines = iter(section(page, title).splitlines())
    table = [line for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def section(page: str, title: str) -> str:
    """The text below a heading, up to the next one of any depth."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, f"no heading {title!r}"
    return found[1]


def blocks(page: str, language: str) -> Iterator[tuple[str, str]]:
    """The code blocks of a language, each with the line of text above it."""
    for found in re.finditer(rf"^([^\n]*)\n+```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        yield found[1], found[2]


def code_words(text: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def prose(page: str) -> str:
    """The page without its code blocks."""
    return re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)


def provider_page(provider: str) -> str:
    """The page of a provider, which holds all that is said of it."""
    return (DOCS / "providers" / f"{provider}.md").read_text()
