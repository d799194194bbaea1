"""The route: providers in the order of the brief. The first that accepts the file and the languages is used."""

from collections.abc import Mapping

from shared.jobs import problems
from shared.jobs.job import Job, Problem, Translation
from shared.providers.base import Media, Provider


def choose(
    providers: Mapping[str, Provider], job: Job, translation: Translation, media: Media
) -> tuple[Provider | None, dict[str, Problem]]:
    """The provider to use, or None; and those that were passed over, with their reasons.

    A translation that a provider has begun stays with it.
    """
    passed = dict(translation.passed_over)
    if translation.step.number and translation.provider:
        return providers[translation.provider], passed
    for name in job.route:
        if name in passed:
            continue
        reason = providers[name].accepts(media, job.brief.get("source"), translation.target)
        if reason is None:
            return providers[name], passed
        passed[name] = problems.passed_over(name, reason)
    return None, passed


def has_others(job: Job, translation: Translation) -> bool:
    """Whether the route goes on after the translation's present provider."""
    return bool(set(job.route) - {*translation.passed_over, translation.provider})
