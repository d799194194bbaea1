"""The place in `staging` where a provider keeps what it was answered, until that is published."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime

from shared.errors import RecordChanged
from shared.storage.container import Container, Facts

LARGEST = 64 * 1024 * 1024  # bytes; more than any file that a provider keeps whole


class StagingScratch:
    """Implements the providers' `Scratch`."""

    def __init__(self, staging: Container, prefix: str, until: datetime) -> None:
        """`until` is how long signed addresses last."""
        self._staging, self._prefix, self._until = staging, prefix, until

    async def has(self, name: str) -> bool:
        """Whether something lies there."""
        return await self._staging.head(self.blob(name)) is not None

    async def read(self, name: str) -> bytes | None:
        """See Scratch."""
        blob = await self._staging.read(self.blob(name), LARGEST)
        return blob.data if blob else None

    async def write(self, name: str, data: bytes) -> bytes:
        """See Scratch."""
        try:
            await self._staging.write(self.blob(name), data)
        except RecordChanged:
            first = await self.read(name)
            if first is None:
                raise
            return first
        return data

    async def list(self) -> AsyncIterator[str]:
        """See Scratch."""
        async for facts in self._staging.list(self._prefix):
            yield facts.name.removeprefix(self._prefix)

    def blob(self, name: str) -> str:
        """See Scratch."""
        return self._prefix + name

    def address(self, name: str) -> str:
        """See Scratch."""
        return self._staging.address(self.blob(name))

    async def read_url(self, name: str) -> str:
        """See Scratch."""
        return await self._staging.sign(self.blob(name), self._until)

    async def write_url(self, name: str) -> str:
        """See Scratch."""
        return await self._staging.sign(self.blob(name), self._until, writes=True)

    async def held(self) -> Sequence[Facts]:
        """All that lies there, as it is now."""
        return [facts async for facts in self._staging.list(self._prefix)]

    async def remove(self, held: Sequence[Facts]) -> None:
        """Remove what was `held`; what somebody has written since stays."""
        for facts in held:
            with suppress(RecordChanged):
                await self._staging.delete(facts.name, facts.etag)


def prefix_of(key: str, target: str, provider: str, forced: int) -> str:
    """Where the scratch of one translation at one provider lies; a forced attempt gets another."""
    return f"{key}/{target}/{provider}/{forced}/"
