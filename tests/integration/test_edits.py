"""Somebody corrects subtitles in the outbox, drops them into `edits`, and the film is dubbed from them."""

import json
from typing import Any

import pytest

from tests.integration.person import Person
from tests.integration.waiting import eventually

FOLDER = "edited/en-US_to_es-ES"
FILM, SUBTITLES = f"{FOLDER}/film.mp4", f"{FOLDER}/film.es-ES.vtt"
CORRECTED = "Corregido por una persona"


async def correct(person: Person, name: str, content: bytes) -> str:
    """Drop a correction; its ETag."""
    written = await person.storage.get_blob_client("edits", name).upload_blob(content, overwrite=True)
    return str(written["etag"]).strip('"')


async def made_of(person: Person, etag: str) -> dict[str, Any]:
    """The end of the iteration that was made of that drop."""

    async def look() -> dict[str, Any] | None:
        receipt = await person.receipt(FILM, "es-ES") or {"iterations": []}
        lines = [line for line in receipt["iterations"] if line.get("edit", {}).get("etag") == etag]
        return next((line for line in lines if line["ended"]), None)

    return await eventually(look)


async def answered(person: Person, name: str, *, before: bytes = b"") -> dict[str, Any]:
    """The receipt of a correction, once it is another than `before`."""

    async def look() -> dict[str, Any] | None:
        if f"{name}.edit.translation.json" not in await person.results(name):
            return None
        content = await person.read(f"{name}.edit.translation.json")
        answer: dict[str, Any] = json.loads(content)
        return answer if content != before else None

    return await eventually(look)


@pytest.fixture(scope="module")
async def dubbed(person: Person, media: dict[str, bytes]) -> bytes:
    """A film is dubbed; its subtitles as they lie in the outbox."""
    await person.drop(FILM, media["film.mp4"])
    await person.told(FILM, "succeeded")
    return await person.read(SUBTITLES)


async def test_corrections_are_dubbed_one_after_the_other_and_the_receipt_lists_them(
    person: Person, dubbed: bytes
) -> None:
    head, _, rest = dubbed.decode().partition("-->")
    times, _, _ = rest.partition("\n")
    vtt = f"{head}-->{times}\n{CORRECTED}\n".encode()
    first = await correct(person, SUBTITLES, vtt)
    second = await correct(person, f"{FOLDER}/film.source.vtt", vtt.replace(CORRECTED.encode(), b"As it was said"))
    ends = [await made_of(person, etag) for etag in (first, second)]
    assert [(line["status"], line["edit"]["kind"]) for line in ends] == [
        ("succeeded", "target"),
        ("succeeded", "source"),
    ]
    assert "As it was said" in (await person.read(f"{FOLDER}/film.es-ES.source.vtt")).decode()
    receipt = await person.told(FILM, "succeeded")
    accepted = await answered(person, SUBTITLES)
    assert (accepted["status"], accepted["wait_for"]) == ("accepted", {"es-ES": first})
    bill = await person.bill(receipt["id"])
    assert sorted(key.rpartition("/")[2] for key in bill if "iterations" in key) == ["i01", "i02", "i03"]
    assert set(bill.values()) == {1}


async def test_a_malformed_correction_is_refused_with_its_line_and_nothing_is_paid(
    person: Person, dubbed: bytes
) -> None:
    name = f"{FOLDER}/film.es-ES.metadata.vtt"
    job = (await person.told(FILM, "succeeded"))["id"]
    before = await person.bill(job)
    await correct(person, name, dubbed)
    receipt = await answered(person, name)
    assert receipt["status"] == "refused"
    assert "line" in receipt["problem"]["reason"]
    assert len(before) == 4
    assert await person.bill(job) == before
