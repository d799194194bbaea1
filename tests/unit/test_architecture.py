"""Who may know whom: modules import from their own folder and from what stands below it, and never in a circle."""

import ast
import json
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from shared.settings import NAMES
from tests.unit.infra import ROOT, run

#: The top of `shared`, from the top down. A folder's modules may know each other, and whatever stands below the folder.
ORDER = (
    *("app", "settings", "triggers", "engine", "outbox", "providers", "subtitles", "jobs", "briefs", "media"),
    *("storage", "telemetry", "names", "languages", "errors", "redaction"),
)
MOST_NAMES = 16
#: What a provider may know of the app beside other modules of its folder.
BELOW_PROVIDERS = frozenset(ORDER[ORDER.index("providers") + 1 :]) - {"storage"}
#: Packages, or modules of ours, that few may import.
KEPT_TO = {
    "azure.functions": {"function_app"},
    "azurefunctions": {"function_app"},
    "azure.storage": {"shared.storage.azure", "shared.storage.signing"},
    "azure.core": {"shared.storage.azure", "shared.storage.errors", "shared.app"},
    "azure.identity": {"shared.app"},
    "opentelemetry": {"shared.telemetry"},
    "httpx": {"shared.app", "shared.providers.http", "shared.outbox.addresses", "shared.outbox.download"},
    "shared.settings": {"shared.app"},
    "shared.app": {"function_app"},
}

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


def room(module: str) -> str:
    """The name at the top of `shared` that a module belongs to."""
    return module.split(".")[1]


def test_the_top_of_shared_can_be_read_at_a_glance() -> None:
    names = {path.stem for path in (ROOT / "shared").iterdir() if path.name not in ("__init__.py", "__pycache__")}
    assert len(names) <= MOST_NAMES
    assert names <= set(ORDER)


@pytest.mark.parametrize("module", [module for module in IMPORTS if module.startswith("shared.")])
def test_nothing_points_back_up(module: str) -> None:
    known = {room(other) for other in IMPORTS[module] & set(IMPORTS) if other.startswith("shared.")}
    above = set(ORDER[: ORDER.index(room(module))])
    assert known & above == set()


def test_no_module_knows_itself_by_way_of_others() -> None:
    TopologicalSorter({module: known & set(IMPORTS) for module, known in IMPORTS.items()}).prepare()


@pytest.mark.parametrize("what", KEPT_TO)
def test_few_know_what_others_need_not(what: str) -> None:
    knowing = {module for module, known in IMPORTS.items() if any(f"{name}.".startswith(f"{what}.") for name in known)}
    assert knowing == KEPT_TO[what]


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_a_provider_touches_neither_ledger_nor_storage(provider: str) -> None:
    ours = {known for known in IMPORTS[provider] if known.startswith("shared.")} - PROVIDERS
    assert {room(known) for known in ours} <= BELOW_PROVIDERS
    assert "shared.jobs.ledger" not in ours


def test_the_doors_open_without_the_house() -> None:
    loaded = json.loads(
        run(sys.executable, "-c", "import json, sys, function_app; print(json.dumps([*sys.modules]))").stdout
    )
    assert [name for name in loaded if name.partition(".")[0] in ("shared", "httpx", "pydantic", "langcodes")] == []


def test_no_setting_is_read_while_the_app_is_imported() -> None:
    reported = run(sys.executable, "-c", WATCH, *NAMES)
    assert (reported.stdout, reported.stderr) == ("read: []\n", "")
