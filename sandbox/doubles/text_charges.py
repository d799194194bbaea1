"""What Text Translation was paid for, request by request: kept on the shelf, without any of the text.

The same text for the same target has the same digest, so whoever pays for it twice is found out.
"""

import hashlib
from collections.abc import Sequence

from pydantic import BaseModel

type Counters = dict[str, int]
SOURCE, TARGET, SOURCE_TOKENS, TARGET_TOKENS = "sourceCharacters", "targetCharacters", "sourceTokens", "targetTokens"
INSTRUCTION_TOKENS, RESPONSE_TOKENS = "instructionTokens", "responseTokens"
CHARGED = (SOURCE, TARGET, SOURCE_TOKENS, TARGET_TOKENS)


def digest(*parts: object) -> str:
    """A name for something that is paid for."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


class Item(BaseModel):
    """One text and one target: its digest and length, the engine that worked, what was counted by which name."""

    digest: str
    characters: int
    language: str
    engine: str
    counters: Counters


class Charge(BaseModel):
    """One request that was carried out, whether or not the answer arrived; `when` in seconds since 1970."""

    id: str
    operation: str
    trace_id: str | None
    items: Sequence[Item]
    when: float

    @property
    def bill(self) -> str:
        """What it is paid for: the same texts for the same targets are the same."""
        return f"{self.operation} {digest(*(item.digest for item in self.items))}"

    def total(self, counter: str) -> int:
        """The sum of one counter."""
        return sum(item.counters.get(counter, 0) for item in self.items)
