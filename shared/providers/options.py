"""Checks the brief's part under a provider's name against the provider's own table of fields."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

#: Of one object. Looking for a name that was meant takes time, and a brief may have thousands of unknown ones.
MOST_SUGGESTIONS = 20
#: A name between slashes that leads nowhere else, as `.` and `..` do.
_PART = r"[^/]*[^/.][^/]*"
#: A file in the container for glossaries.
FileName = Annotated[
    str,
    Field(pattern=rf"^(?:{_PART}/)*{_PART}$", description="the name of a file in the container for glossaries"),
]
SubtitleName = Annotated[
    str,
    Field(
        pattern=rf"^(?:{_PART}/)*{_PART}\.(?:[vV][tT][tT]|[sS][rR][tT])$",
        description="the name of a .vtt or .srt file in the container for glossaries",
    ),
]
BELONGS_TO_THE_APP = "belongs to the app, which sets it itself; leave it out"


@dataclass(frozen=True)
class Fields:
    """The fields that a brief may give, each with the type of its value, and those that only the app may give.

    `later` are fields that another version of the service has, each with what to say of it.
    """

    allowed: Mapping[str, Any]
    owned: frozenset[str] = frozenset()
    later: Mapping[str, str] = field(default_factory=dict)

    def mistakes(
        self, options: object, prefix: str = "", above: Iterable[str] = frozenset()
    ) -> Iterator[tuple[str, str]]:
        """Every mistake as (path, what is wrong). A null is none: it unsets what a weaker brief says.

        `above` are the fields of the object that this one stands in.
        """
        if not isinstance(options, Mapping):
            yield prefix.rstrip("."), "must be an object" + (f" with {', '.join(self.allowed)}" if prefix else "")
            return
        unknown = 0
        for name, value in options.items():
            if name not in self.allowed:
                unknown += 1
                yield prefix + str(name), self._why_not(str(name), unknown <= MOST_SUGGESTIONS, above)
            elif value is not None:
                yield from _wrong(prefix + name, value, self.allowed[name], self.allowed)

    def _why_not(self, name: str, suggest: bool, above: Iterable[str]) -> str:
        if name in self.owned:
            return BELONGS_TO_THE_APP
        if name in self.later:
            return self.later[name]
        for inner, kind in self.allowed.items():
            if isinstance(kind, Fields) and name in kind.allowed:
                return f"is not a field here, but within {inner}"
        if name in above:
            return "is not a field here, but one level above"
        return "is not a field here" + (_did_you_mean(name, self.allowed) if suggest else "")


def together(versions: Iterable[Fields]) -> Fields:
    """The fields that any version of a service has."""
    allowed: dict[str, Any] = {}
    owned: frozenset[str] = frozenset()
    for version in versions:
        owned |= version.owned
        for name, kind in version.allowed.items():
            known = allowed.get(name)
            if isinstance(known, Fields) and isinstance(kind, Fields):
                kind = together([known, kind])
            allowed[name] = kind
    return Fields(allowed, owned)


def _wrong(path: str, value: object, kind: Any, above: Iterable[str]) -> Iterable[tuple[str, str]]:
    if isinstance(kind, Fields):
        return kind.mistakes(value, f"{path}.", above)
    try:
        TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError as error:
        wanted = TypeAdapter(kind).json_schema().get("description")
        return [(path, f"must be {wanted}" if wanted else _sentence(error.errors()[0]["msg"]))]
    return []


def _sentence(message: str) -> str:
    return message[:1].lower() + message[1:]


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    near: Sequence[str] = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(known))}"
