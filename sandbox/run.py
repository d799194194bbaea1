"""Keep the whole stack running: `python -m sandbox.run`. Files in .local/inbox come back in .local/outbox."""

import asyncio
import logging
import os
import sys
from pathlib import Path

from sandbox.board import Ticker
from sandbox.interruption import until_interrupted
from sandbox.mirror import Folders, Mirror
from sandbox.stack import FAILURES, ROOT, Stack, the_only_one

LOCAL = ROOT / ".local"
HOST_PORT = int(os.environ.get("BABELDROP_PORT") or 7071)
UP = """\
Up at {url}: a file put into {inbox}/ comes back in {outbox}/. Ctrl-C ends it.
To stop a job, or to try it again (<id> is in the receipt of the file; docs/operate.md has the other calls):
  curl --request POST --header "x-functions-key: {key}" {url}/api/jobs/<id>/cancel
  curl --request POST --header "x-functions-key: {key}" {url}/api/jobs/<id>/retry
Logs are in {logs}/. Azure waits longer than this stack: 10 minutes, not 5 s, until an event counts again whose run was
lost; up to a minute, not a second, between looks at an idle queue; and its timer pauses for a minute or two when an
instance is replaced."""


def main() -> int:
    """Run until Ctrl-C or SIGTERM and return 0; return 1 when a part could not start, or ended by itself."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    code = 0
    try:
        asyncio.run(until_interrupted(run(LOCAL, HOST_PORT)))
    except* FAILURES as failures:
        code = 1
        for failure in failures.exceptions:
            print(failure, file=sys.stderr)
    return code


async def run(local: Path, host_port: int) -> None:
    """Run a stack with its folders in `local` until cancelled. Raises what Stack does, and ChildFailed later."""
    folders, card = Folders.under(local), local / "stack.json"
    with the_only_one(card):
        async with Stack(local / "state", host_port=host_port, card=card) as stack:
            mirror = Mirror(
                stack.blob_service(), folders, stack.containers, stack.folder / "mirror", tell=Ticker().tell
            )
            async with asyncio.TaskGroup() as group:
                group.create_task(mirror.run())
                group.create_task(stack.watch())
                places = {"inbox": folders.inbox, "outbox": folders.outbox, "logs": stack.logs}
                shown = {name: place.relative_to(local.parent) for name, place in places.items()}
                print(UP.format(url=stack.host_url, key=stack.functions_key, **shown), flush=True)


if __name__ == "__main__":
    sys.exit(main())
