"""What a dropped file is: read once, when it is accepted, so that nobody pays for a file that cannot be translated."""

from collections.abc import Callable
from functools import partial
from typing import Any

from shared.media import duration, office, pdf, text
from shared.media.facts import MediaFacts
from shared.media.ranges import Bounds, Found, MediaFile, RangeReader, Spent, in_thread
from shared.media.signatures import misnamed, real_type, strange
from shared.names import BlobName

#: What is read of every file. Most documents are no longer, so that one read is all they take.
HEAD = 256 * 1024


async def inspect(name: BlobName, kind: str, file: MediaFile, bounds: Bounds | None = None) -> MediaFacts:
    """The facts of a file whose `kind` is known by its name.

    What cannot be judged is a warning; only reading fails, with the error of `file`.
    """
    extension = name.extension.lower()
    if not file.size:
        return MediaFacts(unfit="The file is empty", advice="Drop it again once it has content.")
    head = await file.range(0, min(HEAD, file.size))
    real = real_type(head, extension)
    known: dict[str, Any] = {"type": real, "warnings": []}
    if wrong := misnamed(extension, real):
        return MediaFacts(type=real, unfit=wrong[0], advice=wrong[1])
    if warning := strange(extension, real):
        known["warnings"].append(warning)
    if reading := _reading(extension, kind, real, head, file.size):
        bounds = bounds or Bounds()
        trouble = await in_thread(file, head, partial(_collect, reading, known), bounds)
        if trouble:
            known["warnings"].append(_told(trouble))
    return MediaFacts(**known)


type _Reading = Callable[[RangeReader], Found]


def _reading(extension: str, kind: str, real: str | None, head: bytes, size: int) -> _Reading | None:
    """How the rest is read; None where the first bytes are all that is looked at."""
    if kind in ("video", "audio"):
        return partial(duration.read_duration, real=real)
    if extension in office.EXTENSIONS:
        return partial(office.read_office, extension=extension)
    if extension == ".pdf":
        return pdf.read_pdf
    if extension in text.EXTENSIONS and real != "zip":
        return lambda _: text.read_text(head, size, extension)
    if kind == "subtitles" and (encoding := text.encoding_of(head)):
        return lambda _: iter([("encoding", encoding)])
    return None


def _collect(reading: _Reading, known: dict[str, Any], reader: RangeReader) -> None:
    """Note down what a reader finds as it finds it, so that it is not lost where the rest cannot be read."""
    for field, value in reading(reader):
        if field == "warnings":
            known["warnings"].append(value)
        else:
            known[field] = value


def _told(trouble: Exception) -> str:
    """The warning for what stopped the reading. It says nothing of the file's content, which the error may quote."""
    if isinstance(trouble, Spent):
        return "Not all of the file could be judged before it is translated: that would have taken too long."
    error = type(trouble).__name__
    return f"Not all of the file could be judged before it is translated: it may be damaged (error {error})."
