"""Keep the whole stack running: `python -m sandbox.run`. Files in .local/inbox come back in .local/outbox."""

import asyncio
import os
import sys
from pathlib import Path

from sandbox.child import ChildFailed
from sandbox.interruption import until_interrupted
from sandbox.mirror import Folders, Mirror
from sandbox.ports import PortTaken
from sandbox.stack import ROOT, Stack

LOCAL = ROOT / ".local"
HOST_PORT = int(os.environ.get("BABELDROP_PORT") or 7071)


def main() -> int:
    """Run until Ctrl-C or SIGTERM and return 0; return 1 when a part could not start, or ended by itself."""
    code = 0
    try:
        asyncio.run(until_interrupted(run(LOCAL, HOST_PORT)))
    except* (ChildFailed, PortTaken) as failures:
        code = 1
        for failure in failures.exceptions:
            print(failure, file=sys.stderr)
    return code


async def run(local: Path, host_port: int) -> None:
    """Run a stack with its folders in `local` until cancelled. Raises what Stack does, and ChildFailed later."""
    folders = Folders.under(local)
    async with Stack(local / "state", host_port=host_port, card=local / "stack.json") as stack:
        mirror = Mirror(stack.blob_service(), folders, stack.containers, stack.folder / "mirror")
        async with asyncio.TaskGroup() as group:
            group.create_task(mirror.run())
            group.create_task(stack.watch())
            inbox, outbox = (folder.relative_to(local.parent) for folder in (folders.inbox, folders.outbox))
            print(
                f"Up at {stack.host_url}: a file put into {inbox}/ comes back in {outbox}/. Ctrl-C ends it.", flush=True
            )


if __name__ == "__main__":
    sys.exit(main())
