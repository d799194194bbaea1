"""Measure the budgets: `python -m bench [NAME ...]`. The exit code is 1 when one is missed."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence

from bench import documents, imports, memory, operations, rescan, slices, start, subtitles, tick
from bench.reading import Reading, table
from sandbox.demo import INTERRUPTED
from sandbox.interruption import until_interrupted

BUDGETS: Mapping[str, Callable[[], Awaitable[list[Reading]]]] = {
    "documents": documents.measure,
    "operations": operations.measure,
    "imports": imports.measure,
    "memory": memory.measure,
    "rescan": rescan.measure,
    "slices": slices.measure,
    "start": start.measure,
    "subtitles": subtitles.measure,
    "tick": tick.measure,
}


async def measure(names: Sequence[str]) -> int:
    """Measure those, print what was found and the table; return the exit code."""
    readings: list[Reading] = []
    for name in names:
        print(f"\n{name}", flush=True)
        readings += await BUDGETS[name]()
    print(f"\n{table(readings)}", flush=True)
    return 0 if all(reading.met for reading in readings) else 1


def main() -> int:
    """Measure the budgets that the command line names, or all; return 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the budgets.")
    parser.add_argument("names", nargs="*", choices=BUDGETS, metavar="NAME", help=", ".join(BUDGETS))
    code = asyncio.run(until_interrupted(measure(parser.parse_args().names or list(BUDGETS))))
    return INTERRUPTED if code is None else code


if __name__ == "__main__":
    sys.exit(main())
