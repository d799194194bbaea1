"""Many files, and a host that is killed again and again while it works on them: none is lost or paid for twice.

Each new host begins with a rescan, so what no event told of is found here too.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.outbox.names import refused_receipt
from tests.integration.person import Person
from tests.integration.waiting import eventually

FILES, KILLS = 12, 3
NAMES = [f"many/en-US_to_de-DE/{number:02}.mp4" for number in range(FILES)]


@pytest.fixture
async def doubled(person: Person) -> AsyncIterator[Person]:
    """A person whose every drop has two events."""
    person.stack.events.duplicate = 2
    yield person
    person.stack.events.duplicate = 1


async def test_hard_kills_lose_no_file_and_pay_for_none_twice(doubled: Person, media: dict[str, bytes]) -> None:
    before = await doubled.bill("translations/")
    dropping = asyncio.create_task(_drop(doubled, media["film.mp4"]))
    for kill in range(1, KILLS + 1):
        await _paid(doubled, len(before) + kill * FILES // (KILLS + 1))
        await doubled.stack.kill_host()
    await dropping
    receipts = [await doubled.told(name) for name in NAMES]
    assert {receipt["status"] for receipt in receipts} == {"succeeded"}
    bill = {step: count for step, count in (await doubled.bill("translations/")).items() if step not in before}
    assert set(bill.values()) == {1}
    assert len(bill) == 2 * FILES  # a translation and its first iteration


async def test_a_name_that_brings_no_event_is_found_by_the_rescan(person: Person, media: dict[str, bytes]) -> None:
    name = "/first.mp4"
    await person.drop(name, media["film.mp4"])
    await person.stack.kill_host()
    receipt = await person.told(refused_receipt(name).removesuffix(".translation.json"))
    assert (receipt["status"], receipt["source"]["name"]) == ("refused", name)
    assert "has an empty part between slashes" in receipt["problem"]["reason"]


async def _drop(doubled: Person, film: bytes) -> None:
    for name in NAMES:
        await doubled.drop(name, film)


async def _paid(doubled: Person, count: int) -> None:
    """Wait until so many paid steps were begun; the kill then falls into the midst of others."""

    async def enough() -> bool:
        return len(await doubled.bill("translations/")) >= count

    await eventually(enough)
