"""The time, as timers see it."""

import asyncio
from datetime import UTC, datetime


class Clock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """The time now."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait this long; a time in the past is no wait."""
        await asyncio.sleep(seconds)
