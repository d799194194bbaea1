"""The host's log on standard output, as far as the production worker's settings shape it."""

import logging
import os
import sys

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
#: What every record has; Azure shows whatever else a record carries as its customDimensions.
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class WithDimensions(logging.Formatter):
    """Shows behind the message what else its record carries."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line, and its dimensions as `name=value`."""
        carried = [f"{name}={value}" for name, value in vars(record).items() if name not in USUAL and value]
        return " ".join([super().formatMessage(record), *carried])


def log_to_stdout() -> None:
    """Send every logger's lines there: from INFO on as the production worker does, all where its setting says so."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(WithDimensions(FORMAT))
    debug = os.environ.get("PYTHON_ENABLE_DEBUG_LOGGING", "").lower() in ("1", "true")
    logging.basicConfig(handlers=[handler], level=logging.DEBUG if debug else logging.INFO)
    # The host polls its queues; each request would be ten lines here, and none in the log of Azure's host.
    logging.getLogger("azure.core").setLevel(logging.WARNING)
    logging.getLogger("azure.identity").setLevel(logging.WARNING)
