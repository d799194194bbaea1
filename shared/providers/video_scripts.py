"""The files of a person's that an iteration of Azure Video Translation is given: subtitles, and a lexicon.

The brief names blobs of the container `glossaries`; an edit lies in the scratch already. They are checked before
anything is paid, and copied into the scratch: what the service reads is what was checked.

https://learn.microsoft.com/azure/ai-services/speech-service/video-translation-get-started
"""

from collections.abc import Iterator, Mapping

from shared.errors import NotReady, TextUnreadable
from shared.names import BlobName
from shared.providers.given_files import named, pinned
from shared.providers.task import Task
from shared.providers.video_metadata import mistakes
from shared.subtitles import Document, scan
from shared.subtitles.convert import vtt_of
from shared.subtitles.formats import SRT, VTT

#: What a brief calls the kinds of subtitles, and the service's WebvttFileKind.
KINDS: Mapping[str, str] = {
    "target": "TargetLocaleSubtitle",
    "source": "SourceLocaleSubtitle",
    "metadata": "MetadataJson",
}
MOST_TOLD = 10


async def subtitles_of(task: Task, locale: str, *, by_identity: bool) -> dict[str, str] | None:
    """The WebvttFile of the edit, or else of the brief; None where there is none.

    NotReady where a person must mend it first; an edit was checked when it came.
    """
    if task.edit:
        pinned_edit = task.edit.pinned
        url = task.scratch.address(pinned_edit) if by_identity else await task.scratch.read_url(pinned_edit)
        return {"url": url, "kind": KINDS[task.edit.kind]}
    asked = task.options.get("subtitles")
    if not asked:
        return None
    blob = await named(task, str(asked["file"]))
    webvtt = checked(blob.name, blob.data, str(asked["kind"]), task.pair.target, locale)
    return {"url": await pinned(task, webvtt, ".vtt", by_identity=by_identity), "kind": KINDS[str(asked["kind"])]}


async def lexicon_of(task: Task) -> str | None:
    """The address of the lexicon that the brief names; None where it names none. It has no form without a signature."""
    name = task.options.get("lexicon")
    if not name:
        return None
    blob = await named(task, str(name))
    if b"<lexicon" not in blob.data:
        raise NotReady(f"glossaries/{blob.name} is no pronunciation lexicon: it has no element <lexicon>")
    return await pinned(task, blob.data, ".xml", by_identity=False)


def checked(name: str, data: bytes, kind: str, target: str, locale: str) -> bytes:
    """The file as WebVTT in UTF-8, with its first line; NotReady, with the line and the reason, where it is none."""
    extension = BlobName(name).extension.lower()
    if extension not in (".vtt", ".srt"):
        raise NotReady(f"{name} is not named .vtt or .srt, which subtitles must be here")
    try:
        document = scan(data, extension, target if kind == "target" else None)
    except TextUnreadable as error:
        raise NotReady(f"{name}: {error.reason}") from error
    if document.format not in (VTT, SRT):
        raise NotReady(f"{name} is {document.format.name}; subtitles must be WebVTT or SubRip here")
    if kind == "metadata" and document.format is SRT:
        raise NotReady(f"{name} is SubRip; metadata must be WebVTT, because converting it would change the JSON in it")
    wrong = [*_unspoken(document), *(mistakes(document, locale) if kind == "metadata" else ())]
    if wrong:
        raise NotReady(f"{name}: {'; '.join(wrong[:MOST_TOLD])}")
    return _webvtt(document)


def _unspoken(document: Document) -> Iterator[str]:
    """What nobody would speak: it is mended before the voice is paid."""
    if not len(document):
        yield "no line gives the times of a cue"
    yield from document.unshown(MOST_TOLD)[0]


def _webvtt(document: Document) -> bytes:
    """The service's own older samples lack the first line; with it, every reader takes the file."""
    if document.format is SRT:
        return vtt_of(document)
    body = document.body.removeprefix(b"\xef\xbb\xbf")
    return body if body.startswith(b"WEBVTT") else b"WEBVTT\n\n" + body.lstrip(b"\r\n")
