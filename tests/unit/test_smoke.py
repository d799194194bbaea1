"""What a person is told of a sample, and where the deployment is looked for."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tools.smoke.drop import Drop
from tools.smoke.place import NEEDED, NoPlace, Place, outputs
from tools.smoke.samples import SAMPLES

VALUES = {name: f"https://{name.lower()}.example" for name in NEEDED}
PROBLEM = {"code": "held", "reason": "The key is refused.", "advice": "Give another."}


def dropped(ended: float | None = None, **receipt: Any) -> Drop:
    whole = {"status": "running", "problems": [], "translations": []} | receipt if receipt else None
    return Drop(SAMPLES[0], "smoke/film.mp4", 0, 1, ended, whole)


@pytest.mark.parametrize(
    ("drop", "told"),
    [
        (dropped(), "No receipt came"),
        (dropped(translations=[{"status": "queued"}]), "Still queued when the time was over. Its receipt will say"),
        (
            dropped(translations=[{"status": "queued", "problem": PROBLEM}]),
            "Still queued when the time was over. The key is refused. Give another.",
        ),
        (dropped(2, status="waiting", problems=[PROBLEM]), "It is waiting: The key is refused. Give another."),
        (dropped(2, status="superseded"), "It is superseded: its receipt does not say why."),
        (dropped(2, status="succeeded"), "It succeeded, but no result lies in the outbox."),
    ],
)
def test_what_did_not_work_is_told_with_its_reason(drop: Drop, told: str) -> None:
    assert drop.trouble([]).startswith(told)


def test_of_what_worked_no_trouble_is_told() -> None:
    assert dropped(2, status="succeeded").trouble(["smoke/film.es-ES.mp4"]) == ""


def test_no_two_samples_have_one_stem_since_their_results_lie_side_by_side() -> None:
    assert len({sample.name.split(".")[0] for sample in SAMPLES}) == len(SAMPLES)


@pytest.fixture
def azd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for azd that knows the deployment, with the names of outputs in Azure's own cases."""
    for name in NEEDED:
        monkeypatch.delenv(name, raising=False)
    answer = json.dumps({name.swapcase(): value for name, value in VALUES.items()})
    (tmp_path / "azd").write_text(f"#!/bin/sh\necho '{answer}'\n")
    (tmp_path / "azd").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "azd"


@pytest.mark.usefixtures("azd")
def test_the_deployment_is_the_one_that_azd_knows() -> None:
    place = Place.deployed(outputs())
    assert (place.inbox, place.app) == (VALUES["INBOX_CONTAINER"], VALUES["CALLBACK_BASE_URL"])
    assert place.storage.url.startswith(VALUES[NEEDED[0]])


@pytest.mark.usefixtures("azd")
def test_what_the_environment_says_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NEEDED:
        monkeypatch.setenv(name, "https://mine.example")
    assert {outputs()[name] for name in NEEDED} == {"https://mine.example"}


def test_where_no_deployment_is_known_its_outputs_are_named(azd: Path) -> None:
    azd.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(NoPlace, match="INBOX_CONTAINER"):
        outputs()
