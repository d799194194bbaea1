"""What storage was asked: Azurite's access log, line by line."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, unquote

Service = Literal["blob", "queue"]
Kind = Literal["read", "write", "delete"]

_LINE = re.compile(r'"(?P<method>[A-Z]+) (?P<path>/\S*) HTTP/[\d.]+" (?P<status>\d{3}) ')
_KINDS: Mapping[str, Kind] = {
    "GET": "read",
    "HEAD": "read",
    "OPTIONS": "read",
    "PUT": "write",
    "POST": "write",
    "PATCH": "write",
    "DELETE": "delete",
}


@dataclass(frozen=True)
class Access:
    """One request that storage answered. `container` is a queue's name on the queue service; names are decoded."""

    method: str
    account: str
    container: str
    blob: str
    query: Mapping[str, str] = field(hash=False)
    status: int
    service: Service

    @property
    def kind(self) -> Kind:
        """Whether it reads, writes or deletes, as storage bills it by method."""
        return _KINDS[self.method]

    @property
    def by_sandbox(self) -> bool:
        """Whether the sandbox asked, and not the app."""
        return self.query.get("caller") == "sandbox"


def parse(line: str, service: Service) -> Access | None:
    """Read a line of Azurite's output; None where it is not about a request."""
    found = _LINE.search(line)
    if found is None:
        return None
    path, _, query = found["path"].partition("?")
    # Azurite decodes the whole path before it takes it apart, and stores a backslash as a slash.
    account, container, blob = [*unquote(path).replace("\\", "/")[1:].split("/", 2), "", ""][:3]
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    return Access(found["method"], account, container, blob, pairs, int(found["status"]), service)


def count(accesses: Iterable[Access]) -> Counter[Kind]:
    """How many of each kind."""
    return Counter(access.kind for access in accesses)


class AccessLog:
    """Tells whoever listens of each request, in the order in which storage answered."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[Access], None]] = []

    def feed(self, line: str, service: Service) -> None:
        """Take a line of Azurite's output."""
        access = parse(line, service)
        if access is not None:
            for listener in [*self._listeners]:
                listener(access)

    @contextmanager
    def listening(self, listener: Callable[[Access], None]) -> Iterator[None]:
        """Call `listener` with each request while inside the `with`."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    @contextmanager
    def recording(self) -> Iterator[list[Access]]:
        """A list that grows with each request while inside the `with`."""
        accesses: list[Access] = []
        with self.listening(accesses.append):
            yield accesses
