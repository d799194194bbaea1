"""What is due: a pure function of a job's age and the time, so that an idle tick writes nothing."""

import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.jobs.summary import JobSummary, TranslationSummary
from shared.jobs.translation import State

#: How often a job of an age is looked at; younger than the first row, at every tick.
PERIODS: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(hours=6), timedelta(minutes=10)),
    (timedelta(hours=1), timedelta(minutes=5)),
    (timedelta(minutes=10), timedelta(minutes=2)),
)
#: How often, at the most, a service is asked about an older job that has called about the same work. Its last call may
#: be lost.
CALLED = timedelta(minutes=10)
#: How often a file is looked at that waits for a brief: one that comes has its own event, which may be lost.
SELDOM = timedelta(minutes=10)


def is_due(summary: JobSummary, now: datetime, last_tick: datetime | None) -> bool:
    """Whether a job wants attention now. `last_tick` is None at the first tick of a process: then everything is due."""
    if summary.is_newer:
        return False
    if last_tick is None or not summary.complete or summary.accepted is None:
        return True
    if not summary.translations:
        return _is_turn(summary, now, last_tick, SELDOM)
    has_ended = all(line.has_ended for line in summary.translations)
    return has_ended or any(_wants(summary, line, now, last_tick) for line in summary.translations)


def due_age(summaries: Iterable[JobSummary], now: datetime) -> float:
    """Seconds that the oldest due translation has waited beyond the moment when it should have moved; 0 for none.

    Nobody is late who waits for a person's brief, or is held by a limit.
    """
    moments = [_should_move(line) for summary in summaries if not summary.is_newer for line in summary.translations]
    return max((max(0.0, (now - moment).total_seconds()) for moment in moments if moment), default=0.0)


def _should_move(line: TranslationSummary) -> datetime | None:
    match line.state:
        case State.QUEUED if line.is_limited:
            return None
        case State.QUEUED | State.DELIVERING:
            return line.not_before or line.since
        case State.STARTING:
            return line.since
        case State.RUNNING:
            return line.deadline
    return None


def _wants(summary: JobSummary, line: TranslationSummary, now: datetime, last_tick: datetime) -> bool:
    if line.unready:
        return _its_turn(summary, now, last_tick)
    match line.state:
        case State.QUEUED if line.is_limited:
            return False
        case State.QUEUED | State.DELIVERING:
            return not line.is_held(now)
        case State.RUNNING if line.pending is not None:
            return not line.is_held(now)
        case State.STARTING if line.problem is None:
            # Its process may have died: the step is to be taken up as soon as its claim is old.
            return True
        case State.STARTING | State.RUNNING:
            return _its_turn(summary, now, last_tick, CALLED if line.called else timedelta())
    return False


def _its_turn(summary: JobSummary, now: datetime, last_tick: datetime, least: timedelta = timedelta()) -> bool:
    """Whether one of the job's moments has passed since the last tick. They are spread out by its key."""
    age = now - (summary.accepted or now)
    period = next((period for older, period in PERIODS if age >= older), None)
    return period is None or _is_turn(summary, now, last_tick, max(period, least))


def _is_turn(summary: JobSummary, now: datetime, last_tick: datetime, period: timedelta) -> bool:
    seconds = period.total_seconds()
    offset = zlib.crc32(summary.key.encode()) % seconds
    return int((now.timestamp() + offset) // seconds) != int((last_tick.timestamp() + offset) // seconds)
