"""The folders that follow containers."""

import os
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import ContainerClient

from sandbox.access_log import Access
from sandbox.azurite import Azurite
from sandbox.mirror import Drops, Results


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
    drops: Drops

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
        """Mirror the same folder anew, with no memory."""
        self.drops = Drops(self.folder, self.container)

    def _is_upload(self, access: Access) -> bool:
        return access.container == self.container.container_name and access.kind == "write"


@pytest.fixture
def inbox(azurite: Azurite, container: ContainerClient, tmp_path: Path) -> Inbox:
    return Inbox(tmp_path, container, azurite, Drops(tmp_path, container))


@pytest.fixture
def outbox(container: ContainerClient, tmp_path: Path) -> Results:
    return Results(tmp_path / "outbox", container)


async def content(container: ContainerClient, name: str) -> bytes:
    return bytes(await (await container.download_blob(name)).readall())


async def properties(container: ContainerClient, name: str) -> BlobProperties:
    return await container.get_blob_client(name).get_blob_properties()


async def test_a_file_goes_up_when_two_looks_see_it_unchanged(inbox: Inbox) -> None:
    inbox.put("talks/intro ü.mp4")
    assert await inbox.look() == []
    assert await inbox.look() == ["talks/intro ü.mp4"]
    assert await inbox.look() == []
    assert await content(inbox.container, "talks/intro ü.mp4") == b"movie"


async def test_a_file_that_still_grows_waits(inbox: Inbox) -> None:
    inbox.put("intro.mp4", b"mov")
    await inbox.look()
    inbox.put("intro.mp4", b"movie")
    assert await inbox.look() == []
    assert await inbox.look() == ["intro.mp4"]


async def test_a_changed_file_goes_up_again(inbox: Inbox) -> None:
    inbox.put("intro.mp4")
    await inbox.look()
    await inbox.look()
    inbox.put("intro.mp4", modified=1_000_000_001)
    await inbox.look()
    assert await inbox.look() == ["intro.mp4"]


async def test_briefs_go_first(inbox: Inbox) -> None:
    for name in ("a/talk.mp4", "a/talk.mp4.translate.json", "b/talk.mp4", "b/translate.json"):
        inbox.put(name)
    await inbox.look()
    briefs = ["a/talk.mp4.translate.json", "b/translate.json"]
    assert await inbox.look() == [*briefs, "a/talk.mp4", "b/talk.mp4"]


async def test_media_wait_while_a_brief_is_being_written(inbox: Inbox) -> None:
    inbox.put("talk.mp4")
    await inbox.look()
    inbox.put("translate.json")
    assert await inbox.look() == []
    assert await inbox.look() == ["translate.json", "talk.mp4"]


@pytest.mark.parametrize("name", [".DS_Store", ".git/config", "intro.mp4.part", "intro.tmp"])
async def test_hidden_and_unfinished_files_stay(inbox: Inbox, name: str) -> None:
    inbox.put(name)
    await inbox.look()
    assert await inbox.look() == []


async def test_after_a_restart_only_what_storage_does_not_have_goes_up(inbox: Inbox) -> None:
    inbox.put("old.mp4")
    inbox.put("changed.mp4")
    await inbox.look()
    await inbox.look()
    inbox.put("changed.mp4", b"other")
    inbox.restart()
    await inbox.look()
    assert await inbox.look() == ["changed.mp4"]


async def test_a_file_carries_its_hash_and_its_type(inbox: Inbox) -> None:
    inbox.put("intro.mp4")
    await inbox.look()
    await inbox.look()
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
