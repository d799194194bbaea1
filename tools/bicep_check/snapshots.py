"""What each shape of a deployment would create, as the compiler evaluates it: `infra/snapshots/`.

`python -m tools.bicep_check.snapshots` writes them again. `make check` compares them with the templates, so that a
change of a template shows in review what it does to a subscription.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tools.bicep_check.compiler import ABSENT, Compiler, NoSuchCompilerError, find

FOLDER = Path("infra/snapshots")
# A made-up place: names are hashes of it, so that it must stay the same.
SUBSCRIPTION = ["--subscription-id", "00000000-0000-0000-0000-000000000001", "--location", "westeurope"]
GROUP = ["--resource-group", "rg-plain"]
# Two cores are common, and each run keeps one busy.
AT_ONCE = 2


def shapes(folder: Path = FOLDER) -> list[Path]:
    """The parameter files of the shapes that people deploy."""
    return sorted(folder.glob("*.bicepparam"))


def evaluate(compiler: Compiler, mode: str, shape: Path) -> list[str]:
    """Write or compare one snapshot; the complaints, among them anything that could not be evaluated."""
    place = SUBSCRIPTION if "using '../main.bicep'" in shape.read_text() else [*SUBSCRIPTION, *GROUP]
    return compiler.complaints("snapshot", shape, "--mode", mode, *place)


def evaluate_all(compiler: Compiler, mode: str, folder: Path = FOLDER) -> Iterator[str]:
    """Write or compare every snapshot; each complaint, with the shape that it is about."""
    files = shapes(folder)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for shape, complaints in zip(files, pool.map(partial(evaluate, compiler, mode), files), strict=True):
            yield from (f"{shape.name}: {complaint}" for complaint in complaints)


def main() -> int:
    try:
        compiler = find()
    except NoSuchCompilerError as error:
        print(error)
        return 1
    if compiler is None:
        print(ABSENT)
        return 1
    found = list(evaluate_all(compiler, "overwrite"))
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{len(shapes())} snapshots written, {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
