"""The Content-Type of a published result: what its name says, and never what the service that made it says."""

import mimetypes
from typing import Final

OTHER: Final = "application/octet-stream"
#: Beside Python's own table; the machine's is not asked, for every machine has another.
MORE: Final = {
    ".ass": "text/x-ssa",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".m4v": "video/mp4",
    ".md": "text/markdown",
    ".mkv": "video/x-matroska",
    ".ogg": "audio/ogg",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
    ".wav": "audio/wav",
    ".wmv": "video/x-ms-wmv",
    ".xlf": "application/xliff+xml",
    ".xliff": "application/xliff+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_KINDS: Final = {**mimetypes.MimeTypes().types_map[True], **MORE}


def content_type(name: str) -> str:
    """What a blob of that name is served as."""
    dot = name.rfind(".")
    return _KINDS.get(name[dot:].lower(), OTHER) if dot >= 0 else OTHER
