"""Where a brief comes from: the layers of a file, from the weakest to the strongest.

App settings; then for each folder from the root down its name and its `translate.json`; then the file's own
`talk.mp4.translate.json`; then the blob's metadata.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic_core import from_json

from shared.errors import NameRefused
from shared.languages import canonical_or_none, folder_languages
from shared.media.kinds import kind_of
from shared.names import BRIEF, BlobName

Json = Mapping[str, Any]
IGNORED = ("$schema",)


class Layer(NamedTuple):
    """One source of the brief, the name that a person knows it by, and why it cannot be read, if it cannot."""

    file: str
    content: Json
    unreadable: str = ""
    is_folder: bool = False  #: a folder's name


def brief_files(name: BlobName) -> list[str]:
    """The blobs that may hold a brief for the file, the weakest first, and the one that is often meant to."""
    folders = [f"{folder}/{BRIEF}" if folder else BRIEF for folder in name.folders]
    return folders + [file for file in (_misnamed(name), _own(name)) if file]


def layers(name: BlobName, defaults: Json, files: Mapping[str, bytes], metadata: Mapping[str, str]) -> list[Layer]:
    """All layers in order; `files` has the content of those of `brief_files` that exist."""
    found = [Layer("app settings", defaults)]
    for folder in name.folders:
        found.append(_of_folder(folder))
        found.append(_of_file(f"{folder}/{BRIEF}" if folder else BRIEF, files))
    if _misnamed(name) in files and _own(name) not in files:
        found.append(
            Layer(_misnamed(name), {}, f"is the brief of no file that can be translated; call it {_own(name)}")
        )
    found.append(_of_file(_own(name), files))
    found.append(Layer(f"metadata of {name}", _of_metadata(kind_of(name), metadata)))
    return _without_outdone([layer for layer in found if layer.content or layer.unreadable])


#: The metadata of an upload that has everything begun from nothing.
FORCE = "force"


def is_forced(metadata: Mapping[str, str]) -> bool:
    """Whether the drop says to start whatever happened before."""
    value = _lower(metadata).get(FORCE, "")
    return value.lower() in ("1", "true", "yes")


def _own(name: BlobName) -> str:
    return f"{name}.{BRIEF}"


def _misnamed(name: BlobName) -> str:
    """`talk.translate.json` for `talk.mp4`, unless that is the brief of another file: of `talk.mp3.mp4`, say."""
    try:
        of_another = kind_of(BlobName(name.stem))
    except NameRefused:
        of_another = ""
    return "" if of_another or name.stem == name else f"{name.stem}.{BRIEF}"


def _of_folder(folder: str) -> Layer:
    languages = folder_languages(folder.rpartition("/")[2])
    if languages is None:
        return Layer(folder, {})
    source, targets = languages
    return Layer(f"folder {folder!r}", ({"source": source} if source else {}) | {"targets": targets}, is_folder=True)


def _of_file(file: str, files: Mapping[str, bytes]) -> Layer:
    if file not in files:
        return Layer(file, {})
    encoding = json.detect_encoding(files[file]).removesuffix("-sig")
    if encoding != "utf-8":
        return Layer(
            file, {}, f"is in {encoding[:6].upper()}; a brief must be in UTF-8: save it again in that encoding"
        )
    try:
        content = from_json(files[file].decode("utf-8-sig"), allow_inf_nan=False)
    except UnicodeDecodeError as error:
        return Layer(file, {}, f"is not in UTF-8 (byte {error.start}): save it again in that encoding")
    except ValueError as error:
        return Layer(file, {}, f"is not JSON: {error}")
    if not isinstance(content, dict):
        return Layer(file, {}, "must be a JSON object")
    return Layer(file, {name: value for name, value in content.items() if name not in IGNORED})


def _of_metadata(kind: str, metadata: Mapping[str, str]) -> Json:
    given = _lower(metadata)
    layer: dict[str, Any] = {"source": given["source"]} if given.get("source") else {}
    if given.get("targets"):
        layer["targets"] = _words(given["targets"])
    if given.get("route") and kind:
        layer["route"] = {kind: _words(given["route"])}
    return layer


def _without_outdone(found: Iterable[Layer]) -> list[Layer]:
    """The layers; a folder's name gives nothing but a known source where a nearer layer names the targets.

    Only so is a folder's name no mistake that has an unknown language in it.
    """
    kept: list[Layer] = []
    has_targets = False
    for layer in reversed([*found]):
        if layer.is_folder and has_targets:
            source = layer.content.get("source", "")
            kept.append(layer._replace(content={"source": source} if canonical_or_none(source) else {}))
        else:
            kept.append(layer)
        has_targets = has_targets or bool(layer.content.get("targets"))
    return kept[::-1]


def _lower(metadata: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in metadata.items()}


def _words(value: str) -> list[str]:
    return [word for word in value.replace(",", " ").split() if word]
