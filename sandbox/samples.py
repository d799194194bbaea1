"""Small files to translate: moving pictures with a tone and a chord, made by ffmpeg, documents and subtitles."""

import json
import subprocess
from pathlib import Path

import imageio_ffmpeg

from sandbox.document_samples import CONTRACT, REPORT, write_document_samples
from sandbox.subtitle_samples import FILM, TOUR, write_subtitle_samples

SECONDS = 8
_PICTURE = ["-f", "lavfi", "-i", f"testsrc2=size=320x180:rate=15:duration={SECONDS}"]
_TONE = ["-f", "lavfi", "-i", f"sine=frequency=330:beep_factor=4:duration={SECONDS}"]
_CHORD = ["-f", "lavfi", "-i", f"aevalsrc=0.2*sin(440*2*PI*t)+0.2*sin(554*2*PI*t):duration={SECONDS}"]
_MP4 = ["-c:v", "libx264", "-crf", "35", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "48k", "-movflags", "+faststart"]
_MP3 = ["-c:a", "libmp3lame", "-b:a", "48k"]

VIDEO = "en-US_to_es-ES_fr-FR/welcome.mp4"
AUDIO = "podcast/interview.mp3"
BRIEF, DOCUMENTS_BRIEF, FILMS_BRIEF = "podcast/translate.json", "contracts/translate.json", "films/translate.json"
# What is asked for each: the video's folder says it, and briefs for the others.
TARGETS = {
    VIDEO: ("es-ES", "fr-FR"),
    AUDIO: ("de-DE",),
    CONTRACT: ("es-ES",),
    REPORT: ("es-ES",),
    FILM: ("de-DE", "ja-JP"),
    TOUR: ("de-DE", "ja-JP"),
}


def write_samples(folder: Path) -> None:
    """Write the samples into `folder`, each whole at once. The media are eight seconds long; all is under 500 kB."""
    for name in (VIDEO, BRIEF, AUDIO, DOCUMENTS_BRIEF, FILMS_BRIEF):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    for brief, file in ((BRIEF, AUDIO), (DOCUMENTS_BRIEF, CONTRACT), (FILMS_BRIEF, FILM)):
        (folder / brief).write_text(json.dumps({"source": "en-US", "targets": TARGETS[file]}, indent=2) + "\n")
    _make(folder / VIDEO, *_PICTURE, *_TONE, *_MP4)
    _make(folder / AUDIO, *_CHORD, *_MP3)
    write_document_samples(folder)
    write_subtitle_samples(folder)


def _make(path: Path, *options: str) -> None:
    part = path.with_name(f".part{path.suffix}")
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *options, part], check=True)
    part.replace(path)
