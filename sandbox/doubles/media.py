"""Media files, looked at and rewritten by ffmpeg."""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import langcodes

_FORMATS = re.compile(r"^Input #0, ([\w,]+), from", re.MULTILINE)
_DURATION = re.compile(r"^\s*Duration: (\d+):(\d+):([\d.]+)", re.MULTILINE)
_STREAM = re.compile(r"^\s*Stream #0:\d+.*?: (Video|Audio): (.*)$", re.MULTILINE)


class Unreadable(Exception):
    """ffmpeg cannot read the file as media; the message is its last word."""


@dataclass(frozen=True)
class Media:
    """A media file on this machine's disk. `digest` is the SHA-256 of its bytes; `seconds` its length."""

    path: Path
    digest: str
    formats: frozenset[str]
    seconds: float
    has_video: bool
    has_audio: bool


class Studio:
    """Makes the dubbed files, each only once, in a folder of its own; two runs of ffmpeg at a time."""

    def __init__(self, folder: Path) -> None:
        """Keep what is made in `folder`."""
        self._folder = folder
        self._turn = asyncio.Semaphore(2)
        self._known: dict[str, Media] = {}
        self._at_work: dict[str, asyncio.Lock] = {}

    async def look(self, path: Path) -> Media:
        """What the file is. Raises Unreadable when it is not media that ffmpeg can read."""
        digest = await asyncio.to_thread(_digest, path)
        if digest not in self._known:
            report = await self._ffmpeg("-i", str(path), "-c", "copy", "-t", "1", "-f", "null", "-")
            self._known[digest] = _described(report, path, digest)
        return self._known[digest]

    async def video(self, media: Media, locale: str, subtitles: str | None = None) -> Path:
        """An mp4 of the same pictures and sound, labelled with the language, with WebVTT `subtitles` as a track."""
        name = f"{_key(media.digest, locale, subtitles or '')}.mp4"
        codecs = ["-c", "copy"] if "mp4" in media.formats else []
        inputs, tracks = await self._subtitle_track(name, subtitles)
        streams = ["-map", "0:v", "-map", "0:a", *tracks, *codecs]
        streams += ["-c:s", "mov_text"] if tracks else []
        return await self._make(name, media, [*inputs, *streams, "-movflags", "+faststart", *_label(locale)])

    async def audio(self, media: Media, locale: str, suffix: str = ".mp3") -> Path:
        """The sound alone, as `.mp3` or `.wav`, labelled with the language."""
        name = f"{_key(media.digest, locale, '')}{suffix}"
        return await self._make(name, media, ["-map", "0:a:0", *_label(locale)])

    async def _subtitle_track(self, name: str, subtitles: str | None) -> tuple[list[str], list[str]]:
        if subtitles is None:
            return [], []
        file = (self._folder / name).with_suffix(".vtt")
        await asyncio.to_thread(file.write_text, subtitles, encoding="utf-8")
        return ["-f", "webvtt", "-i", str(file)], ["-map", "1:s"]

    async def _make(self, name: str, media: Media, options: list[str]) -> Path:
        made = self._folder / name
        async with self._at_work.setdefault(name, asyncio.Lock()):
            if not made.exists():
                part = self._folder / f"part-{name}"
                await self._ffmpeg("-y", "-i", str(media.path), *options, str(part))
                part.rename(made)
        return made

    async def _ffmpeg(self, *options: str) -> str:
        async with self._turn:
            return await _run(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", *options)


async def _run(*command: str) -> str:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL, stderr=pipe)
    try:
        _, stderr = await process.communicate()
    finally:
        with suppress(ProcessLookupError):  # It has ended, unless the wait for it was cancelled.
            process.kill()
    report = stderr.decode(errors="replace")
    if process.returncode:
        raise Unreadable(report.strip().rpartition("\n")[2])
    return report


def _described(report: str, path: Path, digest: str) -> Media:
    formats, duration = _FORMATS.search(report), _DURATION.search(report)
    if formats is None or duration is None:
        raise Unreadable("ffmpeg finds no format or no length.")
    hours, minutes, seconds = (float(part) for part in duration.groups())
    # A cover picture is a video stream to ffmpeg, but not to a person.
    kinds = {kind for kind, codec in _STREAM.findall(report) if "attached pic" not in codec}
    return Media(
        path=path,
        digest=digest,
        formats=frozenset(formats[1].split(",")),
        seconds=hours * 3600 + minutes * 60 + seconds,
        has_video="Video" in kinds,
        has_audio="Audio" in kinds,
    )


def _label(locale: str) -> list[str]:
    tags: Mapping[str, str] = {
        "metadata:s:a:0": f"language={_three_letters(locale)}",
        "metadata": f"title=[{locale}] pseudo-dubbed",
    }
    return [part for option, value in tags.items() for part in (f"-{option}", value)]


def _three_letters(locale: str) -> str:
    """The ISO 639-2 code that mp4 has room for, `und` where there is none."""
    try:
        return langcodes.Language.get(locale).to_alpha3()
    except LookupError:
        return "und"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
