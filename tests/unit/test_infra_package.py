"""Only the app is deployed, with all that it needs."""

import json
import shutil
import sys
from importlib.metadata import distribution
from pathlib import Path

from tests.unit.infra import ROOT, run

APP = {"function_app.py", "host.json", "requirements.txt", "LICENSE", "shared"}
LOADED = """
import json, sys
import function_app, shared.app
print(json.dumps([module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)]))
"""


def listed(*options: str) -> set[str]:
    """Files of the work tree, as git lists them."""
    return set(run("git", "ls-files", "--cached", "--others", *options).stdout.splitlines())


def deployed() -> set[str]:
    return listed("--exclude-standard") - listed("--ignored", "--exclude-from=.funcignore")


def requirements() -> list[str]:
    """The lines of requirements.txt that name a package."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith((" ", "#"))]


def files_of_requirements() -> set[Path]:
    """Every file that the remote build installs."""
    packages = [distribution(line.split("==")[0]) for line in requirements()]
    return {Path(str(file.locate())).resolve() for package in packages for file in package.files or ()}


def loaded(package: Path) -> list[Path]:
    """The files of all modules that are there once the app is loaded from the package, in a process of its own."""
    ended = run(sys.executable, "-c", LOADED, folder=package)
    assert ended.returncode == 0, ended.stderr
    return [Path(file).resolve() for file in json.loads(ended.stdout)]


def test_the_package_is_the_app_and_nothing_else() -> None:
    assert {path.split("/")[0] for path in deployed()} == APP


def test_the_app_loads_from_the_package_and_its_requirements_alone(tmp_path: Path) -> None:
    for path in deployed():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    modules = loaded(tmp_path)
    assert [file for file in modules if file.is_relative_to(ROOT) and "site-packages" not in file.parts] == []
    installed = {file for file in modules if "site-packages" in file.parts}
    assert installed
    assert installed <= files_of_requirements()


def test_every_requirement_of_the_deployed_app_has_its_hash() -> None:
    assert requirements()
    assert all("==" in line and line.endswith("\\") for line in requirements())


def test_the_worker_is_not_a_requirement() -> None:
    assert "azure-functions-worker" not in (ROOT / "requirements.txt").read_text()
