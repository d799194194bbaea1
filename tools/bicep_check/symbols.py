"""Every name that a template uses is declared in it, and every parameter and variable that it declares is used."""

from collections.abc import Iterator, Mapping

from pycep.models import BicepElement

from tools.bicep_check.template import Node, Problem, Template, interpolated

USERS = ("variables", "resources", "modules", "outputs")
DECLARERS = ("parameters", "variables", "resources", "modules", "functions", "imports", "types")


def references(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    """The symbols that an expression needs, less those that its own loops and lambdas bind."""
    match node:
        case BicepElement():
            if node not in bound:
                yield str(node)
        case str():
            for expression in interpolated(node):
                yield from references(expression, bound)
        case list():
            for item in node:
                yield from references(item, bound)
        case Mapping():
            yield from _references_in_mapping(node, bound)


def _references_in_mapping(node: Mapping[str, Node], bound: frozenset[str]) -> Iterator[str]:
    match node:
        case {"type": "lambda_expression", "detail": detail}:
            variables = {str(value) for key, value in detail.items() if key != "expression"}
            yield from references(detail["expression"], bound | variables)
        case {"loop_type": {"detail": detail}, "config": config}:
            yield from references(detail["array_name"], bound)
            variables = {str(detail[key]) for key in ("item_name", "index_name") if key in detail}
            yield from references(config, bound | variables)
        case {"operator": {"type": "property_accessor", "operands": operands}}:
            yield from references(operands["operand_1"], bound)
            yield from _references_after_head(operands["operand_2"], bound)
        case _:
            for key, value in node.items():
                yield from references(key, bound)
                yield from references(value, bound)


def _references_after_head(node: Node, bound: frozenset[str]) -> Iterator[str]:
    """References in what follows a dot: its first name is a property, whatever operators the parser hung under it."""
    if isinstance(node, BicepElement):
        return
    match node:
        case {"operator": {"type": kind, "operands": operands}}:
            first, *others = operands.values()
            follow = _references_after_head if kind == "property_accessor" else references
            yield from _references_after_head(first, bound)
            for other in others:
                yield from follow(other, bound)
        case _:
            yield from references(node, bound)


def declared(template: Template) -> set[str]:
    return {symbol for section in DECLARERS for symbol in template.section(section)}


def _content(attributes: Mapping[str, Node]) -> Node:
    return attributes["config"] if "config" in attributes else attributes["value"]


def used(template: Template) -> set[str]:
    """The symbols that anything in the template refers to."""
    elements = [found for section in USERS for found in template.section(section).values()]
    defaults = [found["default"] for found in template.section("parameters").values()]
    return {symbol for node in [*map(_content, elements), *defaults] for symbol in references(node)}


def undefined_symbols(template: Template) -> Iterator[Problem]:
    """Names that nothing declares."""
    known = declared(template)
    for section in USERS:
        for name, found in template.section(section).items():
            for symbol in sorted(set(references(_content(found))) - known):
                yield template.problem(found, f"{name} uses {symbol}, which nothing declares")


def unused_symbols(template: Template) -> Iterator[Problem]:
    """Parameters and variables that nothing uses."""
    needed = used(template)
    for section in ("parameters", "variables"):
        for name, found in template.section(section).items():
            if name not in needed:
                yield template.problem(found, f"{name} is declared and never used")
