"""What a person may ask: which jobs there are, how one goes, whether all is well."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from shared.engine.context import Context
from shared.engine.tokens import CallbackTokens
from shared.errors import StorageTrouble
from shared.jobs.job import SCHEMA, Job, job_key
from shared.jobs.ledger import HEARTBEAT, OPEN, Heartbeat, Ledger, Seen
from shared.jobs.quotas import Limits, Quotas
from shared.jobs.summary import JobSummary
from shared.jobs.translation import State
from shared.names import BlobName
from shared.outbox.download import Download
from shared.outbox.publish import Publisher
from shared.outbox.receipts import Receipts
from shared.storage.container import Versioned
from shared.triggers.status import PAGE, Status
from tests.memory_container import MemoryAccount, Operation
from tests.unit.records import NOW, PROBLEM, a_job, a_translation

LATER = NOW + timedelta(minutes=10)
NAME = "talks/intro.mp4"


class Office:
    """The jobs API over a ledger in memory, ten minutes after noon."""

    def __init__(self) -> None:
        self.account = MemoryAccount(lambda: LATER)
        self.jobs, self.outbox = map(self.account.container, ("jobs", "outbox"))
        self.ledger = Ledger(self.jobs)
        self.context = Context(
            ledger=self.ledger,
            providers={},
            inbox=self.account.container("inbox"),
            staging=self.account.container("staging"),
            glossaries=self.account.container("glossaries"),
            edits=self.account.container("edits"),
            publisher=Publisher(self.outbox, self.account.container("staging"), _nothing, _unchecked, lambda: LATER),
            receipts=Receipts(self.outbox, self.account.container("edits")),
            tokens=CallbackTokens("https://app.example", ()),
            quotas=Quotas(self.ledger, Limits(), lambda: LATER),
            clock=lambda: LATER,
        )
        self.status = Status(self.context)

    async def open(self, job: Job) -> Versioned[Job]:
        """A job at work, the current one of its name."""
        seen = Seen(key=job.key, etag=job.etag, stem=job.stem)
        await self.ledger.set_seen(BlobName(job.name), seen, None)
        return await self.ledger.save(Versioned(job, None), job)

    async def close(self, job: Job) -> None:
        """A job that has ended."""
        await self.ledger.drop_open(await self.open(job))
        await self.ledger.end(job)


@pytest.fixture
def office() -> Office:
    return Office()


async def test_a_job_at_work_can_be_asked_for_by_id_and_by_name(office: Office) -> None:
    job = a_job(a_translation(State.RUNNING, provider="vozo"), brief={"targets": ["es-ES"]})
    await office.open(job)
    told = await office.status.job(job.key)
    assert told is not None
    assert (told["status"], told["id"], told["brief"]) == ("running", job.key, {"targets": ["es-ES"]})
    assert [(line["target"], line["status"], line["provider"]) for line in told["translations"]] == [
        ("es-ES", "running", "vozo")
    ]
    assert await office.status.job_of(NAME) == told


async def test_a_job_that_has_ended_can_be_asked_for_as_well(office: Office) -> None:
    job = a_job(a_translation(State.FAILED, problem=PROBLEM))
    await office.close(job)
    told = await office.status.job(job.key)
    assert told is not None
    assert (told["status"], told["translations"][0]["problem"]["reason"]) == ("failed", "It broke.")
    assert await office.status.job_of(NAME) == told


async def test_a_job_has_ended_as_soon_as_its_receipts_say_so(office: Office) -> None:
    await office.open(a_job(a_translation(State.DELIVERING)))
    await office.ledger.end(a_job(a_translation(State.SUCCEEDED)))
    told = await office.status.job(a_job().key)
    assert told is not None
    assert told["status"] == "succeeded"


async def test_a_job_is_at_work_again_in_its_next_attempt(office: Office) -> None:
    await office.ledger.end(a_job(a_translation(State.FAILED)))
    await office.open(a_job(a_translation(State.RUNNING), attempt=2))
    told = await office.status.job(a_job().key)
    assert told is not None
    assert told["status"] == "running"


@pytest.mark.parametrize("unknown", ["0123", "", "../seen/talks/intro.mp4", "a//b", "x" * 2000])
async def test_what_there_is_not_is_none(office: Office, unknown: str) -> None:
    await office.open(a_job())
    assert await office.status.job(unknown) is None
    assert await office.status.job_of(unknown) is None


async def test_jobs_at_work_are_listed_with_what_they_wait_for(office: Office) -> None:
    held = a_translation(State.QUEUED, problem=PROBLEM)
    await office.open(a_job(held))
    await office.open(a_job(key="f" * 24, name="talks/other.mp4"))
    await office.close(a_job(a_translation(State.SUCCEEDED), key="e" * 24, name="talks/done.mp4"))
    listed = (await office.status.jobs())["jobs"]
    assert [(line["name"], line["status"]) for line in listed] == [(NAME, "running"), ("talks/other.mp4", "waiting")]
    assert listed[0]["translations"] == [
        {"target": "es-ES", "status": "queued", "provider": None, "since": NOW.isoformat(), "detail": "It broke."}
    ]


async def test_a_long_list_comes_in_pages(office: Office) -> None:
    keys = sorted(job_key(str(number), "v1") for number in range(PAGE + 1))
    for key in keys:
        await office.open(a_job(key=key, name=f"{key}.mp4"))
    first = await office.status.jobs()
    second = await office.status.jobs(first["next"])
    assert [line["id"] for page in (first, second) for line in page["jobs"]] == keys
    assert "next" not in second


async def test_all_is_well(office: Office) -> None:
    beat = Heartbeat(first=NOW, last=NOW + timedelta(minutes=9), left_alone=3)
    office.jobs.put(HEARTBEAT, beat.model_dump_json().encode())
    await office.open(a_job(a_translation(State.DELIVERING, since=NOW)))
    await office.open(a_job(key="f" * 24, name="talks/waits-for-its-brief.mp4"))
    assert await office.status.health() == (
        True,
        {
            "storage": "reachable",
            "last_tick_seconds": 60,
            "open_jobs": 2,
            "oldest_due_job_seconds": 600,
            "jobs_of_a_newer_version": 0,
            "files_left_alone": 3,
        },
    )


async def test_an_app_that_has_never_ticked_is_well_too(office: Office) -> None:
    well, told = await office.status.health()
    assert well
    assert (told["last_tick_seconds"], told["open_jobs"], told["oldest_due_job_seconds"]) == (None, 0, 0)


async def test_the_last_tick_of_this_process_counts_and_not_its_last_heartbeat(office: Office) -> None:
    beat = Heartbeat(first=NOW, last=NOW + timedelta(minutes=7))
    office.jobs.put(HEARTBEAT, beat.model_dump_json().encode())
    ticking = Status(office.context, lambda: LATER - timedelta(seconds=5))
    assert (await ticking.health())[1]["last_tick_seconds"] == 5
    assert (await office.status.health())[1]["last_tick_seconds"] == 180


async def test_a_job_of_a_newer_app_is_told(office: Office) -> None:
    opened = await office.open(a_job())
    newer = JobSummary.of(opened.value).model_copy(update={"schema_number": SCHEMA + 1})
    office.jobs.put(f"{OPEN}{opened.value.key}", b"{}", metadata=newer.metadata())
    well, told = await office.status.health()
    assert well
    assert told["jobs_of_a_newer_version"] == 1


async def test_many_who_ask_at_once_cost_storage_one_look(office: Office) -> None:
    asked: list[Operation] = []

    async def count(operation: Operation) -> None:
        asked.append(operation)
        await asyncio.sleep(0)  # others ask meanwhile

    office.account.before = count
    answers = await asyncio.gather(*(office.status.health() for _ in range(5)))
    assert [operation.kind for operation in asked] == ["read", "list"]
    assert all(answer == answers[0] for answer in answers)


async def test_a_job_that_is_too_large_for_the_listing_is_at_work_all_the_same(office: Office) -> None:
    await office.open(a_job(*(a_translation(State.RUNNING, target=f"x{number}") for number in range(200))))
    (listed,) = (await office.status.jobs())["jobs"]
    assert (listed["status"], listed["translations"]) == ("running", [])


async def test_without_storage_nothing_is_well(office: Office) -> None:
    async def refuse(_: Operation) -> None:
        raise StorageTrouble("reading jobs/heartbeat: AuthorizationFailure")

    office.account.before = refuse
    assert await office.status.health() == (False, {"storage": "unreachable"})


async def test_a_file_that_failed_five_times_to_be_accepted_gets_a_receipt(office: Office) -> None:
    await office.status.report_poison(NAME)
    assert list(office.outbox.blobs) == [f"{NAME}.translation.json"]


@pytest.mark.parametrize("name", [NAME, "../intro.mp4"])
async def test_a_file_that_became_a_job_or_has_no_usable_name_gets_none(office: Office, name: str) -> None:
    await office.open(a_job(a_translation(State.RUNNING)))
    await office.status.report_poison(name)
    assert office.outbox.blobs == {}


async def _unchecked(url: str) -> bytes:
    raise AssertionError(f"{url} is checked by nobody here")


@asynccontextmanager
async def _nothing(url: str, _start: int) -> AsyncIterator[Download]:
    raise AssertionError(f"{url} is fetched by nobody here")
    yield
