"""Check every template under a folder (default: infra); say what is wrong, and exit 1 if anything is."""

import sys
from collections.abc import Iterator
from pathlib import Path

from tools.bicep_check import conventions, interfaces, safety, symbols
from tools.bicep_check.template import Problem, Template, UnreadableTemplateError, load

RULES = (
    symbols.undefined_symbols,
    symbols.unused_symbols,
    interfaces.module_parameters,
    interfaces.module_outputs,
    interfaces.secure_parameters_stay_secure,
    conventions.descriptions,
    conventions.api_versions,
    safety.role_ids,
    safety.secure_parameters,
    safety.secret_outputs,
    safety.keys,
    safety.key_access,
)


def check_template(template: Template, *, deployed: bool) -> Iterator[Problem]:
    """Apply every rule. Bounds are asked of deployed templates only: modules get their values from those."""
    for rule in RULES:
        yield from rule(template)
    if deployed:
        yield from conventions.bounds(template)


def check(folder: Path) -> Iterator[Problem]:
    """Every problem under `folder`; raises `UnreadableTemplateError` at the first file that does not parse."""
    for template in [load(path) for path in sorted(folder.rglob("*.bicep"))]:
        yield from check_template(template, deployed=template.path.parent == folder)
    for path in sorted(folder.glob("*.bicepparam")):
        yield from interfaces.parameter_file(path)


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "infra")
    try:
        problems = list(check(folder))
    except UnreadableTemplateError as error:
        print(error)
        return 1
    print(*problems, sep="\n", end="\n" if problems else "")
    print(f"{len(list(folder.rglob('*.bicep')))} templates, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
