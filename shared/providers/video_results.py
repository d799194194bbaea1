"""What an iteration of Azure Video Translation has made, where it lies, and how long it is kept.

https://learn.microsoft.com/rest/api/aiservices/videotranslation/iteration-operations/get-iteration
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from shared.providers.answers import part, text
from shared.providers.outcome import Result
from shared.providers.results import Named, named
from shared.providers.task import Scratch

#: The files of an iteration's result, the translated media first: it alone is essential.
RESULT_SUFFIXES: Mapping[str, str] = {
    "translatedVideoFileUrl": "mp4",
    "translatedAudioFileUrl": "mp3",
    "targetLocaleSubtitleWebvttFileUrl": "vtt",
    "sourceLocaleSubtitleWebvttFileUrl": "source.vtt",
    "metadataJsonWebvttFileUrl": "metadata.vtt",
    "targetLocaleAdvancedSubtitleFileUrl": "ass",
    "reportFileUrl": "report.json",
}
MEDIA = ("translatedVideoFileUrl", "translatedAudioFileUrl")
#: The subtitles that `subtitleFormats` gives in another format, too.
CONVERTED: Mapping[str, str] = {"vtt": "srt", "source.vtt": "source.srt"}
#: How long every api-version keeps a translation after its last action; the older ones say 300 days, and no date.
SHORTEST_KEPT = timedelta(days=31)


def results_of(iteration: Mapping[str, Any], scratch: Scratch, folder: str, formats: Collection[str]) -> Named:
    """The files of an iteration. `folder` is the place in the scratch that the service pushes them to, if it does."""
    found = named(part(iteration, "result"), RESULT_SUFFIXES, MEDIA, copied=True)
    results = [_at_home(result, scratch, folder) for result in found.results]
    return Named((*results, *_converted(results, formats)), found.warnings)


def expires(answer: Mapping[str, Any]) -> str | None:
    """When the service removes the translation at the earliest, as ISO 8601; None where nothing tells."""
    said = text(answer, "expiresDateTime")
    return said or _later(text(answer, "lastActionDateTime"))


def _at_home(result: Result, scratch: Scratch, folder: str) -> Result:
    """The result as it lies in `staging`, where the service has pushed it there."""
    pushed, ours = urlsplit(result.url), urlsplit(scratch.address(folder))
    place = f"{unquote(ours.path)}/"
    path = unquote(pushed.path)
    if pushed.netloc != ours.netloc or not path.startswith(place):
        return result
    return replace(result, url="", copied=False, staged=scratch.blob(f"{folder}/{path.removeprefix(place)}"))


def _converted(results: Collection[Result], formats: Collection[str]) -> Iterator[Result]:
    for result in results:
        suffix = CONVERTED.get(result.suffix)
        if suffix and suffix.rpartition(".")[2] in formats:
            yield replace(result, suffix=suffix, converted=True)


def _later(last_action: str | None) -> str | None:
    try:
        return (datetime.fromisoformat(last_action) + SHORTEST_KEPT).isoformat() if last_action else None
    except ValueError:
        return None
