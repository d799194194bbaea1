"""How long a video or audio file is, from its header."""

import math

from shared.media.ranges import Found, RangeReader

#: Types whose headers tinytag reads. A fragmented mp4 says 0, for it was not known when the header was written.
READABLE = frozenset({"mp4", "mp3", "wav", "ogg", "flac", "asf"})
_UNKNOWN = "Its duration could not be read, so limits on duration are not checked before the service is paid."


def read_duration(reader: RangeReader, real: str | None) -> Found:
    """Its duration in seconds, or the warning that it is not known."""
    seconds = _seconds(reader) if real in READABLE else None
    if seconds is not None and math.isfinite(seconds) and seconds > 0:
        yield "duration", round(seconds, 3)
    else:
        yield "warnings", _UNKNOWN


def _seconds(reader: RangeReader) -> float | None:
    from tinytag import TinyTag  # only where a file has been dropped

    return TinyTag.get(file_obj=reader, tags=False).duration  # type: ignore[arg-type] # a BinaryIO in all it uses
