"""Wherever the app dies, nothing is lost and nothing is paid for twice.

One clean run of a video (azure-video) and an audio file (vozo) tells all outgoing calls. Then the app's process is
ended hard before and after each of them, once in a run, is started again, and has to bring both files to their end.
"""

from pathlib import Path

import pytest

from tests.faults.harness import crash_everywhere
from tests.faults.report import report, tried
from tests.faults.verdict import Verdict


# Some two hundred runs take about 90 seconds on two cores, and longer where others want them too.
@pytest.mark.timeout(900)
async def test_the_app_may_die_at_any_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trials = await crash_everywhere(tmp_path)
    told = report(trials)
    with capsys.disabled():
        print(f"\n{told}")
    assert {trial.verdict for trial in trials} <= {Verdict.CONVERGED, Verdict.NOT_REACHED}, told
    # Polls come in another number in each run; if more than that is not reached, the harness does not do its work.
    assert tried(trials) > 0.8 * len(trials), told
