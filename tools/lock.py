"""Pins what the .in files ask for, with hashes and without addresses."""

import subprocess
import sys

OPTIONS: dict[str, list[str]] = {
    "requirements": [],
    "requirements-dev": [],
    "requirements-infra": ["--override", "requirements-infra-overrides.txt"],
}


def main() -> int:
    """Write the .txt file beside each .in file."""
    for name, options in OPTIONS.items():
        command = [
            sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--upgrade", "--generate-hashes", "--universal",
            "--python-version", "3.13", "--no-emit-index-url", "--no-emit-find-links", "--no-header",
            *options, "--output-file", f"{name}.txt", f"{name}.in",
        ]  # fmt: skip
        subprocess.run(command, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
