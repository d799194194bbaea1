"""The translation brief: what to do with a file, merged from the weakest layer to the strongest.

App settings; then for each folder from the root down its name and its `translate.json`; then the file's own
`talk.mp4.translate.json`; then the blob's metadata. Nearest wins; objects merge, lists replace, null unsets.
"""

import codecs
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic_core import from_json

from shared.errors import BriefRefused, LanguageRefused
from shared.languages import canonical, folder_languages
from shared.names import BRIEF, BlobName

Json = Mapping[str, Any]
#: What a provider finds wrong with its part of a brief.
Checks = Mapping[str, Callable[[Json], Sequence[tuple[str, str]]]]

KINDS: Mapping[str, frozenset[str]] = {
    "video": frozenset({".mp4", ".mov", ".webm", ".avi", ".wmv", ".mkv", ".m4v"}),
    "audio": frozenset({".mp3", ".wav", ".m4a", ".aac", ".flac", ".ogg"}),
    "document": frozenset(
        {".txt", ".rtf", ".docx", ".pptx", ".xlsx", ".doc", ".ppt", ".xls", ".odt", ".odp", ".ods", ".msg", ".html"}
        | {".htm", ".md", ".markdown", ".mhtml", ".mht", ".xlf", ".xliff", ".tsv", ".tab", ".csv", ".pdf", ".eml"}
    ),
    "subtitles": frozenset({".srt", ".vtt"}),
}
IGNORED = ("$schema",)


class Mistake(NamedTuple):
    """One thing wrong with a brief: in which file, at which JSON path, and what."""

    file: str
    path: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.file}: {self.path}: {self.wrong}" if self.path else f"{self.file}: {self.wrong}"


class Layer(NamedTuple):
    """One source of the brief, the name that a person knows it by, and why it cannot be read, if it cannot."""

    file: str
    content: Json
    unreadable: str = ""


@dataclass(frozen=True)
class Brief:
    """The whole, checked. Languages are canonical; `route` has the providers of each kind in order."""

    source: str | None = None
    targets: tuple[str, ...] = ()
    route: Mapping[str, Sequence[str]] = field(default_factory=dict)
    options: Mapping[str, Json] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form that is frozen on the job's record."""
        return {"source": self.source, "targets": [*self.targets], "route": {**self.route}, "options": {**self.options}}


def kind_of(name: BlobName) -> str:
    """video, audio, document or subtitles, by the extension; empty for none of them."""
    return next((kind for kind, extensions in KINDS.items() if name.extension.lower() in extensions), "")


def brief_files(name: BlobName) -> list[str]:
    """The blobs that may hold a brief for the file, the weakest first."""
    return [f"{folder}/{BRIEF}" if folder else BRIEF for folder in name.folders] + [f"{name}.{BRIEF}"]


def layers(name: BlobName, defaults: Json, files: Mapping[str, bytes], metadata: Mapping[str, str]) -> list[Layer]:
    """All layers in order; `files` has the content of those of `brief_files` that exist."""
    found = [Layer("app settings", defaults)]
    for folder in name.folders:
        found.append(Layer(f"folder {folder!r}", _folder_layer(folder)))
        found.append(_file_layer(f"{folder}/{BRIEF}" if folder else BRIEF, files))
    found.append(_file_layer(f"{name}.{BRIEF}", files))
    found.append(Layer(f"metadata of {name}", _metadata_layer(kind_of(name), metadata)))
    return [layer for layer in found if layer.content or layer.unreadable]


def resolve(stack: Sequence[Layer], checks: Checks, most_targets: int) -> Brief:
    """Merge and check the layers; BriefRefused with every mistake at once, each with its file and JSON path."""
    mistakes = [mistake for layer in stack for mistake in _layer_mistakes(layer, checks)]
    if mistakes:
        raise BriefRefused("\n".join(map(str, mistakes)))
    whole: dict[str, Any] = {}
    for layer in stack:
        whole = merge(whole, layer.content)
    brief = Brief(
        source=canonical(whole["source"]) if whole.get("source") else None,
        targets=tuple(canonical(target) for target in whole.get("targets") or ()),
        route=whole.get("route") or {},
        options={name: part for name, part in whole.items() if name in checks},
    )
    wrong = _contradictions(brief, most_targets)
    if wrong:
        nearest = next(layer.file for layer in reversed(stack) if "targets" in layer.content)
        raise BriefRefused("\n".join(str(Mistake(nearest, "targets", each)) for each in wrong))
    return brief


def merge(below: Json, above: Json) -> dict[str, Any]:
    """`above` laid over `below`: objects merge, everything else replaces, null unsets."""
    merged = dict(below)
    for name, value in above.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            under = merged.get(name)
            merged[name] = merge(under if isinstance(under, Mapping) else {}, value)
        else:
            merged[name] = value
    return merged


def is_forced(metadata: Mapping[str, str]) -> bool:
    """Whether the drop says to start whatever happened before."""
    value = _lower(metadata).get("force", "")
    return value.lower() in ("1", "true", "yes")


def _folder_layer(folder: str) -> Json:
    languages = folder_languages(folder.rpartition("/")[2])
    if languages is None:
        return {}
    source, targets = languages
    return {"targets": targets} | ({"source": source} if source else {})


def _file_layer(file: str, files: Mapping[str, bytes]) -> Layer:
    try:
        content = from_json(files.get(file, b"{}").removeprefix(codecs.BOM_UTF8), allow_inf_nan=False)
    except ValueError as error:
        return Layer(file, {}, f"is not JSON: {error}")
    if not isinstance(content, dict):
        return Layer(file, {}, "must be a JSON object")
    return Layer(file, {name: value for name, value in content.items() if name not in IGNORED})


def _metadata_layer(kind: str, metadata: Mapping[str, str]) -> Json:
    given = _lower(metadata)
    layer: dict[str, Any] = {"source": given["source"]} if given.get("source") else {}
    if given.get("targets"):
        layer["targets"] = _words(given["targets"])
    if given.get("route") and kind:
        layer["route"] = {kind: _words(given["route"])}
    return layer


def _lower(metadata: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in metadata.items()}


def _words(value: str) -> list[str]:
    return [word for word in value.replace(",", " ").split() if word]


def _layer_mistakes(layer: Layer, checks: Checks) -> Iterator[Mistake]:
    if layer.unreadable:
        yield Mistake(layer.file, "", layer.unreadable)
    for name, value in layer.content.items():
        if value is None:
            continue
        for path, wrong in _wrong(name, value, checks):
            yield Mistake(layer.file, path, wrong)


def _wrong(name: str, value: Any, checks: Checks) -> Iterator[tuple[str, str]]:
    match name:
        case "source":
            yield from _wrong_tag(name, value)
        case "targets":
            yield from _wrong_targets(value)
        case "route":
            yield from _wrong_route(value, checks)
        case provider if provider in checks:
            yield from ((f"{name}.{path}" if path else name, wrong) for path, wrong in checks[provider](value))
        case _:
            known = ", ".join(["source", "targets", "route", *sorted(checks)])
            yield name, f"is not a field of a brief; known are {known}"


def _wrong_tag(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(value, str):
        yield path, "must be a language tag such as en-US"
        return
    try:
        canonical(value)
    except LanguageRefused as error:
        yield path, error.reason


def _wrong_targets(value: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list):
        yield "targets", 'must be a list of language tags such as ["es-ES", "fr-FR"]'
        return
    for index, tag in enumerate(value):
        yield from _wrong_tag(f"targets[{index}]", tag)


def _wrong_route(value: Any, checks: Checks) -> Iterator[tuple[str, str]]:
    if not isinstance(value, Mapping):
        yield "route", 'must be an object such as {"video": ["azure-video", "vozo"]}'
        return
    for kind, providers in value.items():
        path = f"route.{kind}"
        if kind not in KINDS:
            yield path, f"is not a kind of file; known are {', '.join(KINDS)}"
        elif providers is not None and not (isinstance(providers, list) and providers):
            yield path, f"must be a list of providers; known are {', '.join(sorted(checks))}"
        else:
            for index, provider in enumerate(providers or ()):
                if not isinstance(provider, str) or provider not in checks:
                    yield f"{path}[{index}]", f"{provider!r} is no provider; known are {', '.join(sorted(checks))}"


def _contradictions(brief: Brief, most_targets: int) -> list[str]:
    wrong = []
    if len(brief.targets) > most_targets:
        wrong.append(f"{len(brief.targets)} languages are asked for; MAX_TARGETS allows {most_targets}")
    repeated = sorted({tag for tag in brief.targets if brief.targets.count(tag) > 1})
    wrong.extend(f"{tag} is named more than once" for tag in repeated)
    if brief.source in brief.targets:
        wrong.append(f"{brief.source} is the source language itself")
    return wrong
