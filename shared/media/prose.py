"""The text of a document, to tell which terms occur in it. It is looked at, and kept nowhere."""

import html
import re
from collections.abc import Iterator
from functools import partial

from shared.media import office, pdf, text
from shared.media.ranges import Bounds, MediaFile, RangeReader, in_thread

#: What is read: longer texts are not judged, for not to find a term in a part of one says nothing.
LONGEST = 300_000  # characters
LARGEST = 10 * 1024 * 1024  # bytes of the file
_HEAD = 256 * 1024
_TAG = re.compile(r"<[^<>]*>")


async def text_of(file: MediaFile, extension: str) -> str | None:
    """All of its text; None where it cannot be had, or would take too long."""
    if file.size > LARGEST:
        return None
    pieces: list[str] = []
    head = await file.range(0, min(_HEAD, file.size))
    trouble = await in_thread(file, head, partial(_gather, extension, pieces), Bounds(seconds=10))
    whole = "".join(pieces)
    return whole if pieces and trouble is None and len(whole) <= LONGEST else None


def _gather(extension: str, pieces: list[str], reader: RangeReader) -> None:
    total = 0
    for piece in _texts(extension, reader):
        pieces.append(piece)
        total += len(piece)
        if total > LONGEST:
            return


def _texts(extension: str, reader: RangeReader) -> Iterator[str]:
    if extension in office.EXTENSIONS:
        yield from office.office_texts(reader, extension)
    elif extension == ".pdf":
        yield from pdf.pdf_texts(reader)
    elif extension in text.EXTENSIONS:
        content = b"".join(iter(partial(reader.read, _HEAD), b""))
        encoding = text.encoding_of(content)
        if encoding:
            plain = content.decode(encoding, "replace").removeprefix("\ufeff")
            yield html.unescape(_TAG.sub("\n", plain)) if extension in text.MARKUP else plain
