"""The glossaries that people keep, as a provider reaches them."""

from shared.engine.glossaries import GlossaryContainer
from tests.memory_container import MemoryContainer
from tests.unit.records import NOW


async def test_a_glossary_is_found_by_its_name_with_an_address_that_reads_it() -> None:
    container = MemoryContainer("glossaries")
    etag = container.put("legal.en-de.tsv", b"lease\tMietvertrag")
    found = await GlossaryContainer(container, NOW).find("legal.en-de.tsv")
    assert found is not None
    assert (found.etag, found.data) == (etag, b"lease\tMietvertrag")
    assert found.url.startswith(found.address)
    assert await GlossaryContainer(container, NOW).find("medical.en-de.tsv") is None


async def test_the_pairs_of_a_glossary_are_listed_by_its_name() -> None:
    container = MemoryContainer("glossaries")
    for name in ("legal.en-de.tsv", "legal.en-fr.csv", "medical.en-de.tsv"):
        container.put(name, b"")
    assert await GlossaryContainer(container, NOW).named("legal.") == ["legal.en-de.tsv", "legal.en-fr.csv"]
