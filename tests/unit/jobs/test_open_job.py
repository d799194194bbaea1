"""A job about to be written: answers are never lost, and what is paid for is claimed by one process alone."""

import pytest

from shared.errors import RecordChanged, RecordGone
from shared.jobs.ledger import Ledger
from shared.jobs.open_job import OpenJob
from shared.jobs.step import Step
from shared.jobs.translation import Problem, State, Translation
from shared.storage.container import Versioned
from tests.memory_container import MemoryContainer
from tests.unit.records import NOW, PROBLEM, a_job, a_translation

JOB = a_job(a_translation(State.QUEUED), a_translation(State.RUNNING, target="fr-FR", provider="vozo"))


def begun(translation: Translation) -> Translation:
    return translation.begin("vozo", Step(), NOW)


def failed(translation: Translation) -> Translation:
    return translation.fail(NOW, PROBLEM)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(MemoryContainer("jobs"))


async def two(ledger: Ledger) -> tuple[OpenJob, OpenJob]:
    """The same record, opened by two processes."""
    written = await ledger.save(Versioned(JOB, None), JOB)
    return OpenJob(ledger, written, lambda: NOW), OpenJob(ledger, written, lambda: NOW)


async def test_of_two_claims_one_is_lost(ledger: Ledger) -> None:
    first, second = await two(ledger)
    await first.claim({"es-ES": begun})
    with pytest.raises(RecordChanged):
        await second.claim({"es-ES": begun})


async def test_what_was_answered_is_written_though_the_claim_is_lost(ledger: Ledger) -> None:
    first, second = await two(ledger)
    await first.claim({"es-ES": begun})
    second.record("fr-FR", failed)
    with pytest.raises(RecordChanged):
        await second.claim({"es-ES": begun})
    read = await ledger.read_open(JOB.key)
    assert read is not None
    assert [t.state for t in read.value.translations] == [State.STARTING, State.FAILED]


async def test_what_was_recorded_is_laid_over_what_somebody_else_wrote(ledger: Ledger) -> None:
    first, second = await two(ledger)
    first.record("es-ES", failed)
    await first.save()
    second.record("fr-FR", failed)
    await second.save()
    assert [t.state for t in second.job.translations] == [State.FAILED, State.FAILED]


async def test_a_move_is_left_out_where_the_translation_is_at_another_step_by_then(ledger: Ledger) -> None:
    first, second = await two(ledger)
    first.record("fr-FR", lambda t: t.follow(NOW, Step(name="slice", number=1), {}, {}))
    await first.claim({"fr-FR": lambda t: t.begin("vozo", t.next_step, NOW)})
    second.record("fr-FR", failed)
    await second.save()
    assert second.job.translation("fr-FR").state is State.STARTING


@pytest.mark.parametrize("passed_over", [{"vozo": PROBLEM}, {}], ids=["at another service", "anew at the same one"])
async def test_a_move_is_left_out_where_the_translation_was_begun_elsewhere_or_anew_by_then(
    ledger: Ledger, passed_over: dict[str, Problem]
) -> None:
    first, second = await two(ledger)
    first.record("fr-FR", lambda t: t.reroute(NOW, passed_over, 2))
    provider = "azure-video" if passed_over else "vozo"
    await first.claim({"fr-FR": lambda t: t.begin(provider, t.next_step, NOW)})
    second.record("fr-FR", failed)
    await second.save()
    assert second.job.translation("fr-FR").state is State.STARTING


async def test_a_record_that_is_gone_is_not_tried_again(ledger: Ledger) -> None:
    first, second = await two(ledger)
    await ledger.drop_open(first.written)
    second.record("fr-FR", failed)
    with pytest.raises(RecordGone):
        await second.save()


async def test_a_job_that_was_stopped_before_its_translations_were_written_is_somebody_elses(ledger: Ledger) -> None:
    first, second = await two(ledger)
    first.replace(JOB.refuse(PROBLEM))
    await first.insist()
    second.record("fr-FR", failed)
    with pytest.raises(RecordGone):
        await second.save()


async def test_an_attempt_that_has_ended_is_nobodys_to_pay_for(ledger: Ledger) -> None:
    first, _ = await two(ledger)
    ended = a_job(a_translation(State.FAILED))
    await ledger.end(ended)
    with pytest.raises(RecordChanged):
        await first.confirm()
    assert first.ended == ended


async def test_nothing_is_written_where_nothing_was_recorded(ledger: Ledger) -> None:
    first, _ = await two(ledger)
    before = first.written
    await first.save()
    assert first.written == before
