"""The route: providers in the order of the brief. The first that accepts the file and the languages is used."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from shared.jobs import problems
from shared.jobs.job import Job
from shared.jobs.step import Step
from shared.jobs.translation import Problem, Translation
from shared.providers.base import Provider
from shared.providers.outcome import No
from shared.providers.task import Media, Pair


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
            warnings = (*answer.warnings, *_unused_options(job, translation.target, name, passed))
            return Choice(provider, passed, warnings, provider.first_step(media, options))
        passed[name] = problems.passed_over(name, answer.reason, answer.advice)
    return Choice(None, passed)


def _unused_options(job: Job, target: str, chosen: str, passed: Collection[str]) -> Iterator[str]:
    """What to tell of options that the brief gives to others of the route, for nobody else knows them.

    Those for a provider that would come later are no loss where the one that is chosen has options of its own.
    """
    for name in job.route(target):
        is_loss = name in passed or not job.options(target, chosen)
        if name != chosen and is_loss and job.options(target, name):
            yield f"The options for {name} in the brief are not used, because {chosen} does the work."


def has_others(job: Job, translation: Translation) -> bool:
    """Whether the route goes on after the translation's present provider."""
    return bool(set(job.route(translation.target)) - {*translation.passed_over, translation.provider})
