"""The route: providers in the order of the brief. The first that accepts the file and the languages is used."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.jobs import problems
from shared.jobs.job import Job
from shared.jobs.translation import Problem, Step, Translation
from shared.providers.base import Media, No, Pair, Provider


@dataclass(frozen=True, slots=True)
class Choice:
    """The provider to use, or None; those that were passed over, with their reasons; what it wants told; its step."""

    provider: Provider | None
    passed_over: dict[str, Problem]
    warnings: tuple[str, ...] = ()
    step: Step = field(default_factory=Step)


def choose(providers: Mapping[str, Provider], job: Job, translation: Translation, media: Media) -> Choice:
    """The first provider of the route that takes the file."""
    passed, pair = dict(translation.passed_over), Pair(job.source, translation.target)
    for name in job.route(translation.target):
        if name in passed:
            continue
        provider, options = providers[name], job.options(translation.target, name)
        answer = provider.accepts(media, pair, options)
        if not isinstance(answer, No):
            return Choice(provider, passed, tuple(answer.warnings), provider.first_step(media, options))
        passed[name] = problems.passed_over(name, answer.reason, answer.advice)
    return Choice(None, passed)


def has_others(job: Job, translation: Translation) -> bool:
    """Whether the route goes on after the translation's present provider."""
    return bool(set(job.route(translation.target)) - {*translation.passed_over, translation.provider})
