"""What a person runs first after a deployment: it says what works, and why something does not."""

import asyncio
import json
import re
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from sandbox.stack import Stack
from tests.integration.person import Person
from tools.smoke.samples import SAMPLES

CARD = "stack.json"


class Ended(NamedTuple):
    """How a run ended: its exit code, what it printed, and the report that it left."""

    code: int | None
    told: list[str]
    report: str


async def smoke(card: Path, folder: Path, *options: str) -> Ended:
    report = folder / "smoke.txt"
    given = ["--stack", str(card), "--pause", "0.2", "--report", str(report), *options]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tools.smoke", *given, stdout=PIPE, stderr=PIPE
    )
    told, complained = await process.communicate()
    assert complained.decode() == ""
    return Ended(process.returncode, told.decode().splitlines(), report.read_text())


async def test_a_file_of_each_kind_comes_back_and_that_is_said(person: Person, tmp_path: Path) -> None:
    ended = await smoke(person.stack.folder / CARD, tmp_path)
    assert ended.code == 0
    assert ended.told[0].startswith('health: 200 {"storage": "reachable"')
    worked = [line.split()[1] for line in ended.told if line.startswith("ok ")]
    assert worked == [sample.kind for sample in SAMPLES]
    for sample in SAMPLES:
        stem = sample.name.split(".")[0]
        assert re.search(rf"smoke/\S+/{stem}\.{sample.target}\.", "\n".join(ended.told))
        assert f"/{sample.name}: {{" in ended.report
    settings = person.stack.settings
    secrets = [person.stack.functions_key, settings["VOZO_API_KEY"], settings["CALLBACK_SECRET"], "sig="]
    assert [secret for secret in secrets if secret in ended.report] == []


@pytest.fixture
async def hostless(stack: Stack) -> AsyncIterator[Stack]:
    """The stack without its host, which is back as it was after the test."""
    await stack.stop_host()
    yield stack
    await stack.stop_host()
    await stack.start_host()


async def test_an_app_that_does_nothing_is_told_apart_from_a_slow_one(hostless: Stack, tmp_path: Path) -> None:
    ended = await smoke(hostless.folder / CARD, tmp_path, "--minutes", "0.01")
    assert ended.code == 1
    assert ended.told[0].startswith("health: no answer")
    failed = [line for line in ended.told if line.startswith("FAILED")]
    assert len(failed) == len(SAMPLES)
    assert all("No receipt came" in line for line in failed)


async def test_a_kind_that_nobody_takes_is_named_with_what_to_do(hostless: Stack, tmp_path: Path) -> None:
    await hostless.start_host({"VOZO_API_KEY": "", "DEFAULT_ROUTE": json.dumps({"audio": ["vozo"]})})
    ended = await smoke(hostless.folder / CARD, tmp_path)
    lines = {line.split()[1]: line for line in ended.told if line.startswith(("ok", "FAILED"))}
    assert ended.code == 1
    assert lines["video"].startswith("ok")
    assert "VOZO_API_KEY" in lines["audio"]
