"""Files in memory as the inspection reads them, and small files of every type."""

import io
import struct
import wave
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from sandbox.document_samples import SEAL
from shared.errors import StorageTrouble
from shared.media.facts import MediaFacts
from shared.media.inspection import inspect
from shared.media.kinds import kind_of
from shared.media.ranges import Bounds
from shared.names import BlobName

SCAN, WORDS = "a picture of text", "Twelve words"


@dataclass
class MemoryFile:
    """A dropped file in memory, with the ranges that were read of it; `broken_from` is where storage fails."""

    data: bytes
    ranges: list[tuple[int, int]] = field(default_factory=list)
    broken_from: int | None = None

    @property
    def size(self) -> int:
        return len(self.data)

    async def range(self, start: int, length: int) -> bytes:
        self.ranges.append((start, length))
        if self.broken_from is not None and start >= self.broken_from:
            raise StorageTrouble("storage is away")
        return self.data[start : start + length]

    async def read(self, limit: int) -> bytes:
        assert len(self.data) <= limit
        return await self.range(0, len(self.data))


def atom(name: bytes, content: bytes = b"") -> bytes:
    """An atom of an mp4."""
    return struct.pack(">I", 8 + len(content)) + name + content


def mp4(seconds: float, media: int = 0) -> bytes:
    """The skeleton of an mp4 whose index comes last, after `media` bytes."""
    header = bytes(12) + struct.pack(">II", 1000, round(seconds * 1000)) + bytes(80)
    return atom(b"ftyp", b"isom\0\0\2\0") + atom(b"mdat", bytes(media)) + atom(b"moov", atom(b"mvhd", header))


def wav(seconds: int) -> bytes:
    """Silence."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(8000 * seconds))
    return target.getvalue()


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)
    return target.getvalue()


def word(text: str) -> str:
    """The main part of a Word document."""
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'<w:document xmlns:w="{namespace}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:document>'


def pdf(*pages: str) -> bytes:
    """A PDF of such pages; SCAN is one that is nothing but a picture."""
    target = io.BytesIO()
    canvas = Canvas(target, pageCompression=0)
    for page in pages:
        if page == SCAN:
            canvas.drawImage(ImageReader(io.BytesIO(SEAL)), 0, 0, 200, 200)
        else:
            canvas.drawString(50, 700, page)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


async def looked_at(name: str, data: bytes, bounds: Bounds | None = None) -> MediaFacts:
    blob = BlobName(name)
    return await inspect(blob, kind_of(blob), MemoryFile(data), bounds)
