import asyncio
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from shared.media.inspection import HEAD, inspect
from shared.media.ranges import BLOCK
from shared.names import BlobName
from tests.unit.media.files import MemoryFile, looked_at, mp4, wav


async def test_it_is_read_from_the_index_of_an_mp4_wherever_that_is() -> None:
    file = MemoryFile(mp4(90.5, media=40 * BLOCK))
    facts = await inspect(BlobName("a.mp4"), "video", file)
    assert (facts.duration, facts.type, facts.warnings) == (90.5, "mp4", ())
    assert len(file.ranges) <= 4
    assert sum(length for _, length in file.ranges) < HEAD + 3 * BLOCK


async def test_it_is_read_from_the_header_of_a_wav() -> None:
    assert (await looked_at("a.wav", wav(3))).duration == 3


async def test_zero_is_not_known_and_no_reason_to_refuse() -> None:
    facts = await looked_at("fragmented.mp4", mp4(0))
    assert (facts.duration, facts.unfit) == (None, None)
    assert "duration could not be read" in facts.warnings[0]


async def test_of_webm_it_is_not_known() -> None:
    facts = await looked_at("a.webm", b"\x1a\x45\xdf\xa3" + bytes(100))
    assert (facts.type, facts.duration, len(facts.warnings)) == ("matroska", None, 1)


@pytest.mark.parametrize("extension", [".mp4", ".mov", ".m4a", ".mp3", ".wav", ".flac", ".ogg", ".wmv"])
def test_of_what_ffmpeg_writes_it_is_read(extension: str, tmp_path: Path) -> None:
    facts = asyncio.run(looked_at(f"a{extension}", written_by_ffmpeg(tmp_path / f"a{extension}")))
    assert facts.duration == pytest.approx(2, abs=0.2)
    assert facts.warnings == ()


@pytest.mark.parametrize("extension", [".mp4", ".webm", ".mkv", ".avi", ".aac"])
def test_what_has_no_readable_duration_is_told_and_not_refused(extension: str, tmp_path: Path) -> None:
    more = ["-movflags", "frag_keyframe+empty_moov"] if extension == ".mp4" else []
    facts = asyncio.run(looked_at(f"a{extension}", written_by_ffmpeg(tmp_path / f"a{extension}", *more)))
    assert (facts.duration, facts.unfit, len(facts.warnings)) == (None, None, 1)


def written_by_ffmpeg(path: Path, *options: str) -> bytes:
    """Two seconds of a tone, in the format of the extension."""
    source = ["-f", "lavfi", "-i", "sine=duration=2", *options, "-y", str(path)]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source], check=True)  # noqa: S603 our own words
    return path.read_bytes()
