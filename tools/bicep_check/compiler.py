"""The Bicep compiler: where it is, and what it says about a file."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ROOT = Path(__file__).parents[2]
ABSENT = "no Bicep compiler was found (BICEP, PATH, ../shared/tools/bicep, az bicep install): nothing was compiled"


class NoSuchCompilerError(Exception):
    """BICEP names a file that is not there."""


@dataclass(frozen=True)
class Compiler:
    """Microsoft's compiler as a program: learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-cli"""

    program: Path

    def complaints(self, *words: str | Path, environment: Mapping[str, str] | None = None) -> list[str]:
        """What it says against a file, line by line; a warning counts, and so does a failure in silence."""
        command = [self.program, *words]
        surrounding = {**os.environ, **(environment or {})}
        ended = subprocess.run(command, cwd=ROOT, env=surrounding, capture_output=True, text=True, check=False)
        # What a file is built into goes to stdout; of a command that fails, the rest of what it has to say does too.
        said = ended.stderr + (ended.stdout if ended.returncode else "")
        lines = [line for line in COLOUR.sub("", said).splitlines() if line.strip()]
        return lines or [f"bicep {words[0]} failed without a word"] * bool(ended.returncode)


def find(environment: Mapping[str, str] = os.environ, root: Path = ROOT) -> Compiler | None:
    """The compiler that BICEP names, or the first that there is; None where there is none."""
    if named := environment.get("BICEP"):
        if not Path(named).is_file():
            raise NoSuchCompilerError(f"BICEP names {named}, which is not there")
        return Compiler(Path(named))
    on_path = shutil.which("bicep", path=environment.get("PATH"))
    az = Path(environment.get("AZURE_CONFIG_DIR") or Path.home() / ".azure") / "bin"
    beside = root.parent / "shared" / "tools" / "bicep" / "bicep"
    places = [*([Path(on_path)] if on_path else []), beside, az / "bicep", az / "bicep.exe"]
    return next((Compiler(place) for place in places if place.is_file()), None)
