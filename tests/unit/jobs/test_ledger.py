"""The ledger: records are created once, changed by compare and swap, and kept for as long as an app reads them."""

import json
from pathlib import Path

import pytest

from shared.errors import RecordChanged, RecordNewer
from shared.jobs.job import SCHEMA
from shared.jobs.ledger import DONE, OPEN, Ledger, job_of, record_of
from shared.jobs.translation import State
from shared.storage.container import Blob, Facts, Versioned
from tests.memory_container import MemoryContainer, Operation
from tests.unit.records import a_job, a_translation

RECORDS = sorted((Path(__file__).parent / "records").glob("v*.json"))
RUNNING = a_job(a_translation(State.RUNNING, provider="vozo"))
ENDED = a_job(a_translation(State.SUCCEEDED, provider="vozo"))


@pytest.fixture
def container() -> MemoryContainer:
    return MemoryContainer("jobs")


@pytest.fixture
def ledger(container: MemoryContainer) -> Ledger:
    return Ledger(container)


def blob(data: bytes) -> Blob:
    return Blob(data, Facts(name="open/key", etag="0x1"))


async def test_a_job_is_created_once(ledger: Ledger) -> None:
    await ledger.save(Versioned(RUNNING, None), RUNNING)
    with pytest.raises(RecordChanged):
        await ledger.save(Versioned(RUNNING, None), RUNNING)


async def test_who_reads_first_and_writes_last_has_lost(ledger: Ledger) -> None:
    first = await ledger.save(Versioned(RUNNING, None), RUNNING)
    await ledger.save(first, ENDED)
    with pytest.raises(RecordChanged):
        await ledger.save(first, RUNNING)


async def test_the_end_that_was_written_first_counts(ledger: Ledger) -> None:
    failed = a_job(a_translation(State.FAILED))
    assert await ledger.end(ENDED) == ENDED
    assert await ledger.end(failed) == ENDED
    assert await ledger.ended(failed) == ENDED


async def test_a_later_attempt_takes_the_place_of_an_earlier_end(ledger: Ledger) -> None:
    await ledger.end(ENDED)
    later = ENDED.model_copy(update={"attempt": 2})
    assert await ledger.end(later) == later
    assert await ledger.end(ENDED) == later


async def test_what_is_noted_of_an_end_leaves_a_later_attempt_alone(ledger: Ledger) -> None:
    await ledger.end(ENDED)
    noted = ENDED.put(a_translation(State.SUCCEEDED, provider="vozo", forgotten=True))
    await ledger.amend_end(noted)
    assert await ledger.ended(ENDED) == noted
    later = ENDED.model_copy(update={"attempt": 2})
    await ledger.end(later)
    await ledger.amend_end(noted)
    assert await ledger.ended(ENDED) == later


async def test_a_late_first_attempt_leaves_what_is_kept_of_a_later_one(
    ledger: Ledger, container: MemoryContainer
) -> None:
    later = ENDED.model_copy(update={"attempt": 2})

    async def meanwhile(operation: Operation) -> None:
        if operation.name.startswith(DONE) and operation.kind == "write":
            container.account.after = let_pass
            await ledger.end(later)

    container.account.after = meanwhile
    await ledger.end(ENDED)
    kept = await ledger.how_ended(ENDED.key)
    assert kept is not None
    assert kept.attempt == 2


async def let_pass(_operation: Operation) -> None:
    """Nothing happens meanwhile."""


async def test_an_open_record_that_somebody_changed_is_not_deleted(ledger: Ledger, container: MemoryContainer) -> None:
    first = await ledger.save(Versioned(RUNNING, None), RUNNING)
    second = await ledger.save(first, ENDED)
    await ledger.drop_open(first)
    assert OPEN + RUNNING.key in container.blobs
    await ledger.drop_open(second)
    assert OPEN + RUNNING.key not in container.blobs


async def test_a_record_is_confirmed_for_as_long_as_it_is_as_it_was_read(ledger: Ledger) -> None:
    first = await ledger.save(Versioned(RUNNING, None), RUNNING)
    await ledger.confirm(OPEN, first)
    second = await ledger.save(first, ENDED)
    with pytest.raises(RecordChanged):
        await ledger.confirm(OPEN, first)
    await ledger.drop_open(second)
    with pytest.raises(RecordChanged):
        await ledger.confirm(OPEN, second)


async def test_work_that_a_service_named_belongs_to_one_translation_for_ever(ledger: Ledger) -> None:
    assert [await ledger.claim_operation("vozo", "t1", owner) for owner in ("a", "b", "a")] == [True, False, True]
    assert await ledger.claim_operation("vozo", "t2", "b")


def test_a_record_carries_its_schema_number() -> None:
    assert json.loads(record_of(RUNNING))["schema"] == SCHEMA


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_record_of_each_version_is_read_and_written_again_whole(record: Path) -> None:
    job = job_of(blob(record.read_bytes()))
    assert job.translations[0].provider == "azure-video"
    written, given = json.loads(record_of(job)), json.loads(record.read_text())
    assert written | {"schema": given["schema"]} == written | given


def test_there_is_a_record_of_every_version() -> None:
    assert [record.stem for record in RECORDS] == [f"v{number}" for number in range(1, SCHEMA + 1)]


async def test_fields_of_a_newer_app_survive_a_rewrite(ledger: Ledger, container: MemoryContainer) -> None:
    record = json.loads(record_of(RUNNING))
    record["from_the_future"] = 1
    record["translations"][0]["from_the_future"] = 2
    container.put(OPEN + RUNNING.key, json.dumps(record).encode())
    read = await ledger.read_open(RUNNING.key)
    assert read is not None
    await ledger.save(read, read.value.model_copy(update={"etag": "0x2"}))
    written = json.loads(container.blobs[OPEN + RUNNING.key].data)
    assert (written["from_the_future"], written["translations"][0]["from_the_future"]) == (1, 2)


async def test_a_record_with_a_newer_number_is_not_read(ledger: Ledger, container: MemoryContainer) -> None:
    container.put(DONE + "key", b'{"schema": 99, "shape": "unknown"}')
    with pytest.raises(RecordNewer, match="99"):
        await ledger.read_done("key")


async def test_what_this_process_wrote_last_is_not_read_again(ledger: Ledger, container: MemoryContainer) -> None:
    await ledger.save(Versioned(RUNNING, None), RUNNING)
    container.blobs.clear()
    latest = await ledger.read_latest(RUNNING.key)
    assert latest is not None
    assert latest.value == RUNNING
