"""Only the app is deployed."""

from tests.unit.infra import ROOT, run

APP = {"function_app.py", "host.json", "requirements.txt", "LICENSE", "shared"}


def listed(*options: str) -> set[str]:
    """Files of the work tree, as git lists them."""
    return set(run("git", "ls-files", "--cached", "--others", *options).stdout.splitlines())


def deployed() -> set[str]:
    return listed("--exclude-standard") - listed("--ignored", "--exclude-from=.funcignore")


def test_the_package_is_the_app_and_nothing_else() -> None:
    assert {path.split("/")[0] for path in deployed()} == APP


def test_every_requirement_of_the_deployed_app_has_its_hash() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pinned = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert pinned
    assert all("==" in line and line.endswith("\\") for line in pinned)


def test_the_worker_is_not_a_requirement() -> None:
    assert "azure-functions-worker" not in (ROOT / "requirements.txt").read_text()
