"""What a service charges is counted with the record of it, and once."""

import pytest

from shared import telemetry
from shared.engine.charges import record_charged
from shared.jobs.ledger import Ledger
from shared.jobs.open_job import OpenJob, OpenTranslation
from shared.jobs.translation import State, Translation
from shared.storage.container import Versioned
from tests.memory_container import MemoryContainer
from tests.unit.records import NOW, a_job, a_translation

UNITS = {"characters": 100.0}


async def test_it_is_not_counted_where_the_translation_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    charged: list[object] = []
    monkeypatch.setattr(telemetry, "charge", lambda *what: charged.append(what))
    job = a_job(a_translation(State.RUNNING, provider="vozo"))
    opened = OpenJob(Ledger(MemoryContainer("jobs")), Versioned(job, None), lambda: NOW)
    running = OpenTranslation(opened, job.translations[0].target)
    for _ in range(2):
        record_charged(running, UNITS, failed_and_billed, State.RUNNING)
    assert running.now.units == UNITS
    assert charged == [("vozo", UNITS)]


def failed_and_billed(translation: Translation) -> Translation:
    return translation.to(State.FAILED, NOW).bill(None, UNITS)
