"""The paid starts of each day at each provider, counted in one place for all processes: `starts/<day>/<provider>`."""

from collections.abc import Callable
from datetime import datetime

from shared.errors import RecordChanged, StorageTrouble
from shared.storage.container import Container, Versioned, until_undisturbed

STARTS = "starts/"
TRIES = 30  # everybody who starts something counts it in the same place


class Starts:
    """Counts a start under the day of its claim, in UTC."""

    def __init__(self, container: Container) -> None:
        self._container = container

    async def on(self, moment: datetime, provider: str) -> int:
        """How many there were on that day."""
        return (await self._read(moment, provider)).value

    async def count(self, claimed: datetime, provider: str, limit: int) -> bool:
        """Count one more; False where the limit is reached."""
        return await self._change(claimed, provider, lambda count: count + 1 if count < limit else None)

    async def give_back(self, claimed: datetime, provider: str) -> None:
        """Nothing came of one that was counted."""
        await self._change(claimed, provider, lambda count: max(0, count - 1))

    async def _change(self, day: datetime, provider: str, change: Callable[[int], int | None]) -> bool:
        """Write another number, unless there is to be none; whether it was written.

        StorageTrouble where others count all the time: RecordChanged would say that the job is somebody else's.
        """

        async def attempt() -> bool:
            read = await self._read(day, provider)
            changed = change(read.value)
            if changed is not None:
                await self._container.write(_name(day, provider), str(changed).encode(), read.etag)
            return changed is not None

        try:
            return await until_undisturbed(attempt, f"the number of today's starts of {provider}", TRIES)
        except RecordChanged as error:
            raise StorageTrouble(error.reason) from error

    async def _read(self, day: datetime, provider: str) -> Versioned[int]:
        blob = await self._container.read(_name(day, provider))
        return Versioned(int(blob.data), blob.facts.etag) if blob else Versioned(0, None)


def _name(day: datetime, provider: str) -> str:
    return f"{STARTS}{day:%Y-%m-%d}/{provider}"
