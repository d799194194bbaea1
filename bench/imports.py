"""How long the import of the doors takes, against the packages that it uses, imported alone.

Which packages those are is found out: what of requirements.in has been loaded once the module is imported. Each time
is taken by a fresh interpreter, with compiled files at hand; measured and bare alternate, and the least time of each
counts, for whatever disturbs an import makes it longer.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from importlib.metadata import distribution
from pathlib import Path

from bench.reading import Reading

ROOT = Path(__file__).parents[1]
DOORS, FIRST_CALL = "function_app", "function_app, shared.app"
ROUNDS = 15
LONGEST_RATIO = 1.25
_TIMED = "import time; began = time.perf_counter(); import {}; print(time.perf_counter() - began)"
_LOADED = "import json, sys, {}; print(json.dumps({{n: getattr(m, '__file__', None) for n, m in sys.modules.items()}}))"


async def measure() -> list[Reading]:
    """The ratio for `function_app`; for information that for what the first call loads, too."""
    with tempfile.TemporaryDirectory(prefix="bench-") as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        ratio = _ratio(DOORS, environment)
        _ratio(FIRST_CALL, environment)
    return [Reading(f"imports: {DOORS} against its packages alone", ratio, LONGEST_RATIO)]


def _ratio(modules: str, environment: Mapping[str, str]) -> float:
    packages = ", ".join(used(json.loads(_run(_LOADED.format(modules), environment)), requirements()))
    rounds = [(_seconds(modules, environment), _seconds(packages, environment)) for _ in range(1 + ROUNDS)][1:]
    ours, bare = min(measured for measured, _ in rounds), min(alone for _, alone in rounds)
    print(f"  {modules}: {ours * 1000:.0f} ms; alone: {bare * 1000:.0f} ms; ratio {ours / bare:.2f} ({ROUNDS} rounds)")
    print(f"    alone is: {packages}")
    return ours / bare


def used(loaded: Mapping[str, str | None], files: Iterable[set[str]]) -> list[str]:
    """The topmost loaded module of each package, given the files of the packages."""
    found = [[name for name, file in loaded.items() if file in of_package] for of_package in files]
    return sorted(min(names, key=len) for names in found if names)


def requirements() -> list[set[str]]:
    """The files of each package that requirements.in names."""
    text = (ROOT / "requirements.in").read_text()
    names = re.findall(r"^[\w.-]+", text, re.MULTILINE)
    return [{str(file.locate()) for file in distribution(name).files or ()} for name in names]


def _seconds(modules: str, environment: Mapping[str, str]) -> float:
    return float(_run(_TIMED.format(modules), environment))


def _run(program: str, environment: Mapping[str, str]) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
