"""Subtitles at their largest: how many requests 100,000 cues take, how long scan and splice, and how much memory.

All of it is pure, so that no stack is started. Times are ratios against reading and writing the same file line by
line; measured and bare alternate, and the least processor time of each counts. Memory is the peak of a fresh process,
over that of one which does nothing but import the same modules.
"""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from math import ceil
from pathlib import Path

from bench.peak import MEGABYTE, high_water
from bench.reading import Reading
from shared.subtitles import NMT, Plan, Settled, Unit, limits_for, pack, scan, settle, splice

CUES = 100_000
ROUNDS = 7
MOST_REQUESTS, LONGEST_RATIO, MOST_MEMORY = 1.02, 6, 6
LARGE_BYTES, BYTES_A_CUE = 20_000_000, 68
TRANSLATION = "The text of a cue, translated."
ROOT = Path(__file__).parents[1]
_WORDS = "the ships came in and we watched them every Sunday morning from the old stone wall of the harbour".split()  # noqa: SIM905  # words


def film(cues: int, separator: str = ",") -> Iterator[str]:
    """SubRip cues of a film without an end: sentences of one to three cues, some of them in italics."""
    chance = random.Random(1)  # noqa: S311  # chance for a sample, not for a secret
    for number in range(cues):
        words = " ".join(chance.choices(_WORDS, k=chance.randint(2, 9)))
        text = words + chance.choice((".", "?", ",", ""))
        yield f"{number + 1}\n{_face(number * 2500, separator)} --> {_face(number * 2500 + 2400, separator)}\n"
        yield f"<i>{text}</i>\n\n" if number % 10 == 0 else f"{text}\n\n"


def _face(milliseconds: int, separator: str) -> str:
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{separator}{rest % 1000:03}"


async def measure() -> list[Reading]:
    """Requests, time and memory."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        srt, vtt = Path(folder) / "film.srt", Path(folder) / "film.vtt"
        srt.write_text("".join(film(CUES)))
        vtt.write_text("WEBVTT\n\n" + "".join(film(CUES, ".")))
        return [
            _requests(srt),
            *(
                Reading(f"subtitles: scan, splice 100,000 cues {file.suffix}", _ratio(file), LONGEST_RATIO)
                for file in (srt, vtt)
            ),
            Reading("subtitles: peak memory of a 20 MB file, in files", _memory(Path(folder)), MOST_MEMORY),
        ]


def _requests(file: Path) -> Reading:
    """Requests for the first round of questions, over what they need at the least."""
    plan = Plan.of(scan(file.read_bytes(), ".srt", "en"))
    limits = limits_for("de")
    asks = [ask for unit in plan if not isinstance(found := settle(unit, {}, "de", limits), Settled) for ask in found]
    lengths = [len(ask.text) for ask in asks]
    least = ceil(max(sum(lengths) / NMT.characters, len(lengths) / NMT.elements))
    requests = len(pack(lengths, NMT))
    print(f"  {CUES:,} cues: {len(asks):,} texts, {sum(lengths):,} characters; {requests} requests of at least {least}")
    return Reading("subtitles: requests of 100,000 cues, over the least", requests / least, MOST_REQUESTS)


def _ratio(file: Path) -> float:
    rounds = [(_seconds(_spliced, file), _seconds(_copied, file)) for _ in range(1 + ROUNDS)][1:]
    ours, bare = min(measured for measured, _ in rounds), min(alone for _, alone in rounds)
    print(f"  {file.name}: {ours * 1000:.0f} ms; line by line: {bare * 1000:.0f} ms; ratio {ours / bare:.2f}")
    return ours / bare


def _seconds(work: Callable[[Path, Path], None], file: Path) -> float:
    began = time.process_time()
    work(file, file.with_suffix(".out"))
    return time.process_time() - began


def _spliced(file: Path, copy: Path) -> None:
    document = scan(file.read_bytes(), file.suffix, "en")
    copy.write_bytes(splice(document, ((cue, TRANSLATION) for cue in range(len(document)))).data)


def _copied(file: Path, copy: Path) -> None:
    with file.open(encoding="utf-8", newline="") as lines, copy.open("w", encoding="utf-8", newline="") as written:
        for line in lines:
            written.write(line)


def _memory(folder: Path) -> float:
    """How many times its size a file of 20 MB takes, from bytes to bytes."""
    film_file = folder / "large.srt"
    size = film_file.write_bytes("".join(film(LARGE_BYTES // BYTES_A_CUE)).encode()) / MEGABYTE
    large, nothing = _peak(str(film_file)), _peak("")
    print(f"  {size:.1f} MB: peak {large:.0f} MB; with nothing to do: {nothing:.0f} MB")
    return (large - nothing) / size


def _peak(file: str) -> float:
    """Megabytes at the peak of a process that translates the file, or none."""
    command = [sys.executable, "-m", "bench.subtitles", file]
    return float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def _translate(file: Path) -> None:
    """As the provider does it, except that only the texts of one unit are held at a time."""
    document = scan(file.read_bytes(), file.suffix, "en")
    splice(document, (item for unit in Plan.of(document) for item in _settled(unit).payloads.items()))


def _settled(unit: Unit) -> Settled:
    limits, answers = limits_for("de"), dict[str, str | None]()
    found = settle(unit, answers, "de", limits)
    while not isinstance(found, Settled):
        answers |= {ask.key: ask.text for ask in found}
        found = settle(unit, answers, "de", limits)
    return found


if __name__ == "__main__":
    if sys.argv[1]:
        _translate(Path(sys.argv[1]))
    print(high_water(Path("/proc/self")))
