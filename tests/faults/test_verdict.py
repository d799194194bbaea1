"""The judge sees what is paid twice, what is missing, and what is told wrongly."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.batch import AUDIO, VIDEO, WAITING, Traces
from tests.faults.calls import Point
from tests.faults.lane import Run
from tests.faults.report import report
from tests.faults.verdict import Trial, Verdict, judge

POINT = Point("PUT /somewhere #1", "after")
FILES = (VIDEO, AUDIO)
UNKNOWN = {"status": "failed", "problem": {"code": "outcome-unknown"}}


def receipt(name: str) -> dict[str, Any]:
    return {"status": "succeeded", "outputs": [{"name": f"out/{name}", "size": 9}]}


def drop(status: str) -> dict[str, Any]:
    return {"translations": [{"status": status}]}


CLEAN = Traces(
    translations={name: receipt(name) for name in FILES},
    drops={**{name: drop("succeeded") for name in FILES}, WAITING: {"status": "waiting"}},
    blobs={f"out/{name}": 9 for name in FILES},
    records=frozenset({"done/film", "done/talk"}),
    paid=Counter({"film": 1, "talk": 1}),
)


def verdict(traces: Traces, *, died: bool = True, ended: bool = True) -> Verdict:
    return judge(POINT, Run([], died, ended, traces), CLEAN).verdict


def with_end(name: str, told: Mapping[str, Any] | None, in_drop: str = "failed") -> Traces:
    return replace(CLEAN, translations={**CLEAN.translations, name: told}, drops={**CLEAN.drops, name: drop(in_drop)})


def test_what_a_clean_run_leaves_has_converged() -> None:
    assert verdict(CLEAN) is Verdict.CONVERGED


def test_a_point_at_which_nothing_died_was_not_reached() -> None:
    assert verdict(CLEAN, died=False) is Verdict.NOT_REACHED


@pytest.mark.parametrize("again", ["film", "another film"])
def test_what_the_clean_run_did_not_pay_for_is_doubled(again: str) -> None:
    assert verdict(replace(CLEAN, paid=CLEAN.paid + Counter({again: 1}))) is Verdict.DOUBLED


def test_an_unknown_outcome_is_honest_where_the_provider_cannot_be_asked() -> None:
    assert verdict(with_end(AUDIO, UNKNOWN)) is Verdict.CONVERGED


@pytest.mark.parametrize(
    "traces",
    [
        pytest.param(with_end(VIDEO, UNKNOWN), id="an unknown outcome where the provider can be asked"),
        pytest.param(with_end(AUDIO, {"status": "failed", "problem": {"code": "deadline"}}), id="another failure"),
        pytest.param(with_end(AUDIO, None), id="no receipt"),
        pytest.param(with_end(AUDIO, {"status": "succeeded", "outputs": []}, "succeeded"), id="no outputs"),
        pytest.param(with_end(AUDIO, UNKNOWN, "succeeded"), id="the receipt of the drop tells another story"),
        pytest.param(replace(CLEAN, drops={**CLEAN.drops, VIDEO: None}), id="no receipt of the drop"),
        pytest.param(replace(CLEAN, drops={**CLEAN.drops, WAITING: None}), id="no receipt of what waits"),
        pytest.param(replace(CLEAN, blobs={**CLEAN.blobs, f"out/{VIDEO}": 8}), id="an output that is cut short"),
        pytest.param(replace(CLEAN, blobs={}), id="outputs that are told and not there"),
        pytest.param(replace(CLEAN, records=frozenset({"done/film"})), id="a record that is gone"),
        pytest.param(replace(CLEAN, records=CLEAN.records | {"open/talk"}), id="a record that was left behind"),
    ],
)
def test_what_is_missing_or_told_wrongly_is_lost(traces: Traces) -> None:
    assert verdict(traces) is Verdict.LOST


def test_what_does_not_end_is_lost() -> None:
    assert verdict(CLEAN, ended=False) is Verdict.LOST


def test_the_report_counts_points_and_names_those_that_went_wrong() -> None:
    trials = [Trial(POINT, Verdict.CONVERGED), Trial(POINT, Verdict.NOT_REACHED), Trial(POINT, Verdict.LOST, ("why",))]
    lines = report(trials).splitlines()
    assert [line.split()[-1] for line in lines[1:6]] == ["2", "1", "0", "1", "1"]
    assert lines[6:] == ["lost: after PUT /somewhere #1: why"]
