"""Who may know whom: modules import from their own layer and from those below it, and never in a circle."""

import ast
import json
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from shared.settings import NAMES
from tests.unit.infra import ROOT, run

#: From the top down. A new module is put into its layer here.
LAYERS = {
    "the doors": {"function_app"},
    "the composition root": {"shared.app"},
    "what a trigger calls": {"shared.sweep", "shared.missed", "shared.looks", "shared.desk", "shared.intake"},
    "what moves a job": {
        *("shared.engine", "shared.starting", "shared.delivering", "shared.planner", "shared.parts", "shared.draft"),
        *("shared.check", "shared.due", "shared.limits", "shared.problems", "shared.route", "shared.source"),
    },
    "what is known of the outside": {
        *("shared.brief", "shared.callbacks", "shared.delivery", "shared.ledger", "shared.receipts", "shared.results"),
        *("shared.settings", "shared.storage", "shared.providers"),
    },
    "what all may know": {
        *("shared.errors", "shared.http", "shared.job", "shared.languages", "shared.names", "shared.redaction"),
        *("shared.retry", "shared.telemetry"),
    },
}
#: Packages, or modules of ours, that few may import.
KEPT_TO = {
    "azure.functions": {"function_app"},
    "azurefunctions": {"function_app"},
    "azure.storage": {"shared.storage"},
    "azure.core": {"shared.storage", "shared.app"},
    "azure.identity": {"shared.app"},
    "opentelemetry": {"shared.telemetry"},
    "httpx": {"shared.app", "shared.http", "shared.results"},
    "shared.settings": {"shared.app"},
    "shared.app": {"function_app"},
}
HEIGHT = {module: -depth for depth, layer in enumerate(LAYERS.values()) for module in layer}

#: Reports which of the settings named on its command line are read while the app is imported.
WATCH = """
import os, sys
read = []

class Watched(dict):
    def __getitem__(self, name):
        read.append(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        read.append(name)
        return super().get(name, default)

os.environ = Watched(os.environ)
import function_app, shared.app
print("read:", [name for name in read if name in sys.argv])
"""


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(file: Path) -> Iterator[str]:
    """Every module that a file imports, at its top or within a function; of `shared` by its own name."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            module = node.module or ""
            yield from (f"{module}.{alias.name}" for alias in node.names) if module == "shared" else (module,)


IMPORTS = {
    module_of(file): set(imported(file))
    for file in (ROOT / "function_app.py", *(ROOT / "shared").rglob("*.py"))
    if file.stat().st_size
}
PROVIDERS = {module for module in IMPORTS if module.startswith("shared.providers.")}


def place(module: str) -> str:
    """What stands for the module in LAYERS: all providers have one place."""
    return "shared.providers" if module in PROVIDERS else module


def test_every_module_has_its_layer() -> None:
    assert {place(module) for module in IMPORTS} == set(HEIGHT)


@pytest.mark.parametrize("module", IMPORTS)
def test_nothing_points_back_up(module: str) -> None:
    known = IMPORTS[module] & set(IMPORTS)
    assert [other for other in known if HEIGHT[place(other)] > HEIGHT[place(module)]] == []


def test_no_module_knows_itself_by_way_of_others() -> None:
    TopologicalSorter({module: known & set(IMPORTS) for module, known in IMPORTS.items()}).prepare()


@pytest.mark.parametrize("what", KEPT_TO)
def test_few_know_what_others_need_not(what: str) -> None:
    knowing = {module for module, known in IMPORTS.items() if any(f"{name}.".startswith(f"{what}.") for name in known)}
    assert knowing == KEPT_TO[what]


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_a_provider_touches_neither_ledger_nor_storage(provider: str) -> None:
    ours = {known for known in IMPORTS[provider] if known.startswith("shared.")}
    assert ours - PROVIDERS - LAYERS["what all may know"] == set()


def test_the_doors_open_without_the_house() -> None:
    loaded = json.loads(
        run(sys.executable, "-c", "import json, sys, function_app; print(json.dumps([*sys.modules]))").stdout
    )
    assert [name for name in loaded if name.partition(".")[0] in ("shared", "httpx", "pydantic", "langcodes")] == []


def test_no_setting_is_read_while_the_app_is_imported() -> None:
    reported = run(sys.executable, "-c", WATCH, *NAMES)
    assert (reported.stdout, reported.stderr) == ("read: []\n", "")
