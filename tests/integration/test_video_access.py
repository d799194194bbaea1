"""However Speech and storage reach each other, the same files end up in the outbox."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.app_settings import CONTAINERS, container_setting, trust
from sandbox.doubles.cues import parse_srt, parse_webvtt
from sandbox.environment import own_environment
from tests.forked import fork
from tests.integration.person import Person
from tests.receipts import read_receipt

WAYS = [("sas", "fetch"), ("sas", "push"), ("identity", "fetch"), ("identity", "push")]
TARGET = "es-ES"
SCRIPT = b"1\n00:00:00,500 --> 00:00:01,500\nHola & adios\n"
BRIEF: dict[str, Any] = {
    "source": "en-US",
    "targets": [TARGET],
    "azure-video": {"subtitleFormats": ["srt"], "subtitles": {"file": "talk.srt", "kind": "target"}},
}
SUFFIXES = {"mp4", "vtt", "source.vtt", "metadata.vtt", "report.json", "srt", "source.srt"}


class Place:
    """Containers of its own beside those of the stack, whose host does not look into them."""

    def __init__(self, person: Person, prefix: str, *, pushes: bool) -> None:
        self._person, self._names = person, {role: f"{prefix}-{role}" for role in CONTAINERS}
        self.pushes = pushes
        self.stem = prefix  # of a name of its own: the service would take the same name and content for the same work

    async def put(self, role: str, name: str, content: bytes | str) -> None:
        await self._person.storage.get_blob_client(self._names[role], name).upload_blob(content)

    async def make(self) -> None:
        for name in self._names.values():
            await self._person.storage.create_container(name)

    async def read(self, name: str) -> bytes:
        return await self._person.read(name, self._names["outbox"])

    async def names(self, role: str) -> set[str]:
        return {name async for name in self._person.storage.get_container_client(self._names[role]).list_blob_names()}

    async def translate(self, **settings: str) -> None:
        """Run the app on it until the file is done."""
        stack = self._person.stack
        containers = {container_setting(role): name for role, name in self._names.items()}
        environment = own_environment() | stack.settings | trust(stack.certificate) | containers | settings
        process = fork(("tests.integration.one_drop", f"{self.stem}.mp4"), environment)
        assert await process.wait() == 0


@pytest.fixture(params=WAYS, ids="-".join)
async def place(request: pytest.FixtureRequest, person: Person, media: dict[str, bytes]) -> AsyncIterator[Place]:
    source, result = request.param
    place = Place(person, f"video-{source}-{result}", pushes=result == "push")
    await place.make()
    await place.put("glossaries", "talk.srt", SCRIPT)
    await place.put("inbox", "translate.json", json.dumps(BRIEF))
    await place.put("inbox", f"{place.stem}.mp4", media["film.mp4"])
    await place.translate(SOURCE_ACCESS=source, RESULT_ACCESS=result)
    yield place


async def test_all_ways_end_the_same_in_the_outbox(place: Place) -> None:
    receipt = read_receipt(await place.read(f"{place.stem}.mp4.{TARGET}.translation.json"))
    stem = f"{place.stem}.{TARGET}"
    assert receipt["status"] == "succeeded", receipt
    assert {output["name"] for output in receipt["outputs"]} == {f"{stem}.{suffix}" for suffix in SUFFIXES}
    assert (await place.names("outbox")) >= {output["name"] for output in receipt["outputs"]}
    assert receipt["details"]["expiresDateTime"] > receipt["ended"]
    pushed = {name.rpartition("/")[2] for name in await place.names("staging") if ".i01/" in name}
    assert pushed == (
        {f"{TARGET}.mp4", f"{TARGET}.vtt", "source.vtt", "metadata.vtt", "report.json"} if place.pushes else set()
    )
    [cue] = parse_srt((await place.read(f"{stem}.srt")).decode())
    assert (cue.start, cue.end, cue.text) == (0.5, 1.5, "Hola & adios")
    assert len(parse_webvtt((await place.read(f"{stem}.vtt")).decode())) == 1
