"""Subtitles of a person's for Vozo: SubRip, checked as Vozo checks them, before anything is paid.

https://www.vozo.ai/docs/api_reference/endpoints/translate_dub/create
"""

from collections.abc import Iterator
from itertools import islice

from shared.errors import NotReady, TextUnreadable
from shared.names import BlobName
from shared.providers.given_files import named, pinned
from shared.providers.task import Task
from shared.subtitles import Document, scan
from shared.subtitles.convert import srt_of
from shared.subtitles.formats import SRT, VTT

LONGEST = 2 * 3600  # seconds, of media and of subtitles
MOST_TOLD = 10


async def subtitles_of(task: Task) -> dict[str, str]:
    """The fields that hand over the file which the brief names; none where it names none.

    NotReady where a person must mend it first.
    """
    asked = task.options.get("subtitles")
    if not asked:
        return {}
    blob = await named(task, str(asked["file"]))
    url = await pinned(task, checked(blob.name, blob.data, task.media.facts.duration), ".srt")
    return {"subtitle_url": url, "subtitle_usage_type": str(asked["usage"])}


def checked(name: str, data: bytes, duration: float | None) -> bytes:
    """The file as SubRip in UTF-8; NotReady, with the cues and the reasons, where Vozo would refuse it.

    `duration` is that of the media in seconds, where it is known.
    """
    extension = BlobName(name).extension.lower()
    if extension not in (".srt", ".vtt"):
        raise NotReady(f"{name} is not named .srt or .vtt, which subtitles must be here")
    try:
        document = scan(data, extension, None)
    except TextUnreadable as error:
        raise NotReady(f"{name}: {error.reason}") from error
    if document.format not in (SRT, VTT):
        raise NotReady(f"{name} is {document.format.name}; subtitles must be SubRip or WebVTT here")
    if wrong := [*islice(_wrong(document, duration), MOST_TOLD)]:
        raise NotReady(f"{name}: {'; '.join(wrong)}")
    return document.body if document.format is SRT else srt_of(document.body)


def _wrong(document: Document, duration: float | None) -> Iterator[str]:
    """What nobody would hear, and what Vozo would refuse: cues out of order, times beyond the media or two hours."""
    yield from document.unshown(MOST_TOLD)[0]
    ends = min(duration or LONGEST, LONGEST) * 1000
    before = 0
    for cue in range(len(document)):
        times = document.times(cue)
        if times is None:
            continue
        if times.begin < before:
            yield f"{document.where(cue)} begins before the one above has ended"
        if times.end > ends:
            yield f"{document.where(cue)} ends after {ends / 1000:g} seconds, where the media ends, or Vozo's two hours"
            return
        before = max(before, times.end)
