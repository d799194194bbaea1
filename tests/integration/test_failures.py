"""What goes wrong ends in a receipt that says what, why, and what to do; nothing else is disturbed."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import ResourceExistsError
from azure.storage.queue.aio import QueueClient

from sandbox.azurite import DATA
from sandbox.host.blobs import POISON_QUEUE
from sandbox.stack import Stack
from shared.outbox.names import refused_receipt
from tests.integration.ahead import SETTING, app_with_clock
from tests.integration.failures import BRIEFS, GOOD, Failures, place
from tests.integration.person import Person, person_at
from tests.integration.test_translations import newer
from tests.integration.waiting import eventually

SETTINGS = {"START_WINDOW_SECONDS": "2", "DEADLINE_HOURS": "24"}
AFTER_THE_DEADLINE = {SETTING: "48"}
#: What only the deadline ends, and what is told of each until then: a status, and the code of its problem.
UNTIL_THE_DEADLINE = {
    "never-ends.mp4": ("running", None),
    "lost.mp3": ("starting", "outcome-unknown"),
    "no-film.mp4": ("delivering", "result-unavailable"),
    "broken-off.mp3": ("delivering", "result-unavailable"),
    "run-out.mp3": ("delivering", "result-unavailable"),
}

#: Dropped last, for no other file is started at Vozo after it.
NO_KEY = "no-key.mp3"

type Told = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
async def victim(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Person]:
    """Somebody with a stack of their own, whose clock is the tests' own."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in SETTINGS.items():
            environment.setenv(name, value)
        folder, app = tmp_path_factory.mktemp("failures"), app_with_clock(tmp_path_factory.mktemp("app"))
        async with Stack(folder, pace=0.02, app=app) as stack, person_at(stack, Person) as person:
            yield person


@pytest.fixture(scope="module")
async def told(victim: Person, media: dict[str, bytes]) -> Told:
    """The receipts of all, by base name, after each of them has ended."""
    failures = Failures(media)
    await victim.doubles.misbehave(victim.doubles.speech, *failures.speech_rules())
    await victim.doubles.misbehave(victim.doubles.vozo, *failures.vozo_rules())
    for name, brief in BRIEFS.items():
        await victim.drop(name, brief)
    first = [name for name in failures.names if name != place(NO_KEY)]
    await asyncio.gather(*(victim.drop(name, failures.content(name)) for name in first))
    await asyncio.gather(
        _overwritten(victim, newer(media["film.mp4"])),
        _deleted(victim, "deleted-at-once.mp4", failures, "translations"),
        _deleted(victim, "deleted-later.mp4", failures, "iterations"),
    )
    ending = [name for name in first if name.rpartition("/")[2] not in UNTIL_THE_DEADLINE]
    ended = {name: await victim.told(name) for name in ending}
    await asyncio.gather(*(_stands(victim, name, *stand) for name, stand in UNTIL_THE_DEADLINE.items()))
    await victim.drop(place(NO_KEY), failures.content(place(NO_KEY)))
    ended[place(NO_KEY)] = await _stands(victim, NO_KEY, "queued", "person-needed")
    await victim.stack.stop_host()
    await victim.stack.start_host(AFTER_THE_DEADLINE)
    ended |= {place(name): await victim.told(place(name)) for name in UNTIL_THE_DEADLINE}
    return {name.rpartition("/")[2]: receipt for name, receipt in ended.items()}


async def _stands(victim: Person, name: str, status: str, code: str | None) -> dict[str, Any]:
    """The receipt, once the job's one translation stands there with that problem."""

    async def stands() -> dict[str, Any] | None:
        receipt = await victim.receipt(place(name))
        lines = receipt["translations"] if receipt else []
        told = [(line["status"], (line.get("problem") or {}).get("code")) for line in lines]
        return receipt if told == [(status, code)] else None

    return await eventually(stands)


async def _overwritten(victim: Person, version: bytes) -> None:
    name = place("overwritten.mp4")
    await victim.told(name, "running")
    await victim.told(name, "succeeded", etag=await victim.drop(name, version))


async def _deleted(victim: Person, name: str, failures: Failures, part: str) -> None:
    """Delete the file as soon as the service has been asked to start that part."""

    async def asked() -> bool:
        requests = await victim.doubles.control(victim.doubles.speech, "requests")
        paths = [each["path"] for each in requests if each["method"] == "PUT"]
        return any(failures.key(name) in path and part in path for path in paths)

    await eventually(asked)
    await victim.delete(place(name))


def problem(receipt: dict[str, Any]) -> dict[str, str]:
    """The one problem that the receipt tells."""
    (only,) = receipt["problems"] or [line["problem"] for line in receipt["translations"]]
    return dict(only)


def says(receipt: dict[str, Any], status: str, reason: str, advice: str) -> bool:
    """Whether it has that status, and words of its problem are these."""
    told = problem(receipt)
    return receipt["status"] == status and reason in told["reason"] and advice in told["advice"]


@pytest.mark.parametrize("name", GOOD)
async def test_a_good_file_beside_them_succeeds(told: Told, name: str) -> None:
    assert told[name]["status"] == "succeeded"


REFUSED = {
    "slides.key": "files with .key are not translated here",
    "no-extension": "files with no extension are not translated here",
    "empty.mp4": "the file is empty",
}


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
async def test_a_file_that_nobody_can_translate_is_refused(told: Told, name: str, reason: str) -> None:
    assert says(told[name], "refused", reason, "Drop a file of a known type that is not empty.")


FAILED = {
    "says-no.mp4": ("Speech answered 400: NoWay: Too odd.", "change the brief or the file"),
    "fails.mp4": ("Azure Video Translation: Failed: Nobody speaks in this film.", "Read the service's words"),
    "free-tier.mp4": ("Speech answered 400: BadRequest: Only the S0 tier", "needs a Speech resource of tier S0"),
    "silent.mp4": ("The media file has no audio track.", "Read the service's words"),
    "iteration-fails.mp4": ("Azure Video Translation: Failed: The iteration was told to fail", "drop it again"),
    "never-ends.mp4": ("it was not finished within ", "the service is asked first whether it has finished"),
    "deleted-at-once.mp4": ("the file was deleted while it was being translated", "Drop the file again, and leave it"),
    "unfit.mp3": ("Vozo: failed: 10002: no audio stream", "Open the file in a player"),
    "gone-wrong.mp3": ("Vozo: failed: 10003: transcoding failed", "Open the file in a player"),
    "refused.mp3": ("Vozo answered 400: 5: That is no language.", "change the brief or the file"),
    "lost.mp3": ("whether vozo has started the translation is not known", "another drop pays again"),
}


@pytest.mark.parametrize("name", FAILED)
async def test_a_failure_is_told_in_the_service_s_words_with_what_to_do(told: Told, name: str) -> None:
    assert says(told[name], "failed", *FAILED[name])


@pytest.mark.parametrize("name", FAILED)
async def test_a_failed_translation_has_a_receipt_of_its_own(told: Told, victim: Person, name: str) -> None:
    receipt = await victim.receipt(place(name), "de-DE")
    assert receipt is not None
    assert (receipt["status"], receipt["outputs"]) == ("failed", [])
    assert receipt["problem"] == problem(told[name])


async def test_a_file_waits_while_the_account_needs_a_person(told: Told) -> None:
    assert says(told[NO_KEY], "running", "Vozo answered 400: 7: No permission.", "rights of the Vozo account")


async def test_what_was_stopped_at_the_service_is_told_as_canceled(told: Told) -> None:
    assert says(told["stopped.mp4"], "canceled", "Azure Video Translation: Canceled", "Whoever stopped it")


UNDELIVERED = {
    "no-film.mp4": "the result's address answered 404",
    "broken-off.mp3": "without sending complete message body",
    "run-out.mp3": "the result's address answered 403",
}


@pytest.mark.parametrize(("name", "reason"), UNDELIVERED.items())
async def test_a_result_that_cannot_be_had_is_asked_for_until_the_deadline_and_told(
    told: Told, name: str, reason: str
) -> None:
    assert says(told[name], "failed", reason, "The translation is finished and paid for.")


@pytest.mark.parametrize("name", UNDELIVERED)
async def test_half_a_result_is_never_published(told: Told, victim: Person, name: str) -> None:
    assert told[name]["status"] == "failed"
    start = place(name).rpartition(".")[0]
    assert not [result for result in await victim.results(start) if result.endswith(("de-DE.mp4", "de-DE.mp3"))]


@pytest.mark.parametrize(
    "name",
    ["dropped-before.mp4", "dropped-after.mp4", "away.mp4", "throttled.mp4", "odd-state.mp4", "polled.mp4", "busy.mp3"],
)
async def test_what_passes_is_waited_out_and_paid_once(told: Told, victim: Person, name: str) -> None:
    assert told[name]["status"] == "succeeded"
    bill = await victim.bill(told[name]["id"]) or await victim.bill(f"/{name}")
    assert set(bill.values()) == {1}


async def test_a_service_that_says_when_to_come_again_is_obeyed(told: Told, victim: Person) -> None:
    assert told["throttled.mp4"]["status"] == "succeeded"
    starts = [
        each["when"]
        for each in await victim.doubles.control(victim.doubles.speech, "requests")
        if each["method"] == "PUT" and "/throttled.mp4" in each["body"]
    ]
    assert len(starts) == 3
    assert all(later - earlier >= 1 for earlier, later in pairwise(starts))


async def test_the_next_service_of_the_route_takes_what_the_first_could_not_do(told: Told, victim: Person) -> None:
    assert told["falls-back.mp4"]["status"] == "succeeded"
    receipt = await victim.receipt(place("falls-back.mp4"), "de-DE")
    assert receipt is not None
    assert receipt["provider"] == "vozo"
    assert "Nobody speaks in this film." in receipt["passed_over"]["azure-video"]["reason"]


@pytest.mark.parametrize(("name", "warnings"), [("no-subtitles.mp4", 1), ("never-made.mp4", 0)])
async def test_a_side_file_that_is_missing_spoils_nothing(told: Told, victim: Person, name: str, warnings: int) -> None:
    assert told[name]["status"] == "succeeded"
    receipt = await victim.receipt(place(name), "de-DE")
    assert receipt is not None
    suffixes = [output["name"].partition(".de-DE.")[2] for output in receipt["outputs"]]
    assert suffixes == ["mp4", "source.vtt", "metadata.vtt", "report.json"]
    assert [warning.startswith("vtt could not be fetched") for warning in receipt["warnings"]] == [True] * warnings


async def test_a_source_that_is_overwritten_meanwhile_is_translated_as_it_is_now(told: Told, victim: Person) -> None:
    receipt = await victim.receipt(place("overwritten.mp4"), "de-DE")
    assert receipt is not None
    assert (receipt["status"], receipt["source"]) == ("succeeded", told["overwritten.mp4"]["source"])


async def test_a_source_that_is_deleted_when_the_service_has_read_it_is_delivered(told: Told) -> None:
    assert told["deleted-later.mp4"]["status"] == "succeeded"


async def test_a_file_that_was_never_accepted_is_told(told: Told, victim: Person) -> None:
    assert told
    poison = {"FunctionId": "Host.Functions.start_translations", "ContainerName": "inbox", "BlobName": "poisoned.mp4"}
    azurite = victim.stack.azurite
    key = AzureNamedKeyCredential(DATA, azurite.key(DATA))
    ca = str(azurite.certificate.path)
    async with QueueClient(
        azurite.uri("queue"), POISON_QUEUE, credential=key, connection_verify=ca, use_env_settings=False
    ) as queue:
        with suppress(ResourceExistsError):
            await queue.create_queue()
        await queue.send_message(b64encode(json.dumps(poison).encode()).decode())
    receipt = await victim.told("poisoned.mp4")
    assert receipt["status"] == "failed"
    assert receipt["problem"]["reason"] == "the app failed five times to accept the file"
    assert "finds this one again by itself" in receipt["problem"]["advice"]


@pytest.fixture(scope="module")
async def without(told: Told, victim: Person, media: dict[str, bytes]) -> AsyncIterator[Told]:
    """What is told while Vozo has no key and Speech cannot be reached, after the app was started so."""
    assert told
    climber = place("climbs\\..\\..\\..\\jobs\\up.mp4")  # storage makes slashes of them; no event comes of it
    await victim.drop(climber, media["film.mp4"])
    await victim.stack.stop_host()
    await victim.stack.start_host(AFTER_THE_DEADLINE | {"VOZO_API_KEY": "", "SPEECH_ENDPOINT": "http://127.0.0.1:1"})
    await victim.drop(place("off.mp3"), media["talk.mp3"])
    await victim.drop(place("unreachable.mp4"), media["film.mp4"])

    async def held() -> dict[str, Any] | None:
        receipt = await victim.receipt(place("unreachable.mp4"))
        return receipt if receipt and "problem" in receipt["translations"][0] else None

    unreachable = await eventually(held)
    refused = refused_receipt(climber.replace("\\", "/")).removesuffix(".translation.json")
    yield {
        "off": await victim.told(place("off.mp3")),
        "unreachable": unreachable,
        "climber": await victim.told(refused, "refused"),
    }


async def test_a_service_that_is_off_is_said_to_be_off(without: Told) -> None:
    reason = "vozo: it is off: the app setting VOZO_API_KEY is not set"
    assert says(without["off"], "failed", reason, "the route of its brief")


async def test_a_service_that_cannot_be_reached_is_told_while_it_is_tried_again(without: Told) -> None:
    assert says(without["unreachable"], "running", "Speech cannot be reached", "Check the endpoint's app setting")
    assert without["unreachable"]["translations"][0]["held_until"]


async def test_a_name_that_climbs_out_of_its_folder_is_found_and_refused(without: Told, victim: Person) -> None:
    assert "has an empty part between slashes" in without["climber"]["problem"]["reason"]
    assert not [
        name async for name in victim.storage.get_container_client("jobs").list_blob_names(name_starts_with="up")
    ]


async def test_what_was_held_succeeds_when_the_service_is_back(without: Told, victim: Person) -> None:
    assert without["unreachable"]["status"] == "running"
    await victim.stack.stop_host()
    await victim.stack.start_host(AFTER_THE_DEADLINE)
    assert (await victim.told(place("unreachable.mp4")))["status"] == "succeeded"
