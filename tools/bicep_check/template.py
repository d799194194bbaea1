"""A parsed Bicep template, and the tree that the rules look at."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lark.exceptions import LarkError
from pycep import BicepParser
from pycep.models import BicepElement

type Node = Any
type Attributes = Mapping[str, Any]

INTERPOLATION = re.compile(r"\$\{([^{}]+)\}")


@dataclass(frozen=True)
class Problem:
    """Something in a template that is not as it must be."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


class UnreadableTemplateError(Exception):
    """The parser refuses the file; the message says where."""


@dataclass(frozen=True)
class Template:
    """One `.bicep` file; sections as pycep-parser names them."""

    path: Path
    tree: Mapping[str, Any]

    def section(self, name: str) -> Mapping[str, Attributes]:
        """The elements of one kind (`parameters`, `resources`, ...) by symbol."""
        found: Mapping[str, Attributes] = self.tree.get(name, {})
        return found

    def problem(self, attributes: Attributes, text: str) -> Problem:
        """A problem at the line where an element starts."""
        return Problem(self.path, attributes["__start_line__"], text)


@cache
def parser() -> BicepParser:
    return BicepParser(add_line_numbers=True)


@cache
def parse(text: str) -> Mapping[str, Any]:
    return parser().parse(text=text)


def load(path: Path) -> Template:
    """Parse one file; raises `UnreadableTemplateError`."""
    try:
        return Template(path, parse(path.read_text()))
    except (LarkError, ValueError, TypeError) as error:
        raise UnreadableTemplateError(f"{path}: {error}") from error


def body(attributes: Attributes) -> Mapping[str, Node]:
    """The object of a resource or module, without the loop or condition around it."""
    config: Mapping[str, Node] = attributes["config"]
    while "config" in config and ("loop_type" in config or "condition" in config):
        config = config["config"]
    return config


def decorators(attributes: Attributes) -> dict[str, Node]:
    """Decorators by name, with their argument."""
    return {found["type"]: found.get("argument") for found in attributes["decorators"]}


def interpolated(text: str) -> Iterator[Node]:
    """The expressions inside a string."""
    for expression in INTERPOLATION.findall(text):
        yield parse(f"var x = {expression}\n")["variables"]["x"]["value"]


def nodes(node: Node) -> Iterator[Node]:
    """Every node of an expression, itself first, with those inside strings and keys."""
    yield node
    match node:
        case BicepElement():
            return
        case str():
            children: list[Node] = list(interpolated(node))
        case Mapping():
            children = [*node.keys(), *node.values()]
        case list():
            children = node
        case _:
            return
    for child in children:
        yield from nodes(child)


def literal(key: str) -> str:
    """An object's key as it is meant, without the quotes around it."""
    return key.strip("'")
