"""The next attempt of a job: it begins what is missing, and pays for nothing that succeeded before."""

from collections.abc import Callable
from datetime import datetime

from shared.jobs.job import Job
from shared.jobs.translation import Problem, State, Translation

MADE_BEFORE = Problem(
    code="made-before",
    reason="every language that the brief names was translated before, and the record of that is no longer kept",
    advice=(
        "Nothing to do: the results were delivered. To have all translated anew, and pay for it, drop the file again "
        "with force=true in its metadata."
    ),
)


def upon(done: Job, planned: Job, now: datetime, may_be_finished: Callable[[Translation], bool]) -> Job:
    """The attempt as it was planned, with what is kept of the one that is done.

    What succeeded stays, also in a language that the brief no longer names: its results lie in the outbox. What was
    made and is not there, because its delivery failed or somebody deleted it, is brought home again. What may be
    finished by now is asked about. An edit whose iteration came to nothing is made again, upon what the provider has.
    All else is begun; and everything is where the attempt is forced, or where results of other content have come in
    between. An attempt that waits stays as it is.
    """
    if planned.waits:
        return planned
    missing, planned = planned.missing, planned.model_copy(update={"missing": ()})
    if planned.generation != done.generation:
        return planned
    if planned.refused:
        return planned.keep(done)
    if planned.forced == planned.attempt:
        return left_of(planned)
    undelivered = [t for t in done.translations if t.only_delivery_failed or t.target in missing]
    paid = {t.target: t.deliver_again(now) for t in undelivered}
    asked = {t.target: t.ask_again(now) for t in done.translations if may_be_finished(t)}
    lost = {t.target: done.lost_edit(t.target) for t in done.translations if t.target not in paid | asked}
    to_correct = {t.target: t for t in done.translations if lost.get(t.target)}
    succeeded = {t.target: t for t in done.translations if t.state is State.SUCCEEDED}
    kept = succeeded | to_correct | paid | asked
    named = {t.target: t for t in planned.translations if t.target not in planned.expired}
    translations = tuple(kept.get(target, t) for target, t in (named | succeeded).items())
    if not translations:
        return planned.refuse(MADE_BEFORE)
    edits = tuple(filter(None, lost.values()))
    return planned.model_copy(update={"translations": translations, "edits": edits}).iterate(now)


def left_of(planned: Job) -> Job:
    """The attempt without the languages that succeeded before the job's record expired; with all where it is forced."""
    if planned.waits or planned.refused:
        return planned
    if planned.forced == planned.attempt:
        return planned.model_copy(update={"expired": ()})
    left = tuple(t for t in planned.translations if t.target not in planned.expired)
    return planned.model_copy(update={"translations": left}) if left else planned.refuse(MADE_BEFORE)
