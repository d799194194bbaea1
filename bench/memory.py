"""The most memory that the app ever held while it brought a result home by streaming: 2 GB against 2 MB.

Each delivery is a Vozo task in a fresh host, whose peak the kernel keeps (VmHWM of /proc/<pid>/status). The small one
is measured before and after the large one, and the lower of the two peaks counts.
"""

import asyncio
import shutil
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.peak import MEGABYTE, high_water
from bench.reading import Reading
from bench.stage import PATIENCE_SECONDS, Stage, stage
from sandbox.samples import AUDIO, write_samples
from shared.names import RECEIPT
from tests.integration.waiting import eventually

SMALL, LARGE = 2 * MEGABYTE, 2000 * MEGABYTE
MOST_MEGABYTES_MORE = 30
TARGET = "de-DE"


class NoRoom(Exception):
    """The disk has no room for the large result."""


class NotDelivered(Exception):
    """The result did not come home whole, so that its peak says nothing."""


async def measure() -> list[Reading]:
    """The peak of a large delivery over that of a small one."""
    async with stage() as its:
        _require_room(its.stack.folder)
        sound = await asyncio.to_thread(_sound)
        sizes = (SMALL, LARGE, SMALL)
        before, large, after = [await _peak(its, number, size, sound) for number, size in enumerate(sizes)]
    more = large - min(before, after)
    return [Reading("memory: streaming 2 GB, more than 2 MB", more, MOST_MEGABYTES_MORE, "MB")]


async def _peak(its: Stage, number: int, size: int, sound: bytes) -> float:
    """Megabytes at the peak of a host that delivered a result of that size."""
    await its.restart_host({"DEFAULT_TARGETS": TARGET, "DEFAULT_SOURCE": "en-US"})
    await its.tell("vozo", "misbehave", [{"do": "zeros_result", "size": size, "when": {"method": "POST"}}])
    name, began = f"sound{number}.mp3", time.monotonic()
    await its.after_run("start_translations", lambda: its.drop(name, sound))
    await _delivered(its, f"{name}.{TARGET}{RECEIPT}", size)
    peak = high_water(_host(its.stack.folder))
    print(f"  {size / MEGABYTE:>5.0f} MB: peak {peak:.1f} MB, in {time.monotonic() - began:.0f} s", flush=True)
    return peak


async def _delivered(its: Stage, receipt: str, size: int) -> None:
    """Tick until it is home, and see that it is whole."""

    async def ended() -> dict[str, Any] | None:
        await its.tick()
        content: dict[str, Any] | None = await its.outbox_json(receipt)
        return content

    content = await eventually(ended, PATIENCE_SECONDS)
    if size not in [output["size"] for output in content["outputs"]]:
        raise NotDelivered(f"{size} bytes were not delivered: {content}")


def _require_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < 2 * LARGE:
        raise NoRoom(f"{folder} has {free / MEGABYTE:.0f} MB free; {2 * LARGE / MEGABYTE:.0f} MB are needed")


def _host(folder: Path) -> Path:
    """What the kernel tells of the host whose stack lives in that folder."""
    wanted = {b"sandbox.host", bytes(folder / "keys.json")}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # Another process may have ended meanwhile.
            if wanted <= set((process / "cmdline").read_bytes().split(b"\0")):
                return process
    raise ProcessLookupError(f"no host runs for {folder}")


def _sound() -> bytes:
    with TemporaryDirectory() as folder:
        write_samples(Path(folder))
        return (Path(folder) / AUDIO).read_bytes()
