"""Adding a provider is one module and its name in the registry: here is one, and it translates a file end to end."""

import json

import pytest

from sandbox.app_settings import trust
from sandbox.environment import own_environment
from sandbox.stack import Stack
from tests.forked import fork
from tests.integration.person import Person
from tests.receipts import read_receipt

CONTAINERS = {name: f"made-up-{name.lower()}" for name in ("INBOX", "OUTBOX", "JOBS", "STAGING", "GLOSSARIES")}


class Home:
    """Containers of its own, and an app to which nothing but the provider and its setting is new."""

    def __init__(self, stack: Stack, person: Person) -> None:
        self._person = person
        named = {f"{name}_CONTAINER": container for name, container in CONTAINERS.items()}
        self._environment = {
            **own_environment(),
            **stack.settings,
            **trust(stack.certificate),
            **named,
            "SHOUT_MARK": "!",
        }

    async def drop(self, name: str, content: bytes) -> None:
        """Drop a file without an event."""
        await self._person.storage.get_blob_client(CONTAINERS["INBOX"], name).upload_blob(content)

    async def accept(self, name: str) -> None:
        """Its event arrives in a process that has just begun."""
        process = fork(("tests.integration.made_up_provider", name), self._environment)
        assert await process.wait() == 0

    async def read(self, name: str) -> bytes:
        """Something of the outbox."""
        return await self._person.read(name, CONTAINERS["OUTBOX"])


@pytest.fixture(scope="module")
async def home(stack: Stack, person: Person) -> Home:
    for container in CONTAINERS.values():
        await person.storage.create_container(container)
    return Home(stack, person)


async def test_it_translates_a_file_end_to_end_by_its_own_setting(home: Home) -> None:
    await home.drop("en_to_de/note.txt", b"good morning")
    await home.accept("en_to_de/note.txt")
    receipt = read_receipt(await home.read("en_to_de/note.txt.de.translation.json"))
    assert (receipt["status"], receipt["provider"], receipt["units"]) == ("succeeded", "shout", {"characters": 12})
    assert await home.read(receipt["outputs"][0]["name"]) == b"GOOD MORNING!"


async def test_its_part_of_a_brief_is_checked_by_itself(home: Home) -> None:
    await home.drop("briefed/translate.json", json.dumps({"targets": ["de"], "shout": {"louder": 1}}).encode())
    await home.drop("briefed/note.txt", b"good morning")
    await home.accept("briefed/note.txt")
    receipt = read_receipt(await home.read("briefed/note.txt.translation.json"))
    assert "shout.louder: is not a field here" in receipt["problems"][0]["reason"]
