"""Many files, and a host that is killed again and again while it works on them: none is lost or paid for twice.

Each new host begins with a rescan, so what no event told of is found here too.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sandbox.stack import Stack
from shared.outbox.names import refused_receipt
from tests.integration.person import Person, person_at
from tests.integration.waiting import eventually

FILES, KILLS = 60, 4
NAMES = [f"many/en-US_to_de-DE/{number:02}.mp4" for number in range(FILES)]


@pytest.fixture(scope="module")
async def crowd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Person]:
    async with Stack(tmp_path_factory.mktemp("many"), pace=0.02) as stack, person_at(stack, Person) as person:
        yield person


async def test_hard_kills_lose_no_file_and_pay_for_none_twice(crowd: Person, media: dict[str, bytes]) -> None:
    crowd.stack.events.duplicate = 2
    dropping = asyncio.create_task(_drop(crowd, media["film.mp4"]))
    for kill in range(1, KILLS + 1):
        await _paid(crowd, kill * FILES // (KILLS + 1))
        await crowd.stack.kill_host()
    await dropping
    receipts = [await crowd.told(name) for name in NAMES]
    assert {receipt["status"] for receipt in receipts} == {"succeeded"}
    bill = await crowd.bill("translations/")
    assert set(bill.values()) == {1}
    assert len(bill) == 2 * FILES  # a translation and its first iteration


async def test_a_name_that_brings_no_event_is_found_by_the_rescan(crowd: Person, media: dict[str, bytes]) -> None:
    name = "/first.mp4"
    await crowd.drop(name, media["film.mp4"])
    await crowd.stack.kill_host()
    receipt = await crowd.told(refused_receipt(name).removesuffix(".translation.json"))
    assert (receipt["status"], receipt["source"]["name"]) == ("refused", name)
    assert "has an empty part between slashes" in receipt["problem"]["reason"]


async def _drop(crowd: Person, film: bytes) -> None:
    for name in NAMES:
        await crowd.drop(name, film)


async def _paid(crowd: Person, count: int) -> None:
    """Wait until so many paid steps were begun; the kill then falls into the midst of others."""

    async def enough() -> bool:
        return len(await crowd.bill("translations/")) >= count

    await eventually(enough)
