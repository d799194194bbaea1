"""What goes wrong with documents, as people read it in receipts; and what comes right by itself."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from sandbox.document_samples import write_report
from sandbox.stack import Stack
from tests.integration.person import Person, person_at
from tests.integration.waiting import eventually

FOLDER, TARGET = "papers/en-US_to_es-ES", "es-ES"
#: The batches of these files go wrong like this; `file` is part of the source's address.
BATCHES: dict[str, list[dict[str, Any]]] = {
    "empty.pdf": [{"do": "document_failed", "code": "NoTranslatableText", "message": "Nothing here."}],
    "trouble.pdf": [{"do": "document_failed", "code": "InternalServerError", "message": "Oh."}],
    "denied.pdf": [{"do": "validation_failed", "code": "InvalidDocumentAccessLevel", "message": "Cannot access it."}],
    "odd.pdf": [{"do": "odd_location"}, {"do": "unknown_status", "word": "Pondering", "seconds": 0.5}],
    "lost.pdf": [{"do": "drop_after"}],
    "pathless.pdf": [{"do": "drop_after"}, {"do": "pathless"}],
    "never-sent.pdf": [{"do": "drop"}],
    "fine.pdf": [],
}
#: The synchronous calls for these texts, which are the files' whole content.
CALLS: dict[str, dict[str, Any]] = {
    "throttle me": {"do": "throttle", "retry_after": "1"},
    "hang up on me": {"do": "drop_after"},
    "refuse me": {"do": "status", "status": 400, "body": {"error": {"code": "InvalidFormat", "message": "No format."}}},
}

type Told = dict[str, dict[str, Any]]


def encrypted(report: bytes) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(report)))
    writer.encrypt("secret")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


@pytest.fixture(scope="module")
async def victim(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Person]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("START_WINDOW_SECONDS", "2")
        folder = tmp_path_factory.mktemp("papers")
        async with Stack(folder, pace=0.02) as stack, person_at(stack, Person) as person:
            yield person


@pytest.fixture(scope="module")
async def told(victim: Person, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The receipts of all by base name: the translation's, or the drop's where there is none."""
    report = tmp_path_factory.mktemp("report") / "report.pdf"
    await asyncio.to_thread(write_report, report)
    pdf = report.read_bytes()
    for name, rules in BATCHES.items():
        for rule in rules:
            when = {"method": "POST", "path": "batches", "body": name}
            await victim.doubles.misbehave(victim.doubles.translator, rule | {"when": when, "file": name})
    for text, rule in CALLS.items():
        when = {"path": "document:translate", "body": text}
        await victim.doubles.misbehave(victim.doubles.translator, rule | {"when": when})
    contents = dict.fromkeys(BATCHES, pdf) | {f"{text}.txt": text.encode() for text in CALLS}
    contents |= {"secret.pdf": encrypted(pdf), "renamed.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)}
    await asyncio.gather(*(victim.drop(f"{FOLDER}/{name}", content) for name, content in contents.items()))
    drops = dict(
        zip(contents, await asyncio.gather(*(victim.told(f"{FOLDER}/{name}") for name in contents)), strict=True)
    )
    found = {name: await victim.receipt(f"{FOLDER}/{name}", TARGET) for name in contents}
    return {name: receipt or drops[name] for name, receipt in found.items()}


@pytest.mark.parametrize(
    "name",
    [
        "fine.pdf",
        "trouble.pdf",
        "odd.pdf",
        "lost.pdf",
        "pathless.pdf",
        "never-sent.pdf",
        "throttle me.txt",
        "hang up on me.txt",
    ],
)
async def test_these_come_right_by_themselves(victim: Person, told: Told, name: str) -> None:
    assert told[name]["status"] == "succeeded", told[name].get("problem")
    [output] = told[name]["outputs"]
    assert len(await victim.read(output["name"])) == output["size"]


async def test_what_was_lost_and_found_is_paid_once(victim: Person, told: Told) -> None:
    paid = {row["key"]: row["count"] for row in await victim.doubles.control(victim.doubles.translator, "paid")}
    batches = {name: [count for key, count in paid.items() if f"/{name} " in key] for name in BATCHES}
    succeeded = {name for name in BATCHES if told[name]["status"] == "succeeded"}
    assert {name: counts for name, counts in batches.items() if counts} == {name: [1] for name in succeeded}


async def test_a_request_that_was_sent_twice_is_told(told: Told) -> None:
    assert (told["hang up on me.txt"]["repeats"], told["throttle me.txt"]["repeats"]) == (1, 0)


@pytest.mark.parametrize(
    ("name", "code", "reason", "advice"),
    [
        ("empty.pdf", "source-unfit", "Nothing here. / NoTranslatableText", "nothing to translate"),
        ("denied.pdf", "provider-denied", "InvalidDocumentAccessLevel", "Storage Blob Data Contributor"),
        ("refuse me.txt", "provider-refused", "InvalidFormat: No format. (request ", "Read the service's words"),
    ],
)
async def test_a_failure_is_told_in_the_service_s_words(
    told: Told, name: str, code: str, reason: str, advice: str
) -> None:
    problem = told[name]["problem"]
    assert (told[name]["status"], problem["code"]) == ("failed", code)
    assert reason in problem["reason"]
    assert advice in problem["advice"]


@pytest.mark.parametrize(
    ("name", "reason"), [("secret.pdf", "encrypted"), ("renamed.docx", "protected with a password")]
)
async def test_what_cannot_be_translated_is_refused_before_anything_is_asked(
    told: Told, name: str, reason: str
) -> None:
    assert told[name]["status"] == "refused"
    assert reason in told[name]["problems"][0]["reason"]


async def test_a_faulty_glossary_makes_the_file_wait_until_it_is_mended(victim: Person) -> None:
    name, glossary = "waits/en-US_to_es-ES/note.txt", victim.storage.get_blob_client("glossaries", "legal.en-es.tsv")
    await glossary.upload_blob(b"lease\tarrendamiento\textra\n")
    await victim.drop("waits/translate.json", '{"azure-document": {"glossaries": ["legal"]}}')
    await victim.drop(name, b"The lease ends.")

    async def waits() -> bool:
        receipt = await victim.receipt(name)
        lines = receipt["translations"] if receipt else []
        return any((line.get("problem") or {}).get("code") == "not-ready" for line in lines)

    await eventually(waits)
    receipt = await victim.receipt(name)
    assert receipt is not None
    [line] = receipt["translations"]
    assert (line["status"], "line 1" in line["problem"]["reason"]) == ("queued", True)
    await glossary.upload_blob(b"lease\tarrendamiento\n", overwrite=True)
    assert (await victim.told(name))["status"] == "succeeded"
    assert "arrendamiento" in (await victim.read("waits/en-US_to_es-ES/note.es-ES.txt")).decode()
