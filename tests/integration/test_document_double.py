"""The Document Translation double: batches over real storage, what they write, and the service's traps."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import docx
import pytest
from pypdf import PdfReader

from sandbox.azurite import Azurite
from sandbox.document_samples import GLOSSARY, write_contract, write_glossary, write_report
from sandbox.doubles.document_translate import PICTURE_CHARACTERS
from sandbox.doubles.pseudo import pseudo
from tests.integration.document_client import OLD, Documents, documents, file, folder, fresh
from tests.integration.waiting import eventually


@pytest.fixture(scope="module")
async def started(azurite: Azurite) -> AsyncIterator[Documents]:
    async with documents(azurite) as started:
        yield started


@pytest.fixture
async def service(started: Documents, azurite: Azurite) -> AsyncIterator[Documents]:
    async with azurite.blob_service() as storage:
        yield await fresh(started.doubles, azurite, storage)


@pytest.fixture
def old(service: Documents) -> Documents:
    service.base, service.query = OLD, {}
    return service


async def test_a_file_is_translated_by_the_translators_identity(service: Documents) -> None:
    source = await service.put("a.txt")
    batch, [document] = await service.run(file(source, service.place("out.txt")))
    assert (batch["status"], batch["summary"]["success"]) == ("Succeeded", 1)
    assert (document["path"], document["sourcePath"]) == (service.place("out.txt"), source)
    assert (document["characterCharged"], document["progress"], document["to"]) == (len("Hello you"), 1, "es")
    assert (await service.got("out.txt")).decode() == pseudo("Hello you", "es")
    assert await service.paid() == {f"{source} es": 1}


@pytest.mark.parametrize("whole_container", [True, False])
async def test_a_file_is_translated_by_signatures_that_allow_reading_and_writing(
    service: Documents, whole_container: bool
) -> None:
    sign = service.signed_container if whole_container else service.signed
    source = await service.put("a b/é.txt")
    batch, _ = await service.run(file(sign(source, "r"), sign(service.place("out.txt"), "w")))
    assert batch["status"] == "Succeeded"
    assert await service.results() == {"out.txt"}


async def test_a_folder_is_filtered_keeps_names_and_skips_what_it_does_not_read(service: Documents) -> None:
    for name in ("fr/a.txt", "fr/b.jpg", "fr/c.md", "en/d.txt"):
        await service.put(name)
    batch, found = await service.run(folder(service.source.url, service.target.url, prefix="fr/", suffix=".txt"))
    assert (batch["summary"]["total"], await service.results()) == (1, {"fr/a.txt"})
    batch, found = await service.run(folder(service.source.url, service.target.url, prefix="fr"))
    assert (batch["status"], batch["summary"]["failed"], batch["summary"]["success"]) == ("Succeeded", 1, 1)
    assert {document["status"] for document in found} == {"Failed", "Succeeded"}


async def test_a_name_in_a_folder_may_need_escapes(service: Documents) -> None:
    await service.put("a b/é#1?.txt")
    batch, [document] = await service.run(folder(service.source.url, service.target.url))
    assert (batch["status"], await service.results()) == ("Succeeded", {"a b/é#1?.txt"})
    assert document["path"] == service.place("a b/é#1?.txt")


async def test_one_source_and_two_targets_are_two_documents_and_two_charges(service: Documents) -> None:
    given = file(await service.put("a.txt"), service.place("es.txt"))
    given["targets"].append({"targetUrl": service.place("fr.txt"), "language": "fr"})
    batch, found = await service.run(given)
    assert (batch["summary"]["total"], batch["summary"]["totalCharacterCharged"]) == (2, 2 * len("Hello you"))
    assert sorted(document["to"] for document in found) == ["es", "fr"]
    assert (await service.got("fr.txt")).decode() == pseudo("Hello you", "fr")


@pytest.mark.parametrize("name", ["lease.docx", "report.pdf"])
async def test_office_and_pdf_files_open_when_they_come_back(service: Documents, tmp_path: Path, name: str) -> None:
    write = write_contract if name.endswith("docx") else write_report
    write(tmp_path / name)
    source = await service.put(name, (tmp_path / name).read_bytes())
    batch, _ = await service.run(file(source, service.place(name)))
    content = io.BytesIO(await service.got(name))
    text = (
        docx.Document(content).paragraphs[0].text
        if name.endswith("docx")
        else PdfReader(content).pages[0].extract_text()
    )
    assert text.startswith("[es] ")
    properties = await service.target.get_blob_client(name).get_blob_properties()
    assert str(properties.content_settings.content_type).startswith("application/")
    assert batch["status"] == "Succeeded"


async def test_a_glossary_is_applied_and_one_without_the_pair_silently_not(service: Documents, tmp_path: Path) -> None:
    write_glossary(tmp_path)
    glossary = await service.put(GLOSSARY, (tmp_path / GLOSSARY).read_bytes())
    xliff = "<xliff version='1.2'><file source-language='de' target-language='es'/></xliff>"
    other = await service.put("other.xlf", xliff)
    source = await service.put("a.txt", "The Tenant")
    for name, url in (("with.txt", glossary), ("without.txt", other)):
        glossaries = [{"glossaryUrl": url, "format": name and ("tsv" if url == glossary else "xliff")}]
        batch, _ = await service.run(file(source, service.place(name), glossaries=glossaries))
        assert batch["status"] == "Succeeded"
    assert (await service.got("with.txt")).decode().endswith("Arrendatario")
    assert (await service.got("without.txt")).decode() == pseudo("The Tenant", "es")


@pytest.mark.parametrize("content", ["a\tb\tc\n", None])
async def test_a_glossary_that_is_faulty_or_missing_is_an_error_of_the_document(
    service: Documents, content: str | None
) -> None:
    glossary = service.source.get_blob_client("g.tsv").url
    if content:
        await service.put("g.tsv", content)
    given = file(await service.put("a.txt"), service.place("a.txt"), glossaries=[{"glossaryUrl": glossary}])
    batch, [document] = await service.run(given)
    inner = document["error"]["innerError"]
    assert (batch["status"], document["status"], inner["code"]) == ("Failed", "Failed", "InvalidGlossary")
    assert (inner["target"], inner["details"]["glossary"]) == (document["id"], glossary)
    assert (batch["error"]["target"], document["error"]["target"]) == ("Operation", "Document")


async def test_an_existing_target_fails_early_and_is_not_overwritten(service: Documents) -> None:
    await service.target.upload_blob("a.txt", b"mine")
    batch, [document] = await service.run(file(await service.put("a.txt"), service.place("a.txt")))
    assert (batch["status"], batch["summary"]["failed"]) == ("Failed", 1)
    assert batch["error"]["innerError"]["code"] == "TargetFileAlreadyExists"
    assert not {"path", "createdDateTimeUtc"} & set(document)
    assert await service.got("a.txt") == b"mine"


async def test_an_existing_target_is_met_by_a_signature_that_can_only_write(service: Documents) -> None:
    await service.target.upload_blob("a.txt", b"mine")
    source = service.signed(await service.put("a.txt"), "r")
    _, [document] = await service.run(file(source, service.signed(service.place("a.txt"), "w")))
    assert document["error"]["innerError"]["code"] == "TargetFileAlreadyExists"
    assert await service.got("a.txt") == b"mine"


async def test_a_batch_of_existing_targets_may_be_a_failed_validation(service: Documents) -> None:
    await service.target.upload_blob("a.txt", b"mine")
    await service.misbehave("existing_is_invalid")
    batch, found = await service.run(file(await service.put("a.txt"), service.place("a.txt")))
    assert (batch["status"], batch["summary"]["total"], found) == ("ValidationFailed", 0, [])


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"", "NoTranslatableText"),
        ("a.txt", b"\xe9\xe9", "WrongDocumentEncoding"),
        ("a.docx", bytes.fromhex("D0CF11E0A1B11AE1"), "EncryptedDocument"),
        ("a.jpg", b"x", "InvalidDocumentFormat"),
    ],
)
async def test_a_document_that_cannot_be_done_fails_and_is_not_charged(
    service: Documents, name: str, content: bytes, code: str
) -> None:
    batch, [document] = await service.run(file(await service.put(name, content), service.place(name)))
    assert (batch["status"], document["error"]["innerError"]["code"]) == ("Failed", code)
    assert (document["characterCharged"], "path" in document) == (0, False)
    assert (await service.results(), await service.paid()) == (set(), {})


async def test_documents_and_glossaries_may_be_too_large(service: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    glossaries = [{"glossaryUrl": await service.put("g.tsv", "a\tb")}]
    given = file(await service.put("a.txt"), service.place("a.txt"), glossaries=glossaries)
    monkeypatch.setattr("sandbox.doubles.document_work.GLOSSARY_BYTES", 2)
    _, [document] = await service.run(given)
    assert document["error"]["innerError"]["code"] == "InvalidGlossary"
    monkeypatch.setattr("sandbox.doubles.document_work.BATCH_BYTES", 3)
    _, [document] = await service.run(given)
    assert document["error"]["innerError"]["code"] == "DocumentSizeExceeded"


async def test_a_folder_may_hold_too_much(service: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.txt", "b.txt"):
        await service.put(name)
    for limit, code in (("TOTAL_BYTES", "DocumentSizeExceeded"), ("FILES", "MaxDocumentsExceeded")):
        monkeypatch.setattr(f"sandbox.doubles.document_validation.{limit}", 1)
        batch, _ = await service.run(folder(service.source.url, service.target.url))
        assert (batch["status"], batch["error"]["innerError"]["code"]) == ("ValidationFailed", code)


async def test_a_large_result_is_written_in_parts(service: Documents) -> None:
    text = "a b c d e f g\n" * 50_000
    batch, _ = await service.run(file(await service.put("a.txt", text), service.place("a.txt")))
    assert (batch["status"], batch["summary"]["totalCharacterCharged"]) == ("Succeeded", 13 * 50_000)
    assert len(await service.got("a.txt")) > 2**20


async def test_legacy_documents_come_back_as_office_open_xml(service: Documents) -> None:
    await service.put("a.rtf", rb"{\rtf1 Hello}")
    batch, [document] = await service.run(folder(service.source.url, service.target.url))
    assert (batch["status"], document["path"]) == ("Succeeded", service.place("a.docx"))
    assert docx.Document(io.BytesIO(await service.got("a.docx"))).paragraphs[0].text == pseudo("Hello", "es")


async def test_a_blob_without_the_storage_type_file_is_taken_for_a_container(service: Documents) -> None:
    given = file(await service.put("a.txt"), service.place("a.txt"))
    del given["storageType"]
    batch, _ = await service.run(given)
    assert (batch["status"], batch["error"]["innerError"]["code"]) == ("ValidationFailed", "InvalidDocumentAccessLevel")


async def test_a_folder_without_documents_fails_its_validation(service: Documents) -> None:
    batch, _ = await service.run(folder(service.source.url, service.target.url))
    assert (batch["status"], batch["error"]["innerError"]["code"]) == ("ValidationFailed", "NoDocumentsFound")


async def test_pictures_are_counted_in_the_latest_version(service: Documents, tmp_path: Path) -> None:
    write_contract(tmp_path / "a.docx")
    source = await service.put("a.docx", (tmp_path / "a.docx").read_bytes())
    given = file(source, service.place("a.docx"), deploymentName="gpt-4o-mini")
    batch, [document] = await service.run(given, options={"translateTextWithinImage": True})
    summary = {name: count for name, count in batch["summary"].items() if "Image" in name}
    assert summary == {"totalImageScansSucceeded": 1, "totalImageScansFailed": 0, "totalImageCharged": 1}
    assert (document["imageCharged"], document["imageCharacterDetected"]) == (1, PICTURE_CHARACTERS)
    assert document["deploymentName"] == "gpt-4o-mini"


async def test_in_v1_1_a_pdf_may_come_back_as_a_word_document_too(old: Documents, tmp_path: Path) -> None:
    write_report(tmp_path / "a.pdf")
    source = await old.put("a.pdf", (tmp_path / "a.pdf").read_bytes())
    options = {"pdfOutputAdditionalFormat": "OpenXmlWord"}
    batch, _ = await old.run(file(source, old.place("a.pdf"), options=options), options={"experimental": True})
    assert (batch["status"], await old.results()) == ("Succeeded", {"a.pdf", "a.pdf.docx"})
    assert docx.Document(io.BytesIO(await old.got("a.pdf.docx"))).paragraphs[0].text.startswith("[es] ")


async def test_cancelling_leaves_what_has_not_begun_and_the_second_time_is_refused(service: Documents) -> None:
    await service.misbehave("never_finish")
    batch = await service.start(file(await service.put("a.txt"), service.place("a.txt")))
    first = await service.call("DELETE", f"/batches/{batch}")
    assert (first.status_code, first.json()["status"]) == (200, "Cancelling")
    assert not {"ETag", "Cache-Control"} & set(first.headers)
    ended = await service.ended(batch)
    assert (ended["status"], ended["summary"]["cancelled"]) == ("Cancelled", 1)
    again = await service.call("DELETE", f"/batches/{batch}")
    assert (again.status_code, again.json()["error"]["code"]) == (400, "InvalidRequest")
    assert await service.results() == set()


async def test_lists_are_paged_in_the_words_of_their_version(old: Documents) -> None:
    for name in "abc":
        await old.put(f"{name}.txt")
    batch = await old.start(folder(old.source.url, old.target.url))
    await old.ended(batch)
    path = f"/batches/{batch}/documents"
    first = (await old.call("GET", path, query={"$maxpagesize": "2"})).json()
    assert "$skip=2&$top=1" in first["@nextLink"].replace("%24", "$")
    url, key = first["@nextLink"], {"Ocp-Apim-Subscription-Key": "made-up-translator-key"}
    second = (await old.doubles.client.get(url, headers=key)).json()
    assert [len(page["value"]) for page in (first, second)] == [2, 1]
    assert "@nextLink" not in second
    old.base, old.query = "/translator/document", {"api-version": "2024-05-01"}
    assert "nextLink" in (await old.call("GET", path, query={"maxpagesize": "2"})).json()


async def test_lists_are_filtered_and_ordered(service: Documents) -> None:
    source = await service.put("a.txt")
    batches = [await service.start(file(source, service.place(f"{number}.txt"))) for number in range(3)]
    shown = [await service.ended(batch) for batch in batches]
    at = shown[1]["createdDateTimeUtc"]

    async def listed(**query: str) -> list[str]:
        rows: list[dict[str, Any]] = (await service.call("GET", "/batches", query=query)).json()["value"]
        return [row["id"] for row in rows]

    assert await listed() == batches[::-1]
    assert await listed(orderby="createdDateTimeUtc asc") == batches
    assert await listed(ids=f"{batches[0]},{batches[2]}", skip="1") == [batches[0]]
    assert await listed(createdDateTimeUtcStart=at, createdDateTimeUtcEnd=at) == [batches[1]]
    assert await listed(statuses="Failed,Running") == []


@pytest.mark.parametrize(
    ("rule", "status", "written"),
    [
        ({"do": "fail", "code": "InternalServerError"}, "Failed", {"a.txt"}),
        ({"do": "validation_failed", "code": "InvalidDocumentAccessLevel"}, "ValidationFailed", set()),
        ({"do": "document_failed", "code": "ServiceUnavailable", "file": "a.txt"}, "Failed", set()),
        ({"do": "missing_file"}, "Succeeded", set()),
    ],
)
async def test_a_batch_goes_wrong_as_it_was_told(
    service: Documents, rule: dict[str, Any], status: str, written: set[str]
) -> None:
    await service.misbehave(**rule)
    batch, _ = await service.run(file(await service.put("a.txt"), service.place("a.txt")))
    assert (batch["status"], await service.results()) == (status, written)
    if status != "Succeeded":
        assert rule["code"] in (batch["error"]["code"], batch["error"]["innerError"]["code"])


async def test_one_document_of_a_batch_can_be_told_to_fail(service: Documents) -> None:
    for name in ("a.txt", "b.txt"):
        await service.put(name)
    await service.misbehave("document_failed", code="RequestRateTooHigh", file="b.txt")
    batch, found = await service.run(folder(service.source.url, service.target.url))
    assert (batch["status"], batch["summary"]["failed"]) == ("Succeeded", 1)
    assert [row["error"]["code"] for row in found if row["status"] == "Failed"] == ["RequestRateTooHigh"]


@pytest.mark.parametrize(("do", "result"), [("untranslated", b"Hello you"), ("truncated_result", None)])
async def test_a_result_can_be_a_lie(service: Documents, do: str, result: bytes | None) -> None:
    await service.misbehave(do)
    batch, _ = await service.run(file(await service.put("a.txt"), service.place("a.txt")))
    whole = pseudo("Hello you", "es").encode()
    assert (batch["status"], await service.got("a.txt")) == ("Succeeded", result or whole[: len(whole) // 2])


async def test_a_batch_can_be_without_paths_unlisted_and_oddly_named(service: Documents) -> None:
    for do in ("pathless", "unlisted", "odd_location"):
        await service.misbehave(do)
    batch, [document] = await service.run(file(await service.put("a.txt"), service.place("a.txt")))
    assert (batch["status"], "path" in document) == ("Succeeded", False)
    assert (await service.call("GET", "/batches")).json() == {"value": []}


async def test_an_answer_that_is_dropped_after_the_work_leaves_a_batch(service: Documents) -> None:
    await service.misbehave("drop_after", when={"method": "POST"})
    given = file(await service.put("a.txt"), service.place("a.txt"))
    with pytest.raises(Exception, match="disconnected"):
        await service.call("POST", "/batches", json={"inputs": [given]})
    [batch] = (await service.call("GET", "/batches")).json()["value"]
    assert (await service.ended(batch["id"]))["status"] == "Succeeded"


async def test_an_odd_status_is_shown_for_a_while(service: Documents) -> None:
    await service.misbehave("unknown_status", word="Pondering", seconds=600)
    await service.misbehave("unknown_status", word="Pondering", seconds=0.01)
    long, short = [
        await service.start(file(await service.put(name), service.place(name))) for name in ("long.txt", "short.txt")
    ]

    async def pondering() -> bool:
        return bool((await service.call("GET", f"/batches/{long}")).json()["status"] == "Pondering")

    await eventually(pondering)
    assert (await service.ended(short))["status"] == "Succeeded"
