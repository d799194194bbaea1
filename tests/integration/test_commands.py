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

from sandbox.ports import free_ports
from sandbox.samples import AUDIO, VIDEO
from tests.integration.waiting import eventually
from tests.receipts import read_receipt

#: The command as it is, but for the folder that it keeps its things in.
COMMAND = "import sys, pathlib; from sandbox import {0}; {0}.LOCAL = pathlib.Path(sys.argv[1]); sys.exit({0}.main())"
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
    command = [sys.executable, "-c", COMMAND.format(name), str(local)]
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
    """A demo as it should be, and beside it one that has no time."""
    good, hasty = (tmp_path_factory.mktemp(name) for name in ("good", "hasty"))
    return await asyncio.gather(demo(good), demo(hasty, DEADLINE_HOURS="0.0001"))


def test_the_demo_shows_its_progress_and_leaves_the_results(demos: tuple[Ended, Ended]) -> None:
    ended, _ = demos
    assert (ended.code, ended.complained) == (0, "")
    outbox = ended.local / "outbox"
    films = [outbox / f"{FILM}.{target}.mp4" for target in ("es-ES", "fr-FR")]
    assert all(path.stat().st_size for path in [*films, outbox / AUDIO.replace(".mp3", ".de-DE.mp3")])
    for words in ("Set up in ", "Ran in ", "dropped", "succeeded", f"{FILM}.fr-FR.vtt", "azure-video", "vozo"):
        assert words in ended.told


def test_a_demo_whose_samples_do_not_finish_says_why_and_fails(demos: tuple[Ended, Ended]) -> None:
    _, ended = demos
    assert ended.code == 1
    complaints = [line for line in ended.complained.splitlines() if line.startswith("NOT FINISHED: ")]
    assert len(complaints) == 3
    assert all("it was not finished within" in line for line in complaints)


async def test_what_is_put_into_the_folder_comes_back_until_the_stack_is_told_to_go(
    tmp_path: Path, media: dict[str, bytes]
) -> None:
    card, inbox, outbox = (tmp_path / name for name in ("stack.json", "inbox", "outbox"))
    async with started("run", tmp_path) as process:
        assert process.stdout is not None
        assert b"Up at http://127.0.0.1:" in await process.stdout.readline()
        assert json.loads(card.read_text())["host"]
        (inbox / "to_de-DE").mkdir()
        (inbox / "to_de-DE/talk.mp3").write_bytes(media["talk.mp3"])

        async def is_back() -> bool:
            receipt = outbox / "to_de-DE/talk.mp3.translation.json"
            return receipt.exists() and read_receipt(receipt.read_text())["status"] == "succeeded"

        await eventually(is_back)
        process.terminate()
        assert await process.wait() == 0
    assert not card.exists()
