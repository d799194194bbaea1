"""Drop the samples, wait for them, say what worked; exit 0 when all of it did."""

import argparse
import json
import platform
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from azure.core.exceptions import AzureError

from tools.smoke.drop import Drop
from tools.smoke.place import NoPlace, Place, outputs
from tools.smoke.samples import SAMPLES

# An event brings a file within seconds, the rescan of the inbox within minutes.
LATE_SECONDS = 60


def health(place: Place) -> str:
    """What the app says of itself, in one line."""
    try:
        with urllib.request.urlopen(f"{place.app}/api/health", timeout=60) as answer:  # noqa: S310  the app's own address
            return f"{answer.status} {answer.read().decode()}"
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read(500).decode(errors='replace')}"
    except OSError as error:
        return f"no answer: {error}"


def follow(place: Place, drops: Sequence[Drop], minutes: float, pause: float) -> None:
    """Look at the receipts until all have ended or the time is over."""
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        ended = [drop.look(place) for drop in drops]
        if all(ended):
            return
        time.sleep(pause)


def lines(place: Place, drops: Sequence[Drop]) -> Iterator[str]:
    """What a person reads: a line for each kind, then why something did not work."""
    for drop in drops:
        results = drop.results(place)
        trouble = drop.trouble(results)
        seconds = f"{drop.ended - drop.dropped:6.0f} s" if drop.ended else " " * 8
        yield f"{'FAILED' if trouble else 'ok':<7} {drop.sample.kind:<10} {seconds}  {trouble or ', '.join(results)}"
        if drop.accepted and drop.accepted - drop.dropped > LATE_SECONDS:
            yield f"        {drop.sample.kind}: accepted late: the rescan found it, no event came. See docs/deploy.md."


def details(place: Place, drops: Sequence[Drop]) -> Iterator[str]:
    """What whoever helps wants to know on top: versions, and the receipts whole."""
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)  # noqa: S607  git is on the path
    yield f"code {commit.stdout.strip() or 'unknown'}, Python {platform.python_version()}, {platform.platform()}"
    yield f"app {place.app}"
    for drop in drops:
        yield f"{drop.name}: {json.dumps(drop.receipt, indent=1, ensure_ascii=False)}"


def smoke(place: Place, report: Path, minutes: float, pause: float) -> bool:
    """Try one file of each kind; whether all came back. Writes the report."""
    told = [f"health: {health(place)}"]
    folder = f"smoke/{datetime.now(UTC):%Y-%m-%dT%H%M%S}"
    print(f"{told[0]}\nDropped into {place.inbox}/{folder}/. This may take {minutes:g} minutes.", flush=True)
    drops = [Drop.into(place, folder, sample) for sample in SAMPLES]
    follow(place, drops, minutes, pause)
    told += lines(place, drops)
    print(*told[1:], sep="\n")
    report.parent.mkdir(exist_ok=True)
    report.write_text("\n".join([*told, *details(place, drops)]) + "\n")
    print(f"The receipts and versions are in {report}: send that when you ask for help.")
    return not any(line.startswith("FAILED") for line in told)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make smoke", description=__doc__)
    parser.add_argument("--stack", type=Path, help="stack.json of a local stack; without it the deployment of azd")
    parser.add_argument("--minutes", type=float, default=30, help="how long to wait for the results")
    parser.add_argument("--report", type=Path, default=Path(".local/smoke.txt"), help="what to send when it fails")
    parser.add_argument("--pause", type=float, default=5, help="seconds between two looks")
    given = parser.parse_args()
    try:
        place = Place.local(given.stack) if given.stack else Place.deployed(outputs())
        return 0 if smoke(place, given.report, given.minutes, given.pause) else 1
    except (NoPlace, AzureError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
