"""Which glossary serves a pair of languages, by the names of the blobs in the container of glossaries.

A glossary is called `<name>.<source>-<target>.<extension>`: `medical.en-es.tsv`. The formats are Document
Translation's: https://learn.microsoft.com/azure/ai-services/translator/document-translation/how-to-guides/create-use-glossaries
"""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from shared.errors import GlossaryRefused, LanguageRefused
from shared.languages import canonical, without_variant

#: Formats under the names that the service gives them. TMX stands in the service's list in some regions only.
FORMATS = {".tsv": "TSV", ".tab": "TSV", ".csv": "CSV", ".xlf": "XLIFF", ".tmx": "TMX"}
_RENAME = "Rename the glossary with full tags, such as medical.en-US-es-ES.tsv; the file starts by itself."


class GlossaryName(NamedTuple):
    """A glossary's blob, and what its name says: its own name, and canonical tags."""

    blob: str
    name: str
    source: str
    target: str

    @property
    def format(self) -> str:
        """TSV, CSV, XLIFF or TMX."""
        return FORMATS[_extension(self.blob)]


def glossary_names(blob: str) -> list[GlossaryName]:
    """Every way to read a blob's name as a glossary's: none for another file, two for `a.fr-fr-ca.tsv`."""
    extension = _extension(blob)
    name, dot, pair = blob.removesuffix(blob[len(blob) - len(extension) :]).rpartition(".")
    if extension not in FORMATS or not dot or not name.rpartition("/")[2]:
        return []
    return [GlossaryName(blob, name, source, target) for source, target in _pairs(pair)]


def choose_glossary(
    blobs: Iterable[str], name: str, source: str | None, target: str, formats: Collection[str] = ("TSV", "CSV", "XLIFF")
) -> GlossaryName | None:
    """The glossary of that name which is nearest to the pair; None where none serves it.

    `en-es` serves en-US to es-MX. The nearer target wins, then the nearer source. Without a source any is served, if
    all have the same. GlossaryRefused where it would be a guess; `formats` are those that the service takes.
    """
    candidates = [reading for blob in blobs for reading in _unambiguous(blob, name)]
    ranked = sorted(
        ((target_steps, source_steps or 0), glossary)
        for glossary in candidates
        if glossary.format in formats
        and (target_steps := _steps(glossary.target, target)) is not None
        and ((source_steps := _steps(glossary.source, source)) is not None or source is None)
    )
    nearest = [glossary for rank, glossary in ranked if rank == ranked[0][0]]
    if len(nearest) > 1:
        blobs_of_both = " and ".join(glossary.blob for glossary in nearest)
        raise GlossaryRefused(
            f"The glossaries {blobs_of_both} serve {source or 'an unnamed source'} to {target} equally well",
            "Keep one of them, or name the source in the brief; the file starts by itself.",
        )
    return nearest[0] if nearest else None


def pairs_of(blobs: Iterable[str], name: str) -> list[str]:
    """The pairs that glossaries of that name have, for a warning that none serves: `en to es`."""
    return sorted({f"{found.source} to {found.target}" for found in _of_name(blobs, name)})


def _of_name(blobs: Iterable[str], name: str) -> Iterator[GlossaryName]:
    return (reading for blob in blobs for reading in glossary_names(blob) if reading.name == name)


def _unambiguous(blob: str, name: str) -> list[GlossaryName]:
    readings = [*_of_name([blob], name)]
    if len(readings) > 1:
        ways = " or ".join(f"{reading.source} to {reading.target}" for reading in readings)
        raise GlossaryRefused(f"The glossary {blob} may be {ways}", _RENAME)
    return readings


def _pairs(pair: str) -> Iterator[tuple[str, str]]:
    """Every hyphen may be the one between source and target."""
    parts = pair.split("-")
    for cut in range(1, len(parts)):
        try:
            yield canonical("-".join(parts[:cut])), canonical("-".join(parts[cut:]))
        except LanguageRefused:
            continue


def _steps(general: str, wanted: str | None) -> int | None:
    """How many subtags the wanted language has beyond the general one: 0 for the same, None for another language."""
    if wanted is None:
        return None
    own, asked = general.casefold().split("-"), without_variant(wanted).casefold().split("-")
    return len(asked) - len(own) if asked[: len(own)] == own else None


def _extension(blob: str) -> str:
    dot = blob.rfind(".")
    return blob[dot:].lower() if dot >= 0 else ""
