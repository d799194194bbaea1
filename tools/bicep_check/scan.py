"""Ask checkov about the templates.

It exits 0 on a file that it cannot parse, so the counts in its report decide, not its exit code.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

CHECKOV = Path(".venv-infra/bin/checkov")


class NoReportError(Exception):
    """Checkov ended without the report that was asked of it."""


def scan(folder: Path, checkov: Path = CHECKOV) -> Mapping[str, Any]:
    """Checkov's report on a folder; raises `NoReportError` with what it said instead, or where it is missing."""
    if not checkov.exists():
        raise NoReportError(f"there is no {checkov}: make .venv-infra/ready")
    command = [str(checkov), "-d", str(folder), "--config-file", str(folder / "checkov.yaml"), "-o", "json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        report: Mapping[str, Any] = json.loads(ended.stdout)
    except json.JSONDecodeError as error:
        raise NoReportError(ended.stdout + ended.stderr) from error
    return report


def complaints(report: Mapping[str, Any]) -> Iterator[str]:
    """What the report says against the templates, or against itself."""
    results = report.get("results", {})
    for failed in results.get("failed_checks", []):
        yield f"{failed['file_path']}: {failed['check_id']} {failed['resource']}: {failed['check_name']}"
    yield from (f"{path}: checkov cannot parse it" for path in results.get("parsing_errors", []))
    if not report.get("summary", {}).get("passed"):
        yield "checkov checked nothing"


def main() -> int:
    try:
        report = scan(Path("infra"))
    except NoReportError as error:
        print(error)
        return 1
    found = list(complaints(report))
    print(*found, sep="\n", end="\n" if found else "")
    print(f"checkov: {report.get('summary', {}).get('passed', 0)} checks passed, {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
