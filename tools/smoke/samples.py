"""The small files that are dropped: one for each kind that the app takes."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

# Eight seconds of English, spoken by espeak-ng: a service that hears no speech may refuse a file.
SPEECH = Path(__file__).with_name("speech.mp3")
CAPTIONS = b"1\n00:00:00,500 --> 00:00:03,000\n<i>The ships came in.</i>\n"
_PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=15"]
_MP4 = ["-shortest", "-c:v", "libx264", "-crf", "35", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "48k"]
_STREAMED = ["-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "pipe:1"]


@dataclass(frozen=True)
class Sample:
    """A file of one kind, with the languages that are asked for it."""

    kind: str
    name: str
    source: str
    target: str
    content: Callable[[], bytes]


def _film() -> bytes:
    """The speech below a moving picture."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    command = [program, "-hide_banner", "-loglevel", "error", *_PICTURE, "-i", SPEECH, *_MP4, *_STREAMED]
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout


#: A kind that the app learns joins with a line. Small files, because each run is paid for; no two with one stem.
SAMPLES = (
    Sample("video", "film.mp4", "en-US", "es-ES", _film),
    Sample("audio", "speech.mp3", "en-US", "de-DE", SPEECH.read_bytes),
    Sample("subtitles", "captions.srt", "en-US", "de-DE", lambda: CAPTIONS),
)
