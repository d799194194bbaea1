"""Check every template under a folder (default: infra); say what is wrong, and exit 1 if anything is."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.bicep_check import conventions, safety, snapshots
from tools.bicep_check.compiler import ABSENT, Compiler, NoSuchCompilerError, find
from tools.bicep_check.template import Problem, UnreadableTemplateError, load

RULES = (conventions.description, safety.role_ids, safety.secrets_stay_secure, safety.keys)
VARIABLE = re.compile(r"(bool\()?readEnvironmentVariable\('(\w+)'\)")
# Stands for whatever a parameter file reads from the environment: long enough for a secret, short enough for a name.
MADE_UP = "made-up-for-this-"


def check(folder: Path) -> Iterator[Problem]:
    """Every breach of our own rules under `folder`; raises `UnreadableTemplateError` at a file that does not parse.

    Bounds are asked of deployed templates only: modules get their values from those.
    """
    for template in [load(path) for path in sorted(folder.rglob("*.bicep"))]:
        for rule in RULES:
            yield from rule(template)
        if template.path.parent == folder:
            yield from conventions.bounds(template)


def compiled(compiler: Compiler, folder: Path) -> Iterator[str]:
    """What the compiler says against the deployed templates (their modules are part of them) and parameter files."""
    for path in sorted(folder.glob("*.bicep")):
        yield from compiler.complaints("lint", path)
    for path in sorted(folder.glob("*.bicepparam")):
        yield from compiler.complaints("build-params", path, "--stdout", environment=made_up(path))
    yield from snapshots.evaluate_all(compiler, "validate", folder / "snapshots")


def made_up(path: Path) -> dict[str, str]:
    """Values for what a parameter file must find in the environment."""
    needed = VARIABLE.findall(path.read_text())
    return {name: "true" if is_bool else MADE_UP * 2 if "SECRET" in name else MADE_UP for is_bool, name in needed}


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "infra")
    try:
        problems = list(map(str, check(folder)))
        compiler = find()
    except (UnreadableTemplateError, NoSuchCompilerError) as error:
        print(error)
        return 1
    problems += compiled(compiler, folder) if compiler else []
    print(*problems, sep="\n", end="\n" if problems else "")
    print(f"{len(list(folder.rglob('*.bicep')))} templates, {len(problems)} problems")
    print(f"compiled by {compiler.program}" if compiler else ABSENT)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
