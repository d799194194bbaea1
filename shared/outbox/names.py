"""The names of results and receipts in the outbox."""

import hashlib
from typing import NamedTuple

from shared.names import RECEIPT


class ResultNames(NamedTuple):
    """The names of one job's results in the outbox: `stem` is claimed, `source` is the dropped name."""

    stem: str
    source: str

    def output(self, target: str, suffix: str) -> str:
        """`intro.es-ES.vtt` for the target `es-ES` and the suffix `vtt`."""
        return f"{self.stem}.{target}.{suffix}"

    def receipt(self, target: str | None = None) -> str:
        """The receipt of one translation, or of the drop."""
        return f"{self.source}.{target}{RECEIPT}" if target else f"{self.source}{RECEIPT}"


def refused_receipt(name: str) -> str:
    """Where a refused name gets its receipt, for its own name cannot be used."""
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:24]
    return f"_refused/{digest}{RECEIPT}"
