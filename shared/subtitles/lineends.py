"""A file's lines, whatever they end with."""

import re

_LONE_RETURN = re.compile(rb"\r(?!\n)")


def unified(body: bytes) -> bytes:
    """The same bytes at the same places, but no line ends with a lone carriage return."""
    if body.count(b"\r") == body.count(b"\r\n"):
        return body
    return _LONE_RETURN.sub(b"\n", body)


def next_line(view: bytes, at: int) -> int:
    """Where the line after the one that holds `at` begins."""
    end = view.find(b"\n", at)
    return len(view) if end < 0 else end + 1


def trimmed(view: bytes, start: int, end: int) -> tuple[int, int]:
    """The span without the line ends and blanks around it."""
    held = view[start:end]
    end = start + len(held.rstrip(b" \t\r\n"))
    return min(end, start + len(held) - len(held.lstrip(b" \t\r\n"))), end
