"""The Document Translation double's synchronous call, in plain requests."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import docx
import httpx
import pytest

from sandbox.document_samples import write_contract
from sandbox.doubles.pseudo import pseudo
from tests.integration.doubles import TRANSLATOR_KEY, Doubles, running

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT: dict[str, Any] = {"document": ("a.txt", b"Hello you", "text/plain; charset=utf-8")}


@pytest.fixture(scope="module")
async def started() -> AsyncIterator[Doubles]:
    async with running() as doubles:
        yield doubles


@pytest.fixture
async def doubles(started: Doubles) -> Doubles:
    await started.reset()
    return started


async def call(
    doubles: Doubles,
    files: Any = None,
    version: str = "2026-03-01",
    headers: dict[str, str] | None = None,
    **query: str,
) -> httpx.Response:
    return await doubles.client.post(
        f"{doubles.translator}/translator/document:translate",
        params={"api-version": version, "targetLanguage": "es"} | query,
        headers={"Ocp-Apim-Subscription-Key": TRANSLATOR_KEY} | (headers or {}),
        files=files or TEXT,
    )


@pytest.mark.parametrize("version", ["2024-05-01", "2026-03-01"])
async def test_a_text_comes_back_translated_with_its_charge(doubles: Doubles, version: str) -> None:
    client = {"x-ms-client-request-id": "a7a5e717-0969-4eb5-bcb3-ba4347a84c2f"}
    answer = await call(doubles, version=version, headers=client, sourceLanguage="en", category="general")
    assert (answer.status_code, answer.text) == (200, pseudo("Hello you", "es"))
    assert answer.headers["x-metered-usage"] == str(len("Hello you"))
    assert answer.headers["x-ms-client-request-id"] == client["x-ms-client-request-id"]
    assert ("total-image-scans-succeeded" in answer.headers) == (version == "2026-03-01")
    paid = await doubles.control(doubles.translator, "paid")
    assert paid == [{"service": "translator", "key": "a.txt es", "count": 1}]


async def test_a_word_document_comes_back_as_one(doubles: Doubles, tmp_path: Path) -> None:
    write_contract(tmp_path / "a.docx")
    files = {"document": ("a.docx", (tmp_path / "a.docx").read_bytes(), WORD)}
    answer = await call(doubles, files, translateTextWithinImage="true", deploymentName="gpt-4o")
    assert answer.headers["Content-Type"] == WORD
    assert answer.headers["total-image-scans-succeeded"] == "1"
    assert docx.Document(io.BytesIO(answer.content)).paragraphs[0].text == pseudo("Lease", "es")


async def test_glossaries_are_applied(doubles: Doubles) -> None:
    parts = [*TEXT.items(), ("glossary", ("g.csv", b"Hello,Hola", "text/csv")), ("glossary", ("h.tsv", b"you\tti", ""))]
    assert (await call(doubles, parts)).text == "[es] Hola ti"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"other": TEXT["document"]}, "The Document field is required."),
        ({"document": (None, b"Hello")}, "The Document field is required."),
    ],
)
async def test_a_form_without_a_document_has_an_integer_for_a_code(doubles: Doubles, files: Any, message: str) -> None:
    answer = await call(doubles, files)
    assert (answer.status_code, answer.json()["error"]) == (400, {"code": 400000, "message": message})


@pytest.mark.parametrize(
    "document",
    [
        ("a.pdf", b"x", "application/pdf"),
        ("a.md", b"x", "text/markdown"),
        ("a.txt", b"x", "application/octet-stream"),
        ("a.docx", b"x", "text/plain"),
    ],
)
async def test_a_format_that_is_not_taken_is_refused(doubles: Doubles, document: Any) -> None:
    answer = await call(doubles, {"document": document})
    error = {"code": "InvalidFormat", "message": "The format parameter is not valid."}
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    "query",
    [
        {"targetLanguage": ""},
        {"targetLanguage": "es-ES"},
        {"sourceLanguage": "xx"},
        {"allowFallback": "maybe"},
        {"colour": "red"},
        {"version": "2024-05-01", "deploymentName": "gpt"},
        {"version": "v1.1"},
    ],
)
async def test_a_faulty_query_is_400(doubles: Doubles, query: dict[str, Any]) -> None:
    assert (await call(doubles, **query)).status_code == 400


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"document": ("a.txt", b"", "text/plain")}, "NoTranslatableText"),
        ({"document": ("a.docx", bytes.fromhex("D0CF11E0A1B11AE1"), WORD)}, "EncryptedDocument"),
        (TEXT | {"glossary": ("g.csv", b"a,b,c", "text/csv")}, "InvalidGlossary"),
        (TEXT | {"glossary": ("g.csv", b"a" * (2**20 + 1), "text/csv")}, "InvalidGlossary"),
        ({"document": ("a.txt", b"a" * (10 * 2**20 + 1), "text/plain")}, "DocumentSizeExceeded"),
    ],
)
async def test_what_a_batch_would_say_of_a_document_is_a_refusal(doubles: Doubles, files: Any, code: str) -> None:
    answer = await call(doubles, files)
    assert (answer.status_code, answer.json()["error"]["innererror"]["code"]) == (400, code)
    assert await doubles.control(doubles.translator, "paid") == []


async def test_another_body_is_415(doubles: Doubles) -> None:
    answer = await doubles.client.post(
        f"{doubles.translator}/translator/document:translate",
        params={"api-version": "2024-05-01", "targetLanguage": "es"},
        headers={"Ocp-Apim-Subscription-Key": TRANSLATOR_KEY},
        json={},
    )
    assert answer.status_code == 415


@pytest.mark.parametrize("media_type", ["multipart/form-data", "multipart/form-data; boundary=x"])
async def test_a_form_that_cannot_be_read_is_400(doubles: Doubles, media_type: str) -> None:
    answer = await doubles.client.post(
        f"{doubles.translator}/translator/document:translate",
        params={"api-version": "2024-05-01", "targetLanguage": "es"},
        headers={"Ocp-Apim-Subscription-Key": TRANSLATOR_KEY, "Content-Type": media_type},
        content=b"no parts",
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 400000)


@pytest.mark.parametrize(("do", "content"), [("untranslated", b"Hello you"), ("truncated_result", None)])
async def test_an_answer_can_be_a_lie(doubles: Doubles, do: str, content: bytes | None) -> None:
    await doubles.misbehave(doubles.translator, {"do": do})
    whole = pseudo("Hello you", "es").encode()
    assert (await call(doubles)).content == (content or whole[: len(whole) // 2])


async def test_an_answer_can_be_dropped_after_it_was_charged(doubles: Doubles) -> None:
    await doubles.misbehave(doubles.translator, {"do": "drop_after", "when": {"path": ":translate"}})
    with pytest.raises(httpx.RemoteProtocolError):
        await call(doubles)
    assert [row["count"] for row in await doubles.control(doubles.translator, "paid")] == [1]
