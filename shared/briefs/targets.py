"""Whether the targets of a frozen brief can be told apart, and be made as asked, by the providers of its route."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from shared.briefs.brief import options_for, route_for
from shared.briefs.checks import PER_TARGET, told
from shared.briefs.layers import Json
from shared.errors import BriefRefused, LanguageAmbiguous, LanguageRefused
from shared.languages import without_variant

#: What each provider calls a canonical tag without a variant; LanguageRefused where it cannot say it.
Languages = Mapping[str, Callable[[str], str]]
#: What a provider finds wrong with the options that all layers come to, for a kind of file.
MergedCheck = Callable[[Json, str], Sequence[tuple[str, str]]]


def refuse_unclear(brief: Json, kind: str, languages: Languages) -> None:
    """BriefRefused where two targets would be paid for twice, or one can be had only by a guess.

    `languages` has the providers that may be asked; others of a route are left out of account.
    """
    routes = {
        target: [name for name in route_for(brief, kind, target) if name in languages] for target in brief["targets"]
    }
    mistakes = [*_guesses(routes, languages), *_twins(brief, kind), *_collapses(routes, languages)]
    if mistakes:
        raise BriefRefused(told(f"targets: {mistake}" for mistake in mistakes))


def refuse_merged(brief: Json, kind: str, checks: Mapping[str, MergedCheck]) -> None:
    """BriefRefused where all layers together ask a provider of the route for what cannot be.

    No other provider is asked instead: it would be paid for what nobody has asked for.
    """
    found = (
        f"{_place(brief, target, name)}.{path}: {wrong}"
        for target in brief["targets"]
        for name in route_for(brief, kind, target)
        if name in checks
        for path, wrong in checks[name](options_for(brief, target, name), kind)
    )
    if mistakes := told(iter(dict.fromkeys(found))):
        raise BriefRefused(mistakes)


def _place(brief: Json, target: str, provider: str) -> str:
    """Where a brief says what a provider gets for a target."""
    is_own = provider in ((brief.get(PER_TARGET) or {}).get(target) or {})
    return f"{PER_TARGET}.{target}.{provider}" if is_own else provider


def _guesses(routes: Mapping[str, list[str]], languages: Languages) -> Iterator[str]:
    """Targets that nobody of the route can say, and somebody could if it were said more exactly."""
    for target, route in routes.items():
        refusals = [error for name in route if (error := _refusal(languages[name], target))]
        ambiguous = [error.reason for error in refusals if isinstance(error, LanguageAmbiguous)]
        if ambiguous and len(refusals) == len(route):
            yield ambiguous[0]


def _refusal(language: Callable[[str], str], target: str) -> LanguageRefused | None:
    try:
        language(without_variant(target))
    except LanguageRefused as error:
        return error
    return None


def _twins(brief: Json, kind: str) -> Iterator[str]:
    """Variants of one language that are asked for alike."""
    known: list[tuple[str, Any]] = []
    for target in brief["targets"]:
        route = route_for(brief, kind, target)
        asked = without_variant(target), route, [options_for(brief, target, name) for name in route]
        if twin := next((other for other, of_other in known if of_other == asked), None):
            yield f"{twin} and {target} differ in name only: give each its own options in perTarget, or leave one out"
        known.append((target, asked))


def _collapses(routes: Mapping[str, list[str]], languages: Languages) -> Iterator[str]:
    """Different languages that a provider calls by one name."""
    for name, language in languages.items():
        called: dict[str, str] = {}
        for target, route in routes.items():
            if name not in route or _refusal(language, target):
                continue
            word = language(without_variant(target))
            other = called.setdefault(word, target)
            if without_variant(other) != without_variant(target):
                yield f"{other} and {target} are both {word} to {name}"
