"""The tier's share of characters a minute, spent evenly by all translations of this process.

https://learn.microsoft.com/azure/ai-services/translator/service-limits: 40 million characters an hour in the tier S1,
which "should be consumed evenly".
"""

import time
from collections.abc import Callable


class Pace:
    """Says how long to wait after a request, so that no more than the share goes out in any minute."""

    def __init__(self, characters_a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_second, self._clock = characters_a_minute / 60, clock
        self._spent_until = 0.0

    def spend(self, characters: int) -> float:
        """Seconds until the next request may go out, now that one of so many characters has."""
        now = self._clock()
        self._spent_until = max(now, self._spent_until) + characters / self._a_second
        return self._spent_until - now
