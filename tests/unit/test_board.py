"""Progress on the screen, and the table at the end."""

import io
from pathlib import Path
from typing import Any

import pytest

from sandbox.board import Board, Progress, Ticker
from sandbox.outcome import Outcome, table

QUEUED = Progress("talks/intro.mp4", "es-ES", "queued")
RUNNING = Progress("talks/intro.mp4", "es-ES", "running", "azure-video")


class Terminal(io.StringIO):
    """Says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_without_a_terminal_only_changes_are_printed() -> None:
    out = io.StringIO()
    board = Board(out)
    for progress, seconds in ((QUEUED, 0.5), (QUEUED, 1.0), (RUNNING, 1.5)):
        board.show([(progress, seconds)])
    assert [line.split()[:5] for line in out.getvalue().splitlines()] == [
        ["0.5", "s", "talks/intro.mp4", "es-ES", "queued"],
        ["1.5", "s", "talks/intro.mp4", "es-ES", "running"],
    ]


def test_on_a_terminal_the_lines_are_written_over() -> None:
    out = Terminal()
    board = Board(out)
    board.show([(QUEUED, 0.5), (QUEUED, 0.5)])
    board.show([(RUNNING, 1.5), (RUNNING, 1.5)])
    first, second = out.getvalue().split("\x1b[2A")
    assert (first.count("queued"), second.count("running")) == (2, 2)


def test_a_file_that_waits_or_is_refused_says_why_for_each_language() -> None:
    job = {"status": "waiting", "translations": [], "problems": [{"reason": "two are asked for"}]}
    waiting = list(Progress.of_job("talks/intro.mp4", ("es-ES", "fr-FR"), job))
    assert [(each.target, each.state, each.detail) for each in waiting] == [
        ("es-ES", "waiting", "two are asked for"),
        ("fr-FR", "waiting", "two are asked for"),
    ]


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    for name in ("intro.es-ES.mp4", "intro.es-ES.vtt", "intro.mp4.es-ES.translation.json", "intro.fr-FR.mp4"):
        (tmp_path / "talks").mkdir(exist_ok=True)
        (tmp_path / "talks" / name).write_bytes(b"12345")
    return tmp_path


def test_a_translation_that_left_results_has_finished(outbox: Path) -> None:
    outcome = Outcome.of(Progress("talks/intro.mp4", "es-ES", "succeeded", "azure-video"), 3, outbox)
    assert outcome.finished
    assert dict(outcome.outputs) == {
        "talks/intro.es-ES.mp4": 5,
        "talks/intro.es-ES.vtt": 5,
        "talks/intro.mp4.es-ES.translation.json": 5,
    }
    assert "talks/intro.es-ES.vtt" in table([outcome])


@pytest.mark.parametrize(
    ("progress", "reason"),
    [
        (RUNNING, "still running after 180 seconds."),
        (Progress("talks/intro.mp4", "es-ES", "waiting", detail="no targets"), "after 180 seconds. no targets"),
        (Progress("talks/intro.mp4", "es-ES", "failed", detail="no speech"), "failed: no speech"),
        (Progress("talks/other.mp4", "es-ES", "succeeded"), "its results are not in the outbox"),
    ],
)
def test_what_did_not_finish_says_why(outbox: Path, progress: Progress, reason: str) -> None:
    outcome = Outcome.of(progress, 180, outbox)
    assert not outcome.finished
    assert reason in outcome.reason


SOURCE = {"name": "talks/intro.mp4"}
PROBLEM = {"code": "x", "reason": "nobody speaks", "advice": "Say something."}


def test_each_change_of_a_translation_is_one_line_and_a_problem_is_told_with_its_advice() -> None:
    out = io.StringIO()
    ticker = Ticker(out)
    lines = [
        {"target": "es-ES", "status": "running", "provider": "azure-video"},
        {"target": "es-ES", "status": "failed", "provider": "azure-video", "problem": PROBLEM},
    ]
    for line in (lines[0], lines[0], lines[1]):
        ticker.tell({"status": "running", "source": SOURCE, "problems": [], "translations": [line]})
    printed = [line.split(maxsplit=1)[1].split(maxsplit=4) for line in out.getvalue().splitlines()]
    assert printed == [
        ["talks/intro.mp4", "es-ES", "running", "azure-video"],
        ["talks/intro.mp4", "es-ES", "failed", "azure-video", "nobody speaks. Say something."],
    ]


@pytest.mark.parametrize(
    "receipt",
    [
        {"status": "waiting", "source": SOURCE, "problems": [PROBLEM], "translations": []},
        {"status": "refused", "source": SOURCE, "problem": PROBLEM},
    ],
)
def test_a_drop_that_waits_or_is_refused_says_why(receipt: dict[str, object]) -> None:
    out = io.StringIO()
    Ticker(out).tell(receipt)
    assert f"{receipt['status']}" in out.getvalue()
    assert "nobody speaks. Say something." in out.getvalue()


def test_a_correction_that_counts_is_told_with_its_languages_and_with_those_that_it_does_not_count_for() -> None:
    out = io.StringIO()
    correction = {"status": "accepted", "source": {"name": "talks/intro.source.vtt", "etag": "0x1"}}
    Ticker(out).tell(correction | {"targets": ["es-ES", "de-DE"], "refused": {"fr-FR": PROBLEM}})
    assert [line.split(maxsplit=1)[1].split(maxsplit=2) for line in out.getvalue().splitlines()] == [
        ["talks/intro.source.vtt", "es-ES", "accepted"],
        ["talks/intro.source.vtt", "de-DE", "accepted"],
        ["talks/intro.source.vtt", "fr-FR", "refused                  nobody speaks. Say something."],
    ]


def test_a_problem_of_several_lines_is_printed_in_one() -> None:
    out = io.StringIO()
    problem = {"code": "x", "reason": "one is wrong\ndid you mean two?", "advice": "Correct it."}
    Ticker(out).tell({"status": "waiting", "source": SOURCE, "problems": [problem], "translations": []})
    assert out.getvalue().endswith("one is wrong; did you mean two? Correct it.\n")


def test_a_warning_of_a_translation_is_told() -> None:
    out = io.StringIO()
    Ticker(out).tell({"status": "succeeded", "source": SOURCE, "target": "es-ES", "warnings": ["no subtitles"]})
    assert "warning" in out.getvalue()
    assert "no subtitles" in out.getvalue()


def test_a_problem_that_comes_back_is_told_again() -> None:
    out = io.StringIO()
    ticker = Ticker(out)
    line = {"target": "es-ES", "status": "running", "provider": "azure-video"}
    waits = {"status": "waiting", "source": SOURCE, "problems": [PROBLEM], "translations": []}
    for receipt in (waits, {"status": "running", "source": SOURCE, "problems": [], "translations": [line]}, waits):
        ticker.tell(receipt)
    assert [line.split()[2] for line in out.getvalue().splitlines()] == ["waiting", "es-ES", "waiting"]


def test_a_receipt_that_is_written_again_with_the_same_warnings_is_told_once() -> None:
    out = io.StringIO()
    ticker = Ticker(out)
    for _ in range(2):
        ticker.tell({"status": "succeeded", "source": SOURCE, "target": "es-ES", "warnings": ["one", "two"]})
    assert [line.split()[-1] for line in out.getvalue().splitlines()] == ["one", "two"]


@pytest.mark.parametrize("content", [{}, [], {"source": {"name": "a"}, "translations": [{}]}])
def test_a_file_that_is_only_named_like_a_receipt_is_said_to_be_none(
    content: Any, caplog: pytest.LogCaptureFixture
) -> None:
    Ticker(io.StringIO()).tell(content)
    assert "is none of this app's" in caplog.text
