"""The doubles in this process, for the tests of the doubles themselves."""

import asyncio
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import imageio_ffmpeg

from sandbox.doubles.results import Place
from sandbox.ports import free_ports
from sandbox.services import Config, IdentityConfig, SpeechConfig, TranslatorConfig, VozoConfig, services

HEADER = "made-up-header"
API_KEY = "made-up-vozo-key"
TRANSLATOR_KEY = "made-up-translator-key"
NOWHERE = Place(endpoint="https://127.0.0.1:1/services", account="services", key="a2V5")


@dataclass(frozen=True)
class Doubles:
    """Where they listen, and a client that talks to them."""

    identity: str
    speech: str
    vozo: str
    translator: str
    client: httpx.AsyncClient

    async def misbehave(self, service: str, *rules: dict[str, Any]) -> None:
        """Give a double these rules."""
        answer = await self.client.post(f"{service}/_control/misbehave", json=rules)
        assert answer.status_code == 204, answer.text

    async def control(self, service: str, what: str) -> list[dict[str, Any]]:
        """What the hidden side of a double shows."""
        rows: list[dict[str, Any]] = (await self.client.get(f"{service}/_control/{what}")).json()
        return rows

    async def reset(self) -> None:
        """Have every double forget everything."""
        for service in (self.identity, self.speech, self.vozo, self.translator):
            await self.client.post(f"{service}/_control/reset")


@asynccontextmanager
async def running(place: Place = NOWHERE, ca: Path | None = None, folder: Path | None = None) -> AsyncIterator[Doubles]:
    """The doubles, without any delay of their own; what they keep in `folder` outlasts them."""
    with tempfile.TemporaryDirectory() as forgotten:
        ports = free_ports(4)
        config = Config(
            identity=IdentityConfig(port=ports[0], header=HEADER),
            speech=SpeechConfig(port=ports[1]),
            vozo=VozoConfig(port=ports[2], api_key=API_KEY, concurrent=2),
            translator=TranslatorConfig(port=ports[3], key=TRANSLATOR_KEY),
            results=place,
            folder=folder or Path(forgotten),
            ca=str(ca) if ca else None,
            pace=0,
        )
        trusted = ssl.create_default_context(cafile=ca)
        async with services(config), httpx.AsyncClient(verify=trusted, timeout=120, trust_env=False) as client:
            identity, speech, vozo, translator = (f"http://127.0.0.1:{port}" for port in ports)
            yield Doubles(identity, speech, vozo, translator, client)


async def ffmpeg(*options: str) -> str:
    """Run ffmpeg, which must succeed; what it reported."""
    process = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", *options, stderr=asyncio.subprocess.PIPE
    )
    _, report = await process.communicate()
    assert process.returncode == 0, report.decode()
    return report.decode()


MEDIA = ("film.mp4", "silent.mp4", "talk.mp3")


async def media(folder: Path) -> dict[str, bytes]:
    """Small real files: a video of three seconds, the same without sound, and its sound as mp3."""
    await _make_media(folder)
    return {name: (folder / name).read_bytes() for name in MEDIA}


async def _make_media(folder: Path) -> None:
    picture = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=3"]
    sound = ["-f", "lavfi", "-i", "sine=d=3"]
    await ffmpeg(*picture, *sound, "-shortest", str(folder / "film.mp4"))
    await ffmpeg(*picture, str(folder / "silent.mp4"))
    await ffmpeg(*sound, str(folder / "talk.mp3"))
