"""The translated file: the source with the text of its cues replaced, and every other byte as it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from shared.errors import TextUnreadable
from shared.subtitles.document import Document
from shared.subtitles.encoding import encode


@dataclass(frozen=True)
class Spliced:
    """A file to be delivered, and the encoding that it is written in."""

    data: bytes
    encoding: str


def splice(document: Document, payloads: Mapping[int, str]) -> Spliced:
    """The document with the new text of those cues. Without any it is the source, byte for byte.

    Text that the file's encoding cannot hold is written as character references where the format knows them; else the
    whole file becomes UTF-8, as `Spliced.encoding` says.
    """
    if not payloads:
        return Spliced(document.source, document.encoding.name)
    body, found = document.body, document.found
    written, view, at = BytesIO(), memoryview(body), 0
    for cue in sorted(payloads):
        written.write(view[at : found.starts[cue]])
        written.write(payloads[cue].encode())
        at = found.ends[cue]
    written.write(view[at:])
    return Spliced(*encode(written.getvalue(), document.encoding, references=document.format.references))


def verify(document: Document, spliced: Spliced) -> None:
    """See that the written file has the same cues at the same times; TextUnreadable says which one has not.

    What `settle` gives is checked cue by cue already; this looks at the whole, before it is delivered. A file without
    times has no cues that could be lost.
    """
    if not document.timed:
        return
    encoding = spliced.encoding
    body = spliced.data if encoding == "utf-8" else spliced.data.decode(encoding).encode()
    again = document.format.scan(body).marks
    if len(again) != len(document):
        raise TextUnreadable(f"The translated file has {len(again)} cues, and its source {len(document)}")
    clock = document.found.clock
    for cue, (mark, before) in enumerate(zip(again, document.found.marks, strict=True)):
        if clock and clock(body, mark) != clock(document.body, before):
            raise TextUnreadable(f"The times of {document.where(cue)} are not those of its source")
