"""`python -m tests.faults`: the harness by itself. Exits 0 when every job ended as it should."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.faults.harness import crash_everywhere
from tests.faults.report import BAD, report


def main() -> int:
    """Try every point, print the table, and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        trials = asyncio.run(crash_everywhere(Path(folder)))
    print(report(trials))
    return int(any(trial.verdict in BAD for trial in trials))


if __name__ == "__main__":
    sys.exit(main())
