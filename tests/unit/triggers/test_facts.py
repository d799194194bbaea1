"""What a dropped file is, is read once, before anybody is asked to translate it."""

from typing import Any

import pytest

from shared.media.inspection import inspect
from tests.unit.media.files import mp4
from tests.unit.model.world import World
from tests.unit.triggers.test_intake import TALK, Person


@pytest.fixture
def person() -> Person:
    person = Person()
    person.world.inspect = inspect
    person.process = person.world.process()
    return person


def put(world: World, name: str, content: bytes) -> None:
    world.inbox.put(name, content, md5="m")


async def test_what_nobody_can_translate_is_refused_in_words(person: Person) -> None:
    put(person.world, TALK, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old document")
    await person.process.accept(TALK)
    told = person.receipt(TALK)
    assert (told["status"], [problem["code"] for problem in told["problems"]]) == ("refused", ["source-refused"])
    assert "Office 97" in told["problems"][0]["reason"]
    assert person.starts == []


async def test_the_facts_are_kept_with_the_job_and_told_as_the_estimate(person: Person) -> None:
    put(person.world, TALK, mp4(90))
    await person.process.accept(TALK)
    await person.world.settle()
    told: dict[str, Any] = person.receipt(f"{TALK}.es-ES")
    assert told["estimate"] == {"seconds": 90.0}


async def test_a_second_event_reads_nothing_again(person: Person) -> None:
    put(person.world, TALK, mp4(90))
    reads: list[str] = []

    async def counted(name: Any, kind: str, file: Any) -> Any:
        reads.append(name)
        return await inspect(name, kind, file)

    person.world.inspect = counted
    person.process = person.world.process()
    await person.process.accept(TALK)
    await person.process.accept(TALK)
    assert reads == [TALK]
