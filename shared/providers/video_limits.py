"""What Azure Video Translation takes of a file, by api-version. The service says it late, after hours of copying.

https://learn.microsoft.com/azure/ai-services/speech-service/video-translation-overview
"""

from collections.abc import Mapping
from typing import NamedTuple

from shared.media.facts import MediaFacts
from shared.providers.video_options import GENERAL, LATEST, PREVIEW

#: The field of TranslationInput that takes a file, by its extension.
INPUT_FIELD = {".mp4": "videoFileUrl", ".mp3": "audioFileUrl", ".wav": "audioFileUrl"}


class Limits(NamedTuple):
    """`largest` in bytes and `longest` in seconds, both in words too; `extensions` that are taken."""

    largest: int
    size: str
    longest: float
    time: str
    extensions: tuple[str, ...]


_TODAY = Limits(5 * 1024**3, "5 GB", 4 * 3600, "4 hours", tuple(sorted(INPUT_FIELD)))
LIMITS: Mapping[str, Limits] = {
    LATEST: _TODAY,
    GENERAL: _TODAY,
    PREVIEW: Limits(500 * 1024**2, "500 MB", 3600, "60 minutes", (".mp4",)),
}


def too_much(version: str, extension: str, size: int, facts: MediaFacts) -> str | None:
    """Why a file is not taken; None where it is, or where it is not known how long it is."""
    limits = LIMITS[version]
    if extension not in limits.extensions:
        return f"api-version {version} takes {', '.join(limits.extensions)}, not {extension}"
    if size > limits.largest:
        return f"api-version {version} takes at most {limits.size}, and the file has {size} bytes"
    if facts.duration is not None and facts.duration > limits.longest:
        return f"api-version {version} takes at most {limits.time}, and the file lasts {facts.duration:.0f} seconds"
    return None
