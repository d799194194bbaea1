"""Writes what the pages for everybody say of each provider, from what the providers declare and their own pages say.

docs/brief.schema.json: each provider's part, and where its name may stand. docs/brief.md: the default route.
docs/providers.md: the list of pages. So a new provider edits none of them by hand; a test compares.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from shared.media.kinds import KINDS
from shared.providers.base import Provider
from shared.providers.options import Fields
from shared.providers.registry import PROVIDERS, default_route

DOCS = Path("docs")
SCHEMA, BRIEF, LIST = DOCS / "brief.schema.json", DOCS / "brief.md", DOCS / "providers.md"
EVERYBODY = ("$schema", "source", "targets", "route", "perTarget")
#: Gives the text of a provider's own page.
Page = Callable[[str], str]


def own_page(name: str) -> str:
    """The page of a provider of the registry."""
    return (DOCS / "providers" / f"{name}.md").read_text()


def written(providers: Iterable[type[Provider]], page: Page = own_page) -> dict[Path, str]:
    """The files as they are with these providers."""
    kinds = list(providers)
    route = default_route(kinds)
    block = json.dumps({"route": {kind: route[kind] for kind in KINDS if kind in route}})
    links = "\n".join(f"- [{kind.name}](providers/{kind.name}.md)" for kind in kinds)
    return {
        SCHEMA: json.dumps(_schema(kinds, page), indent=2, ensure_ascii=False) + "\n",
        BRIEF: _replaced(BRIEF, r"(?<=The default route:\n\n```json\n).*?(?=\n```)", block),
        LIST: _replaced(LIST, r"(?<=and what it gets to see:\n\n).*?(?=\n\n)", links),
    }


def _replaced(file: Path, place: str, text: str) -> str:
    found, number = re.subn(place, lambda _: text, file.read_text(), flags=re.DOTALL)
    if number != 1:
        raise ValueError(f"{file} has {number} places for what providers declare")
    return found


def _schema(providers: Iterable[type[Provider]], page: Page) -> dict[str, Any]:
    """The published schema: what is there for everybody, and the part of each provider."""
    schema: dict[str, Any] = json.loads(SCHEMA.read_text())
    defs, properties = schema["$defs"], schema["properties"]
    parts = {kind.name: _part(kind.fields, _meanings(page(kind.name)), kind.name) for kind in providers}
    references = {name: {"$ref": f"#/properties/{name}"} for name in parts}
    schema["properties"] = {name: properties[name] for name in EVERYBODY} | parts
    defs["forOneTarget"]["properties"] = {"route": defs["forOneTarget"]["properties"]["route"]} | references
    defs["providers"]["items"]["enum"] = list(parts)
    return schema


def _part(fields: Fields, meanings: Mapping[str, str], provider: str = "", prefix: str = "") -> dict[str, Any]:
    """An object of a brief with its fields: the whole part of a `provider`, or one in it. A null unsets any of them."""
    inner = {
        name: _part(kind, meanings, prefix=f"{prefix}{name}.")
        if isinstance(kind, Fields)
        else _field(kind, meanings[prefix + name])
        for name, kind in fields.allowed.items()
    }
    more = {"description": f"The options of {provider}: see docs/providers/{provider}.md."} if provider else {}
    return {"type": ["object", "null"], "additionalProperties": False, **more, "properties": inner}


def _field(kind: Any, meaning: str) -> dict[str, Any]:
    schema = TypeAdapter(kind).json_schema()
    rest = {name: value for name, value in schema.items() if name not in ("type", "title", "description")}
    if "enum" in rest:
        rest["enum"] = [*rest["enum"], None]
    if "const" in rest:
        rest["enum"] = [rest.pop("const"), None]
    return {"type": [schema["type"], "null"], **rest, "description": meaning}


def _meanings(page: str) -> dict[str, str]:
    """What the table of a provider's page says of each field, by its path, as plain text."""
    [table] = re.findall(r"^## Fields in a brief\n.*?\n(\|.*?)\n\n", page, re.MULTILINE | re.DOTALL)
    head, _, *rows = ([_plain(cell) for cell in line.strip("|").split("|")] for line in table.splitlines())
    return {row[0]: _meaning(row[1:], head[1:]) for row in rows}


def _meaning(cells: list[str], heads: list[str]) -> str:
    """The meaning as a sentence, and the api-versions that have the field where not all do."""
    meaning, *versions = cells
    sentences = [meaning, *(f"{head} {cell}" for head, cell in zip(heads[1:], versions, strict=True) if cell != "all")]
    return " ".join(f"{sentence[:1].upper()}{sentence[1:].rstrip('.')}." for sentence in sentences)


def _plain(cell: str) -> str:
    """A cell without its marks, and without what leads to another place of the page."""
    cell = re.sub(r":? \[below\]\([^)]*\)", "", cell)
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", cell).replace("`", "").strip()


if __name__ == "__main__":
    for file, text in written(PROVIDERS).items():
        file.write_text(text)
