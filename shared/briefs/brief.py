"""The translation brief: what to do with a file, merged from the weakest layer to the strongest.

Nearest wins; objects merge, lists replace, null unsets. `perTarget` is merged like any other object, and laid over the
options and the route of its language at the very end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.briefs.checks import PER_TARGET, Checks, refuse_contradictions, refuse_mistakes
from shared.briefs.layers import Json, Layer
from shared.languages import canonical


@dataclass(frozen=True)
class Brief:
    """The whole, checked. Languages are canonical; `route` has the providers of each kind in order.

    `per_target` has what one language alone gets: options under providers' names, and a `route`, which is a list or has
    a list for each kind. A null in it takes away what holds for all languages.
    """

    source: str | None = None
    targets: tuple[str, ...] = ()
    route: Mapping[str, Sequence[str]] = field(default_factory=dict)
    options: Mapping[str, Json] = field(default_factory=dict)
    per_target: Mapping[str, Json] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form that is frozen on the job's record; `options_for` and `route_for` read it."""
        return {
            "source": self.source,
            "targets": [*self.targets],
            "route": {**self.route},
            "options": {**self.options},
            PER_TARGET: {**self.per_target},
        }


def options_for(brief: Json, target: str, provider: str) -> dict[str, Any]:
    """The options that a provider gets for one target of a frozen brief."""
    everybody = brief.get("options", {}).get(provider) or {}
    own = _own_part(brief, target)
    if provider not in own:
        return dict(everybody)
    return merge(everybody, own[provider]) if own[provider] is not None else {}


def route_for(brief: Json, kind: str, target: str) -> tuple[str, ...]:
    """The providers of a frozen brief for one kind of file and one target, in the order in which they are asked."""
    everybody = brief.get("route") or {}
    own = _own_part(brief, target).get("route", {})
    if isinstance(own, Mapping):
        return tuple(merge(everybody, own).get(kind) or ())
    return tuple(own or ())


def _own_part(brief: Json, target: str) -> Json:
    """What a frozen brief says of one target alone. A record of an earlier version says nothing."""
    part: Json = brief.get(PER_TARGET, {}).get(target) or {}
    return part


def resolve(stack: Sequence[Layer], checks: Checks, most_targets: int) -> Brief:
    """Merge and check the layers; BriefRefused with every mistake at once, each with its file and JSON path."""
    refuse_mistakes(stack, checks)
    whole: dict[str, Any] = {}
    per_target: dict[str, Any] = {}
    for layer in stack:
        everybody = {name: value for name, value in layer.content.items() if name != PER_TARGET}
        whole = merge(whole, everybody)
        own = layer.content.get(PER_TARGET, {})
        if own is None:
            per_target = {}
        else:
            per_target = merge(per_target, {canonical(tag): part for tag, part in own.items()}, keep_nulls=True)
    brief = Brief(
        source=canonical(whole["source"]) if whole.get("source") else None,
        targets=tuple(canonical(target) for target in whole.get("targets") or ()),
        route=whole.get("route") or {},
        options={name: part for name, part in whole.items() if name in checks},
        per_target={tag: part for tag, part in per_target.items() if part is not None},
    )
    refuse_contradictions(stack, brief.source, brief.targets, most_targets)
    return brief


def merge(below: Json, above: Json, *, keep_nulls: bool = False) -> dict[str, Any]:
    """`above` laid over `below`: objects merge, everything else replaces, null unsets.

    Kept nulls unset what the result is laid over in its turn.
    """
    merged = dict(below)
    for name, value in above.items():
        if isinstance(value, Mapping):
            under = merged.get(name)
            merged[name] = merge(under if isinstance(under, Mapping) else {}, value, keep_nulls=keep_nulls)
        elif value is None and not keep_nulls:
            merged.pop(name, None)
        else:
            merged[name] = value
    return merged
