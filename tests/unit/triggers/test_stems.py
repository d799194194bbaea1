"""Who gets which name: by rank among what lies side by side, once, and always one."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.errors import NameRefused
from shared.jobs.ledger import STEMS, Ledger
from shared.media.facts import MediaFacts
from shared.media.ranges import MediaFile
from shared.names import BlobName
from shared.triggers.stems import Stems
from tests.memory_container import MemoryAccount, Operation
from tests.unit.model.world import World, nothing_is_known


class Shelf:
    """An inbox and a ledger."""

    def __init__(self) -> None:
        account = MemoryAccount()
        self.inbox, self.jobs = account.container("inbox"), account.container("jobs")
        self.ledger = Ledger(self.jobs)

    async def claim(self, name: str) -> str:
        """Drop the file, and claim the stem of its results."""
        self.inbox.put(name, b"x")
        return await Stems(self.ledger, self.inbox).claim(BlobName(name))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.mark.parametrize(
    ("beside", "name", "stem"),
    [
        ((), "a/talk.mp4", "a/talk"),
        ((), "a/talk.srt", "a/talk"),
        (("a/talk.mp4",), "a/talk.srt", "a/talk.srt"),
        (("a/talk.MP4",), "a/talk.mp3", "a/talk.mp3"),
        (("a/talk.mp3",), "a/talk.vtt", "a/talk.vtt"),
        (("a/talk.srt", "a/talk.mp3", "a/talk.pptx"), "a/talk.mp4", "a/talk"),
        (("a/talk.pptx", "talk.mp4", "a/talk.mp4.txt", "a/talk.x.mp4"), "a/talk.srt", "a/talk"),
        (("a/talk.mp4",), "a/talk.pptx", "a/talk"),
    ],
)
async def test_the_lower_rank_yields_to_what_lies_beside_it(
    shelf: Shelf, beside: Sequence[str], name: str, stem: str
) -> None:
    for other in beside:
        shelf.inbox.put(other, b"x")
    assert await shelf.claim(name) == stem


async def test_nothing_yields_to_an_empty_file(shelf: Shelf) -> None:
    shelf.inbox.put("talk.mp4", b"")
    assert await shelf.claim("talk.srt") == "talk"


async def test_a_claim_once_made_is_kept(shelf: Shelf) -> None:
    assert await shelf.claim("talk.srt") == "talk"
    assert await shelf.claim("talk.mp4") == "talk.mp4"
    assert await shelf.claim("talk.mp4") == "talk.mp4"


async def test_a_free_name_is_always_found(shelf: Shelf) -> None:
    names = ("x.mov", "x.mp4.mp4", "x.mp4.2.mp4", "x.mp4.3.mp4", "x.mp4")
    assert [await shelf.claim(name) for name in names] == ["x", "x.mp4", "x.mp4.2", "x.mp4.3", "x.mp4.4"]


async def test_documents_claim_nothing(shelf: Shelf) -> None:
    assert [await shelf.claim(name) for name in ("deck.pptx", "deck.docx", "...docx")] == ["deck", "deck", "...docx"]
    assert shelf.jobs.blobs == {}


@pytest.mark.parametrize("name", ["...mp3", "x/...mp3", "x/..mp3"])
async def test_a_stem_that_leaves_its_place_is_never_claimed(shelf: Shelf, name: str) -> None:
    assert await shelf.claim(name) == name
    assert list(shelf.jobs.blobs) == [f"stems/{name}"]


@pytest.mark.parametrize("stem", ["..", "x/..", "x/.", "", "x" * 1024])
async def test_the_ledger_takes_no_stem_that_leaves_its_place(shelf: Shelf, stem: str) -> None:
    with pytest.raises(NameRefused):
        await shelf.ledger.claim_stem(stem, BlobName("x.mp3"))


class TestDrops:
    @pytest.fixture
    def world(self) -> World:
        return World("findable")

    async def drop(self, world: World, name: str, content: bytes = b"film") -> None:
        """Drop a file that the one service takes, whatever its kind."""
        world.inbox.put(name, content, md5=f"md5-of-{content.decode()}", metadata={"route": "findable"})
        await world.process().accept(name)

    def results(self, world: World) -> set[str]:
        """What lies in the outbox beside receipts."""
        return {name for name in world.outbox.blobs if not name.endswith(".translation.json")}

    def stems(self, world: World) -> dict[str, str]:
        """Who has claimed which stem."""
        blobs = world.jobs.blobs.items()
        return {name: stored.data.decode() for name, stored in blobs if name.startswith(STEMS)}

    @pytest.mark.parametrize("names", [("x.mp3", "x.mp4.mp4", "x.mp4"), ("x.mp4", "x.mp4.mp4", "x.mov", "x.mp4.mov")])
    async def test_that_want_one_stem_are_all_translated(self, world: World, names: Sequence[str]) -> None:
        for name in names:
            await self.drop(world, f"to_fr/{name}")
        await world.settle()
        assert len(self.results(world)) == len(names)
        assert {str(job.state) for job in world.done.values()} == {"succeeded"}

    async def test_that_are_refused_claim_nothing(self, world: World) -> None:
        await self.drop(world, "to_fr/talk.mp4", b"")
        await self.drop(world, "to_fr/talk.exe")
        assert self.stems(world) == {}
        await self.drop(world, "to_fr/talk.mp3")
        await world.settle()
        assert self.results(world) == {"to_fr/talk.fr.mp4"}

    async def test_whose_content_nobody_can_translate_claim_nothing(self, world: World) -> None:
        world.inspect = unfit_videos
        await self.drop(world, "to_fr/talk.mp4", b"a picture")
        await self.drop(world, "to_fr/talk.mp3")
        assert self.stems(world) == {"stems/to_fr/talk": "to_fr/talk.mp3"}
        await world.settle()
        assert self.results(world) == {"to_fr/talk.fr.mp4"}

    async def test_whose_content_nobody_can_translate_claim_nothing_although_two_come_at_once(
        self, world: World
    ) -> None:
        world.inspect = unfit_videos
        world.account.before = take_turns
        drops = [("to_fr/talk.mp4", b"a picture"), ("to_fr/talk.mov", b"another"), ("to_fr/talk.mp3", b"sound")]
        for name, content in drops:
            world.inbox.put(name, content, md5=name, metadata={"route": "findable"})
        processes = [world.process() for _ in range(2)]
        await asyncio.gather(*(process.accept(name) for name, _ in drops for process in processes))
        assert set(self.stems(world).values()) == {"to_fr/talk.mp3"}
        await world.settle()
        assert len(self.results(world)) == 1

    async def test_that_are_mended_have_their_name_then(self, world: World) -> None:
        world.inspect = unfit_videos
        await self.drop(world, "to_fr/talk.mp4", b"a picture")
        world.inspect = nothing_is_known
        await self.drop(world, "to_fr/talk.mp4", b"a film")
        await world.settle()
        assert self.results(world) == {"to_fr/talk.fr.mp4"}

    async def test_that_were_empty_at_first_have_their_name_once_they_are_not(self, world: World) -> None:
        await self.drop(world, "to_fr/talk.mp4", b"")
        await self.drop(world, "to_fr/talk.mp4")
        await world.settle()
        assert self.results(world) == {"to_fr/talk.fr.mp4"}

    @pytest.mark.parametrize("name", ["to_fr/...mp4", "to_fr/..mp4"])
    async def test_whose_stem_would_leave_its_place_are_called_by_the_whole_name(self, world: World, name: str) -> None:
        await self.drop(world, name)
        await world.settle()
        assert self.results(world) == {f"{name}.fr.mp4"}


async def unfit_videos(_name: BlobName, kind: str, _file: MediaFile) -> MediaFacts:
    """All videos turn out to be something else."""
    return MediaFacts(unfit="It is a picture." if kind == "video" else None)


async def take_turns(_operation: Operation) -> None:
    """Whoever waits for storage lets the others go on."""
    await asyncio.sleep(0)
