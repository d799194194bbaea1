"""Starts that are kept back while the account needs a person: credits, a plan, rights, a key.

Every start would be refused for the same reason. One is tried each quarter of an hour, and the rest follow it.
What is known of it is this process's own; another process asks once by itself.
"""

import time
from collections.abc import Callable

from shared.errors import PersonNeeded

PERIOD, PROBE = 900.0, 60.0  # seconds between two tries; seconds that one has before the next may be made


class Account:
    """Whether starts may be sent."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` tells seconds."""
        self._clock = clock
        self._needed: PersonNeeded | None = None
        self._until = 0.0

    def check(self) -> None:
        """PersonNeeded while a person is needed; every quarter of an hour one caller may try all the same."""
        self.look()
        if self._needed is not None:
            self._until = self._clock() + PROBE

    def look(self) -> None:
        """PersonNeeded as long as nobody may try."""
        left = self._until - self._clock()
        if self._needed is not None and left > 0:
            raise PersonNeeded(self._needed.reason, self._needed.advice, wait=left, said=self._needed.said)

    def refuse(self, error: PersonNeeded) -> None:
        """A start was refused for want of a person."""
        error.wait = PERIOD
        self._needed, self._until = error, self._clock() + PERIOD

    def accept(self) -> None:
        """A start was taken on: nobody is needed any more."""
        self._needed = None
