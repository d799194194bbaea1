"""What a person types: the demo shows the main job and says how it ended; the stack stays up until it is told to go."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, NamedTuple

import pytest

from sandbox.demo import WANTED
from sandbox.loopback import loopback_client
from sandbox.ports import free_ports
from sandbox.samples import AUDIO, VIDEO
from sandbox.stack import the_only_one
from tests.integration.waiting import PATIENCE_SECONDS, eventually

#: The command as it is, but for the folder that it keeps its things in, and for how long it waits.
COMMAND = """import sys, pathlib
from sandbox import {0}
{0}.LOCAL, {0}.PATIENCE_SECONDS = pathlib.Path(sys.argv[1]), {1}
sys.exit({0}.main())"""
FILM = VIDEO.removesuffix(".mp4")


class Ended(NamedTuple):
    """How a command ended that keeps its things in `local`, and what it printed."""

    local: Path
    code: int | None
    told: str
    complained: str


@asynccontextmanager
async def started(name: Literal["demo", "run"], local: Path, **settings: str) -> AsyncIterator[Process]:
    """The command, which has ended at the end of the block."""
    environment = {**os.environ, **settings, "BABELDROP_PORT": str(free_ports(1)[0])}
    command = [sys.executable, "-c", COMMAND.format(name, PATIENCE_SECONDS), str(local)]
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def demo(local: Path, **settings: str) -> Ended:
    async with started("demo", local, **settings) as process:
        told, complained = await process.communicate()
        return Ended(local, process.returncode, told.decode(), complained.decode())


@pytest.fixture(scope="module")
async def demos(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Ended]:
    """A demo as it should be, and beside it one whose services are all off."""
    good, off = (tmp_path_factory.mktemp(name) for name in ("good", "off"))
    return await asyncio.gather(demo(good), demo(off, SPEECH_ENDPOINT="", TRANSLATOR_ENDPOINT="", VOZO_API_KEY=""))


def test_the_demo_shows_its_progress_and_leaves_the_results(demos: tuple[Ended, Ended]) -> None:
    ended, _ = demos
    assert (ended.code, ended.complained) == (0, "")
    outbox = ended.local / "outbox"
    films = [outbox / f"{FILM}.{target}.mp4" for target in ("es-ES", "fr-FR")]
    assert all(path.stat().st_size for path in [*films, outbox / AUDIO.replace(".mp3", ".de-DE.mp3")])
    for words in ("Set up in ", "Ran in ", "dropped", "succeeded", f"{FILM}.fr-FR.vtt", "azure-video", "vozo"):
        assert words in ended.told


def test_a_demo_whose_samples_do_not_come_back_says_why_and_fails(demos: tuple[Ended, Ended]) -> None:
    _, ended = demos
    assert ended.code == 1
    complaints = [line for line in ended.complained.splitlines() if line.startswith("NOT FINISHED: ")]
    assert len(complaints) == len(WANTED)
    assert all("it is off: the app setting " in line for line in complaints)


@asynccontextmanager
async def up(local: Path) -> AsyncIterator[Process]:
    """A stack that has said that it is up."""
    async with started("run", local) as process:
        assert process.stdout is not None
        assert b"Up at http://127.0.0.1:" in await process.stdout.readline()
        yield process


async def has_come_back(outbox: Path, pattern: str) -> None:
    """Wait for a receipt that says so."""

    def statuses() -> list[str]:
        return [json.loads(path.read_bytes())["status"] for path in outbox.glob(pattern)]

    async def is_back() -> bool:
        return statuses() == ["succeeded"]

    await eventually(is_back)


async def content_of(path: Path) -> bytes:
    """Wait for a file; what is in it."""

    def content() -> bytes | None:
        return path.read_bytes() if path.is_file() else None

    async def is_there() -> bytes | None:
        return content()

    return await eventually(is_there)


async def test_what_is_put_into_the_folder_comes_back_also_after_the_stack_was_stopped(
    tmp_path: Path, media: dict[str, bytes]
) -> None:
    card, inbox, outbox = (tmp_path / name for name in ("stack.json", "inbox", "outbox"))
    longest = f"{'n' * 236}.mp3"  # a receipt's name is longer than a disk can hold
    async with up(tmp_path) as process:
        speech = json.loads(card.read_text())["speech"]
        (inbox / "to_de-DE").mkdir()
        (inbox / "to_de-DE/talk.mp3").write_bytes(media["talk.mp3"])
        (inbox / "to_de-DE" / longest).write_bytes(media["talk.mp3"])
        (inbox / "lost.mp3").write_bytes(media["talk.mp3"])
        await has_come_back(outbox, "to_de-DE/talk.mp3.translation.json")
        await has_come_back(outbox, f"to_de-DE/{'n' * 90}*.mp3.translation.json")
        (inbox / "en-US_to_de-DE").mkdir()
        (inbox / "en-US_to_de-DE/film.mp4").write_bytes(media["film.mp4"])
        await eventually(lambda: paid(speech))
        process.terminate()
        told, complained = (output.decode() for output in await process.communicate())
        assert process.returncode == 0
    assert not card.exists()
    lines = [line.split()[1:] for line in told.splitlines()]
    assert ["to_de-DE/talk.mp3", "de-DE", "succeeded", "vozo"] in lines
    assert any(line[:2] == ["lost.mp3", "waiting"] and "target" in line for line in lines)
    assert f"{'n' * 236}.mp3.translation.json is called" in complained
    assert f"Logs are in {tmp_path.name}/state/logs/. Azure waits longer than this stack: 10 minutes, not 5 s," in told
    assert list((tmp_path / "state/logs").glob("*.log"))
    assert list((tmp_path / "state/doubles").rglob("*.json"))
    assert "/api/jobs/<id>/retry" in told
    # The services know their work again when the stack is back.
    async with up(tmp_path):
        await has_come_back(outbox, "en-US_to_de-DE/film.mp4.translation.json")
        # A correction goes the same way.
        subtitles = "en-US_to_de-DE/film.de-DE.vtt"
        corrected = await content_of(outbox / subtitles)
        (tmp_path / "edits/en-US_to_de-DE").mkdir()
        (tmp_path / "edits" / subtitles).write_bytes(corrected)
        await eventually(lambda: _has_third_step(speech))
        assert set((await paid(speech)).values()) == {1}


async def _has_third_step(speech: str) -> bool:
    return any(key.endswith("/iterations/i02") for key in await paid(speech))


async def test_a_second_stack_in_the_checkout_is_refused_with_the_address_of_the_first(tmp_path: Path) -> None:
    card, named = tmp_path / "stack.json", json.dumps({"host": "http://127.0.0.1:7071"})
    with the_only_one(card):
        card.write_text(named)
        async with started("run", tmp_path) as second:
            told, complained = await second.communicate()
    assert (second.returncode, told) == (1, b"")
    assert "is up already, at http://127.0.0.1:7071." in complained.decode()
    assert card.read_text() == named


async def test_a_wrong_setting_ends_the_command_with_the_reason(tmp_path: Path) -> None:
    async with started("run", tmp_path, MAX_TARGETS="many") as process:
        told, complained = await process.communicate()
    assert (process.returncode, told) == (1, b"")
    assert "app settings: MAX_TARGETS" in complained.decode()


async def paid(service: str) -> dict[str, int]:
    """What a double was paid for, and how often."""
    async with loopback_client(timeout=PATIENCE_SECONDS) as client:
        rows = (await client.get(f"{service}/_control/paid")).json()
    return {row["key"]: row["count"] for row in rows}
