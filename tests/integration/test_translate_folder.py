"""The operator's command for whole containers, against the double."""

import io
from collections.abc import AsyncIterator

import pytest
from rich.console import Console

from sandbox.azurite import Azurite
from tests.integration.document_client import Documents, documents, fresh
from tests.integration.doubles import TRANSLATOR_KEY
from tools.translate_folder import main, parser, run


@pytest.fixture(scope="module")
async def started(azurite: Azurite) -> AsyncIterator[Documents]:
    async with documents(azurite) as started:
        yield started


@pytest.fixture
async def service(started: Documents, azurite: Azurite, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Documents]:
    async with azurite.blob_service() as storage:
        service = await fresh(started.doubles, azurite, storage)
        monkeypatch.setenv("TRANSLATOR_ENDPOINT", service.doubles.translator)
        monkeypatch.setenv("TRANSLATOR_KEY", TRANSLATOR_KEY)
        yield service


async def said(service: Documents, *more: str) -> tuple[int, str]:
    """The exit code of the command, and what it printed."""
    arguments = [service.source.url, "--into", f"es={service.target.url}", "--seconds", "0.02", *more]
    shown = io.StringIO()
    code = await run(parser().parse_args(arguments), Console(file=shown, width=200))
    return code, shown.getvalue()


async def test_it_translates_what_the_filter_lets_through_and_prints_each_document(service: Documents) -> None:
    for name in ("contracts/a.txt", "contracts/b.html", "other/c.txt"):
        await service.put(name)
    code, shown = await said(service, "--prefix", "contracts/", "--suffix", ".txt")
    assert code == 0
    assert await service.results() == {"contracts/a.txt"}
    assert "contracts/a.txt" in shown
    assert "1 of 1 documents, 9 characters charged" in shown


async def test_a_failed_document_is_an_exit_code_and_its_reason(service: Documents) -> None:
    await service.put("a.txt")
    await service.put("b.txt")
    await service.misbehave("document_failed", file="b.txt", code="NoTranslatableText", message="Nothing in it.")
    code, shown = await said(service)
    assert code == 1
    assert "1 of 2 documents" in shown
    assert "Nothing in it. / NoTranslatableText" in shown


async def test_a_batch_that_is_not_valid_says_why(service: Documents) -> None:
    await service.put("a.txt")
    await service.grant(identity=False)
    code, shown = await said(service)
    assert code == 1
    assert "Cannot access source document location" in shown


def test_without_the_resource_s_own_address_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRANSLATOR_ENDPOINT", "https://api.cognitive.microsofttranslator.com")
    assert main(["https://a/source", "--into", "es=https://a/target"]) == 1
    assert "TRANSLATOR_ENDPOINT" in capsys.readouterr().out
