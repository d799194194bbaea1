"""How our templates are written: said what each is for, and bounded."""

from collections.abc import Iterator

from tools.bicep_check.template import Attributes, Problem, Template, decorators

BOUNDS = {"int": ({"min_value", "max_value"},), "string": ({"allowed"}, {"max_length"}), "array": ({"max_length"},)}


def description(template: Template) -> Iterator[Problem]:
    """A template that does not say what it is for. Of parameters and outputs the compiler asks it."""
    if "description" not in template.section("metadata"):
        yield Problem(template.path, 1, "the template has no metadata description")


def _is_bounded(parameter: Attributes) -> bool:
    given = set(decorators(parameter))
    wanted = ({"allowed"}, *BOUNDS.get(str(parameter["type"]), (set(),)))
    return any(bounds <= given for bounds in wanted)


def bounds(template: Template) -> Iterator[Problem]:
    """Parameters of a template that people deploy, with no bounds."""
    for name, found in template.section("parameters").items():
        if not _is_bounded(found):
            yield template.problem(found, f"{name} has no bounds")
