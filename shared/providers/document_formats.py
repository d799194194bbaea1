"""What Document Translation takes: types and sizes, by api-version and by way.

https://learn.microsoft.com/azure/ai-services/translator/document-translation/overview#supported-document-formats
https://learn.microsoft.com/azure/ai-services/translator/service-limits#document-translation
"""

from collections.abc import Iterator, Mapping

from shared.media import text
from shared.media.facts import MediaFacts

#: The newest first, as in settings.
VERSIONS = ("2026-03-01", "2024-05-01", "v1.1")
LATEST, OLDEST = VERSIONS[0], VERSIONS[-1]
MEGABYTE = 1024 * 1024
LARGEST, LARGEST_SYNCHRONOUS, LARGEST_IMAGE = 40 * MEGABYTE, 10 * MEGABYTE, 5 * MEGABYTE  # bytes
LARGEST_GLOSSARY_SYNCHRONOUS = MEGABYTE

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkdn", ".mkd", ".mdwn", ".mdtxt", ".mdtext", ".rmd"})
IMAGES = frozenset({".jpeg", ".png", ".bmp", ".webp"})
SYNCHRONOUS = frozenset(
    {".txt", ".tsv", ".tab", ".csv", ".html", ".htm", ".mhtml", ".mht", ".pptx", ".xlsx", ".docx", ".msg", ".xlf"}
)
#: Formats of old come back as Office Open XML.
MODERN: Mapping[str, str] = {
    ".doc": ".docx",
    ".odt": ".docx",
    ".rtf": ".docx",
    ".xls": ".xlsx",
    ".ods": ".xlsx",
    ".ppt": ".pptx",
    ".odp": ".pptx",
}
_ALWAYS = SYNCHRONOUS | MARKDOWN | frozenset(MODERN) | {".pdf"}
#: What the newest api-version takes, and with it any.
ALL = _ALWAYS | IMAGES | {".eml", ".xml", ".ooxml", ".xliff", ".dita", ".ditamap", ".json"}
#: What the synchronous call wants to hear of a document, by its extension.
CONTENT_TYPES: Mapping[str, str] = {
    ".txt": "text/plain",
    ".tsv": "text/tab-separated-values",
    ".tab": "text/tab-separated-values",
    ".csv": "text/csv",
    ".html": "text/html",
    ".htm": "text/html",
    ".mhtml": "message/rfc822",
    ".mht": "message/rfc822",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".msg": "application/vnd.ms-outlook",
    ".xlf": "application/xliff+xml",
    ".xliff": "application/xliff+xml",
}


def batch_refuses(extension: str, size: int, version: str) -> str | None:
    """Why no batch of that api-version takes such a file; None where one does."""
    known = ALL if version == LATEST else _ALWAYS
    if extension not in known:
        newer = " The api-version 2026-03-01 does." if extension in ALL else ""
        return f"api-version {version} does not take {extension or 'a file without an extension'}.{newer}"
    largest = LARGEST_IMAGE if extension in IMAGES else LARGEST
    if size > largest:
        return f"it takes {extension} files of up to {largest // MEGABYTE} MB, and this one has {size} bytes"
    return None


def synchronous_refuses(extension: str, size: int, version: str) -> str | None:
    """Why the synchronous call of that api-version does not take such a file; None where it does."""
    if version == OLDEST:
        return f"api-version {version} has no synchronous call"
    if extension not in SYNCHRONOUS:
        return f"its synchronous call takes {', '.join(sorted(SYNCHRONOUS))}, not {extension}"
    if size > LARGEST_SYNCHRONOUS:
        limit = LARGEST_SYNCHRONOUS // MEGABYTE
        return f"its synchronous call takes up to {limit} MB, and the file has {size} bytes"
    return None


def doubts_of_text(extension: str, facts: MediaFacts) -> Iterator[str]:
    """What the service does to a text file without a word."""
    if extension in text.EXTENSIONS and facts.characters is not None and facts.encoding is None:
        yield "It is not in UTF-8, so the service guesses its encoding. Saved as UTF-8, it is read rightly."
    if facts.front_matter:
        yield (
            "It begins with front matter, which Document Translation translates and breaks. "
            'To keep it, route the file to azure-text: {"route": {"document": ["azure-text"]}} in its brief.'
        )
