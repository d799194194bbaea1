"""Problems that the engine itself states, beside those that errors bring."""

from collections.abc import Mapping

from shared.job import Job, Problem

SUPERSEDED = Problem(code="superseded", reason="a newer version of the file was dropped", advice="Nothing.")
SOURCE_GONE = Problem(
    code="source-gone", reason="the file was deleted before it was started", advice="Drop the file again."
)
POISON = Problem(
    code="not-accepted",
    reason="the app failed five times to accept the file",
    advice="Look into the app's log, then drop the file again.",
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
        reason=f"it was not finished within {job.hours:.3g} hours",
        advice="Look at the service's own portal, then drop the file again.",
    )


def passed_over(provider: str, reason: str) -> Problem:
    """A provider of the route does not take the file."""
    return Problem(code="not-accepted", reason=f"{provider}: {reason}", advice="Choose another route.")


def nobody(job: Job, passed: Mapping[str, Problem]) -> Problem:
    """No provider of the route takes the file."""
    reasons = "; ".join(problem.reason for problem in passed.values())
    return Problem(
        code="no-provider",
        reason=reasons or f"no provider of this deployment translates {job.kind}",
        advice="Change the file, the languages or the route of its brief, and drop it again.",
    )
