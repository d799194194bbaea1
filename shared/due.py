"""What is due: a pure function of a job's age and the time, so that an idle tick writes nothing."""

import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.job import ENDED, State
from shared.ledger import Glance, Glimpse

#: How often a job of an age is looked at; younger than the first row, at every tick.
PERIODS: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(hours=6), timedelta(minutes=10)),
    (timedelta(hours=1), timedelta(minutes=5)),
    (timedelta(minutes=10), timedelta(minutes=2)),
)


def is_due(glance: Glance, now: datetime, last_tick: datetime | None) -> bool:
    """Whether a job wants attention now. `last_tick` is None at the first tick of a process: then everything is due."""
    if last_tick is None or not glance.complete or glance.accepted is None:
        return True
    if not glance.translations:
        return _its_turn(glance, now, last_tick)
    has_ended = all(glimpse.state in ENDED for glimpse in glance.translations)
    return has_ended or any(_wants(glance, glimpse, now, last_tick) for glimpse in glance.translations)


def due_age(glances: Iterable[Glance], now: datetime) -> float:
    """Seconds that the oldest due translation has waited beyond the moment when it should have moved; 0 for none.

    Nobody is late who waits for a person's brief, or is held by a limit.
    """
    moments = [_should_move(glimpse) for glance in glances for glimpse in glance.translations]
    return max((max(0.0, (now - moment).total_seconds()) for moment in moments if moment), default=0.0)


def _should_move(glimpse: Glimpse) -> datetime | None:
    match glimpse.state:
        case State.QUEUED if glimpse.waits_for_others:
            return None
        case State.QUEUED | State.DELIVERING:
            return glimpse.not_before or glimpse.since
        case State.STARTING:
            return glimpse.since
        case State.RUNNING:
            return glimpse.deadline
    return None


def _wants(glance: Glance, glimpse: Glimpse, now: datetime, last_tick: datetime) -> bool:
    match glimpse.state:
        case State.QUEUED | State.DELIVERING:
            return glimpse.not_before is None or glimpse.not_before <= now
        case State.STARTING | State.RUNNING:
            return _its_turn(glance, now, last_tick)
    return False


def _its_turn(glance: Glance, now: datetime, last_tick: datetime) -> bool:
    """Whether one of the job's moments has passed since the last tick. They are spread out by its key."""
    age = now - (glance.accepted or now)
    period = next((period for older, period in PERIODS if age >= older), None)
    if period is None:
        return True
    seconds = period.total_seconds()
    offset = zlib.crc32(glance.key.encode()) % seconds
    return int((now.timestamp() + offset) // seconds) != int((last_tick.timestamp() + offset) // seconds)
