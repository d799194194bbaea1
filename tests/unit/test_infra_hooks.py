"""What azd runs: a look at the region and a secret before the first phase, a second phase that waits for the first."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.hooks.az import AzFailed, az
from infra.hooks.prepare import complaints, keep_secret
from infra.hooks.regions import VIDEO
from infra.hooks.subscribe import NEEDED, TRIES, NotYet, Subscriber
from tests.unit.infra import INFRA, ROOT, run
from tools.bicep_check.__main__ import made_up
from tools.bicep_check.template import load

ENVIRONMENT = {name: f"the-{name.lower().replace('_', '-')}" for name in NEEDED}
REFUSED = AzFailed("Forbidden")
ALL = sorted(VIDEO)


class Azure:
    """Answers az's words by the first of its answers whose beginning fits; a list is answered one by one."""

    def __init__(self, **changes: object) -> None:
        """`changes` replace the usual answers; in their names a blank may be an underscore."""
        self.calls: list[str] = []
        self._answers: dict[str, object] = {
            "account show": "",
            "functionapp show": "/subscriptions/s/sites/app\n",
            "rest --method post": "",
            "rest --method get": references("Resolved"),
            "functionapp keys": "blobs_extension\n",
            "functionapp function list": "app/start_translations\napp/poll_operations\n",
            "functionapp restart": "",
            "deployment": "",
            "functionapp list-flexconsumption-locations": json.dumps([{"name": name} for name in ALL]),
            "cognitiveservices": json.dumps([{"name": "S1", "locations": [name.upper() for name in ALL]}]),
            "storage sku": json.dumps([{"name": "Standard_ZRS", "kind": "StorageV2", "locations": ["westeurope"]}]),
        } | {words.replace("_", " "): answer for words, answer in changes.items()}

    def __call__(self, *words: str) -> str:
        said = " ".join(words)
        self.calls.append(said)
        answer = next(answer for start, answer in reversed(self._answers.items()) if said.startswith(start))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        return str(answer)

    def number(self, words: str) -> int:
        return sum(words in call for call in self.calls)


def references(*statuses: str) -> str:
    return json.dumps({"value": [{"name": "SECRET", "properties": {"status": status}} for status in statuses]})


def subscribed(azure: Azure, health: list[int] | None = None) -> int:
    """Run the second phase; how often it paused."""
    pauses: list[None] = []
    looks = health or [200]

    def look(base: str) -> int:
        assert base == ENVIRONMENT["CALLBACK_BASE_URL"]
        return looks.pop(0) if len(looks) > 1 else looks[0]

    Subscriber(ENVIRONMENT, azure, look, lambda: pauses.append(None)).subscribe()
    return len(pauses)


def test_where_all_is_ready_nothing_waits_and_nothing_restarts() -> None:
    azure = Azure()
    assert subscribed(azure) == 0
    assert azure.number("restart") == 0
    assert azure.calls[-1].startswith("deployment group create")


def test_it_waits_until_the_host_has_made_the_key() -> None:
    azure = Azure(functionapp_keys=["", "", "default\nblobs_extension"])
    assert subscribed(azure) == 2


def test_it_waits_until_the_functions_are_found() -> None:
    azure = Azure(functionapp_function=["", "app/start_translations"])
    assert subscribed(azure) == 1


def test_it_waits_half_an_hour_for_a_role_and_then_says_for_what(capsys: pytest.CaptureFixture[str]) -> None:
    azure = Azure(functionapp_keys="")
    with pytest.raises(NotYet, match="the host to find the functions"):
        subscribed(azure)
    assert azure.number("functionapp keys") == TRIES == 120
    assert azure.number("deployment") == 0
    assert "7/120: waiting for the host" in capsys.readouterr().out


def test_an_app_that_started_before_it_could_read_its_secrets_is_restarted_once() -> None:
    waiting = [references("AccessToKeyVaultDenied", "Resolved")] * 3
    azure = Azure(**{"rest --method get": [*waiting, references("Resolved", "Resolved")]})
    subscribed(azure, [503, 200])
    assert azure.number("functionapp restart") == 1
    assert azure.number("--method post") == 3
    order = [call.split()[1] for call in azure.calls if call.startswith("functionapp")]
    assert order.index("restart") < order.index("keys")


def test_an_app_that_is_not_well_with_all_its_secrets_is_restarted_once() -> None:
    azure = Azure()
    assert subscribed(azure, [503, 503, 0, 200]) == 2
    assert azure.number("functionapp restart") == 1


def test_nothing_is_subscribed_as_long_as_the_app_is_not_well() -> None:
    azure = Azure()
    with pytest.raises(NotYet, match="health page"):
        subscribed(azure, [503])
    assert azure.number("deployment") == 0


def test_a_private_deployment_hides_its_health_page_and_is_subscribed() -> None:
    azure = Azure()
    assert subscribed(azure, [403]) == 0
    assert azure.number("restart") == 0


def test_a_refusal_is_tried_again_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    azure = Azure(deployment=[REFUSED, ""])
    assert subscribed(azure) == 1
    assert "1/120: waiting for the event subscriptions to be taken. az says: Forbidden" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("listed", "told"), [("app/start_translations", "false"), ("app/start_translations\napp/apply_edits", "true")]
)
def test_corrections_are_subscribed_where_the_code_takes_them(
    listed: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WITH_EDITS", raising=False)
    subscribed(Azure(functionapp_function=listed))
    assert os.environ["WITH_EDITS"] == told


def test_it_reads_the_names_of_the_keys_only() -> None:
    azure = Azure()
    subscribed(azure)
    asked = [call for call in azure.calls if "keys list" in call]
    assert asked
    assert all("--query keys(systemKeys)" in call for call in asked)


def test_it_says_at_once_that_az_is_not_signed_in() -> None:
    azure = Azure(account=REFUSED)
    with pytest.raises(AzFailed, match="run az login"):
        subscribed(azure)
    assert len(azure.calls) == 1


def test_the_parameters_of_the_second_phase_come_from_the_first_ones_outputs() -> None:
    needed = set(made_up(INFRA / "after-code.bicepparam")) - {"WITH_EDITS"}
    assert needed <= set(NEEDED)
    outputs = set(load(INFRA / "main.bicep").section("outputs"))
    assert set(NEEDED) - outputs == {"AZURE_ENV_NAME", "AZURE_LOCATION"}


def test_it_names_what_is_missing_and_calls_nothing() -> None:
    environment = {"PATH": "", "AZURE_ENV_NAME": "drop"}
    ended = run(sys.executable, "-m", "infra.hooks.subscribe", environment=environment)
    assert ended.returncode == 1
    assert "AZURE_LOCATION" in ended.stderr
    assert "AZURE_ENV_NAME" not in ended.stderr


@pytest.mark.parametrize(
    ("words", "again"), [([], "python3 -m infra.hooks.subscribe"), (["--azd"], "azd hooks run postdeploy")]
)
def test_what_fails_says_with_which_command_to_go_on(words: list[str], again: str) -> None:
    ended = run(sys.executable, "-m", "infra.hooks.subscribe", *words, environment={**ENVIRONMENT, "PATH": ""})
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == f"Go on from here with: {again}"


def test_az_is_run_in_the_subscription_that_azd_deploys_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "az").write_text('#!/bin/sh\n[ "$1" = fail ] && echo "no such group" >&2 && exit 3\necho "$@"\n')
    (tmp_path / "az").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("AZURE_SUBSCRIPTION_ID", raising=False)
    assert az("account", "show") == "account show\n"
    monkeypatch.setenv("AZURE_SUBSCRIPTION_ID", "one-of-many")
    assert az("account", "show") == "account show --subscription one-of-many\n"
    with pytest.raises(AzFailed, match="no such group"):
        az("fail")


def against(azure: Azure, **environment: str) -> list[str]:
    return list(complaints(azure, environment))


@pytest.mark.parametrize("name", ["westeurope", "West Europe"])
def test_a_region_that_has_everything_passes(name: str) -> None:
    assert against(Azure(), AZURE_LOCATION=name) == []


def test_without_a_region_those_that_have_everything_are_named() -> None:
    [said] = against(Azure())
    assert said.endswith("These regions have all of it: westeurope.")


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({"functionapp_list-flexconsumption-locations": "[]"}, "Flex Consumption"),
        ({"cognitiveservices": '[{"name": "F0", "locations": ["WESTEUROPE"]}]'}, "document translation"),
        ({"storage_sku": "[]"}, "Standard_ZRS"),
    ],
)
def test_a_region_that_lacks_something_is_named_with_what_it_lacks(changes: Mapping[str, str], lacking: str) -> None:
    [said] = against(Azure(**changes), AZURE_LOCATION="westeurope")
    assert f"westeurope does not offer {lacking}. These regions have all of it: none." in said


def test_what_can_be_done_without_is_named_with_how() -> None:
    [said] = against(Azure(), AZURE_LOCATION="eastus")
    assert said.endswith(
        "These regions have all of it: westeurope. Or do without: azd env set STORAGE_SKU Standard_LRS."
    )
    skus = json.dumps([{"name": "Standard_LRS", "kind": "StorageV2", "locations": ["eastus"]}])
    assert against(Azure(storage_sku=skus), AZURE_LOCATION="eastus", STORAGE_SKU="Standard_LRS") == []


def test_a_region_without_video_translation_is_named() -> None:
    [video, *_] = against(Azure(), AZURE_LOCATION="northeurope")
    assert video.startswith("northeurope does not offer video translation.")


def test_zones_are_asked_for_where_they_are_wanted() -> None:
    azure = Azure()
    against(azure, AZURE_LOCATION="westeurope", ZONE_REDUNDANT="true")
    assert azure.number("--zone-redundant") == 1


def test_what_cannot_be_asked_is_told_and_stops_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    azure = Azure(cognitiveservices=REFUSED, storage_sku="not JSON")
    assert against(azure, AZURE_LOCATION="westeurope") == []
    told = capsys.readouterr().out.splitlines()
    assert [line.split(" could")[0] for line in told] == ["document translation", "Standard_ZRS"]


@pytest.fixture
def azd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in that notes how it is called."""
    (tmp_path / "azd").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n')
    (tmp_path / "azd").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "calls"


def test_the_callback_secret_is_made_once(azd: Path) -> None:
    keep_secret({})
    assert re.fullmatch(r"env set CALLBACK_SECRET [0-9a-f]{64}\n", azd.read_text())


def prepare(azd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the hook where az knows no region at all."""
    (azd.parent / "az").write_text("#!/bin/sh\necho '[]'\n")
    (azd.parent / "az").chmod(0o755)
    return run(sys.executable, "-m", "infra.hooks.prepare", environment={"PATH": os.environ["PATH"], **environment})


def test_a_region_that_will_not_do_stops_the_deployment_before_anything_is_made(azd: Path) -> None:
    ended = prepare(azd, AZURE_LOCATION="westeurope")
    assert ended.returncode == 1
    assert "westeurope does not offer Flex Consumption." in ended.stderr
    assert "azd env set AZURE_LOCATION <region>" in ended.stderr
    assert not azd.exists()


def test_whoever_knows_better_may_go_on(azd: Path) -> None:
    ended = prepare(azd, AZURE_LOCATION="westeurope", SKIP_REGION_CHECK="true")
    assert ended.returncode == 0, ended.stderr
    assert azd.read_text().startswith("env set CALLBACK_SECRET ")


def test_a_callback_secret_that_is_there_stays(azd: Path) -> None:
    keep_secret({"CALLBACK_SECRET": "kept"})
    assert not azd.exists()


def test_azd_runs_hooks_that_exist_in_either_shell() -> None:
    text = (ROOT / "azure.yaml").read_text()
    posix, windows = re.findall(r"run: python3 -m (.+)", text), re.findall(r"run: python -m (.+)", text)
    assert posix == windows
    assert [len(re.findall(rf"shell: {shell}\n", text)) for shell in ("sh", "pwsh")] == [len(posix)] * 2
    modules = {words.split()[0] for words in posix}
    assert modules == {f"infra.hooks.{name}" for name in ("prepare", "package", "subscribe")}
    assert all((ROOT / f"{module.replace('.', '/')}.py").exists() for module in modules)
