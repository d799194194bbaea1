"""Put the requirements beside the code, for the Python that the app runs on: `python3 -m infra.hooks.package`

Azure's own build of a Flex Consumption app may run on Python 3.11, whatever the app runs on, and finds no
azure-functions 2.x there (github.com/Azure/azure-dev/issues/8538). So nothing is built in Azure: the package brings
everything along.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGET = ROOT / ".python_packages" / "lib" / "site-packages"
# What the app runs on: infra/modules/function-app.bicep. Wheels of older manylinux fit newer systems.
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")
PYTHON = ("--implementation", "cp", "--python-version", "3.13", "--abi", "cp313", "--abi", "abi3", "--abi", "none")


def pip_words(verb: str) -> list[str]:
    """Pip's command for the locked requirements and the app's platform; each file is checked by its hash."""
    platforms = [word for platform in PLATFORMS for word in ("--platform", platform)]
    pip = [sys.executable, "-m", "pip", verb, "--quiet", "--disable-pip-version-check", "--require-hashes"]
    return [
        *pip,
        "--no-deps",
        "--only-binary=:all:",
        *platforms,
        *PYTHON,
        "--requirement",
        str(ROOT / "requirements.txt"),
    ]


def main(target: Path = TARGET) -> int:
    """Install into `target`, from nothing, so that no requirement of yesterday stays.

    Nothing is compiled, for .funcignore leaves compiled files out of the package.
    """
    shutil.rmtree(target, ignore_errors=True)
    return subprocess.run([*pip_words("install"), "--no-compile", "--target", str(target)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
