"""The folders that follow containers."""

import os
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import ContainerClient

from sandbox.access_log import Access
from sandbox.azurite import Azurite
from sandbox.mirror import STILL_SECONDS, Drops, Results, shortened


@pytest.fixture
async def container(azurite: Azurite) -> AsyncIterator[ContainerClient]:
    async with azurite.blob_service() as service:
        container = await service.create_container(f"mirror-{uuid.uuid4()}")
        await azurite.settle()
        yield container


@dataclass
class Inbox:
    """A folder on its way up."""

    folder: Path
    container: ContainerClient
    azurite: Azurite
    memory: Path
    seconds: float = 0.0

    @classmethod
    def of(cls, folder: Path, container: ContainerClient, azurite: Azurite) -> Self:
        """A folder that is mirrored for the first time."""
        inbox = cls(folder / "inbox", container, azurite, folder / "memory.json")
        inbox.restart()
        return inbox

    async def look(self) -> list[str]:
        """Look once; answer with the names that it wrote, in their order."""
        with self.azurite.log.recording() as accesses:
            await self.drops.look()
            await self.azurite.settle()
        return [access.blob for access in accesses if self._is_upload(access)]

    def put(self, name: str, content: bytes = b"movie", modified: int = 1_000_000_000) -> None:
        """Write a file that was changed last at `modified`."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (modified, modified))

    def restart(self) -> None:
        """Mirror the same folder as another process does."""
        self.drops = Drops(self.folder, self.container, self.memory, clock=lambda: self.seconds)

    async def later(self) -> list[str]:
        """Look once it has been still for long enough; answer with the names that it wrote."""
        self.seconds += STILL_SECONDS
        return await self.look()

    async def names(self) -> list[str]:
        """What is in the container."""
        return [name async for name in self.container.list_blob_names()]

    def _is_upload(self, access: Access) -> bool:
        return access.container == self.container.container_name and access.kind == "write"


@pytest.fixture
def inbox(azurite: Azurite, container: ContainerClient, tmp_path: Path) -> Inbox:
    return Inbox.of(tmp_path, container, azurite)


@pytest.fixture
def outbox(container: ContainerClient, tmp_path: Path) -> Results:
    return Results(tmp_path / "outbox", container)


async def content(container: ContainerClient, name: str) -> bytes:
    return bytes(await (await container.download_blob(name)).readall())


async def properties(container: ContainerClient, name: str) -> BlobProperties:
    return await container.get_blob_client(name).get_blob_properties()


async def test_a_file_goes_up_once_when_it_has_been_still_for_some_seconds(inbox: Inbox) -> None:
    inbox.put("talks/intro ü.mp4")
    assert await inbox.look() == []
    inbox.seconds += STILL_SECONDS - 0.1
    assert await inbox.look() == []
    inbox.seconds += 0.1
    assert await inbox.look() == ["talks/intro ü.mp4"]
    assert await inbox.later() == []
    assert await content(inbox.container, "talks/intro ü.mp4") == b"movie"


async def test_a_file_that_is_still_being_copied_counts_once_at_its_end(inbox: Inbox) -> None:
    for size in (1, 2, 3):
        inbox.put("intro.mp4", b"movie"[:size])
        assert await inbox.look() == []
        inbox.seconds += STILL_SECONDS - 0.1
        assert await inbox.look() == []
    inbox.put("intro.mp4", b"movie")
    assert await inbox.look() == []
    assert await inbox.later() == ["intro.mp4"]
    assert await content(inbox.container, "intro.mp4") == b"movie"


async def test_a_changed_file_goes_up_again(inbox: Inbox) -> None:
    inbox.put("intro.mp4")
    await inbox.look()
    await inbox.later()
    inbox.put("intro.mp4", modified=1_000_000_001)
    await inbox.look()
    assert await inbox.later() == ["intro.mp4"]


async def test_briefs_go_first(inbox: Inbox) -> None:
    for name in ("a/talk.mp4", "a/talk.mp4.translate.json", "b/talk.mp4", "b/translate.json"):
        inbox.put(name)
    await inbox.look()
    briefs = ["a/talk.mp4.translate.json", "b/translate.json"]
    assert await inbox.later() == [*briefs, "a/talk.mp4", "b/talk.mp4"]


async def test_media_wait_while_a_brief_is_being_written(inbox: Inbox) -> None:
    inbox.put("talk.mp4")
    await inbox.look()
    inbox.put("translate.json")
    assert await inbox.later() == []
    assert await inbox.later() == ["translate.json", "talk.mp4"]


@pytest.mark.parametrize(
    "name",
    [
        ".DS_Store",
        ".git/config",
        "intro.mp4.part",
        "intro.tmp",
        "talk.mp4~",
        "~$deck.docx",
        "#notes.txt#",
        ".translate.json.swp",
        "translate.json.swp",
        "4913",
        "Unconfirmed 123.crdownload",
        "talk.mp4.crdownload",
        "talk.mp4.download/talk.mp4",
        ".~lock.deck.odt#",
        "translate.json___jb_tmp___",
        "Thumbs.db",
        "__MACOSX/talk.mp4",
    ],
)
async def test_what_editors_and_browsers_leave_behind_stays(inbox: Inbox, name: str) -> None:
    inbox.put(name)
    await inbox.look()
    assert await inbox.later() == []


async def test_after_a_restart_only_what_storage_does_not_have_goes_up(inbox: Inbox) -> None:
    inbox.put("old.mp4")
    inbox.put("changed.mp4")
    await inbox.look()
    await inbox.later()
    inbox.put("changed.mp4", b"other")
    inbox.restart()
    await inbox.look()
    assert await inbox.later() == ["changed.mp4"]


async def test_a_file_that_is_removed_takes_its_blob_along(inbox: Inbox) -> None:
    inbox.put("talks/intro.mp4")
    await inbox.look()
    await inbox.later()
    (inbox.folder / "talks/intro.mp4").unlink()
    await inbox.look()
    assert await inbox.names() == ["talks/intro.mp4"]
    await inbox.later()
    assert await inbox.names() == []


async def test_a_file_that_an_editor_takes_away_for_a_moment_keeps_its_blob(inbox: Inbox) -> None:
    inbox.put("translate.json")
    await inbox.look()
    await inbox.later()
    (inbox.folder / "translate.json").unlink()
    await inbox.look()
    inbox.put("translate.json", b"{}")
    await inbox.later()
    assert await inbox.names() == ["translate.json"]
    assert await inbox.later() == ["translate.json"]


async def test_a_file_that_was_removed_while_nobody_looked_takes_its_blob_along(inbox: Inbox) -> None:
    inbox.put("intro.mp4")
    await inbox.look()
    await inbox.later()
    (inbox.folder / "intro.mp4").unlink()
    inbox.restart()
    await inbox.look()
    await inbox.later()
    assert await inbox.names() == []


async def test_a_blob_that_came_by_another_way_stays(inbox: Inbox) -> None:
    await inbox.container.upload_blob("by-hand.mp4", b"movie")
    await inbox.look()
    await inbox.later()
    assert await inbox.names() == ["by-hand.mp4"]


async def test_a_name_that_is_no_text_is_left_alone_and_told(inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    inbox.put("good.mp4")
    (inbox.folder / os.fsdecode(b"bad-\xff.mp4")).write_bytes(b"movie")
    await inbox.look()
    assert await inbox.later() == ["good.mp4"]
    assert "was not uploaded" in caplog.text


async def test_a_file_carries_its_hash_and_its_type(inbox: Inbox) -> None:
    inbox.put("intro.mp4")
    await inbox.look()
    await inbox.later()
    settings = (await properties(inbox.container, "intro.mp4")).content_settings
    assert bytes(settings.content_md5 or b"").hex() == "aed34b9f60ee115dfa7918b742336277"
    assert settings.content_type == "video/mp4"


async def test_what_lands_in_the_outbox_comes_down_whole(
    outbox: Results, container: ContainerClient, tmp_path: Path
) -> None:
    await container.upload_blob("talks/ü.mp4", b"film")
    await outbox.look()
    files = [path for path in (tmp_path / "outbox").rglob("*") if path.is_file()]
    assert [(path.name, path.read_bytes()) for path in files] == [("ü.mp4", b"film")]


async def test_a_replaced_result_comes_down_again_and_nothing_else(
    outbox: Results, container: ContainerClient, azurite: Azurite, tmp_path: Path
) -> None:
    await container.upload_blob("same.mp4", b"film")
    await container.upload_blob("replaced.mp4", b"film")
    await outbox.look()
    await container.upload_blob("replaced.mp4", b"FILM", overwrite=True)
    await azurite.settle()
    with azurite.log.recording() as accesses:
        await outbox.look()
        await azurite.settle()
    ours = [access for access in accesses if access.container == container.container_name]
    assert [access.blob for access in ours if access.blob] == ["replaced.mp4"]
    assert (tmp_path / "outbox" / "replaced.mp4").read_bytes() == b"FILM"


async def test_a_name_that_leads_out_of_the_folder_stays_up(
    outbox: Results, container: ContainerClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "outbox" / "link").symlink_to(tmp_path)
    await container.upload_blob("link/evil.txt", b"evil")
    await container.upload_blob("good.txt", b"good")
    await outbox.look()
    assert not (tmp_path / "evil.txt").exists()
    assert (tmp_path / "outbox" / "good.txt").read_bytes() == b"good"
    assert "link/evil.txt stays in the outbox container" in caplog.text


async def test_a_name_that_the_disk_cannot_hold_comes_down_shortened_and_says_so(
    outbox: Results, container: ContainerClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    names = [f"talks/{'ü' * 118}{number}.mp4.es-ES.translation.json" for number in (1, 2)]
    for name in names:
        await container.upload_blob(name, b"{}")
    await outbox.look()
    there = sorted(path.name for path in (tmp_path / "outbox" / "talks").iterdir())
    assert len(there) == 2
    assert all(name.startswith("ü" * 50) and name.endswith(".mp4.es-ES.translation.json") for name in there)
    assert all(f"{name} is called talks/" in caplog.text for name in names)
    again = Results(tmp_path / "outbox", container)
    await again.look()
    assert sorted(path.name for path in (tmp_path / "outbox" / "talks").iterdir()) == there


def test_only_what_is_too_long_is_shortened() -> None:
    assert shortened("a" * 255, 255) == "a" * 255
    assert len(shortened("ü" * 200, 255).encode()) <= 255


async def test_each_new_receipt_is_handed_on_once(container: ContainerClient, tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    await container.upload_blob("film.mp4", b"film")
    await container.upload_blob("film.mp4.translation.json", b'{"status": "succeeded"}')
    results = Results(tmp_path / "outbox", container, lambda receipt: told.append(dict(receipt)))
    await results.look()
    await results.look()
    assert told == [{"status": "succeeded"}]
