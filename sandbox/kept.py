"""What the stack chooses once and keeps for its later starts: keys, secrets and ports.

Work that was under way when the stack ended goes on when it is started again, and then the addresses that were handed
out, with their signatures, must still be good.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sandbox.ports import is_free


def kept(path: Path, make: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """What `path` holds; what it lacks of that which `make` makes is added to it."""
    before = json.loads(path.read_text()) if path.exists() else {}
    content = {**make(), **before}
    if content != before:
        keep(path, content)
    return content


def keep(path: Path, content: Mapping[str, Any]) -> None:
    """Write `content`, which may hold keys: nobody else may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.touch(mode=0o600)
    part.write_text(json.dumps(content, indent=2))
    part.replace(path)  # Half a file would keep the stack from ever starting again.


def kept_ports(path: Path) -> dict[str, int]:
    """The ports of an earlier start by their names; none of them where something else has taken one by now."""
    ports: dict[str, int] = kept(path, dict)
    return ports if all(map(is_free, ports.values())) else {}
