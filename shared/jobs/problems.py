"""Problems that the engine itself states, beside those that errors bring."""

from collections.abc import Iterable, Mapping, Sequence

from shared.errors import AnswerLost, EditRefused
from shared.jobs.iterations import Edit
from shared.jobs.job import Job
from shared.jobs.translation import Problem, State, Translation

#: What to do with a correction of which nothing is made.
YOURS = "The file in the outbox is yours to correct: nothing is spoken anew."
ANEW = "To have the video translated anew, and pay for it, drop it again with force=true in its metadata."
CORRECT_NEWER = "Wait for the results of the newer version, and correct those."
CORRECT_LATER = "See the receipt of the translation. Once it has succeeded, correct its files, and drop them again."
SUPERSEDED = Problem(
    code="superseded",
    reason="a newer version of the file was dropped",
    advice="Nothing to do: the newer version takes its place.",
)
SOURCE_GONE = Problem(
    code="source-gone", reason="the file was deleted before it was started", advice="Drop the file again."
)
POISON = Problem(
    code="not-accepted",
    reason="the app failed five times to accept the file",
    advice=(
        "Nothing at first: the app looks for missed files every five minutes, finds this one again by itself, and "
        "accepts it once the cause is gone. If this receipt stays, ask whoever runs the app to look into its log."
    ),
)


def canceled(unstoppable: Sequence[str]) -> Problem:
    """A person stopped it; `unstoppable` are the providers at work on it that have no way to stop."""
    who = " and ".join(unstoppable)
    bill = f"; {who} cannot stop work that has begun, and may still finish and charge it" if who else ""
    return Problem(
        code="canceled", reason=f"a person canceled it{bill}", advice="Drop the file again, or retry the job, to go on."
    )


def deleted(said: str) -> Problem:
    """A service fails, and the file is no longer there for it or for another; `said` is what the service says."""
    return Problem(
        code="source-gone",
        reason=f"the file was deleted while it was being translated: {said}",
        advice="Drop the file again, and leave it in the inbox until its receipt says succeeded.",
    )


def late(job: Job) -> Problem:
    """The job has used up its time."""
    return Problem(
        code="deadline",
        reason=f"it was not finished within {round(job.hours, 1):g} hours",
        advice="Look at the service's own portal, then drop the file again.",
    )


def unfinished(job: Job, trouble: Problem | None) -> Problem:
    """The job has used up its time, and its service is at work on it, or has finished it and could not be asked."""
    said = f"; asked about it, the answer was: {trouble.reason}" if trouble else ""
    advice = (
        "Drop the file again: the service is asked first whether it has finished, and then nothing is paid again. "
        "With force=true in its metadata the file is begun, and paid, anew."
    )
    return late(job).model_copy(update={"reason": f"{late(job).reason}{said}", "advice": advice})


def passed_over(provider: str, reason: str, advice: str | None = None) -> Problem:
    """A provider of the route does not take the file."""
    advice = advice or "Name another provider in the brief's route."
    return Problem(code="passed-over", reason=f"{provider}: {reason}", advice=advice)


def nobody(job: Job, passed: Mapping[str, Problem]) -> Problem:
    """No provider of the route takes the file."""
    reasons = "; ".join(problem.reason for problem in passed.values())
    return Problem(
        code="no-provider",
        reason=reasons or f"no translation service is set up here for {job.kind} files",
        advice="Change the file, the languages or the route of its brief, and drop it again.",
    )


def never_started(job: Job, cause: Problem | None) -> Problem:
    """The job has used up its time, and its service has surely not begun."""
    said = f": {cause.reason}" if cause else ""
    advice = "Nothing was paid. Drop the file again once the service works."
    return late(job).model_copy(update={"reason": f"{late(job).reason}{said}", "advice": advice})


def unknown(provider: str, why: str = "") -> Problem:
    """Nobody can tell whether a paid step was taken; `why` is what is known of the cause."""
    said = f": {why}" if why else ""
    return Problem.of(AnswerLost(f"whether {provider} has started the translation is not known{said}"))


def unmade(job: Job, edit: Edit) -> Problem:
    """Why nothing is made of an edit of a job that has ended, or of one of its languages that has."""
    translation = next((t for t in job.translations if t.target == edit.target), None)
    if job.is_superseded:
        return _refused(f"a newer version of {job.name} was dropped before anything was made of it", CORRECT_NEWER)
    if translation is None:
        return _refused(f"{edit.target} is no longer a language of the brief", CORRECT_LATER)
    if job.can_build_on(edit.target):
        reason = "a person canceled the job before anything was made of it"
        return _refused(reason, f"Drop {edit.name} into `edits` again.")
    if translation.forgotten:
        deleted = f"the service's copy of {edit.target} was deleted after the delivery (DELETE_AFTER_DELIVERY)"
        return _refused(deleted, ANEW)
    return not_taken(translation)


def not_taken(translation: Translation) -> Problem:
    """The provider of a translation takes no such edit, or has made nothing that one could correct."""
    if translation.has_ended and translation.state is not State.SUCCEEDED:
        return _refused(f"{translation.target} has ended as {translation.state}", CORRECT_LATER)
    made = "was translated" if translation.has_ended else "is being translated"
    return _refused(f"{translation.target} {made} by {translation.provider}, which takes no such corrections", YOURS)


def too_long(reason: str, most: int) -> Problem:
    """A correction has more bytes than `most`, which is some megabytes."""
    limit = f"A correction has {most // 1024**2} MB at the most."
    return _refused(reason, f"{limit} Drop the subtitles alone, as they lie in the outbox.")


def together(several: Iterable[Problem]) -> Problem:
    """Why a correction counts for no language at all; `several` are those of its languages."""
    told = list(several)
    reasons, advices = dict.fromkeys(p.reason for p in told), dict.fromkeys(p.advice for p in told)
    return _refused("; ".join(reasons), " ".join(advices))


def edit_gone(name: str) -> Problem:
    """The checked copy of an edit is no longer kept, and what lies under its name is not what was checked."""
    reason = f"the copy of {name} is no longer kept, and the file itself was deleted or changed since"
    return _refused(reason, f"Drop {name} into `edits` again.")


def _refused(reason: str, advice: str) -> Problem:
    return Problem(code=EditRefused.code, reason=reason, advice=advice)


def answer_lost(provider: str) -> Problem:
    """The app ended while a request that may have been paid for was under way."""
    return Problem.of(AnswerLost(f"the answer of {provider} to a request was lost"))
