"""What a service charges: counted once, with the record of what it was charged for."""

from collections.abc import Mapping

from shared import telemetry
from shared.jobs.open_job import Move, OpenTranslation
from shared.jobs.translation import State


def record_charged(paid: OpenTranslation, units: Mapping[str, float], move: Move, *only: State) -> None:
    """Record the move, which adds `units` to the translation's bill, and count them where it was still to be made."""
    before = paid.now
    if paid.record(move, *only) != before:
        telemetry.charge(str(before.provider), units)
