"""The process of the doubles: it says when it is ready, and goes when it is told to or left alone."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from sandbox.loopback import loopback_client
from sandbox.ports import free_ports
from tests.integration.doubles import API_KEY, HEADER, NOWHERE
from tests.integration.waiting import eventually

COMMAND = (sys.executable, "-m", "sandbox.services")


@pytest.fixture
def ports() -> dict[str, int]:
    return dict(zip(("identity", "speech", "vozo", "translator"), free_ports(4), strict=True))


@pytest.fixture
def config(tmp_path: Path, ports: dict[str, int]) -> Path:
    file = tmp_path / "config.json"
    content = {
        "identity": {"port": ports["identity"], "header": HEADER},
        "speech": {"port": ports["speech"]},
        "vozo": {"port": ports["vozo"], "api_key": API_KEY},
        "translator": {"port": ports["translator"]},
        "results": NOWHERE.model_dump(),
        "folder": str(tmp_path / "doubles"),
        "pace": 0.1,
    }
    file.write_text(json.dumps(content))
    return file


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with loopback_client(timeout=120) as client:
        yield client


async def start(*command: str) -> Process:
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def test_it_ends_on_sigterm_though_a_request_hangs(
    config: Path, ports: dict[str, int], client: httpx.AsyncClient
) -> None:
    process = await start(*COMMAND, str(config))
    vozo = f"http://127.0.0.1:{ports['vozo']}"
    await client.post(f"{vozo}/_control/misbehave", json=[{"do": "hang"}])
    hanging = asyncio.create_task(client.get(f"{vozo}/v1/media/translate/x"))

    async def has_come() -> bool:
        return bool((await client.get(f"{vozo}/_control/requests")).json())

    await eventually(has_come)
    process.terminate()
    assert await process.wait() == 0
    with pytest.raises(httpx.HTTPError):
        await hanging


async def test_it_ends_when_its_parent_dies(config: Path, ports: dict[str, int], client: httpx.AsyncClient) -> None:
    shell = await start("/bin/sh", "-c", '"$@" & wait', "sh", *COMMAND, str(config))
    shell.kill()
    await shell.wait()

    async def is_gone() -> bool:
        try:
            await client.get(f"http://127.0.0.1:{ports['speech']}/_control/paid")
        except httpx.TransportError:
            return True
        return False

    assert await eventually(is_gone)


async def test_a_mistake_in_the_configuration_is_named(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text('{"speach": {}}')
    process = await asyncio.create_subprocess_exec(*COMMAND, str(file), stderr=PIPE)
    _, error = await process.communicate()
    assert process.returncode == 1
    assert b"speach" in error
