"""The glossaries that people keep, as far as a provider may reach them."""

from collections.abc import Sequence
from datetime import datetime

from shared.providers.task import Glossary
from shared.storage.container import Container

LARGEST = 10 * 1024 * 1024  # bytes; what Document Translation takes of a glossary


class GlossaryContainer:
    """Implements the providers' `Glossaries`. `until` is how long signed addresses last."""

    def __init__(self, container: Container, until: datetime) -> None:
        self._container, self._until = container, until

    async def find(self, name: str) -> Glossary | None:
        """See Glossaries."""
        blob = await self._container.read(name, LARGEST)
        if blob is None:
            return None
        url = await self._container.sign(name, self._until)
        return Glossary(name, blob.facts.etag, blob.data, url, self._container.address(name))

    async def named(self, name: str) -> Sequence[str]:
        """See Glossaries."""
        return [facts.name async for facts in self._container.list(name)]
