"""What the tests of the deployment share: where it is, and what the app declares to the Functions host."""

import json
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tools.bicep_check.template import load

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
SNAPSHOTS = INFRA / "snapshots"
#: The shapes in which people deploy. Those of the second phase have none of the first one's resources.
SHAPES = sorted(path.stem for path in SNAPSHOTS.glob("*.bicepparam") if not path.stem.startswith("after-code"))
SECOND_PHASES = sorted(path.stem for path in SNAPSHOTS.glob("after-code*.bicepparam"))
# An app can be indexed only once in a process, so this runs in one of its own.
INDEX = """
import json
from function_app import app
print(json.dumps({found.get_function_name(): json.loads(str(found)) for found in app.get_functions()}))
"""


def run(
    *command: str, environment: Mapping[str, str] | None = None, folder: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run a program of ours, from the repository's root unless told otherwise, and keep what it says."""
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  the tests name the programs


@cache
def functions() -> dict[str, dict[str, Any]]:
    """The app's functions by name, each with its bindings."""
    indexed = run(sys.executable, "-c", INDEX)
    assert indexed.returncode == 0, indexed.stderr
    found: dict[str, dict[str, Any]] = json.loads(indexed.stdout)
    return found


def triggers() -> list[dict[str, Any]]:
    """Every function's trigger."""
    bindings = [binding for function in functions().values() for binding in function["bindings"]]
    return [binding for binding in bindings if binding["type"].lower().endswith("trigger")]


def variable(template: str, name: str) -> Any:
    """The value of a variable in a template, as the parser gives it."""
    return load(INFRA / template).section("variables")[name]["value"]


@cache
def snapshot(shape: str) -> list[dict[str, Any]]:
    """Every resource that a deployment of this shape creates, as the compiler evaluated it."""
    found: list[dict[str, Any]] = json.loads((SNAPSHOTS / f"{shape}.snapshot.json").read_text())["predictedResources"]
    return found


def resources(shape: str, kind: str) -> list[dict[str, Any]]:
    """The resources of one type."""
    return [resource for resource in snapshot(shape) if resource["type"] == kind]


def settings(shape: str) -> dict[str, str]:
    """The app settings of a deployment. What only Azure knows is an expression in brackets."""
    [config] = resources(shape, "Microsoft.Web/sites/config")
    found: dict[str, str] = config["properties"]
    return found
