"""What the app asks of storage is what its roles allow. Azurite checks tokens, but no roles."""

import asyncio

from bench.operations import is_the_app_s
from sandbox.access_log import Access
from tests.integration.person import Person
from tests.unit.infra_roles import grants

KINDS = {"Storage Blob Data Reader": {"read"}, "Storage Blob Data Contributor": {"read", "write", "delete"}}
FILM, TALK, EMPTY = (f"roles/en-US_to_de-DE/{name}" for name in ("film.mp4", "talk.mp3", "empty.mp4"))


def is_for_signing(access: Access) -> bool:
    """Whether it asks for the delegation key, which is the account's."""
    return access.query.get("comp") == "userdelegationkey"


async def test_the_app_asks_storage_for_no_more_than_its_roles_allow(person: Person, media: dict[str, bytes]) -> None:
    with person.stack.azurite.log.recording() as accesses:
        await person.drop("roles/translate.json", '{"vozo": {"export_type": "auto"}}')
        await asyncio.gather(
            person.drop(FILM, media["film.mp4"]), person.drop(TALK, media["talk.mp3"]), person.drop(EMPTY, b"")
        )
        receipts = await asyncio.gather(*map(person.told, (FILM, TALK, EMPTY)))
        assert (await person.api("GET", "jobs", params={"name": FILM})).status_code == 200
        await person.stack.azurite.settle()
    asked = {access for access in accesses if is_the_app_s(access)}
    signing = {access for access in asked if is_for_signing(access)}
    granted = {(grant.on, grant.role) for grant in grants("plain") if grant.who == "the app"}
    allowed = {(container, kind) for container, role in granted if role in KINDS for kind in KINDS[role]}
    assert [receipt["status"] for receipt in receipts] == ["succeeded", "succeeded", "refused"]
    assert {(access.container, access.kind) for access in asked - signing} <= allowed
    assert ("outbox", "write") in {(access.container, access.kind) for access in asked}
    assert ("the data account", "Storage Blob Delegator") in granted
