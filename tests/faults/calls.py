"""How an outgoing call, and the moment to die at it, is known again in another run."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

type When = Literal["before", "after"]
WHENS: tuple[When, ...] = ("before", "after")

_TELLING = ("comp", "restype", "prefix", "resource")
_MADE_UP = re.compile(r"\b(?:[0-9a-f]{24}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")


@dataclass(frozen=True)
class Point:
    """A moment of a run: before or after one outgoing call."""

    call: str
    when: When

    @property
    def is_after_change(self) -> bool:
        """Whether the call has changed something by then."""
        return self.when == "after" and not self.call.startswith(("GET ", "HEAD "))

    def __str__(self) -> str:
        """As it is printed."""
        return f"{self.when} {self.call}"


@dataclass(frozen=True)
class Aliases:
    """Stable words for what differs from run to run: names of files and containers, ids."""

    words: Mapping[str, str]

    def apply(self, text: str) -> str:
        """The text in stable words."""
        for own, alias in self.words.items():
            text = text.replace(own, alias)
        return _MADE_UP.sub("*", text)


class Calls:
    """Names the calls of one process: the method, the address in stable words, and how often it was called so far."""

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases
        self._count: Counter[str] = Counter()

    def name(self, method: str, url: str) -> str:
        """The name of the call that is being made."""
        call = f"{method} {self._aliases.apply(_address(url))}"
        self._count[call] += 1
        return f"{call} #{self._count[call]}"


def _address(url: str) -> str:
    """The path, with the part of the query that says what is asked for: no host, signature, date or block id."""
    parts = urlsplit(url)
    query = "&".join(f"{key}={value}" for key, value in parse_qsl(parts.query) if key in _TELLING)
    return unquote(parts.path) + (f"?{query}" if query else "")
