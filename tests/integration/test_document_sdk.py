"""Microsoft's own client, azure-ai-translation-document, works with the double as it is, over plain http with a key."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from azure.ai.translation.document.aio import DocumentTranslationClient, SingleDocumentTranslationClient
from azure.ai.translation.document.models import (
    DocumentTranslateContent,
    DocumentTranslationInput,
    TranslationGlossary,
    TranslationTarget,
)
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError

from sandbox.azurite import Azurite
from sandbox.document_samples import GLOSSARY, write_contract, write_glossary
from sandbox.doubles.pseudo import pseudo
from tests.integration.document_client import Documents, documents, fresh
from tests.integration.doubles import TRANSLATOR_KEY

VERSIONS = ("2024-05-01", "2026-03-01")
QUICK = {"polling_interval": 0.02}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(scope="module")
async def started(azurite: Azurite) -> AsyncIterator[Documents]:
    async with documents(azurite) as started:
        yield started


@pytest.fixture
async def service(started: Documents, azurite: Azurite) -> AsyncIterator[Documents]:
    async with azurite.blob_service() as storage:
        yield await fresh(started.doubles, azurite, storage)


@pytest.fixture
async def client(service: Documents) -> AsyncIterator[DocumentTranslationClient]:
    endpoint, key = service.doubles.translator, AzureKeyCredential(TRANSLATOR_KEY)
    async with DocumentTranslationClient(endpoint, key, **QUICK) as client:
        yield client


async def rows(pages: Any) -> list[Any]:
    return [row async for row in pages]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_batch_of_one_file(service: Documents, version: str) -> None:
    source = await service.put("a.txt")
    endpoint, key = service.doubles.translator, AzureKeyCredential(TRANSLATOR_KEY)
    async with DocumentTranslationClient(endpoint, key, api_version=version, **QUICK) as client:
        poller = await client.begin_translation(source, service.place("b.txt"), "es", storage_type="File")
        [document] = await rows(await poller.result())
        assert (poller.status(), poller.details.documents_succeeded_count) == ("Succeeded", 1)
        assert poller.details.total_characters_charged == document.characters_charged == len("Hello you")
        assert document.translated_document_url == service.place("b.txt")
        assert (await client.get_translation_status(poller.id)).status == "Succeeded"
        assert (await client.get_document_status(poller.id, document.id)).translated_to == "es"


async def test_a_batch_of_a_folder_with_a_filter(client: DocumentTranslationClient, service: Documents) -> None:
    for name in ("fr/a.txt", "fr/b.md", "en/c.txt"):
        await service.put(name)
    poller = await client.begin_translation(
        service.source.url, service.target.url, "es", prefix="fr", suffix=".txt", source_language="en"
    )
    assert len(await rows(await poller.result())) == 1
    assert await service.results() == {"fr/a.txt"}


async def test_a_batch_of_several_inputs_and_targets_with_a_glossary(
    client: DocumentTranslationClient, service: Documents, tmp_path: Path
) -> None:
    write_glossary(tmp_path)
    glossary = await service.put(GLOSSARY, (tmp_path / GLOSSARY).read_bytes())
    glossaries = [TranslationGlossary(glossary_url=glossary, file_format="tsv")]
    inputs = [
        DocumentTranslationInput(
            await service.put("a.txt", "The Tenant"),
            [
                TranslationTarget(service.place("a.es.txt"), "es", glossaries=glossaries),
                TranslationTarget(service.place("a.fr.txt"), "fr", category_id="general"),
            ],
            storage_type="File",
        ),
        DocumentTranslationInput(
            await service.put("b.txt"), [TranslationTarget(service.place("b.txt"), "de")], storage_type="File"
        ),
    ]
    poller = await client.begin_translation(inputs)
    found = await rows(await poller.result())
    assert sorted(document.translated_to for document in found) == ["de", "es", "fr"]
    assert (await service.got("a.es.txt")).decode().endswith("Arrendatario")


async def test_pictures_and_a_deployment_are_asked_for_in_the_latest_version(
    client: DocumentTranslationClient, service: Documents, tmp_path: Path
) -> None:
    write_contract(tmp_path / "a.docx")
    source = await service.put("a.docx", (tmp_path / "a.docx").read_bytes())
    poller = await client.begin_translation(
        source,
        service.place("a.docx"),
        "es",
        storage_type="File",
        deployment_name="gpt-4o-mini",
        translate_text_within_image=True,
    )
    [document] = await rows(await poller.result())
    assert document.deployment_name == "gpt-4o-mini"


async def test_statuses_are_listed_by_pages_and_filters(client: DocumentTranslationClient, service: Documents) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    source = await service.put("a.txt")
    ids = []
    for number in range(3):
        poller = await client.begin_translation(source, service.place(f"{number}.txt"), "es", storage_type="File")
        await poller.result()
        ids.append(poller.id)
    listed = client.list_translation_statuses(created_after=before, order_by=["created_on asc"], maxpagesize=2)
    assert [row.id for row in await rows(listed)] == ids
    listed = client.list_translation_statuses(top=2, skip=1, maxpagesize=1)
    assert [row.id for row in await rows(listed)] == ids[1::-1]
    assert await rows(client.list_translation_statuses(statuses=["Canceled"])) == []
    assert [row.id for row in await rows(client.list_translation_statuses(translation_ids=ids[:1]))] == ids[:1]
    assert await rows(client.list_translation_statuses(created_before=before)) == []


async def test_documents_are_listed_by_pages_and_filters(client: DocumentTranslationClient, service: Documents) -> None:
    for name in "abcde":
        await service.put(f"{name}.txt")
    await service.target.upload_blob("a.txt", b"mine")
    poller = await client.begin_translation(service.source.url, service.target.url, "es")
    await poller.result()
    found = await rows(client.list_document_statuses(poller.id, maxpagesize=2))
    assert len(found) == 5
    assert len(await rows(client.list_document_statuses(poller.id, statuses=["Succeeded"]))) == 4
    [failed] = await rows(client.list_document_statuses(poller.id, statuses=["Failed"]))
    assert (failed.error.code, poller.status()) == ("TargetFileAlreadyExists", "Succeeded")
    assert (failed.created_on, failed.translated_document_url) == (None, None)
    chosen = client.list_document_statuses(poller.id, document_ids=[failed.id], order_by=["created_on desc"])
    assert [row.id for row in await rows(chosen)] == [failed.id]


async def test_a_batch_is_cancelled(client: DocumentTranslationClient, service: Documents) -> None:
    await service.misbehave("never_finish")
    poller = await client.begin_translation(
        await service.put("a.txt"), service.place("a.txt"), "es", storage_type="File"
    )
    await client.cancel_translation(poller.id)
    assert (await service.ended(poller.id))["status"] == "Cancelled"
    with pytest.raises(HttpResponseError, match="Cancelled"):
        await client.cancel_translation(poller.id)


async def test_a_batch_is_followed_again_by_its_id(client: DocumentTranslationClient, service: Documents) -> None:
    await service.put("a.txt")
    first = await client.begin_translation(service.source.url, service.target.url, "es")
    again = await client.begin_translation("", "", "", continuation_token=first.continuation_token())
    assert len(await rows(await again.result())) == 1


async def test_a_validation_that_fails_raises_with_the_inner_code(
    client: DocumentTranslationClient, service: Documents
) -> None:
    poller = await client.begin_translation(service.source.url + "x", service.target.url, "es")
    with pytest.raises(HttpResponseError) as refused:
        await poller.result()
    assert refused.value.error.code == "InvalidDocumentAccessLevel"  # type: ignore[union-attr]  # there is one


async def test_refusals_are_the_clients_exceptions(client: DocumentTranslationClient, service: Documents) -> None:
    with pytest.raises(ResourceNotFoundError):
        await client.get_translation_status("89f308bb-c625-4c99-b6b3-147bfa6e2bfe")
    with pytest.raises(HttpResponseError) as refused:
        await client.begin_translation(service.source.url, service.target.url, "es-ES")
    assert refused.value.error.code == "InvalidRequest"  # type: ignore[union-attr]  # there is one
    wrong = DocumentTranslationClient(service.doubles.translator, AzureKeyCredential("wrong"))
    async with wrong:
        with pytest.raises(ClientAuthenticationError):
            await wrong.get_supported_document_formats()


async def test_a_throttled_start_is_tried_again_after_the_time_that_was_named(
    client: DocumentTranslationClient, service: Documents
) -> None:
    await service.misbehave("throttle", retry_after="0")
    await service.put("a.txt")
    poller = await client.begin_translation(service.source.url, service.target.url, "es")
    assert len(await rows(await poller.result())) == 1


@pytest.mark.parametrize("version", VERSIONS)
async def test_formats_are_listed(service: Documents, version: str) -> None:
    endpoint, key = service.doubles.translator, AzureKeyCredential(TRANSLATOR_KEY)
    async with DocumentTranslationClient(endpoint, key, api_version=version) as client:
        glossaries = await client.get_supported_glossary_formats()
        formats = await client.get_supported_document_formats()
    assert {row.file_format for row in glossaries} == {"XLIFF", "TSV", "CSV"}
    assert ".docx" in {end for row in formats for end in row.file_extensions}


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_single_document_is_translated_with_a_glossary(
    service: Documents, version: str, tmp_path: Path
) -> None:
    write_contract(tmp_path / "a.docx")
    endpoint, key = service.doubles.translator, AzureKeyCredential(TRANSLATOR_KEY)
    content = DocumentTranslateContent(
        document=("a.docx", (tmp_path / "a.docx").read_bytes(), WORD),
        glossary=[("g.csv", b"Lease,Alquiler", "text/csv")],
    )
    async with SingleDocumentTranslationClient(endpoint, key, api_version=version) as client:
        # Its type says an iterator, and it is the bytes.
        answer: Any = await client.translate(
            content, target_language="es", source_language="en", category="general", allow_fallback=True
        )
        result = docx.Document(io.BytesIO(answer))
    assert result.paragraphs[0].text == "[es] Alquiler"
    assert result.sections[0].footer.paragraphs[0].text == pseudo("Confidential", "es")
