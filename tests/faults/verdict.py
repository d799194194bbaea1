"""What is to be thought of a run in which the app died."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.faults.batch import AUDIO, WAITING, Receipt, Traces
from tests.faults.calls import Point
from tests.faults.lane import Run

#: Vozo alone cannot be asked whether a start was taken.
MAY_BE_UNKNOWN = (AUDIO,)


class Verdict(StrEnum):
    """In one word."""

    CONVERGED = "converged"
    DOUBLED = "doubled"
    LOST = "lost"
    NOT_REACHED = "not reached"


@dataclass(frozen=True)
class Trial:
    """A point that was tried, and what came of it."""

    point: Point
    verdict: Verdict
    reasons: tuple[str, ...] = ()


def judge(point: Point, run: Run, clean: Traces) -> Trial:
    """Compare what a run left with what a clean one leaves."""
    twice, losses = tuple(_paid_again(run.traces, clean)), tuple(lost(run, clean))
    if twice:
        return Trial(point, Verdict.DOUBLED, twice + losses)
    if losses:
        return Trial(point, Verdict.LOST, losses)
    return Trial(point, Verdict.CONVERGED if run.died else Verdict.NOT_REACHED)


def _paid_again(traces: Traces, clean: Traces) -> Iterator[str]:
    for what, times in (traces.paid - clean.paid).items():
        yield f"{what} was paid {clean.paid[what] + times} times, and {clean.paid[what]} times in the clean run"


def lost(run: Run, clean: Traces) -> Iterator[str]:
    """What is missing of a run, or wrong with it, in words."""
    if not run.ended:
        yield "it has not ended"
    if run.traces.records != clean.records:
        yield f"the ledger differs from that of the clean run in {sorted(run.traces.records ^ clean.records)}"
    if WAITING in clean.drops and not run.traces.drops[WAITING]:
        yield f"nobody is told why {WAITING} waits"
    for name, receipt in run.traces.translations.items():
        if receipt is None:
            yield f"{name} has no receipt"
            continue
        yield from _wrong_end(name, receipt, run.traces, clean)
        yield from _other_story(name, receipt, run.traces.drops[name])


def _wrong_end(name: str, receipt: Receipt, traces: Traces, clean: Traces) -> Iterator[str]:
    if receipt["status"] == "succeeded":
        yield from _missing(name, receipt, traces, clean)
    elif name not in MAY_BE_UNKNOWN or _code(receipt) != "outcome-unknown":
        yield f"{name} is {receipt['status']}: {receipt.get('problem')}"


def _missing(name: str, receipt: Receipt, traces: Traces, clean: Traces) -> Iterator[str]:
    expected = clean.translations[name] or {}
    told, wanted = _outputs(receipt), _outputs(expected)
    if told != wanted:
        yield f"{name} tells of {told}, and in the clean run of {wanted}"
    for output, size in told.items():
        if traces.blobs.get(output) != size:
            yield f"{output} should have {size} bytes, and has {traces.blobs.get(output)}"


def _other_story(name: str, receipt: Receipt, drop: Receipt | None) -> Iterator[str]:
    told = [line["status"] for line in drop["translations"]] if drop else None
    if told != [receipt["status"]]:
        yield f"{name} is {receipt['status']}, and the receipt of the drop says {told}"


def _outputs(receipt: Mapping[str, Any]) -> dict[str, int]:
    return {output["name"]: output["size"] for output in receipt.get("outputs", ())}


def _code(receipt: Receipt) -> str | None:
    problem = receipt.get("problem")
    return problem["code"] if problem else None
