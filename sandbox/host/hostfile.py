"""host.json: the part of it that the local host obeys.

https://learn.microsoft.com/azure/azure-functions/functions-host-json
"""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from sandbox.host.function import StartupError


class Section(BaseModel):
    """A section of host.json; what the local host does not know, it leaves alone."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class Blobs(Section):
    """`extensions.blobs`."""

    max_degree_of_parallelism: int = 16
    poison_blob_threshold: int = 5

    @property
    def batch(self) -> int:
        """How many events are taken at once, so that the next batch can come before the last one has ended."""
        return self.max_degree_of_parallelism // 2 + 1

    @property
    def threshold(self) -> int:
        """At how many runs or fewer a new batch is taken."""
        return max(0, self.max_degree_of_parallelism - self.batch)


class Queues(Section):
    """`extensions.queues`; `visibility_timeout` is the delay between tries."""

    batch_size: int = 16
    new_batch_threshold: int | None = None
    max_dequeue_count: int = 5
    message_encoding: Literal["base64", "none"] = "base64"
    visibility_timeout: timedelta = timedelta(0)

    def threshold(self, cores: int) -> int:
        """At how many runs or fewer a new batch is taken."""
        given = self.new_batch_threshold
        return self.batch_size // 2 * cores if given is None else given


class Http(Section):
    """`extensions.http`."""

    route_prefix: str = "api"
    max_concurrent_requests: int = 100
    max_outstanding_requests: int = 200


class Extensions(Section):
    """`extensions`."""

    blobs: Blobs = Blobs()
    queues: Queues = Queues()
    http: Http = Http()


class HostFile(Section):
    """The whole file."""

    version: Literal["2.0"]
    function_timeout: timedelta = timedelta(minutes=30)
    extensions: Extensions = Extensions()

    @property
    def timeout(self) -> timedelta | None:
        """How long a run may take; None when it is unbounded, written `-1`."""
        return self.function_timeout if self.function_timeout >= timedelta(0) else None


def read_host_file(app: Path) -> HostFile:
    """Read the app's host.json; raise StartupError when it is missing or wrong."""
    try:
        return HostFile.model_validate_json((app / "host.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise StartupError(f"host.json: {error}") from error
