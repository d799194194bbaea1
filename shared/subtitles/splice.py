"""The translated file: the source with the text of its cues replaced, and every other byte as it was."""

from collections.abc import Iterable
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


def splice(document: Document, payloads: Iterable[tuple[int, str]]) -> Spliced:
    """The document with the new text of those cues, in their order. Without any it is the source, byte for byte.

    The texts are written as they come, so that a generator keeps memory at the file and its translation. ValueError
    where a cue comes twice, or behind a later one.

    Text that the file's encoding cannot hold is written as character references where the format knows them; else the
    whole file becomes UTF-8, as `Spliced.encoding` says.
    """
    starts, ends, view = document.found.starts, document.found.ends, memoryview(document.body)
    written, at, last = BytesIO(), 0, -1
    write = written.write
    for cue, text in payloads:
        if cue <= last:
            raise ValueError(f"cue {cue} comes behind cue {last}")
        write(view[at : starts[cue]])
        write(text.encode())
        at, last = ends[cue], cue
    if last < 0:
        return Spliced(document.source, document.encoding.name)
    write(view[at:])
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
