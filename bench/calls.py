"""Calls of storage that were recorded for one file, to be made again for another."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple, Self

from sandbox.access_log import Access

Method = Literal["list", "head", "read", "write", "delete", "other"]
_METHODS: dict[str, Method] = {"GET": "read", "HEAD": "head", "PUT": "write", "DELETE": "delete"}
_KEY = re.compile(r"\b[0-9a-f]{24}\b")


class Call(NamedTuple):
    """One call; `blob` is a prefix where it lists."""

    method: Method
    container: str
    blob: str

    @classmethod
    def of(cls, access: Access) -> Self:
        """The call that storage has logged."""
        if access.query.get("comp") == "list":
            return cls("list", access.container, access.query.get("prefix", ""))
        return cls(_METHODS.get(access.method, "other"), access.container, access.blob)

    def __str__(self) -> str:
        """For people."""
        return f"{self.method} {self.container}/{_KEY.sub('<key>', self.blob)}"


class Script(NamedTuple):
    """The calls that were made for the file `recorded`."""

    calls: Sequence[Call]
    container: str
    recorded: str

    def for_file(self, name: str, key: str) -> list[Call]:
        """The calls as they would be for another file, whose job has that key."""
        recorded, wanted = (file.rpartition(".")[0] for file in (self.recorded, name))
        return [call._replace(blob=_KEY.sub(key, call.blob).replace(recorded, wanted)) for call in self.calls]
