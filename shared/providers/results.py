"""The files that a finished answer names, read as what anybody may have written."""

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from shared.errors import ResultUnavailable
from shared.providers.outcome import Result

LONGEST_ADDRESS = 8000  # characters; shorter than what storage and servers take
#: What an address may say that a file is instead of its usual suffix. Nothing else: not a page, and no program.
KINDS: Mapping[str, Collection[str]] = {
    "mp4": {"mp4", "mov", "webm", "avi", "wmv", "mkv"},
    "mp3": {"mp3", "wav", "m4a", "aac", "ogg", "flac"},
    "srt": {"srt", "vtt"},
}


class Named(NamedTuple):
    """What an answer names, and warnings about side files that cannot be fetched."""

    results: tuple[Result, ...]
    warnings: tuple[str, ...]


def named(
    answer: Mapping[str, Any], suffixes: Mapping[str, str], essential: Collection[str], *, copied: bool = False
) -> Named:
    """The files in the order of `suffixes` (by field); ResultUnavailable where no essential one can be fetched.

    `copied`: storage itself is to copy them.
    """
    results, warnings = [], []
    for field, suffix in suffixes.items():
        url = answer.get(field)
        if url is None or url == "":
            continue
        if isinstance(url, str) and len(url) <= LONGEST_ADDRESS:
            results.append(Result(_suffix(url, suffix), url, essential=field in essential, copied=copied))
        elif field in essential:
            raise ResultUnavailable(f"the service names {field}, but not by an address")
        else:
            warnings.append(f"{suffix} could not be fetched: the service names it, but not by an address")
    if not any(result.essential for result in results):
        raise ResultUnavailable("the service says that the translation is done, but names no translated file")
    return Named(tuple(results), tuple(warnings))


def _suffix(url: str, usual: str) -> str:
    """What the address calls the file, where that is a kind that it may be."""
    try:
        path = urlsplit(url).path
    except ValueError:  # such as https://[x/y; whoever fetches it will say so
        return usual
    found = re.search(r"\.(\w{2,4})$", path)
    said = found[1].lower() if found else usual
    return said if said in KINDS.get(usual, ()) else usual
