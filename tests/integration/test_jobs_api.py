"""The HTTP functions: seeing jobs needs the function key; health does not."""

from typing import Any

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
    answer = await person.api("GET", "health", key=False)
    health = answer.json()
    assert (answer.status_code, health["storage"]) == (200, "reachable")
    assert health["open_jobs"] >= 1
    assert health["last_tick_seconds"] < 600
    assert receipt["status"] == "succeeded"
