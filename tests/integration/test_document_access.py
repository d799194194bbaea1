"""The Document Translation double and storage: which addresses it can use, and how little it says when it cannot."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.storage.blob import generate_blob_sas
from azure.storage.blob.aio import BlobServiceClient

from sandbox.azurite import DATA, Azurite
from sandbox.doubles.document_storage import Identity
from tests.integration.document_client import Documents, documents, file, folder, fresh

SOURCE = "Cannot access source document location with the current permissions."
TARGET = "Cannot access target document location with the current permissions."


@pytest.fixture(scope="module")
async def started(azurite: Azurite) -> AsyncIterator[Documents]:
    async with documents(azurite) as started:
        yield started


@pytest.fixture
async def service(started: Documents, azurite: Azurite) -> AsyncIterator[Documents]:
    async with azurite.blob_service() as storage:
        service = await fresh(started.doubles, azurite, storage)
        await service.put("a.txt")
        yield service


type Addresses = Callable[[Documents], tuple[str, str]]


def source_of(service: Documents) -> str:
    return service.source.get_blob_client("a.txt").url


async def refused(service: Documents, given: dict[str, Any]) -> str:
    """The sentence of a batch that is accepted with 202 and then fails its validation."""
    batch, found = await service.run(given)
    assert (batch["status"], batch["error"]["target"], found) == ("ValidationFailed", "Operation", [])
    assert set(batch["summary"].values()) == {0}
    assert await service.paid() == {}
    message: str = batch["error"]["message"]
    inner = {SOURCE: "InvalidDocumentAccessLevel", TARGET: "InvalidTargetDocumentAccessLevel"}[message]
    assert batch["error"]["innerError"] == {"code": inner, "message": message}
    return message


@pytest.mark.parametrize(
    ("addresses", "sentence"),
    [
        (lambda s: (s.signed(source_of(s), "w"), s.signed(s.place("b"), "w")), SOURCE),
        (lambda s: (s.signed(source_of(s), "r", lifetime=-60), s.signed(s.place("b"), "w")), SOURCE),
        (lambda s: (s.signed(source_of(s), "r") + "x", s.signed(s.place("b"), "w")), SOURCE),
        (lambda s: (s.signed(source_of(s), "r"), s.signed(s.place("b"), "r")), TARGET),
        (lambda s: (s.signed(source_of(s), "r"), s.signed(s.place("b"), "rw", lifetime=-60)), TARGET),
        (lambda s: (s.signed(source_of(s), "r"), s.signed_container(s.place("b"), "rl")), TARGET),
        (lambda s: (source_of(s) + "x", s.place("b")), SOURCE),
        (lambda s: (s.source.url, s.place("b")), SOURCE),
        (lambda s: ("https://127.0.0.1:9/", s.place("b")), SOURCE),
        (lambda s: (source_of(s), s.target.url), TARGET),
        (lambda s: (source_of(s), s.place("b").replace("target-", "absent-")), TARGET),
        (lambda s: ("https://127.0.0.1:9/babeldrop/source/a.txt", s.place("b")), SOURCE),
        (lambda s: (s.signed(source_of(s), "r"), s.place("b")), SOURCE),
        (lambda s: (source_of(s), s.signed(s.place("b"), "w")), SOURCE),
    ],
)
async def test_a_file_that_cannot_be_read_or_written_fails_the_validation(
    service: Documents, addresses: Addresses, sentence: str
) -> None:
    assert await refused(service, file(*addresses(service))) == sentence


@pytest.mark.parametrize("permission", ["r", "l", "w"])
async def test_a_folder_is_read_and_listed(service: Documents, permission: str) -> None:
    source = service.signed_container(service.source.url, permission)
    given = folder(source, service.signed_container(service.target.url, "wl"))
    assert await refused(service, given) == SOURCE


async def test_a_folder_works_with_the_permissions_of_the_documentation(service: Documents) -> None:
    source = service.signed_container(service.source.url, "rl")
    batch, _ = await service.run(folder(source, service.signed_container(service.target.url, "wl")))
    assert (batch["status"], await service.results()) == ("Succeeded", {"a.txt"})


async def test_a_signature_for_one_blob_is_none_for_a_folder(service: Documents) -> None:
    source = service.source.url + "?" + service.signed(source_of(service), "r").partition("?")[2]
    assert await refused(service, folder(source, service.signed_container(service.target.url, "wl"))) == SOURCE


async def test_with_the_identity_on_a_signature_is_refused(service: Documents) -> None:
    await service.grant(identity=True)
    given = file(service.signed(source_of(service), "r"), service.signed(service.place("b"), "w"))
    assert await refused(service, given) == SOURCE


async def test_with_the_identity_off_a_plain_address_is_refused(service: Documents) -> None:
    await service.grant(identity=False)
    assert await refused(service, file(source_of(service), service.place("b"))) == SOURCE


@pytest.mark.parametrize(("role", "sentence"), [({}, SOURCE), ({"*": "Storage Blob Data Reader"}, TARGET)])
async def test_the_identity_needs_its_roles(service: Documents, role: dict[str, str], sentence: str) -> None:
    await service.grant(roles=role)
    assert await refused(service, file(source_of(service), service.place("b"))) == sentence


async def test_roles_may_be_on_containers_alone(service: Documents) -> None:
    source, target = service.source.container_name, service.target.container_name
    await service.grant(roles={source: "Storage Blob Data Reader", target: "Storage Blob Data Contributor"})
    batch, _ = await service.run(file(source_of(service), service.place("b.txt")))
    assert batch["status"] == "Succeeded"


async def test_signatures_for_one_blob_can_be_switched_off(service: Documents) -> None:
    await service.grant(blob_signatures=False)
    given = file(service.signed(source_of(service), "r"), service.signed(service.place("b.txt"), "w"))
    assert await refused(service, given) == SOURCE
    sign = service.signed_container
    batch, _ = await service.run(file(sign(source_of(service), "r"), sign(service.place("b.txt"), "w")))
    assert batch["status"] == "Succeeded"


async def test_a_glossary_is_read_with_its_own_signature(service: Documents) -> None:
    glossary = service.signed(await service.put("g.tsv", "Hello\tHola\n"), "r")
    source, target = service.signed(source_of(service), "r"), service.signed(service.place("b.txt"), "w")
    batch, _ = await service.run(file(source, target, glossaries=[{"glossaryUrl": glossary}]))
    assert batch["status"] == "Succeeded"
    assert (await service.got("b.txt")).decode().startswith("[es] Hola ")


async def test_signatures_made_with_a_delegation_key_work_like_those_of_the_account(
    service: Documents, azurite: Azurite
) -> None:
    now = datetime.now(UTC)
    async with BlobServiceClient(
        azurite.uri("blob"), Identity(), connection_verify=str(azurite.certificate.path), use_env_settings=False
    ) as storage:
        key = await storage.get_user_delegation_key(now - timedelta(minutes=1), now + timedelta(hours=1))

    def signed(container: str | None, name: str, permission: str) -> str:
        return generate_blob_sas(
            DATA,
            str(container),
            name,
            user_delegation_key=key,
            permission=permission,
            expiry=now + timedelta(hours=1),
        )

    source = f"{source_of(service)}?{signed(service.source.container_name, 'a.txt', 'r')}"
    target = f"{service.place('b.txt')}?{signed(service.target.container_name, 'b.txt', 'w')}"
    batch, _ = await service.run(file(source, target))
    assert (batch["status"], await service.results()) == ("Succeeded", {"b.txt"})


async def test_signatures_are_in_no_status_and_no_record(service: Documents) -> None:
    given = file(service.signed(source_of(service), "r"), service.signed(service.place("b.txt"), "w"))
    batch, [document] = await service.run(given)
    assert "sig=" not in str((batch, document))
    requests = await service.doubles.control(service.doubles.translator, "requests")
    assert "sig=" in str(requests)
    assert "sig=cut" in str(requests)
    assert str(requests).count("sig=") == str(requests).count("sig=cut")
