"""The place in staging: one for each translation at each provider, and the first answer that is kept counts."""

from shared.engine.scratch import StagingScratch, prefix_of
from tests.memory_container import MemoryContainer
from tests.unit.records import NOW


def scratch(container: MemoryContainer, target: str = "es-ES", forced: int = 0) -> StagingScratch:
    return StagingScratch(container, prefix_of("0123abcd", target, "azure-text", forced), NOW)


async def test_who_comes_second_takes_what_the_first_one_kept() -> None:
    place = scratch(MemoryContainer("staging"))
    assert await place.write("answer", b"first") == b"first"
    assert await place.write("answer", b"second") == b"first"
    assert await place.read("answer") == b"first"


async def test_what_was_never_kept_is_none() -> None:
    assert await scratch(MemoryContainer("staging")).read("answer") is None


async def test_other_languages_and_a_forced_attempt_have_places_of_their_own() -> None:
    staging = MemoryContainer("staging")
    await scratch(staging).write("answer", b"spanish")
    assert await scratch(staging, target="fr-FR").read("answer") is None
    assert await scratch(staging, forced=2).read("answer") is None


async def test_removing_leaves_what_belongs_to_others() -> None:
    staging = MemoryContainer("staging")
    await scratch(staging).write("answer", b"spanish")
    await scratch(staging, target="fr-FR").write("answer", b"french")
    await scratch(staging).remove(await scratch(staging).held())
    assert [name async for name in scratch(staging).list()] == []
    assert [name async for name in scratch(staging, target="fr-FR").list()] == ["answer"]


async def test_what_was_written_since_it_was_looked_at_is_not_removed() -> None:
    staging = MemoryContainer("staging")
    await scratch(staging).write("answer", b"first")
    held = await scratch(staging).held()
    await staging.write(held[0].name, b"second", held[0].etag)
    await scratch(staging).remove(held)
    assert await scratch(staging).read("answer") == b"second"


async def test_one_address_reads_and_another_writes_one_blob() -> None:
    place = scratch(MemoryContainer("staging"))
    assert await place.read_url("answer") != await place.write_url("answer")
    assert (await place.write_url("answer")).startswith(place.address("answer"))
