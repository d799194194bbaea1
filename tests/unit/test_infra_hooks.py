"""What azd runs: a secret before the first phase; a second phase that waits for the key and never reads it."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.unit.infra import INFRA, ROOT, run
from tools.bicep_check.template import load

# Stands in for the programs that the scripts call: it notes the call, and the first listing of keys is still empty.
PROGRAM = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in
  *"keys list"*) [ "$(grep -c 'keys list' "$CALLS")" -gt "$EMPTY_LISTINGS" ] && echo blobs_extension ;;
  "account show"*) exit "$SIGNED_OUT" ;;
  *"/api/health") exit "$UNWELL" ;;
  "rand -hex 32") echo "$RANDOM_HEX"; [ -n "$RANDOM_HEX" ] ;;
esac
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
USUAL = {
    "EMPTY_LISTINGS": "0",
    "SIGNED_OUT": "0",
    "UNWELL": "0",
    "RANDOM_HEX": "5ec2e7",
    "SUBSCRIBE_TRIES": "3",
    "SUBSCRIBE_PAUSE": "0",
}


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    for name in ("az", "azd", "curl", "openssl"):
        (tmp_path / name).write_text(PROGRAM)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def hook(script: str, programs: Path, **changes: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run a script against the stand-ins; return how it ended and what it called."""
    calls = programs / "calls"
    environment = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "CALLS": str(calls)}
    ended = run("sh", str(INFRA / script), environment=environment | USUAL | changes)
    return ended, calls.read_text().splitlines() if calls.exists() else []


def subscribe(programs: Path, **changes: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    return hook("subscribe.sh", programs, **OUTPUTS | changes)


def test_it_gives_the_template_every_parameter_that_has_no_default(programs: Path) -> None:
    ended, calls = subscribe(programs)
    (deployment,) = [call for call in calls if call.startswith("az deployment")]
    parameters = load(INFRA / "event-subscriptions.bicep").section("parameters")
    needed = {name for name, found in parameters.items() if found["default"] is None}
    assert ended.returncode == 0
    assert needed == {word.split("=")[0] for word in deployment.split(" --parameters ")[1].split()}


def test_it_waits_until_the_host_has_made_the_key(programs: Path) -> None:
    ended, calls = subscribe(programs, EMPTY_LISTINGS="2")
    asked = [call.split()[1] for call in calls if call.startswith("az")]
    assert ended.returncode == 0
    assert asked == ["account", *["functionapp"] * 3, "deployment"]


def test_it_says_why_when_the_key_never_comes(programs: Path) -> None:
    ended, calls = subscribe(programs, EMPTY_LISTINGS="9")
    assert ended.returncode == 1
    assert "no function with a blob trigger" in ended.stderr
    assert not [call for call in calls if "deployment" in call]


def test_it_reads_the_names_of_the_keys_only(programs: Path) -> None:
    _, calls = subscribe(programs)
    asked = [call for call in calls if "keys list" in call]
    assert asked
    assert all("--query keys(systemKeys)" in call for call in asked)


def test_it_says_at_once_that_az_is_not_signed_in(programs: Path) -> None:
    ended, calls = subscribe(programs, SIGNED_OUT="1")
    assert ended.returncode == 1
    assert "az login" in ended.stderr
    assert len(calls) == 1


def test_it_stays_in_the_subscription_that_azd_deployed_to(programs: Path) -> None:
    _, calls = subscribe(programs, AZURE_SUBSCRIPTION_ID="one-of-many")
    asked = [call for call in calls if call.startswith("az ")]
    assert asked
    assert all(call.endswith("--subscription one-of-many") for call in asked)


def test_an_app_that_is_not_well_is_told_and_subscribed_all_the_same(programs: Path) -> None:
    ended, calls = subscribe(programs, UNWELL="22")
    assert ended.returncode == 0
    assert "not well" in ended.stdout
    assert calls[-1].startswith("az deployment")


def test_it_names_what_is_missing(programs: Path) -> None:
    ended, calls = subscribe(programs, EVENT_TOPIC_NAME="")
    assert ended.returncode != 0
    assert "EVENT_TOPIC_NAME" in ended.stderr
    assert not calls


def test_the_first_phase_gives_what_the_second_wants() -> None:
    assert set(OUTPUTS) <= set(load(INFRA / "main.bicep").section("outputs"))


def test_the_callback_secret_is_made_once(programs: Path) -> None:
    ended, calls = hook("callback-secret.sh", programs)
    assert ended.returncode == 0
    assert calls == ["openssl rand -hex 32", "azd env set CALLBACK_SECRET 5ec2e7"]


def test_a_callback_secret_that_is_there_stays(programs: Path) -> None:
    ended, calls = hook("callback-secret.sh", programs, CALLBACK_SECRET="kept")
    assert ended.returncode == 0
    assert not calls


def test_no_callback_secret_is_set_where_none_could_be_made(programs: Path) -> None:
    ended, calls = hook("callback-secret.sh", programs, RANDOM_HEX="")
    assert ended.returncode != 0
    assert calls == ["openssl rand -hex 32"]


def test_azd_can_run_its_hooks() -> None:
    named = [line.split("run: ")[1] for line in (ROOT / "azure.yaml").read_text().splitlines() if "run: " in line]
    assert {Path(script).name for script in named} == {"callback-secret.sh", "subscribe.sh"}
    assert all(os.access(ROOT / script, os.X_OK) for script in named)
