"""Documents through the whole app: by both ways, by identity and by signatures, opened by the usual libraries."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.document_samples import write_glossary
from sandbox.doubles.document_storage import CONTRIBUTOR, READER
from sandbox.stack import Stack
from tests.integration.papers import SENTENCE, TERM, TRANSLATED, papers, text_in
from tests.integration.person import Person, person_at

TARGET = "es-ES"
BY_BATCH_ALONE = ("report.pdf", "lease.rtf")
ROLES = {"inbox": READER, "glossaries": READER, "staging": CONTRIBUTOR}
#: What the Translator resource may do: its identity has the roles that the templates give it, or none.
GRANTS = {"identity": {"roles": ROLES}, "sas": {"identity": False}}
#: Access, and way. What goes by itself goes either way, so signatures are seen with both of them, too.
WAYS = [("identity", "auto"), ("identity", "batch"), ("identity", "sync"), ("sas", "auto")]

type Told = dict[str, dict[str, Any]]


@dataclass
class Archive:
    """The documents, who dropped them, how the service reaches them, and which way they go."""

    person: Person
    papers: dict[str, bytes]
    access: str
    way: str = ""

    @property
    def folder(self) -> str:
        """Where those lie that go this way."""
        return f"documents/{self.access}/{self.way}"

    async def drop(self, brief: str) -> Told:
        """Drop all that goes this way; the receipts of their translations by base name."""
        folder = self.folder
        await self.person.drop(f"{folder}/translate.json", brief)
        names = [name for name in self.papers if not (self.way == "sync" and name in BY_BATCH_ALONE)]
        await asyncio.gather(*(self.person.drop(f"{folder}/{name}", self.papers[name]) for name in names))
        await asyncio.gather(*(self.person.told(f"{folder}/{name}") for name in names))
        found = {name: await self.person.receipt(f"{folder}/{name}", TARGET) for name in names}
        return {name: receipt for name, receipt in found.items() if receipt is not None}


@pytest.fixture(scope="module")
async def library(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Archive]:
    """The documents, and a stack with a glossary."""
    folder = tmp_path_factory.mktemp("documents")
    async with Stack(folder / "stack", pace=0.02) as stack, person_at(stack, Person) as person:
        await asyncio.to_thread(write_glossary, folder)
        glossary = (folder / "default.en-es.tsv").read_bytes()
        await person.storage.get_blob_client("glossaries", "default.en-es.tsv").upload_blob(glossary)
        yield Archive(person, await asyncio.to_thread(papers, folder / "papers"), "identity")


@pytest.fixture(scope="module", params=WAYS, ids="-".join)
async def archive(request: pytest.FixtureRequest, library: Archive) -> Archive:
    """The same, where the service reaches storage in one of the two ways."""
    access, way = request.param
    person = library.person
    answer = await person.client.post(f"{person.doubles.translator}/_control/storage", json=GRANTS[access])
    answer.raise_for_status()
    if access != library.access:
        await person.stack.stop_host()
        await person.stack.start_host({"DOCUMENT_ACCESS": access})
        library.access = access
    return replace(library, way=way)


@pytest.fixture(scope="module")
async def told(archive: Archive) -> Told:
    """The receipts of all that went this way."""
    brief = f'{{"source": "en-US", "targets": ["{TARGET}"], "azure-document": {{"mode": "{archive.way}"}}}}'
    return await archive.drop(brief)


async def test_every_document_comes_back_translated_and_opens(archive: Archive, told: Told) -> None:
    for name, receipt in told.items():
        assert receipt["status"] == "succeeded", (name, receipt.get("problem"))
        [output] = receipt["outputs"]
        text = text_in(output["name"], await archive.person.read(output["name"]))
        assert "[es] " in text, name
        if SENTENCE.encode() in archive.papers[name] or name.endswith("x"):
            assert (TRANSLATED in text, TERM in text) == (True, False), name


async def test_results_are_called_after_their_documents(archive: Archive, told: Told) -> None:
    folder = archive.folder
    for name, receipt in told.items():
        stem, _, extension = name.rpartition(".")
        is_legacy = name == "lease.rtf"  # beside lease.docx, whose result has the other name
        wanted = f"{folder}/{name}.{TARGET}.docx" if is_legacy else f"{folder}/{stem}.{TARGET}.{extension}"
        assert receipt["outputs"][0]["name"] == wanted


async def test_the_receipt_tells_the_way_the_charge_beside_its_estimate_and_the_glossary(
    archive: Archive, told: Told
) -> None:
    blob = archive.person.storage.get_blob_client("glossaries", "default.en-es.tsv")
    etag = str((await blob.get_blob_properties()).etag).strip('"')
    for name, receipt in told.items():
        by_batch = archive.way == "batch" or name in BY_BATCH_ALONE
        assert receipt["provider"] == "azure-document"
        assert receipt["details"]["way"] == ("batch" if by_batch else "synchronous")
        assert receipt["details"]["glossaries"] == [{"name": "default.en-es.tsv", "etag": etag}]
        assert receipt["details"]["request"]
        assert receipt["units"]["characters"] > 0
        if name != "lease.rtf":  # which only the service reads
            assert receipt["estimate"]["characters"] > 0


async def test_each_was_paid_once(archive: Archive, told: Told) -> None:
    paid = await archive.person.doubles.control(archive.person.doubles.translator, "paid")
    assert paid
    assert told
    assert {row["count"] for row in paid if f"{archive.folder}/" in row["key"]} <= {1}


async def test_a_second_drop_of_the_same_is_not_paid_again(archive: Archive, told: Told) -> None:
    before = await archive.person.doubles.control(archive.person.doubles.translator, "paid")
    name = f"{archive.folder}/note.txt"
    etag = await archive.person.drop(name, archive.papers["note.txt"])
    await archive.person.accepted(name, etag)
    assert (await archive.person.told(name))["attempt"] == told["note.txt"]["attempt"] == 1
    assert await archive.person.doubles.control(archive.person.doubles.translator, "paid") == before


async def test_no_word_of_a_document_is_in_a_log_or_a_record(archive: Archive, told: Told) -> None:
    secret = SENTENCE.encode()
    assert told
    for log in (archive.person.stack.folder / "logs").iterdir():
        if log.name == "host.log":
            assert secret not in await asyncio.to_thread(Path.read_bytes, log)
    jobs = archive.person.storage.get_container_client("jobs")
    async for name in jobs.list_blob_names():
        assert secret not in await archive.person.read(name, "jobs")
