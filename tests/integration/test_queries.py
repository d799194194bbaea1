"""What operators ask of the telemetry is answered from what the app really sends, through Azure's own exporter."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import duckdb_kql
import pytest

from sandbox.stack import Stack
from tests.integration.ingestion import database, ingestion
from tests.integration.person import Person, person_at
from tests.integration.waiting import eventually
from tests.unit.queries import PAGE, queries

FILM, HELD = "en-US_to_de-DE/film.mp4", "en-US_to_de-DE/second.mp4"
FAILED, WAITING = "en-US_to_de-DE/talk.mkv", "somewhere/film.mp4"
THROTTLED = "en-US_to_de-DE/throttled.mp3"
MEASURED = {"babeldrop.jobs", "babeldrop.due_age", "babeldrop.translation.duration", "babeldrop.provider.throttled"}
# What no provider here charges for, and what did not go wrong.
EMPTY = {"What did each provider charge for, by day?", "Which errors, how often?"}
# The host's own, which the local one does not send: in the form that Azure's host gives them.
REQUESTS: list[dict[str, Any]] = [
    {"name": "poll_operations", "success": True, "resultCode": "0", "duration": 120.0},
    {
        "name": "POST /runtime/webhooks/blobs",
        "url": "https://func-x.azurewebsites.net/runtime/webhooks/blobs?functionName=Host.Functions.start_translations",
        "success": True,
        "resultCode": "202",
        "duration": 20.0,
    },
]


@dataclass(frozen=True)
class Run:
    """What a run has sent: as it was, and in tables. `job` is the film's."""

    sent: str
    tables: duckdb.DuckDBPyConnection
    job: str


@pytest.fixture(scope="module")
async def run(tmp_path_factory: pytest.TempPathFactory, media: dict[str, bytes]) -> AsyncIterator[Run]:
    async with ingestion() as azure:
        with pytest.MonkeyPatch.context() as environment:
            for name, value in (azure.settings | {"DAILY_STARTS_AZURE_VIDEO": "1"}).items():
                environment.setenv(name, value)
            async with (
                Stack(tmp_path_factory.mktemp("queries"), pace=0.02) as stack,
                person_at(stack, Person) as person,
            ):
                await person.doubles.misbehave(person.doubles.vozo, {"when": {"body": "/throttled"}, "do": "throttle"})
                receipt = await _work(person, media)
                await eventually(lambda: _is_sent(azure.rows(), receipt["id"]))
        rows = azure.rows() + [
            ("requests", {"timestamp": datetime.now(UTC), "customDimensions": "{}"} | each) for each in REQUESTS
        ]
        yield Run(json.dumps(azure.sent), database(rows), receipt["id"])


async def _work(person: Person, media: dict[str, bytes]) -> dict[str, Any]:
    """A film that succeeds, and files that fail, wait, are held by a limit and by a service that is busy."""
    await person.drop(FILM, media["film.mp4"])
    receipt = await person.told(FILM)
    files = {HELD: "film.mp4", FAILED: "film.mp4", WAITING: "silent.mp4", THROTTLED: "talk.mp3"}
    await asyncio.gather(*(person.drop(name, media[file]) for name, file in files.items()))
    await asyncio.gather(person.told(FAILED, "failed"), person.told(WAITING, "waiting"))
    return receipt


async def _is_sent(rows: list[tuple[str, dict[str, Any]]], job: str) -> bool:
    """Metrics, traces and spans are sent apart from each other."""
    metrics = [row for table, row in rows if table == "customMetrics"]
    states = {json.loads(row["customDimensions"]).get("state") for row in metrics}
    with_job = {table for table, row in rows if json.loads(row["customDimensions"]).get("job") == job}
    if not with_job >= {"dependencies", "traces"}:
        return False
    return {row["name"] for row in metrics} >= MEASURED and {"waiting", "held", "succeeded", "failed"} <= states


def answer(run: Run, query: str) -> list[tuple[Any, ...]]:
    filled = query.replace("<file>", FILM).replace("<job>", run.job)
    rows: list[tuple[Any, ...]] = duckdb_kql.query(run.tables, filled).fetchall()
    return rows


@pytest.mark.parametrize("title", queries())
def test_each_query_of_the_page_runs_and_finds_what_it_is_for(run: Run, title: str) -> None:
    assert bool(answer(run, queries()[title])) == (title not in EMPTY)


def test_failures_are_told_by_reason(run: Run) -> None:
    [(reason, _, failures, _)] = answer(run, queries()["Why do translations fail?"])
    assert (reason, failures) == ("no-provider", 1)


def test_what_waits_and_what_is_held_is_told_apart(run: Run) -> None:
    rows = answer(run, queries()["How many wait for a brief, or are held?"])
    files = {state: number for _, state, number in rows}
    # The film beyond the day's limit; the file whose service is busy is held for a moment only, and may be missed.
    assert files["waiting"] == 1
    assert files["held"] in (1, 2)


def test_every_dimension_that_a_query_names_is_sent(run: Run) -> None:
    named = set(re.findall(r"customDimensions\.(\w+)", "".join(queries().values())))
    sent = {
        key for (found,) in answer(run, "union * | project tostring(customDimensions)") for key in json.loads(found)
    }
    assert named
    assert named <= sent


def test_every_dimension_that_the_page_tells_of_a_metric_is_sent(run: Run) -> None:
    rows = answer(run, "customMetrics | where name startswith 'babeldrop' | project name, tostring(customDimensions)")
    sent = {(name, key) for name, found in rows for key in json.loads(found)}
    told = {
        (name, key)
        for name, dimensions in re.findall(r"^\| `(babeldrop[\w.]+)` \|[^|]*\|[^|]*\|([^|]*)\|$", PAGE, re.MULTILINE)
        for key in re.findall(r"`(state|provider|operation|reason)`", dimensions)
        if name in MEASURED
    }
    assert told
    assert told <= sent


def test_nothing_that_opens_a_door_is_sent(run: Run) -> None:
    assert "accept" in run.sent
    assert re.findall(r"sig=[\w%]{8}", run.sent) == []


def test_the_engine_refuses_what_azure_would(run: Run) -> None:
    for wrong in ("customMetrics | where nme == 'x'", "customMetrics | summarize last = max(timestamp) by name"):
        with pytest.raises((duckdb.Error, duckdb_kql.KqlError)):
            answer(run, wrong)
