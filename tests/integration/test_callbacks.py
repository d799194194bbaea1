"""Vozo calls back. A call buys one look and no more: delivery is the timer's, which runs here only by hand."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.stack import Stack
from tests.integration.person import Person, person_at
from tests.integration.waiting import eventually

NEVER = "0 0 0 1 1 *"
TASKS = "/v1/media/translate"
#: How the double treats the task of each file; `pending` is at work for ever.
FATES: dict[str, tuple[dict[str, Any], ...]] = {
    "plain": (),
    "pending": ({"do": "never_finish"},),
    "early": ({"do": "callback_first"}, {"do": "drop_after"}),
    "unknown": ({"do": "drop_after"}, {"do": "wrong_task_id"}, {"do": "never_finish"}),
    "twice": ({"do": "duplicate_callbacks"},),
    "silent": ({"do": "lose_callbacks"},),
    "unreachable": (
        {"do": "status", "status": 400, "body": {"code": "1301", "message": "Callback Challenge failed."}},
    ),
}
ENDING = [name for name in FATES if name not in ("pending", "unknown")]


def file(name: str) -> str:
    return f"to_de-DE/{name}.mp3"


class Line(Person):
    """A person who can also pick up the line on which Vozo calls, and run the timer."""

    @property
    def vozo(self) -> str:
        """Where the double listens."""
        return self.doubles.vozo

    async def starts(self, name: str) -> list[dict[str, Any]]:
        """The bodies of the requests that were to start the file's task."""
        requests = await self.doubles.control(self.vozo, "requests")
        bodies = [json.loads(each["body"]) for each in requests if (each["method"], each["path"]) == ("POST", TASKS)]
        return [body for body in bodies if f"/{name}.mp3" in body["media_url"]]

    async def address(self, name: str) -> str:
        """Where Vozo is to call about the file, once it was asked to start."""
        started = await eventually(lambda: self.starts(name))
        address: str = started[0]["callback_url"]
        return address

    async def looks(self) -> int:
        """How often Vozo was asked how a task goes."""
        requests = await self.doubles.control(self.vozo, "requests")
        return sum(each["path"].startswith(f"{TASKS}/") for each in requests)

    async def call(self, address: str, body: object) -> int:
        """Call back as Vozo does; the answer's status."""
        return (await self.client.post(address, json=body)).status_code

    async def state(self, name: str) -> str:
        """The state of the file's translation, as the jobs API tells it."""
        job = (await self.api("GET", "jobs", params={"name": file(name)})).json()
        return str(job["translations"][0]["status"]) if job.get("translations") else ""

    async def tick(self) -> None:
        """Have the host run the timer's function to its end, as its portal can."""
        before = self._ticks()
        key = json.loads((self.stack.folder / "keys.json").read_text())["master"]
        address = f"{self.stack.host_url}/admin/functions/poll_operations"
        (await self.client.post(address, json={}, headers={"x-functions-key": key})).raise_for_status()

        async def has_run() -> bool:
            return self._ticks() > before

        await eventually(has_run)

    def _ticks(self) -> int:
        """How often the timer's function has come to its end."""
        return (self.stack.folder / "logs" / "host.log").read_text().count("Executed 'Functions.poll_operations'")

    async def reaches(self, name: str, state: str) -> None:
        """Wait until the file's translation is in that state."""

        async def there() -> bool:
            return await self.state(name) == state

        await eventually(there)

    async def is_found_done(self, name: str) -> None:
        """Call about the file, as Vozo may do late or again, until a look has found its task done."""
        address = await self.address(name)

        async def found() -> bool:
            assert await self.call(address, {"status": "done"}) == 200
            return await self.state(name) == "delivering"

        await eventually(found)

    async def is_translated(self, name: str) -> bool:
        """Run the timer; whether the file has succeeded by then."""
        await self.tick()
        receipt = await self.receipt(file(name))
        return receipt is not None and receipt["status"] == "succeeded"


@pytest.fixture(scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Line]:
    """A stack of its own, whose timer never runs by itself."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("POLL_SCHEDULE", NEVER)
        async with Stack(tmp_path_factory.mktemp("callbacks"), pace=0.02) as stack, person_at(stack, Line) as line:
            yield line


@pytest.fixture(scope="module")
async def untouched(line: Line, media: dict[str, bytes]) -> set[str]:
    """What is in the outbox when everything was dropped and Vozo has called, and the timer has not run."""
    rules = [
        rule | {"when": {"method": "POST", "body": f"/{name}.mp3"}} for name, fates in FATES.items() for rule in fates
    ]
    await line.doubles.misbehave(line.vozo, *rules)
    await asyncio.gather(*(line.drop(file(name), media["talk.mp3"]) for name in FATES))
    await asyncio.gather(line.reaches("pending", "running"), line.reaches("unknown", "starting"))
    for name in ("plain", "early", "twice"):
        await line.is_found_done(name)
    return await line.results("")


@pytest.fixture(scope="module")
async def translated(untouched: set[str], line: Line) -> dict[str, dict[str, Any]]:
    """The receipts after the timer has run for a while."""
    assert untouched
    for name in ENDING:

        async def ended(name: str = name) -> bool:
            return await line.is_translated(name)

        await eventually(ended)
    return {name: await line.told(file(name)) for name in ENDING}


async def test_a_call_buys_a_look_and_delivery_is_the_timer_s(
    untouched: set[str], translated: dict[str, dict[str, Any]], line: Line
) -> None:
    assert not any(name.startswith("to_de-DE/plain.de-DE") for name in untouched)
    assert translated["plain"]["status"] == "succeeded"
    assert "to_de-DE/plain.de-DE.mp3" in await line.results("to_de-DE/plain")


@pytest.mark.parametrize("name", [name for name in ENDING if name != "unreachable"])
async def test_however_the_calls_come_the_task_is_paid_once(
    translated: dict[str, dict[str, Any]], line: Line, name: str
) -> None:
    assert translated[name]["status"] == "succeeded"
    assert list((await line.bill(f"/{name}.mp3")).values()) == [1]


async def test_a_lost_answer_is_made_good_by_the_call(translated: dict[str, dict[str, Any]], line: Line) -> None:
    assert translated["early"]["status"] == "succeeded"
    assert len(await line.starts("early")) == 1


async def test_a_task_is_started_without_calls_where_vozo_cannot_reach_us(
    translated: dict[str, dict[str, Any]], line: Line
) -> None:
    assert translated["unreachable"]["status"] == "succeeded"
    assert ["callback_url" in body for body in await line.starts("unreachable")] == [True, False]
    assert list((await line.bill("/unreachable.mp3")).values()) == [1]


async def test_calls_after_the_end_are_answered_and_change_nothing(
    translated: dict[str, dict[str, Any]], line: Line
) -> None:
    address = await line.address("plain")
    answers = [await line.call(address, {"task_id": "any", "status": status}) for status in ("done", "failed")]
    assert answers == [200, 200]
    assert await line.told(file("plain")) == translated["plain"]


async def test_a_call_that_names_no_task_of_ours_leaves_the_outcome_unknown(untouched: set[str], line: Line) -> None:
    assert untouched
    assert await line.call(await line.address("unknown"), {"task_id": "nobody-s", "status": "dubbing"}) == 200
    assert await line.state("unknown") == "starting"
    receipt = await line.told(file("unknown"), "running")
    assert receipt["translations"][0]["status"] == "starting"
    assert receipt["translations"][0]["problem"]["code"] == "outcome-unknown"
    assert "another drop pays again" in receipt["translations"][0]["problem"]["advice"]


async def test_a_task_that_belongs_to_another_file_is_not_taken(untouched: set[str], line: Line) -> None:
    assert untouched
    job = (await line.api("GET", "jobs", params={"name": file("pending")})).json()
    record = json.loads(await line.read(f"open/{job['id']}", "jobs"))
    theirs = record["translations"][0]["operation"]["task_id"]
    assert await line.call(await line.address("unknown"), {"task_id": theirs, "status": "done"}) == 200
    assert await line.state("unknown") == "starting"


async def test_the_body_of_a_call_proves_nothing_and_no_address_in_it_is_fetched(
    untouched: set[str], line: Line
) -> None:
    assert untouched
    trap = f"{line.vozo}/cdn/trap"  # a host that results may come from
    result = {"audio_url": f"{trap}.mp3", "subtitle_url": f"{trap}.srt"}
    body = {"task_id": "made-up", "status": "done", "result": result, "url": trap}
    assert await line.call(await line.address("pending"), body) == 200
    await line.tick()
    assert await line.state("pending") == "running"
    requests = await line.doubles.control(line.vozo, "requests")
    assert not any("/cdn/trap" in request["path"] for request in requests)


@pytest.mark.parametrize("content", [b"", b"no json", b"[]", b"\xff", b"{" * 100_000, b'{"task_id": {}}'])
async def test_any_body_is_good_enough_for_a_look(untouched: set[str], line: Line, content: bytes) -> None:
    assert untouched
    answer = await line.client.post(await line.address("pending"), content=content)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "forge",
    [
        lambda address: address[:-1],
        lambda address: address[:-1] + ("A" if address[-1] != "A" else "B"),
        lambda address: address.rpartition("/")[0] + "/someone",
        lambda address: address.replace(".de-DE.", ".fr-FR."),
        lambda address: address.replace(".a1.", ".a2."),
        lambda address: address.rpartition(".")[0] + ".%C3%BC",
    ],
    ids=["cut", "changed", "invented", "other language", "other attempt", "not ASCII"],
)
async def test_a_forged_token_is_404_and_buys_nothing(untouched: set[str], line: Line, forge: Any) -> None:
    assert untouched
    address, before = await line.address("pending"), await line.looks()
    assert await line.call(forge(address), {"status": "done"}) == 404
    assert await line.looks() == before


@pytest.mark.parametrize("value", ["a1b2c3", 42])
async def test_a_challenge_is_echoed_at_once(untouched: set[str], line: Line, value: object) -> None:
    assert untouched
    before = await line.looks()
    answer = await line.client.post(await line.address("pending"), json={"challenge": value})
    assert (answer.status_code, answer.json()) == (200, {"challenge": value})
    assert await line.looks() == before


async def test_calls_that_come_in_a_burst_share_looks(untouched: set[str], line: Line) -> None:
    assert untouched
    address, before = await line.address("pending"), await line.looks()
    await line.doubles.misbehave(line.vozo, {"when": {"method": "GET", "path": TASKS}, "do": "slow", "seconds": 1.5})
    answers = await asyncio.gather(*(line.call(address, {"status": "dubbing"}) for _ in range(20)))
    assert set(answers) == {200}
    assert before < await line.looks() < before + len(answers)


async def test_a_call_is_answered_also_when_vozo_itself_is_not(untouched: set[str], line: Line) -> None:
    assert untouched
    await line.doubles.misbehave(line.vozo, {"when": {"method": "GET", "path": TASKS}, "do": "hang"})
    assert await line.call(await line.address("pending"), {"status": "done"}) == 200
    assert await line.state("pending") == "running"
