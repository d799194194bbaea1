"""Only the app is deployed, with all that it needs."""

import json
import shutil
import sys
import sysconfig
from pathlib import Path

import pytest

from infra.hooks.package import TARGET
from tests.unit.infra import INFRA, ROOT, run

pytestmark = pytest.mark.slow

APP = {"function_app.py", "host.json", "requirements.txt", "LICENSE", "shared"}
REQUIREMENTS = ".python_packages"
# An interpreter without site-packages of its own, which gets the two folders that the Functions worker has on its path.
LOADED = """
import json, sys
sys.path[:0] = sys.argv[1:]
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


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as azd makes it: what .funcignore leaves, and what the hook installs (once for each set of locks)."""
    built = run("make", "--silent", f"{REQUIREMENTS}/ready")
    assert built.returncode == 0, built.stderr
    folder = tmp_path_factory.mktemp("package")
    for path in deployed():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
    (folder / REQUIREMENTS).symlink_to(TARGET.parents[1])
    return folder


def test_the_package_is_the_app_and_nothing_else() -> None:
    assert {path.split("/")[0] for path in deployed()} == APP


def test_the_app_loads_from_the_package_alone(package: Path) -> None:
    folders = [package, package / REQUIREMENTS / "lib" / "site-packages"]
    ended = run(sys.executable, "-I", "-S", "-B", "-c", LOADED, *map(str, folders), folder=package)
    assert ended.returncode == 0, ended.stderr
    files = [Path(file) for file in json.loads(ended.stdout)]
    own = [file for file in files if file.is_relative_to(package)]
    assert any(file.is_relative_to(folders[1]) for file in own)
    standard = Path(sysconfig.get_path("stdlib")).resolve()
    assert [file for file in files if file not in own and not file.resolve().is_relative_to(standard)] == []


@pytest.mark.parametrize(
    ("path", "stays"),
    [
        (f"{REQUIREMENTS}/lib/site-packages/httpx/__init__.py", True),
        ("shared/app.py", True),
        (f"{REQUIREMENTS}/ready", False),
        (".venv/bin/python", False),
        ("babeldrop_env/bin/python", False),
        ("README.md", False),
    ],
)
def test_what_azd_leaves_out_of_the_package(path: str, stays: bool, tmp_path: Path) -> None:
    shutil.copy(ROOT / ".funcignore", tmp_path / ".gitignore")
    assert run("git", "init", "--quiet", folder=tmp_path).returncode == 0
    assert run("git", "check-ignore", "--quiet", path, folder=tmp_path).returncode == (1 if stays else 0)


def test_what_is_installed_is_for_the_python_that_the_app_runs_on() -> None:
    template = (INFRA / "modules" / "function-app.bicep").read_text()
    assert "version: '3.13'" in template
    assert "remoteBuild: false" in (ROOT / "azure.yaml").read_text()


def test_every_requirement_of_the_deployed_app_has_its_hash() -> None:
    assert requirements()
    assert all("==" in line and line.endswith("\\") for line in requirements())


def test_the_worker_is_not_a_requirement() -> None:
    assert "azure-functions-worker" not in (ROOT / "requirements.txt").read_text()
