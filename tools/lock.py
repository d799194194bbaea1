"""Pins requirements.in and requirements-dev.in, with hashes and without addresses."""

import subprocess
import sys


def main() -> int:
    """Write requirements.txt, then requirements-dev.txt under its constraints."""
    for name in ("requirements", "requirements-dev"):
        command = [
            sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--upgrade", "--generate-hashes", "--universal",
            "--python-version", "3.13", "--no-emit-index-url", "--no-emit-find-links", "--no-header",
            "--output-file", f"{name}.txt", f"{name}.in",
        ]  # fmt: skip
        subprocess.run(command, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
