"""Receipts: what a person, or a program, reads in the outbox about a drop and its translations."""

from datetime import timedelta
from typing import Any

import pytest

from shared.errors import EditReplaced, NameRefused
from shared.jobs import problems
from shared.jobs.step import Step
from shared.jobs.translation import Output, Problem, State
from shared.names import BlobName
from shared.outbox.receipts import Receipts
from tests.memory_container import MemoryContainer
from tests.receipts import read_receipt
from tests.unit.records import NOW, PROBLEM, a_job, a_translation

TOLD = {"code": "broken", "reason": "It broke.", "advice": "Mend it."}
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def outbox() -> MemoryContainer:
    return MemoryContainer("outbox")


def read(outbox: MemoryContainer, name: str) -> dict[str, Any]:
    stored = outbox.blobs[name]
    assert (stored.content_type or "").startswith("application/json")
    return read_receipt(stored.data)


async def test_the_receipt_of_a_translation_tells_all_about_it(outbox: MemoryContainer) -> None:
    done = a_translation(
        State.SUCCEEDED,
        provider="azure-video",
        step=Step(name="iteration", number=1),
        outputs=(
            Output(name="talks/intro.es-ES.mp4", size=4, md5="abc="),
            Output(name="talks/intro.es-ES.vtt", size=6),
        ),
        units={"minutes": 3.0},
        warnings=("ass could not be fetched",),
        started=NOW,
        ended=LATER,
    )
    job = a_job(done, brief={"source": "en-US"}, attempt=2)
    await Receipts(outbox, MemoryContainer("edits")).announce(job.put(done), done)
    assert read(outbox, "talks/intro.mp4.es-ES.translation.json") == {
        "version": 1,
        "status": "succeeded",
        "source": {"name": "talks/intro.mp4", "version": "v1", "etag": "0x1", "size": 1000, "language": "en-US"},
        "target": "es-ES",
        "provider": "azure-video",
        "outputs": [
            {"name": "talks/intro.es-ES.mp4", "size": 4, "md5": "abc="},
            {"name": "talks/intro.es-ES.vtt", "size": 6},
        ],
        "units": {"minutes": 3.0},
        "warnings": ["ass could not be fetched"],
        "accepted": "2026-11-02T12:00:00+00:00",
        "started": "2026-11-02T12:00:00+00:00",
        "ended": "2026-11-02T12:05:00+00:00",
        "attempt": 2,
        "repeats": 0,
        "iterations": [
            {
                "number": 1,
                "status": "succeeded",
                "started": None,
                "ended": "2026-11-02T12:05:00+00:00",
                "outputs": [
                    {"name": "talks/intro.es-ES.mp4", "size": 4, "md5": "abc="},
                    {"name": "talks/intro.es-ES.vtt", "size": 6},
                ],
            }
        ],
    }


async def test_the_receipt_of_a_failure_says_what_why_and_what_to_do(outbox: MemoryContainer) -> None:
    said_no = Problem(code="provider-refused", reason="No speech.", advice="Choose another route.")
    failed = a_translation(State.FAILED, provider="vozo", problem=PROBLEM, passed_over={"azure-video": said_no})
    await Receipts(outbox, MemoryContainer("edits")).announce(a_job(failed), failed)
    receipt = read(outbox, "talks/intro.mp4.es-ES.translation.json")
    assert (receipt["status"], receipt["problem"]) == ("failed", TOLD)
    assert receipt["passed_over"] == {"azure-video": said_no.model_dump()}


async def test_the_receipt_of_a_drop_lists_its_translations(outbox: MemoryContainer) -> None:
    held = a_translation(State.QUEUED, "fr-FR", not_before=LATER, problem=PROBLEM)
    await Receipts(outbox, MemoryContainer("edits")).tell(a_job(a_translation(State.RUNNING, provider="vozo"), held))
    receipt = read(outbox, "talks/intro.mp4.translation.json")
    assert (receipt["status"], receipt["id"], receipt["problems"]) == ("running", a_job().key, [])
    assert receipt["translations"] == [
        {"target": "es-ES", "status": "running", "provider": "vozo"},
        {"target": "fr-FR", "status": "queued", "provider": None, "held_until": LATER.isoformat(), "problem": TOLD},
    ]


@pytest.mark.parametrize(("refused", "status"), [(False, "waiting"), (True, "refused")])
async def test_a_drop_that_waits_or_is_refused_says_why(outbox: MemoryContainer, refused: bool, status: str) -> None:
    await Receipts(outbox, MemoryContainer("edits")).tell(a_job(problems=(PROBLEM,), refused=refused))
    receipt = read(outbox, "talks/intro.mp4.translation.json")
    assert (receipt["status"], receipt["problems"], receipt["translations"]) == (status, [TOLD], [])


async def test_a_later_receipt_takes_the_place_of_an_earlier_one(outbox: MemoryContainer) -> None:
    receipts = Receipts(outbox, MemoryContainer("edits"))
    await receipts.tell(a_job(a_translation(State.RUNNING)))
    await receipts.tell(a_job(a_translation(State.SUCCEEDED)))
    assert read(outbox, "talks/intro.mp4.translation.json")["status"] == "succeeded"


@pytest.mark.parametrize("name", ["../secrets.mp4", "half a pair \ud800.mp4", "line\nbreak.mp4", "x" * 2000])
async def test_a_refused_name_has_its_receipt_apart_and_once(outbox: MemoryContainer, name: str) -> None:
    with pytest.raises(NameRefused) as refused:
        BlobName(name)
    await Receipts(outbox, MemoryContainer("edits")).refuse_name(name, Problem.of(refused.value))
    [(place, first)] = outbox.blobs.items()
    await Receipts(outbox, MemoryContainer("edits")).refuse_name(name, Problem.of(refused.value))
    assert outbox.blobs == {place: first}
    receipt = read(outbox, place)
    assert place.startswith("_refused/")
    assert (receipt["status"], receipt["source"]) == ("refused", {"name": name})
    assert receipt["problem"]["code"] == "name-refused"


async def test_the_receipt_of_a_correction_belongs_to_the_newest_upload(outbox: MemoryContainer) -> None:
    edits = MemoryContainer("edits")
    name = "talks/intro.es-ES.vtt"
    older, newer = (edits.put(name, content) for content in (b"one", b"two"))
    receipts = Receipts(outbox, edits)
    await receipts.answer_edit(name, newer, {"es-ES": newer}, {})
    with pytest.raises(EditReplaced):
        await Receipts(outbox, edits).refuse_edit(name, older, PROBLEM)
    receipt = read(outbox, f"{name}.edit.translation.json")
    assert (receipt["status"], receipt["source"]) == ("accepted", {"name": name, "etag": newer})


async def test_what_could_not_even_be_accepted_is_told(outbox: MemoryContainer) -> None:
    await Receipts(outbox, MemoryContainer("edits")).report("talks/intro.mp4", problems.POISON)
    receipt = read(outbox, "talks/intro.mp4.translation.json")
    assert (receipt["status"], receipt["problem"]["code"]) == ("failed", "not-accepted")
