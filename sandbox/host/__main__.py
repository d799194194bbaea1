"""Run the host: `python -m sandbox.host --app DIR --port N --keys FILE.json`.

Its times are those of Azure's host, unless the command line shortens them.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.host.function import StartupError
from sandbox.host.host import Host, Options

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
#: What every record has; Azure shows whatever else a record carries as its customDimensions.
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class WithDimensions(logging.Formatter):
    """Shows behind the message what else its record carries."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line, and its dimensions as `name=value`."""
        carried = [f"{name}={value}" for name, value in vars(record).items() if name not in USUAL and value]
        return " ".join([super().formatMessage(record), *carried])


def main() -> int:
    """Serve until SIGTERM, Ctrl-C, the end of the parent, or what ends Azure's host; return the exit code."""
    _log_to_stdout()
    try:
        asyncio.run(_serve(read_options(sys.argv[1:])))
    except (StartupError, OSError) as error:
        logging.getLogger("sandbox.host").critical("The host cannot start: %s", error)
        return 1
    return 0


async def _serve(options: Options) -> None:
    host = Host(options)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, host.ended.set)
    orphaned = asyncio.create_task(_watch_parent(os.getppid(), host.ended))
    try:
        await host.start()
        print("ready", flush=True)
        await host.ended.wait()
    finally:
        orphaned.cancel()
        await host.stop()


async def _watch_parent(parent: int, ended: asyncio.Event) -> None:
    """A process whose parent has died is given another one."""
    while os.getppid() == parent:  # noqa: ASYNC110 - the system tells nobody
        await asyncio.sleep(0.5)
    ended.set()


def _log_to_stdout() -> None:
    """Send every logger's lines there: from INFO on as the production worker does, all where its setting says so."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(WithDimensions(FORMAT))
    debug = os.environ.get("PYTHON_ENABLE_DEBUG_LOGGING", "").lower() in ("1", "true")
    logging.basicConfig(handlers=[handler], level=logging.DEBUG if debug else logging.INFO)
    # The host polls its queues; each request would be ten lines here, and none in the log of Azure's host.
    logging.getLogger("azure.core").setLevel(logging.WARNING)
    logging.getLogger("azure.identity").setLevel(logging.WARNING)


def read_options(arguments: Sequence[str]) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.host", description="The local Functions host.")
    parser.add_argument("--app", type=Path, required=True, help="folder of function_app.py and host.json")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--keys", type=Path, required=True, help='JSON: {"default", "master", "blobs_extension"}')
    parser.add_argument("--visibility", type=int, default=600, help="seconds before a lost message re-appears")
    parser.add_argument("--longest-poll", type=float, default=60, help="seconds between looks at an idle queue")
    parser.add_argument("--timer-lease", type=int, default=60, help="seconds; 0 where no other host runs this app")
    parser.add_argument("--drain", type=float, default=10, help="seconds for runs under way when the host ends")
    return Options(**vars(parser.parse_args(arguments)))


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # A synchronous function's thread cannot be stopped, and an ordinary exit would wait for it.
    os._exit(code)
