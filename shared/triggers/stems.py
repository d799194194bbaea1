"""What the names of a file's results begin with: claimed once, by rank, and kept."""

from collections.abc import Iterator
from itertools import count

from shared.errors import NameRefused
from shared.jobs.ledger import Ledger
from shared.media.kinds import KINDS, kind_of
from shared.names import LONGEST, BlobName, refuse_unsafe
from shared.storage.container import Container, Facts

#: These share the names of their results. Of files that lie side by side, the kind that comes first here has them.
RANKS = ("video", "audio", "subtitles")
LOOKED_AT = 5000  # files beside it, which storage lists in one answer


class Stems:
    """Claims the stems of results."""

    def __init__(self, ledger: Ledger, inbox: Container) -> None:
        self._ledger, self._inbox = ledger, inbox

    async def claim(self, name: BlobName) -> str:
        """The stem of the file's results: its name without the extension, where that is free.

        A document claims nothing: its results keep an extension of their own, so they never meet those of media.
        """
        if kind_of(name) not in RANKS:
            return next(_stems(name))
        stems = _stems(name)
        if await self._yields(name):
            stems = (stem for stem in stems if stem != name.stem)
        for stem in stems:
            if await self._ledger.claim_stem(stem, name):
                break
        return stem

    async def _yields(self, name: BlobName) -> bool:
        """Whether a file of a higher rank lies beside it, event or no event. What is refused does not count."""
        higher = RANKS[: RANKS.index(kind_of(name))]
        rivals = {f"{name.stem}{extension}".lower() for kind in higher for extension in KINDS[kind]}
        if not rivals:
            return False
        left = LOOKED_AT
        async for facts in self._inbox.list(f"{name.stem}."):
            if facts.size and facts.name.lower() in rivals and not await self._is_refused(facts):
                return True
            left -= 1
            if not left:
                break
        return False

    async def _is_refused(self, rival: Facts) -> bool:
        """Whether it was refused as it lies there: then it claimed nothing."""
        try:
            seen = await self._ledger.seen(BlobName(rival.name))
        except NameRefused:
            return True
        return seen is not None and seen.value.etag == rival.etag and not seen.value.stem


def _stems(name: BlobName) -> Iterator[str]:
    """The stems that it may have, the best first, without end: whatever others have claimed, one is free."""
    if _is_safe(name.stem):
        yield name.stem
    yield str(name)
    yield from (f"{name}.{number}" for number in count(2))


def _is_safe(stem: str) -> bool:
    """Whether it stays in its place: `x/...mp3` has the stem `x/..`, which does not."""
    try:
        refuse_unsafe(stem, LONGEST)
    except NameRefused:
        return False
    return True
