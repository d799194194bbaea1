"""Times as the subtitle formats write them."""

import re
from collections.abc import Callable

from shared.subtitles.document import Clock, Times


def clock(timing: "re.Pattern[bytes]") -> Clock:
    """A clock that reads a timing line. Its groups are hours, minutes, seconds and fraction, of begin and of end."""

    def read(body: bytes, mark: int) -> Times | None:
        found = timing.match(body, mark)
        if found is None:
            return None
        groups = found.groups()
        return Times(milliseconds(*groups[:4]), milliseconds(*groups[4:8]))

    return read


def milliseconds(hours: bytes | None, minutes: bytes, seconds: bytes, fraction: bytes | None) -> int:
    """`(b"1", b"02", b"03", b"5")` is 3,723,500."""
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int((fraction or b"0").ljust(3, b"0")[:3])


#: In TTML: an offset such as `12.5s`, and what one of its units is in milliseconds, given frame and tick rate.
_OFFSET = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)(h|ms|m|s|f|t)")
#: Files also have hours of one digit, and none; parts of a frame are left out.
_CLOCK = re.compile(r"(?:([0-9]{1,9}):)?([0-9]{1,2}):([0-9]{2})(\.[0-9]{1,9}|:[0-9]{2,4})?(?:\.[0-9]{1,9})?")


def ttml_time(frames: float, ticks: float) -> Callable[[str], float | None]:
    """A reader of TTML's time expressions, in milliseconds: https://www.w3.org/TR/ttml2/#timing-value-time-expression"""
    units = {"h": 3_600_000.0, "m": 60_000.0, "s": 1000.0, "ms": 1.0, "f": 1000 / frames, "t": 1000 / ticks}

    def read(expression: str) -> float | None:
        if offset := _OFFSET.fullmatch(expression):
            return float(offset[1]) * units[offset[2]]
        if face := _CLOCK.fullmatch(expression):
            rest = face[4] or "0"
            part = int(rest[1:]) * units["f"] if rest.startswith(":") else float(rest) * 1000
            return ((int(face[1] or 0) * 60 + int(face[2])) * 60 + int(face[3])) * 1000 + part
        return None

    return read
