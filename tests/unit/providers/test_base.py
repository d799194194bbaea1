"""What every provider does alike."""

from typing import Any

import pytest

from shared.errors import PersonNeeded, Refused
from shared.providers.azure_document import AzureDocument
from shared.providers.azure_text import AzureText
from shared.providers.azure_video import AzureVideo
from shared.providers.base import Provider
from shared.providers.outcome import Running
from shared.providers.task import Task
from shared.providers.vozo import Vozo
from tests.unit.providers.wire import Wire, a_scratch, a_task, answer, some_work

WORK = some_work({"id": "x.es-ES.a1.t", "task_id": "t1"})


def told(provider: str, status: str, times: int) -> Provider:
    """A provider whose service says so often that work is in that state."""
    wire = Wire(*(answer(200, {"status": status}) for _ in range(times)))
    return AzureVideo(wire.service()) if provider == AzureVideo.name else Vozo(wire.service())


@pytest.mark.parametrize("name", ["azure-video", "vozo"])
async def test_a_state_that_is_not_known_is_taken_for_running_and_logged_once(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    provider = told(name, "proofreading", 3)
    assert [await provider.check(WORK, a_scratch()) for _ in range(3)] == [Running()] * 3
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        f"{name} says that work is 'proofreading', which is not known; it is taken for running"
    ]


@pytest.mark.parametrize(
    ("name", "status"), [("azure-video", "NotStarted"), ("azure-video", "Running"), ("vozo", "dubbing")]
)
async def test_a_state_that_is_known_is_not_worth_a_line(
    name: str, status: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert await told(name, status, 1).check(WORK, a_scratch()) == Running()
    assert [record for record in caplog.records if record.levelname == "WARNING"] == []


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (AzureDocument, {"glossaries": ["medical"]}),
        (AzureText, {"glossaries": ["medical"]}),
        (AzureVideo, {"lexicon": "names.xml"}),
        (Vozo, {"subtitles": {"file": "talk.srt", "usage": "original"}}),
    ],
)
async def test_what_a_person_must_mend_is_asked_about_without_asking_the_service(
    kind: type[Provider], options: dict[str, Any]
) -> None:
    wire = Wire()
    provider = kind(wire.service())
    assert await provider.unready(a_task(options=options)) is not None
    assert await provider.unready(a_task(options={})) is None
    assert wire.requests == []


async def test_an_account_that_needs_a_person_is_no_reason_to_claim_again() -> None:
    wire = Wire(answer(400, {"code": 7, "message": "No permission."}))
    vozo = Vozo(wire.service("Vozo"))
    with pytest.raises(PersonNeeded):
        await vozo.start(a_task())
    assert [await vozo.unready(a_task()) is not None for _ in range(2)] == [True, True]
    assert len(wire.requests) == 1


async def test_what_no_person_can_mend_holds_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(_self: Vozo, _task: Task) -> None:
        raise Refused("no")

    monkeypatch.setattr(Vozo, "prepare", refused)
    assert await Vozo(Wire().service()).unready(a_task()) is None
