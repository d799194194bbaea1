"""The HTTP functions: seeing jobs needs the function key; health does not."""

from typing import Any

import httpx
import pytest

from tests.integration.person import Person
from tests.integration.waiting import eventually

NAME = "api/to_de-DE/a b+c #1 100% ü.mp3"


@pytest.fixture(scope="module")
async def receipt(person: Person, media: dict[str, bytes]) -> dict[str, Any]:
    """The receipt of a drop that has succeeded; another one waits."""
    await person.drop("api/waits.mp3", media["talk.mp3"])
    await person.drop(NAME, media["talk.mp3"])
    await person.told("api/waits.mp3", "waiting")
    return await person.told(NAME)


@pytest.mark.parametrize("path", ["jobs", "jobs/someone"])
async def test_jobs_need_the_function_key(person: Person, path: str) -> None:
    assert (await person.api("GET", path, key=False)).status_code == 401


async def test_a_job_is_found_by_its_id(person: Person, receipt: dict[str, Any]) -> None:
    job = (await person.api("GET", f"jobs/{receipt['id']}")).json()
    assert (job["status"], job["source"]["name"]) == ("succeeded", NAME)
    assert [each["outputs"][0]["name"] for each in job["translations"]] == [NAME.replace(".mp3", ".de-DE.mp3")]
    assert job["brief"]["targets"] == ["de-DE"]


async def test_a_job_is_found_by_the_name_of_its_file(person: Person, receipt: dict[str, Any]) -> None:
    job = (await person.api("GET", "jobs", params={"name": NAME})).json()
    assert job["id"] == receipt["id"]


@pytest.mark.parametrize("name", ["api/nobody.mp3", "../jobs/open", "a//b"])
async def test_an_unknown_or_impossible_name_is_not_found(person: Person, name: str) -> None:
    assert (await person.api("GET", "jobs", params={"name": name})).status_code == 404


@pytest.mark.parametrize("name", ["nobody", "..%2F..%2Foutbox", "a%2Fb"])
async def test_an_unknown_or_impossible_id_is_not_found(person: Person, name: str) -> None:
    assert (await person.api("GET", f"jobs/{name}")).status_code == 404


async def test_the_list_shows_what_is_at_work_or_waits_until_it_has_ended(
    person: Person, receipt: dict[str, Any]
) -> None:
    async def without_the_ended() -> list[dict[str, Any]]:
        jobs: list[dict[str, Any]] = (await person.api("GET", "jobs")).json()["jobs"]
        return [] if receipt["id"] in [job["id"] for job in jobs] else jobs

    jobs = await eventually(without_the_ended)
    assert ("api/waits.mp3", "waiting") in [(job["name"], job["status"]) for job in jobs]


async def test_a_job_shows_no_signed_address_and_no_token(person: Person, receipt: dict[str, Any]) -> None:
    shown = (await person.api("GET", f"jobs/{receipt['id']}")).text
    assert not any(secret in shown for secret in ("sig=", "signature=", "callbacks/vozo"))


async def test_health_tells_the_world_whether_all_is_well(person: Person, receipt: dict[str, Any]) -> None:
    async def looked_since() -> httpx.Response | None:
        """An instance looks once in ten seconds; what it saw when the stack came up was empty."""
        answer = await person.api("GET", "health", key=False)
        return answer if answer.json().get("open_jobs") else None

    answer = await eventually(looked_since)
    health = answer.json()
    assert (answer.status_code, health["storage"]) == (200, "reachable")
    assert health["last_tick_seconds"] < 600
    assert receipt["status"] == "succeeded"


STEERED = "api/to_de-DE/steered.mp3"
STEERING = [("POST", "/cancel"), ("POST", "/retry"), ("POST", "/outcome"), ("DELETE", "")]


@pytest.mark.parametrize(("method", "way"), STEERING)
async def test_jobs_are_steered_with_the_function_key_alone(person: Person, method: str, way: str) -> None:
    assert (await person.api(method, f"jobs/{'0' * 24}{way}", key=False)).status_code == 401


@pytest.mark.parametrize(("method", "way"), STEERING)
async def test_a_job_that_is_not_there_cannot_be_steered(person: Person, method: str, way: str) -> None:
    body = {"target": "de-DE", "operation": None}
    assert (await person.api(method, f"jobs/{'0' * 24}{way}", json=body)).status_code == 404


async def test_a_file_is_stopped_brought_back_and_erased(person: Person, media: dict[str, bytes]) -> None:
    await person.drop(STEERED, media["talk.mp3"])
    job = f"jobs/{(await person.told(STEERED))['id']}"
    result = STEERED.replace(".mp3", ".de-DE.mp3")
    before, bill = await person.read(result), await person.bill("steered")
    await person.storage.get_blob_client("outbox", result).delete_blob()
    assert (await person.api("POST", f"{job}/retry")).status_code == 200

    async def is_back() -> bool:
        return result in await person.results(result) and (await person.told(STEERED))["attempt"] == 2

    await eventually(is_back)
    assert (await person.read(result), await person.bill("steered")) == (before, bill)
    assert (await person.api("POST", f"{job}/cancel")).json()["status"] == "succeeded"
    assert (await person.api("DELETE", job)).status_code == 409
    await person.delete(STEERED)
    erased = (await person.api("DELETE", job)).json()
    assert f"outbox/{result}" in erased["erased"]
    assert await person.results("api/to_de-DE/steered") == set()
    assert (await person.api("GET", job)).status_code == 404
