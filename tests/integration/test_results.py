"""Results come home whole: copied by storage or streamed, under names that are theirs alone, the receipt last."""

import asyncio
import base64
import hashlib
import json
from typing import Any

import pytest

from sandbox.azurite import SERVICES
from sandbox.doubles.results import CONTAINER
from tests.integration.person import Person

FILM, TALK, BIG = (f"home/en-US_to_de-DE/{name}" for name in ("film.mp4", "talk.mp3", "big.mp3"))
TAKEN, FOREIGN = "home/en-US_to_de-DE/taken.mp4", "home/en-US_to_de-DE/taken.de-DE.mp4"
BIG_BYTES = 9 * 1024 * 1024
AGAIN = "home/en-US_to_de-DE/again.mp3"


@pytest.fixture(scope="module")
async def receipts(person: Person, media: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """The receipts of the translations."""
    vozo = person.doubles.vozo
    await person.doubles.misbehave(vozo, {"when": {"body": "big.mp3"}, "do": "zeros_result", "size": BIG_BYTES})
    await person.storage.get_blob_client("outbox", FOREIGN).upload_blob(b"somebody else's")
    names = (FILM, TALK, BIG, TAKEN, AGAIN)
    await asyncio.gather(*(person.drop(name, media["film.mp4" if "mp4" in name else "talk.mp3"]) for name in names))
    for name in names:
        await person.told(name, "succeeded")
    told = [await person.receipt(name, "de-DE") for name in names]
    return {name: receipt for name, receipt in zip(names, told, strict=True) if receipt}


async def made_by_speech(person: Person, key: str, suffix: str) -> bytes:
    async with person.stack.azurite.blob_service(SERVICES) as account:
        container = account.get_container_client(CONTAINER)
        names = [name async for name in container.list_blob_names(name_starts_with=key) if name.endswith(suffix)]
        return await (await container.download_blob(names[0])).readall()


async def made_by_vozo(person: Person, name: str, field: str) -> bytes:
    """Ask Vozo itself, as its customer, for the task that the ledger remembers."""
    drop = await person.told(name)
    record = json.loads(await person.read(f"done/{drop['id']}", "jobs"))
    task = record["translations"][0]["operation"]["task_id"]
    key = {"Authorization": f"Bearer {person.stack.settings['VOZO_API_KEY']}"}
    status = await person.client.get(f"{person.doubles.vozo}/v1/media/translate/{task}", headers=key)
    return (await person.client.get(status.json()["result"][field])).content


@pytest.mark.parametrize("suffix", ["mp4", "de-DE.vtt", "source.vtt", "metadata.vtt", "report.json"])
async def test_what_storage_copies_is_what_the_service_made(
    receipts: dict[str, dict[str, Any]], person: Person, suffix: str
) -> None:
    name = FILM.replace("mp4", suffix if suffix.startswith("de-DE") else f"de-DE.{suffix}")
    drop = await person.told(FILM)
    assert name in [output["name"] for output in receipts[FILM]["outputs"]]
    assert await person.read(name) == await made_by_speech(person, drop["id"], suffix)


async def test_a_copied_result_was_copied_by_storage_and_says_whose_it_is(
    receipts: dict[str, dict[str, Any]], person: Person
) -> None:
    film = person.storage.get_blob_client("outbox", receipts[FILM]["outputs"][0]["name"])
    properties = await film.get_blob_properties()
    assert properties.copy.status == "success"
    assert properties.metadata["babeldropsource"] == FILM
    assert properties.metadata["babeldropwork"].endswith(".de-DE.a1.iteration.1")


@pytest.mark.parametrize(("suffix", "field"), [("mp3", "audio_url"), ("srt", "subtitle_url")])
async def test_what_is_streamed_is_what_the_service_made(
    receipts: dict[str, dict[str, Any]], person: Person, suffix: str, field: str
) -> None:
    name = TALK.replace("mp3", f"de-DE.{suffix}")
    assert name in [output["name"] for output in receipts[TALK]["outputs"]]
    assert await person.read(name) == await made_by_vozo(person, TALK, field)


async def test_a_streamed_result_has_its_content_type_and_says_whose_it_is(
    receipts: dict[str, dict[str, Any]], person: Person
) -> None:
    talk = person.storage.get_blob_client("outbox", receipts[TALK]["outputs"][0]["name"])
    properties = await talk.get_blob_properties()
    assert properties.copy.status is None
    assert properties.content_settings.content_type == "audio/mpeg"
    assert properties.metadata["babeldropsource"] == TALK


async def test_a_result_of_many_blocks_comes_whole(receipts: dict[str, dict[str, Any]], person: Person) -> None:
    output = receipts[BIG]["outputs"][0]
    assert output["size"] == BIG_BYTES
    content = await person.read(output["name"])
    assert (len(content), content.strip(b"\0")) == (BIG_BYTES, b"ID3\4")


@pytest.mark.parametrize("name", [FILM, TALK])
async def test_a_receipt_tells_the_size_and_hash_of_every_file(
    receipts: dict[str, dict[str, Any]], person: Person, name: str
) -> None:
    for output in receipts[name]["outputs"]:
        content = await person.read(output["name"])
        assert output["size"] == len(content)
        assert output.get("md5") in (
            None,
            base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode(),
        )


async def test_what_is_not_ours_is_never_overwritten(receipts: dict[str, dict[str, Any]], person: Person) -> None:
    assert await person.read(FOREIGN) == b"somebody else's"
    film = receipts[TAKEN]["outputs"][0]["name"]
    assert film != FOREIGN
    assert len(await person.read(film)) == receipts[TAKEN]["outputs"][0]["size"]


async def test_the_receipt_says_delivering_before_a_result_is_replaced_and_is_written_last(
    receipts: dict[str, dict[str, Any]], person: Person, media: dict[str, bytes]
) -> None:
    assert receipts[AGAIN]["status"] == "succeeded"
    with person.stack.azurite.log.recording() as accesses:
        etag = await person.drop(AGAIN, media["talk.mp3"], force="1")
        await person.told(AGAIN, etag=etag)
        await person.stack.azurite.settle()
    start = AGAIN.removesuffix(".mp3")
    written = [
        each.blob.removeprefix(start) for each in accesses if each.container == "outbox" and each.kind == "write"
    ]
    of_translation = [name for name in written if name != ".mp3.translation.json"]
    receipt = ".mp3.de-DE.translation.json"
    assert list(dict.fromkeys(of_translation[:-1])) == [receipt, ".de-DE.mp3", ".de-DE.srt"]
    assert of_translation[-1] == receipt
