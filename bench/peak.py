"""The most memory that a process ever held."""

import re
from pathlib import Path

MEGABYTE = 10**6


def high_water(process: Path) -> float:
    """Megabytes of memory at the peak of the process whose folder below /proc this is."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", (process / "status").read_text(), re.MULTILINE)
    if found is None:
        raise OSError(f"the kernel does not tell the peak of {process}")
    return int(found[1]) * 1024 / MEGABYTE
