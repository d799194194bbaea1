"""What a double remembers over the end of its process: a JSON file for each job that it was paid for."""

import logging
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

log = logging.getLogger(__name__)


class Shelf[T]:
    """Jobs of the dataclass or model `kind`, by their ids, which must be fit for a file's name.

    A double keeps a job before it answers the request that starts it, and again when the work on it has ended.
    """

    def __init__(self, folder: Path, kind: type[T]) -> None:
        """Keep the files in `folder`, which is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._adapter = TypeAdapter(kind)

    def load(self) -> dict[str, T]:
        """Every job that is kept. A file that another version of this program wrote in another form is left out."""
        found = {}
        for path in sorted(self._folder.glob("*.json")):
            try:
                found[path.stem] = self._adapter.validate_json(path.read_bytes(), by_alias=True)
            except ValidationError as error:
                log.warning("%s is not read, the job is forgotten: %s", path, error)
        return found

    def keep(self, job_id: str, job: T) -> None:
        """Write the job, whole or not at all."""
        part = self._folder / f"{job_id}.part"
        part.write_bytes(self._adapter.dump_json(job, by_alias=True, exclude_unset=True))
        part.replace(self._folder / f"{job_id}.json")

    def remove(self, job_id: str) -> None:
        """Forget the job, if it is kept."""
        (self._folder / f"{job_id}.json").unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget all."""
        for path in self._folder.glob("*.json"):
            path.unlink()
