"""How fast Text Translation lets one go: a sliding window of characters, since the quota is "consumed evenly"."""

import math
import time
from collections import deque
from collections.abc import Callable

from sandbox.doubles.text_refusals import TOO_FAST, Refused
from sandbox.doubles.text_resource import Rate


class Window:
    """The characters of the last seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none."""
        self._clock = clock
        self._taken: deque[tuple[float, int]] = deque()

    def take(self, characters: int, rate: Rate | None) -> None:
        """Let a request of that size pass. Raises Refused with Retry-After (whole seconds) while there is no room.

        One that is larger than the whole window passes when that is empty.
        """
        if rate is None:
            return
        now = self._clock()
        while self._taken and self._taken[0][0] <= now - rate.seconds:
            self._taken.popleft()
        surplus = sum(count for _, count in self._taken) + characters - rate.characters
        if self._taken and surplus > 0:
            seconds = math.ceil(self._free_at(surplus) + rate.seconds - now)
            raise Refused(TOO_FAST, headers={"Retry-After": str(max(1, seconds))})
        self._taken.append((now, characters))

    def _free_at(self, surplus: int) -> float:
        """When the last of as many characters as are too many was taken."""
        for when, count in self._taken:
            surplus -= count
            if surplus <= 0:
                return when
        return self._taken[-1][0]
