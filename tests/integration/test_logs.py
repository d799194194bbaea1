"""Nothing that opens a door is in what the app logs or keeps, even where services fail and all loggers say everything.

The log is searched for the very secrets of the run: signatures as storage was shown them, callback tokens as Vozo was
given them, the keys and the tokens of this stack.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from azure.core.exceptions import ResourceNotFoundError

from sandbox.identity import API_VERSION, STORAGE
from sandbox.stack import Stack
from tests.integration.failures import BRIEFS, FILM_FIELD, GOOD, Failures, place
from tests.integration.person import Person, person_at
from tests.integration.waiting import eventually

SETTINGS = {"PYTHON_ENABLE_DEBUG_LOGGING": "1", "START_WINDOW_SECONDS": "1"}
ECHOED = "a+signature/that+the+service+repeats="
ADDRESS = f"https://storage.example/inbox/a.mp4?sp=r&sig={ECHOED}"
SIGNED = re.compile(r"(?:sig|signature)=[\w%+/=-]+", re.IGNORECASE)
#: What goes wrong with each file, and what of it is to be read in the log.
MISHAPS: dict[str, tuple[dict[str, Any], str]] = {
    "refused.mp4": ({"do": "status", "status": 400, "body": {"code": "No", "message": ADDRESS}}, "was not started"),
    "throttled.mp4": ({"do": "throttle"}, "answered 429"),
    "dropped.mp4": ({"do": "drop_after"}, "did not answer"),
    "no-film.mp4": ({"do": "missing_file", "file": FILM_FIELD}, "was not delivered"),
    "forbidden.mp3": ({"do": "status", "status": 401, "body": {"code": "7", "message": ADDRESS}}, "was not started"),
    "run-out.mp3": ({"do": "expired_results"}, "was not delivered"),
    "broken-off.mp3": ({"do": "truncated_result"}, "could not be fetched"),
}


#: Dropped last, for no other file is started at Vozo after it.
FORBIDDEN = "forbidden.mp3"


@dataclass(frozen=True)
class Run:
    """What a run has left: the app's log, all that it keeps in its containers, and what must not be in either."""

    log: str
    kept: str
    secrets: dict[str, set[str]]


@pytest.fixture(scope="module")
async def run(tmp_path_factory: pytest.TempPathFactory, media: dict[str, bytes]) -> AsyncIterator[Run]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in SETTINGS.items():
            environment.setenv(name, value)
        async with Stack(tmp_path_factory.mktemp("logs"), pace=0.02) as stack, person_at(stack, Person) as person:
            await _translate(person, Failures(media))
            yield Run(_log(stack), await _kept(person), await _secrets(person))


async def _translate(person: Person, failures: Failures) -> None:
    """Drop all, forge a callback, and wait until the log tells of every mishap."""
    for name, (rule, _) in MISHAPS.items():
        service = person.doubles.speech if name.endswith(".mp4") else person.doubles.vozo
        await person.doubles.misbehave(service, {"when": _when(name, failures)} | rule)
    await asyncio.gather(*(person.drop(name, brief) for name, brief in BRIEFS.items()))
    names = [name for name in (*GOOD, *MISHAPS) if name != FORBIDDEN]
    await asyncio.gather(*(person.drop(place(name), failures.content(name)) for name in names))
    receipts = await asyncio.gather(*(person.told(place(name)) for name in GOOD), person.told(place("refused.mp4")))
    assert [receipt["status"] for receipt in receipts] == ["succeeded"] * len(GOOD) + ["failed"]
    forged = await person.api("POST", f"callbacks/vozo/{receipts[1]['id']}.de-DE.a1.Zm9yZ2VkIHRva2Vu", json={})
    assert forged.status_code == 404
    await eventually(lambda: _told(person.stack, *(name for name in MISHAPS if name != FORBIDDEN)))
    await person.drop(place(FORBIDDEN), failures.content(FORBIDDEN))
    await eventually(lambda: _told(person.stack, FORBIDDEN))


def _when(name: str, failures: Failures) -> dict[str, str]:
    """The request that is spoilt: the start, or what decides about the results."""
    return {"path": f"{failures.key(name)}.*iterations"} if name == "no-film.mp4" else {"body": f"/{name}"}


async def _told(stack: Stack, *names: str) -> bool:
    lines = _log(stack).splitlines()
    return all(any(name in line and MISHAPS[name][1] in line for line in lines) for name in names)


def _log(stack: Stack) -> str:
    return _logged(stack, "host")


def _logged(stack: Stack, part: str) -> str:
    return (stack.folder / "logs" / f"{part}.log").read_text()


async def _kept(person: Person) -> str:
    """Names, metadata and content of whatever the app has written for itself or for people, media left out.

    The app goes on meanwhile: what it deletes between the listing and the reading is kept no longer.
    """
    kept = []
    for container in ("jobs", "outbox"):
        client = person.storage.get_container_client(container)
        async for blob in client.list_blobs(include=["metadata"]):
            kept.append(f"{blob.name} {json.dumps(blob.metadata)}")
            if Path(blob.name).suffix not in (".mp3", ".mp4"):
                with suppress(ResourceNotFoundError):
                    kept.append((await person.read(blob.name, container)).decode())
    return "\n".join(kept)


async def _secrets(person: Person) -> dict[str, set[str]]:
    settings = person.stack.settings
    return {
        "signatures": {ECHOED} | _signatures(person.stack),
        "callback tokens": await _callback_tokens(person),
        "bearer tokens": {await _bearer_token(person)},
        "settings": {settings[name] for name in ("VOZO_API_KEY", "CALLBACK_SECRET", "IDENTITY_HEADER")},
        "keys": set(json.loads((person.stack.folder / "keys.json").read_text()).values()),
    }


def _signatures(stack: Stack) -> set[str]:
    """Of every signed address that storage was asked by: sources and results, as written and decoded."""
    written = set(re.findall(r"[?&]sig=([^&\s]+)", _logged(stack, "azurite-blob")))
    return written | {unquote(signature) for signature in written}


async def _callback_tokens(person: Person) -> set[str]:
    requests = await person.doubles.control(person.doubles.vozo, "requests")
    return {token for each in requests for token in re.findall(r"/callbacks/vozo/([^\"?]+)", each["body"])}


async def _bearer_token(person: Person) -> str:
    """What all tokens of the identity endpoint begin with: the header, which is the same in each."""
    settings = person.stack.settings
    answer = await person.client.get(
        settings["IDENTITY_ENDPOINT"],
        params={"api-version": API_VERSION, "resource": STORAGE},
        headers={"X-IDENTITY-HEADER": settings["IDENTITY_HEADER"]},
    )
    token: str = answer.raise_for_status().json()["access_token"]
    return token.partition(".")[0]


KINDS = {"signatures": 10, "callback tokens": 4, "bearer tokens": 1, "settings": 3, "keys": 3}


@pytest.mark.parametrize("kind", KINDS)
def test_no_secret_is_logged(run: Run, kind: str) -> None:
    assert [secret for secret in run.secrets[kind] if secret in run.log] == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_secret_is_kept_in_the_ledger_or_told_in_a_receipt(run: Run, kind: str) -> None:
    assert [secret for secret in run.secrets[kind] if secret in run.kept] == []


def test_no_signed_address_is_logged_or_kept_whoever_signed_it(run: Run) -> None:
    assert SIGNED.findall(run.log) == []
    assert SIGNED.findall(run.kept) == []


@pytest.mark.parametrize(("kind", "least"), KINDS.items())
def test_the_secrets_that_are_searched_for_are_there(run: Run, kind: str, least: int) -> None:
    assert len(run.secrets[kind]) >= least
    assert all(len(secret) > 10 for secret in run.secrets[kind])


def test_what_would_hold_them_is_searched(run: Run) -> None:
    assert "storage.example/inbox/a.mp4?…" in run.log
    assert "storage.example/inbox/a.mp4?…" in run.kept
    assert " DEBUG " in run.log


@pytest.mark.parametrize("name", MISHAPS)
def test_a_line_of_a_job_says_which_job_provider_operation_and_file(run: Run, name: str) -> None:
    lines = [line for line in run.log.splitlines() if " WARNING shared." in line and name in line]
    line = next(line for line in lines if MISHAPS[name][1] in line)
    dimensions = dict(re.findall(r"(job|provider|operation|blob)=(\S+)", line))
    assert re.fullmatch(r"[0-9a-f]{24}", dimensions["job"])
    assert dimensions["provider"] == ("azure-video" if name.endswith(".mp4") else "vozo")
    assert dimensions["operation"] in ("start", "check", "deliver")
    assert dimensions["blob"] == place(name)
