"""The second phase waits for the key, never reads it, and gives the template all that it needs."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.unit.infra import INFRA, run
from tools.bicep_check.template import load

# Stands in for the two programs that the script calls: it notes the call, and the first listing of keys is still empty.
PROGRAM = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in
  *"keys list"*) [ "$(grep -c 'keys list' "$CALLS")" -gt "$EMPTY_LISTINGS" ] && echo blobs_extension ;;
esac
exit 0
"""
OUTPUTS = {
    "AZURE_RESOURCE_GROUP": "rg-test",
    "AZURE_FUNCTION_APP_NAME": "func-test",
    "CALLBACK_BASE_URL": "https://func-test.example",
    "EVENT_TOPIC_NAME": "evgt-test",
    "HOST_ACCOUNT_NAME": "sthosttest",
    "DEAD_LETTER_CONTAINER": "dead",
    "INBOX_CONTAINER": "in",
    "EDITS_CONTAINER": "fixes",
}


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    for name in ("az", "curl"):
        (tmp_path / name).write_text(PROGRAM)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def subscribe(programs: Path, **changes: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run the script against the stand-ins; return how it ended and what it called."""
    calls = programs / "calls"
    environment = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "CALLS": str(calls), "SUBSCRIBE_PAUSE": "0"}
    environment |= OUTPUTS | {"EMPTY_LISTINGS": "0", "SUBSCRIBE_TRIES": "3"} | changes
    ended = run("sh", str(INFRA / "subscribe.sh"), environment=environment)
    return ended, calls.read_text().splitlines() if calls.exists() else []


def test_it_gives_the_template_every_parameter_that_has_no_default(programs: Path) -> None:
    ended, calls = subscribe(programs)
    (deployment,) = [call for call in calls if call.startswith("az deployment")]
    parameters = load(INFRA / "event-subscriptions.bicep").section("parameters")
    needed = {name for name, found in parameters.items() if found["default"] is None}
    assert ended.returncode == 0
    assert needed == {word.split("=")[0] for word in deployment.split(" --parameters ")[1].split()}


def test_it_waits_until_the_host_has_made_the_key(programs: Path) -> None:
    ended, calls = subscribe(programs, EMPTY_LISTINGS="2")
    assert ended.returncode == 0
    assert [call.split()[1] for call in calls if call.startswith("az")] == ["functionapp"] * 3 + ["deployment"]


def test_it_says_why_when_the_key_never_comes(programs: Path) -> None:
    ended, calls = subscribe(programs, EMPTY_LISTINGS="9")
    assert ended.returncode == 1
    assert "no function with a blob trigger" in ended.stderr
    assert not [call for call in calls if "deployment" in call]


def test_it_reads_the_names_of_the_keys_only(programs: Path) -> None:
    _, calls = subscribe(programs)
    assert all("--query keys(systemKeys)" in call for call in calls if "keys list" in call)


def test_it_names_what_is_missing(programs: Path) -> None:
    ended, calls = subscribe(programs, EVENT_TOPIC_NAME="")
    assert ended.returncode != 0
    assert "EVENT_TOPIC_NAME" in ended.stderr
    assert not calls


def test_the_first_phase_gives_what_the_second_wants() -> None:
    assert set(OUTPUTS) <= set(load(INFRA / "main.bicep").section("outputs"))
