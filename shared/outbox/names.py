"""The names of results and receipts in the outbox, and of their corrections in the container for edits."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from shared.names import RECEIPT, REFUSED, refuse_unsafe

LONGEST = 1024  # characters, of any blob's name in storage
EDITED = ("vtt", "srt")  # what corrections may be


class ResultNames(NamedTuple):
    """The names of one job's results in the outbox: `stem` is claimed, `source` is the dropped name."""

    stem: str
    source: str

    def output(self, target: str, suffix: str) -> str:
        """`intro.es-ES.vtt` for the target `es-ES` and the suffix `vtt`; NameRefused where it leaves its place."""
        return refuse_unsafe(f"{self.stem}.{target}.{suffix}", LONGEST)

    def superseded(self, target: str, key: str) -> str:
        """The receipt of a translation of older content, beside that of the content that came after it."""
        return f"{self.source}.{target}.{key[:8]}{RECEIPT}"

    def receipt(self, target: str | None = None) -> str:
        """The receipt of one translation, or of the drop."""
        return f"{self.source}.{target}{RECEIPT}" if target else f"{self.source}{RECEIPT}"


def apart(suffix: str, place: int, named: Sequence[str], given: Collection[str]) -> str:
    """The suffix of one result, the same in every delivery, and unlike those of the others.

    `named` are the suffixes of all results as their service calls them, `place` is the result's own among them, and
    `given` are those of this delivery so far. Who comes first has the plain one, another a number: `3.vtt`.
    """
    before = named[:place] if suffix == named[place] else named
    return f"{place + 1}.{suffix}" if suffix in before or suffix in given else suffix


class EditName(NamedTuple):
    """What the name of a correction says: `target` is None where it is for every language."""

    stem: str
    target: str | None
    kind: str


def edited(name: str) -> Iterator[EditName]:
    """How the name of a correction may be read, the likeliest first: as that of a subtitle file among the results.

    `intro.es-ES.source.vtt` is the source text of one language, `intro.source.vtt` that of all.
    """
    base, _, extension = name.rpartition(".")
    if extension.lower() not in EDITED:
        return
    before, _, last = base.rpartition(".")
    kind, rest = (last, before) if last in ("source", "metadata") else ("target", base)
    stem, _, target = rest.rpartition(".")
    if stem:
        yield EditName(stem, target, kind)
    if kind == "source" and rest:
        yield EditName(rest, None, kind)


def edit_receipt(name: str) -> str:
    """The receipt of a correction, beside the results that it is for."""
    return f"{name}.edit{RECEIPT}"


def refused_receipt(name: str) -> str:
    """Where a refused name gets its receipt, for its own name cannot be used."""
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:24]
    return f"{REFUSED}{digest}{RECEIPT}"
