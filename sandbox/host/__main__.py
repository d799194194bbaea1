"""Run the host: `python -m sandbox.host --app DIR --port N --keys FILE.json`."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from azure.core.exceptions import AzureError

from sandbox.host.errors import StartupError
from sandbox.host.host import Host, Options
from sandbox.host.log import log_to_stdout

GRACE_SECONDS = 1.5


def main() -> int:
    """Serve until SIGTERM, Ctrl-C or the end of the parent; return the exit code."""
    log_to_stdout()
    try:
        asyncio.run(_serve(Host(_options())))
    except (StartupError, AzureError, OSError) as error:
        logging.getLogger("sandbox.host").critical("The host cannot start: %s", error)
        return 1
    return 0


async def _serve(host: Host) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    orphaned = asyncio.create_task(_watch_parent(os.getppid(), stopping))
    try:
        await host.start()
        print("ready", flush=True)
        await stopping.wait()
    finally:
        orphaned.cancel()
        await host.stop(GRACE_SECONDS)


async def _watch_parent(parent: int, stopping: asyncio.Event) -> None:
    """A process whose parent has died is given another one."""
    while os.getppid() == parent:  # noqa: ASYNC110 - the system tells nobody
        await asyncio.sleep(0.5)
    stopping.set()


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="python -m sandbox.host", description="The local Functions host.")
    parser.add_argument("--app", type=Path, required=True, help="folder of function_app.py and host.json")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--keys", type=Path, required=True, help='JSON: {"default", "master", "blobs_extension"}')
    parser.add_argument("--retry-delay", type=int, default=2, help="seconds before a failed blob event runs again")
    parser.add_argument("--visibility", type=int, default=30, help="seconds before a lost message re-appears")
    return Options(**vars(parser.parse_args()))


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # A synchronous function's thread cannot be stopped, and an ordinary exit would wait for it.
    os._exit(code)
