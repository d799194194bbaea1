"""What is wrong with a brief: every mistake with its file and JSON path, told within bounds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from shared.briefs.layers import Json, Layer
from shared.errors import BriefRefused, LanguageRefused
from shared.languages import canonical, canonical_or_none, without_variant
from shared.media.kinds import KINDS

#: What a provider finds wrong with its part of a brief.
Checks = Mapping[str, Callable[[Json], Sequence[tuple[str, str]]]]
PER_TARGET = "perTarget"
#: Mistakes are kept on the job's record and told in receipts, whatever the size of the briefs.
MOST_TOLD = 20
LONGEST_FILE, LONGEST_PATH, LONGEST_WRONG = 200, 100, 600  # characters of a mistake's parts
MOST_LISTED = 200  # languages or providers in one list: more than there are, and each costs time to check
RENAME = (
    'Put a translate.json with "source" and "targets" into the folder, and the file starts by itself; '
    "or move the file to a folder whose name is right."
)


#: What is wrong, in words; or how to find them, where that takes time. They are looked for where they are told.
Wrong = str | Callable[[], str]


class Mistake(NamedTuple):
    """One thing wrong with a brief: in which file, at which JSON path, and what."""

    file: str
    path: str
    wrong: Wrong

    def __str__(self) -> str:
        wrong = self.wrong if isinstance(self.wrong, str) else self.wrong()
        parts = (self.file, LONGEST_FILE), (self.path, LONGEST_PATH), (wrong, LONGEST_WRONG)
        return ": ".join(_shortened(part, longest) for part, longest in parts if part)


def refuse_mistakes(stack: Sequence[Layer], checks: Checks) -> None:
    """BriefRefused where a layer by itself is wrong, whether or not a nearer one would win."""
    has_folders = any(layer.is_folder and any(_layer_mistakes(layer, checks)) for layer in stack)
    mistakes = (mistake for layer in stack for mistake in _layer_mistakes(layer, checks))
    _refuse(mistakes, RENAME if has_folders else None)


def refuse_contradictions(
    stack: Sequence[Layer], source: str | None, targets: Sequence[str], most_targets: int
) -> None:
    """BriefRefused where the layers together ask for what cannot be; told of the layer that named the targets."""
    nearest = next((layer.file for layer in reversed(stack) if "targets" in layer.content), "")
    _refuse(Mistake(nearest, "targets", wrong) for wrong in _contradictions(source, targets, most_targets))


def told(mistakes: Iterator[object]) -> str:
    """One line for each mistake up to a bound, then how many more there are; empty where there is none."""
    lines = [str(mistake) for mistake in islice(mistakes, MOST_TOLD)]
    more = sum(1 for _ in mistakes)
    return "\n".join([*lines, f"and {more:,} more"] if more else lines)


def _refuse(mistakes: Iterator[Mistake], advice: str | None = None) -> None:
    if reason := told(mistakes):
        raise BriefRefused(reason, advice)


def _shortened(text: str, longest: int) -> str:
    """The text with its middle left out where it is too long: names and paths are known by both ends."""
    if len(text) <= longest:
        return text
    half = (longest - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _contradictions(source: str | None, targets: Sequence[str], most_targets: int) -> Iterator[str]:
    if len(targets) > most_targets:
        yield f"{len(targets)} languages are asked for; MAX_TARGETS allows {most_targets}"
    for tag in sorted({tag for tag in targets if targets.count(tag) > 1}):
        yield f"{tag} is named more than once"
    for tag in dict.fromkeys(targets):
        if without_variant(tag) == source:
            yield f"{tag} is the source language itself"


def _layer_mistakes(layer: Layer, checks: Checks) -> Iterator[Mistake]:
    if layer.unreadable:
        yield Mistake(layer.file, "", layer.unreadable)
    for name, value in layer.content.items():
        if value is None:
            continue
        for path, wrong in _wrong(name, value, checks):
            yield Mistake(layer.file, "" if layer.is_folder else path, wrong)


def _wrong(name: str, value: Any, checks: Checks) -> Iterator[tuple[str, Wrong]]:
    match name:
        case "source":
            yield from _wrong_source(value)
        case "targets":
            yield from _wrong_targets(value)
        case "perTarget":
            yield from _wrong_per_target(value, checks)
        case "route":
            yield from _wrong_route(name, value, checks)
        case provider if provider in checks:
            yield from _wrong_options(name, provider, value, checks)
        case _:
            known = ", ".join(["source", "targets", "route", PER_TARGET, *sorted(checks)])
            yield name, f"is not a field of a brief; known are {known}"


def _wrong_source(value: Any) -> Iterator[tuple[str, Wrong]]:
    yield from _wrong_tag("source", value)
    tag = canonical_or_none(value) if isinstance(value, str) else None
    if tag and without_variant(tag) != tag:
        yield "source", f"{value!r} is a variant; only targets have variants"


def _wrong_tag(path: str, value: Any) -> Iterator[tuple[str, Wrong]]:
    if not isinstance(value, str):
        yield path, "must be a language tag such as en-US"
    elif canonical_or_none(value) is None:
        yield path, partial(_why_not, value)


def _why_not(tag: str) -> str:
    """Why a tag is refused, with the choices."""
    try:
        return f"{canonical(tag)} is known"
    except LanguageRefused as error:
        return error.reason


def _wrong_targets(value: Any) -> Iterator[tuple[str, Wrong]]:
    if not isinstance(value, list):
        yield "targets", 'must be a list of language tags such as ["es-ES", "fr-FR"]'
    elif len(value) > MOST_LISTED:
        yield "targets", f"has {len(value):,} entries; at most {MOST_LISTED} are read"
    else:
        for index, tag in enumerate(value):
            yield from _wrong_tag(f"targets[{index}]", tag)


def _wrong_per_target(value: Any, checks: Checks) -> Iterator[tuple[str, Wrong]]:
    if not isinstance(value, Mapping):
        yield PER_TARGET, 'must be an object such as {"de-DE": {"vozo": {"user_prompt": "formal"}}}'
        return
    if len(value) > MOST_LISTED:
        yield PER_TARGET, f"has {len(value):,} entries; at most {MOST_LISTED} are read"
        return
    spelled: dict[str, str] = {}
    for tag, part in value.items():
        path = f"{PER_TARGET}.{tag}"
        wrong = [*_wrong_tag(path, tag)]
        yield from wrong
        if not wrong and spelled.setdefault(canonical(tag), tag) != tag:
            yield path, f"is the same language as {spelled[canonical(tag)]}"
        yield from _wrong_part(path, part, checks)


def _wrong_part(path: str, part: Any, checks: Checks) -> Iterator[tuple[str, Wrong]]:
    """What one language alone gets."""
    if part is None:
        return
    if not isinstance(part, Mapping):
        yield path, "must be an object with options under the names of providers"
        return
    for name, value in part.items():
        inner = f"{path}.{name}"
        if name == "route" and isinstance(value, list):
            yield from _wrong_providers(inner, value, checks)
        elif name == "route":
            yield from _wrong_route(inner, value, checks)
        elif name in checks:
            yield from _wrong_options(inner, name, value, checks)
        else:
            yield inner, f"is not a field of one language; known are {', '.join(['route', *sorted(checks)])}"


def _wrong_options(path: str, provider: str, value: Any, checks: Checks) -> Iterator[tuple[str, Wrong]]:
    if value is not None:
        yield from ((f"{path}.{field}" if field else path, wrong) for field, wrong in checks[provider](value))


def _wrong_route(path: str, value: Any, checks: Checks) -> Iterator[tuple[str, Wrong]]:
    if value is None:
        return
    if not isinstance(value, Mapping):
        yield path, 'must be an object such as {"video": ["azure-video", "vozo"]}'
        return
    for kind, providers in value.items():
        inner = f"{path}.{kind}"
        if kind not in KINDS:
            yield inner, f"is not a kind of file; known are {', '.join(KINDS)}"
        elif providers is not None:
            yield from _wrong_providers(inner, providers, checks)


def _wrong_providers(path: str, value: Any, checks: Checks) -> Iterator[tuple[str, Wrong]]:
    known = ", ".join(sorted(checks))
    if not (isinstance(value, list) and value):
        yield path, f"must be a list of providers; known are {known}"
    elif len(value) > MOST_LISTED:
        yield path, f"has {len(value):,} entries; at most {MOST_LISTED} are read"
    else:
        for index, provider in enumerate(value):
            if not isinstance(provider, str) or provider not in checks:
                yield f"{path}[{index}]", f"{provider!r} is no provider; known are {known}"
