"""Problems that the engine itself states, beside those that errors bring."""

from collections.abc import Mapping, Sequence

from shared.errors import AnswerLost, EditRefused
from shared.jobs.job import Job
from shared.jobs.translation import Problem, State, Translation

#: What to do with a correction that the provider of a translation does not take.
YOURS = "The file in the outbox is yours to correct: nothing is spoken anew."
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


def no_iteration(name: str, ended: Mapping[str, Translation | None]) -> Problem:
    """Nothing is made of an edit, because of how the translations have ended that it is for.

    They are given by language: None where a newer brief no longer names it.
    """
    reasons = "; ".join(_end_of(target, translation) for target, translation in ended.items())
    return Problem(
        code=EditRefused.code, reason=f"nothing is made of {name}: {reasons}", advice=_advice_for([*ended.values()])
    )


def _advice_for(ended: Sequence[Translation | None]) -> str:
    if not all(translation and translation.state is State.SUCCEEDED for translation in ended):
        return "See the receipt of the translation. Once it has succeeded, correct its files, and drop them again."
    if all(translation and translation.step.is_iteration for translation in ended):
        return "Drop it into `edits` again to have it made."
    return YOURS


def _end_of(target: str, translation: Translation | None) -> str:
    if translation is None:
        return f"{target} is no longer a language of the brief"
    if translation.state is State.SUCCEEDED and translation.step.is_iteration:
        return f"the job was stopped before it was made in {target}"
    if translation.state is State.SUCCEEDED:  # by a provider that makes no iterations
        return f"{target} was translated by {translation.provider}, which takes no such corrections"
    return f"{target} has ended as {translation.state}"


def edit_gone(name: str) -> Problem:
    """The checked copy of an edit is no longer kept, and what lies under its name is not what was checked."""
    return Problem(
        code=EditRefused.code,
        reason=f"the copy of {name} is no longer kept, and the file itself was deleted or changed since",
        advice=f"Drop {name} into `edits` again.",
    )


def answer_lost(provider: str) -> Problem:
    """The app ended while a request that may have been paid for was under way."""
    return Problem.of(AnswerLost(f"the answer of {provider} to a request was lost"))
