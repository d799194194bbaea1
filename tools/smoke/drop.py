"""One sample on its way: dropped, accepted, translated or not."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azure.core.exceptions import ResourceNotFoundError

from tools.smoke.place import Place
from tools.smoke.samples import Sample

#: What a drop's receipt says while there is more to come.
UNENDED = ("running", "held")


@dataclass
class Drop:
    """A sample in the inbox, and what its receipts have said so far. Times are of the monotonic clock, in seconds."""

    sample: Sample
    name: str
    dropped: float
    accepted: float | None = None
    ended: float | None = None
    receipt: Mapping[str, Any] | None = None

    @classmethod
    def into(cls, place: Place, folder: str, sample: Sample) -> "Drop":
        """Upload the sample, with its languages in the same write."""
        name = f"{folder}/{sample.name}"
        metadata = {"source": sample.source, "targets": sample.target}
        place.storage.get_blob_client(place.inbox, name).upload_blob(sample.content(), metadata=metadata)
        return cls(sample, name, time.monotonic())

    def look(self, place: Place) -> bool:
        """Read the drop's receipt; whether it has ended."""
        try:
            blob = place.storage.get_blob_client(place.outbox, f"{self.name}.translation.json").download_blob()
        except ResourceNotFoundError:
            return False
        self.accepted = self.accepted or time.monotonic()
        self.receipt = json.loads(blob.readall())
        if self.receipt["status"] not in UNENDED:
            self.ended = self.ended or time.monotonic()
        return self.ended is not None

    def results(self, place: Place) -> list[str]:
        """The names of what was made: everything in the outbox that is no receipt."""
        stem = self.name.rsplit(".", 1)[0]
        names = place.storage.get_container_client(place.outbox).list_blob_names(name_starts_with=f"{stem}.")
        return sorted(name for name in names if not name.endswith(".translation.json"))

    def trouble(self, results: list[str]) -> str:
        """Why it did not work, in a sentence or two; empty where it did."""
        if self.receipt is None:
            return "No receipt came: neither an event nor the timer reached the app. See docs/deploy.md."
        if self.ended is None:
            states = ", ".join(line["status"] for line in self.receipt["translations"])
            why = _reasons(self.receipt) or "Its receipt will say how it ends."
            return f"Still {states or self.receipt['status']} when the time was over. {why}"
        if self.receipt["status"] != "succeeded":
            return f"It is {self.receipt['status']}: {_reasons(self.receipt) or 'its receipt does not say why.'}"
        return "" if results else "It succeeded, but no result lies in the outbox."


def _reasons(receipt: Mapping[str, Any]) -> str:
    problems = [*receipt["problems"], *(line.get("problem") for line in receipt["translations"])]
    return " ".join(f"{problem['reason']} {problem['advice']}" for problem in problems if problem)
