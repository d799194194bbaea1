"""A module gets the parameters that it declares, and is asked for the outputs that it has."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pycep.models import BicepElement

from tools.bicep_check.template import Attributes, Node, Problem, Template, body, decorators, literal, load, nodes

ASSIGNMENT = re.compile(r"^param (\w+) =", re.MULTILINE)


def module_template(template: Template, module: Attributes) -> Template:
    """The template that a local module names."""
    return load((template.path.parent / module["detail"]["path"]).resolve())


def _required(target: Template) -> set[str]:
    return {name for name, found in target.section("parameters").items() if found["default"] is None}


def _mismatches(target: Template, given: set[str]) -> Iterator[str]:
    for name in sorted(given - set(target.section("parameters"))):
        yield f"gives {name}, which {target.path.name} does not take"
    for name in sorted(_required(target) - given):
        yield f"does not give {name}, which {target.path.name} needs"


def module_parameters(template: Template) -> Iterator[Problem]:
    """Parameters that are missing or unknown."""
    for name, module in template.section("modules").items():
        given = {literal(key) for key in body(module).get("params", {})}
        for text in _mismatches(module_template(template, module), given):
            yield template.problem(module, f"module {name} {text}")


def secure_parameters_stay_secure(template: Template) -> Iterator[Problem]:
    """A secure parameter that is handed to a module as an ordinary one would be kept in the deployment's history."""
    secure = {name for name, found in template.section("parameters").items() if "secure" in decorators(found)}
    for name, module in template.section("modules").items():
        taken = module_template(template, module).section("parameters")
        for key, value in body(module).get("params", {}).items():
            if isinstance(value, BicepElement) and value in secure and "secure" not in decorators(taken[literal(key)]):
                yield template.problem(module, f"module {name} takes the secret {value} without @secure()")


def _chain(node: Node) -> list[str]:
    """The names of `a.b.c`, or of `a[0].b.c`."""
    match node:
        case BicepElement():
            return [str(node)]
        case {"operator": {"type": "property_accessor", "operands": operands}}:
            return [name for operand in operands.values() for name in _chain(operand)]
        case {"operator": {"operands": operands}}:
            return _chain(next(iter(operands.values())))
        case _:
            return []


def module_outputs(template: Template) -> Iterator[Problem]:
    """Outputs that a module does not have."""
    modules = template.section("modules")
    outputs = {name: set(module_template(template, module).section("outputs")) for name, module in modules.items()}
    for found in (found for section in template.tree.values() for found in section.values()):
        for text in _missing_outputs(found, outputs):
            yield template.problem(found, text)


def _missing_outputs(found: Attributes, outputs: Mapping[str, set[str]]) -> Iterator[str]:
    for node in nodes(found):
        match _chain(node):
            case [module, "outputs", output, *_] if module in outputs and output not in outputs[module]:
                yield f"module {module} has no output {output}"


def parameter_file(path: Path) -> Iterator[Problem]:
    """A `.bicepparam` file gives what the template beside it needs, and nothing that it does not know."""
    given = set(ASSIGNMENT.findall(path.read_text()))
    for text in _mismatches(load(path.with_suffix(".bicep")), given):
        yield Problem(path, 1, text)
