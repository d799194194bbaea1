"""What is true of every container. The tests of each implementation inherit it, so that the double is known to be true.

Subclasses give a fixture `container`: an empty one.
"""

from datetime import UTC, datetime, timedelta

import pytest

from shared.errors import RecordChanged, ResultUnavailable, TooLong
from shared.storage.container import ANY, Container, Facts

MD5_OF_MOVIE = "rtNLn2DuEV36eRi3QjNidw=="


class ContainerContract:
    """The conditions of `shared.storage.Container`."""

    async def test_what_is_not_there_is_none(self, container: Container) -> None:
        assert await container.head("a") is None
        assert await container.read("a") is None

    async def test_facts_are_told_alike_by_head_read_and_list(self, container: Container) -> None:
        etag = await container.write("a", b"movie", metadata={"source": "en"}, content_type="video/mp4")
        blob, head = await container.read("a"), await container.head("a")
        assert blob is not None
        assert blob.data == b"movie"
        assert blob.facts == head == (await _listed(container))[0]
        assert (head.etag, head.size, head.md5, head.metadata["source"]) == (etag, 5, MD5_OF_MOVIE, "en")

    async def test_the_time_of_a_change_is_told_in_whole_seconds(self, container: Container) -> None:
        await container.write("a", b"")
        facts = await container.head("a")
        assert facts is not None
        assert facts.last_modified.microsecond == 0
        assert abs(datetime.now(UTC) - facts.last_modified) < timedelta(minutes=1)

    async def test_the_same_content_written_again_has_another_etag(self, container: Container) -> None:
        assert await container.write("a", b"1") != await container.write("a", b"1", ANY)

    async def test_a_new_blob_is_written_only_where_there_is_none(self, container: Container) -> None:
        await container.write("a", b"1")
        with pytest.raises(RecordChanged):
            await container.write("a", b"2")
        assert await _content(container, "a") == b"1"

    async def test_a_blob_is_replaced_only_as_it_was_read(self, container: Container) -> None:
        first = await container.write("a", b"1")
        await container.write("a", b"2", first)
        with pytest.raises(RecordChanged):
            await container.write("a", b"3", first)
        assert await _content(container, "a") == b"2"

    async def test_what_is_gone_is_not_replaced(self, container: Container) -> None:
        etag = await container.write("a", b"1")
        await container.delete("a", etag)
        with pytest.raises(RecordChanged):
            await container.write("a", b"2", etag)
        assert await container.head("a") is None

    async def test_a_blob_is_deleted_only_as_it_was_read(self, container: Container) -> None:
        first = await container.write("a", b"1")
        second = await container.write("a", b"2", first)
        with pytest.raises(RecordChanged):
            await container.delete("a", first)
        await container.delete("a", second)
        with pytest.raises(RecordChanged):
            await container.delete("a", second)

    async def test_a_blob_longer_than_the_limit_is_not_read(self, container: Container) -> None:
        await container.write("a", b"12345")
        assert await _content(container, "a", limit=5) == b"12345"
        with pytest.raises(TooLong):
            await container.read("a", limit=4)

    async def test_an_empty_blob_is_read(self, container: Container) -> None:
        await container.write("a", b"")
        assert await _content(container, "a") == b""

    async def test_a_listing_is_in_the_order_of_names_and_begins_past_a_name(self, container: Container) -> None:
        for name in ("b/2", "a", "b/10", "b-", "c"):
            await container.write(name, b"")
        assert [facts.name for facts in await _listed(container)] == ["a", "b-", "b/10", "b/2", "c"]
        assert [facts.name for facts in await _listed(container, "b/", "b/10")] == ["b/2"]
        assert [facts.name for facts in await _listed(container, after="b-")] == ["b/10", "b/2", "c"]

    async def test_a_signed_blob_can_be_copied_where_there_is_none(self, container: Container) -> None:
        await container.write("a", b"movie")
        url = await container.sign("a", datetime.now(UTC) + timedelta(hours=1))
        await container.copy("b", url, metadata={"of": "a"})
        facts = await container.head("b")
        assert facts is not None
        assert (facts.copy_status, facts.md5, facts.metadata) == ("success", MD5_OF_MOVIE, {"of": "a"})
        with pytest.raises(RecordChanged):
            await container.copy("b", url)
        await container.copy("b", url, facts.etag)
        with pytest.raises(RecordChanged):
            await container.copy("b", url, facts.etag)

    async def test_nothing_is_copied_from_where_there_is_nothing(self, container: Container) -> None:
        url = await container.sign("nowhere", datetime.now(UTC) + timedelta(hours=1))
        with pytest.raises(ResultUnavailable):
            await container.copy("b", url)
        assert await container.head("b") is None

    async def test_a_type_is_set_and_nothing_else_changes(self, container: Container) -> None:
        await container.write("a", b"movie", metadata={"of": "a"}, content_type="text/html")
        before = await container.head("a")
        assert before is not None
        await container.set_type(before, "video/mp4")
        after = await container.head("a")
        assert after is not None
        assert (after.content_type, after.md5, after.metadata) == ("video/mp4", MD5_OF_MOVIE, before.metadata)
        assert (before.created, after.created) == (before.last_modified, before.created)
        with pytest.raises(RecordChanged):
            await container.set_type(before, "video/mp4")

    async def test_any_version_is_read_in_part(self, container: Container) -> None:
        await container.write("a", b"movie")
        assert await container.range("a", 0, 3, ANY) == b"mov"
        await container.write("b", b"")
        assert await container.range("b", 0, 3, ANY) == b""
        with pytest.raises(RecordChanged):
            await container.range("c", 0, 3, ANY)

    async def test_blocks_make_a_blob_on_the_same_conditions(self, container: Container) -> None:
        await container.stage("a", "0", b"1")
        await container.stage("a", "1", b"23")
        await container.commit("a", ["0", "1"], metadata={"of": "blocks"})
        facts = await container.head("a")
        assert facts is not None
        assert (facts.size, facts.md5, facts.metadata["of"]) == (3, None, "blocks")
        await container.stage("a", "0", b"4")
        with pytest.raises(RecordChanged):
            await container.commit("a", ["0"])
        await container.commit("a", ["0"], facts.etag)
        assert await _content(container, "a") == b"4"

    async def test_staged_blocks_are_no_blob_and_are_told_until_they_make_one(self, container: Container) -> None:
        assert await container.staged("a") == {}
        await container.stage("a", "0", b"1")
        await container.stage("a", "1", b"23")
        assert await container.staged("a") == {"0": 1, "1": 2}
        assert await container.head("a") is None
        await container.commit("a", ["1"])
        assert await container.staged("a") == {}


async def _listed(container: Container, prefix: str = "", after: str = "") -> list[Facts]:
    return [facts async for facts in container.list(prefix, after)]


async def _content(container: Container, name: str, limit: int = 100) -> bytes | None:
    blob = await container.read(name, limit)
    return blob.data if blob else None
