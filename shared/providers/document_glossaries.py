"""The glossaries of one translation: chosen by name and languages, checked, and told in the receipt.

https://learn.microsoft.com/azure/ai-services/translator/document-translation/how-to-guides/create-use-glossaries
"""

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from shared.briefs import glossary as terms
from shared.briefs.glossary import Term
from shared.briefs.glossary_names import GlossaryName, choose_glossary, glossary_names, pairs_of
from shared.briefs.terms import Terms
from shared.errors import GlossaryRefused, NotReady, TooLong
from shared.providers.task import Glossary, Task

#: Used where the brief names none.
DEFAULT = "default"
FORMATS = ("TSV", "CSV", "XLIFF")
LONGEST_BEGINNING = 4096  # bytes in which the root element of an XLIFF file is looked for
_XLIFF = re.compile(rb"""<xliff\b[^>]*\bversion\s*=\s*["'](1\.[0-2])["']""")

#: The text of the document, as far as it can be had; None where it cannot.
TextOf = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Applied:
    """A glossary that the service is given, with its format and the format's version in the service's words."""

    blob: Glossary
    format: str
    version: str | None = None
    terms: tuple[Term, ...] = ()

    def told(self) -> dict[str, str]:
        """As the receipt names it."""
        return {"name": self.blob.name, "etag": self.blob.etag}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is applied, and what a person should know of it."""

    applied: tuple[Applied, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def largest(self) -> int:
        """Bytes of the largest."""
        return max((len(glossary.blob.data) for glossary in self.applied), default=0)

    def told(self) -> list[dict[str, str]]:
        """As the receipt names them."""
        return [glossary.told() for glossary in self.applied]


async def choose(
    task: Task, called: Callable[[str], str], text_of: TextOf, is_taken: Callable[[str], Awaitable[bool]]
) -> Chosen:
    """The glossaries for the task's languages. NotReady where one has mistakes, or is named and does not exist.

    `called` is what the service calls a language: `zh-Hans` is as good as zh-CN in a name. `is_taken` says whether the
    service takes a format that only some regions have.
    """
    applied: list[Applied] = []
    warnings: list[str] = []
    named = task.options.get("glossaries")
    for asked in [DEFAULT] if named is None else named:
        blobs = await task.glossaries.named(f"{asked}.")
        try:
            name = _nearest(blobs, asked, task, called, await _formats(blobs, is_taken))
            if name is None:
                warnings += _missing(blobs, asked, task)
                continue
            blob, found = await _read(name, task)
        except GlossaryRefused as error:
            raise NotReady(error.reason, error.advice) from error
        applied.append(Applied(blob, name.format, _version(name, blob), found.terms))
        warnings += _useless(found, await text_of())
    return Chosen(tuple(applied), tuple(warnings))


async def _formats(blobs: Sequence[str], is_taken: Callable[[str], Awaitable[bool]]) -> Collection[str]:
    has_tmx = any(blob.lower().endswith(".tmx") for blob in blobs)
    return (*FORMATS, "TMX") if has_tmx and await is_taken("TMX") else FORMATS


def _nearest(
    blobs: Sequence[str], asked: str, task: Task, called: Callable[[str], str], formats: Collection[str]
) -> GlossaryName | None:
    """By the person's tags, else by the service's."""
    source, target = task.pair
    found = choose_glossary(blobs, asked, source, target, formats)
    return found or choose_glossary(blobs, asked, source and called(source), called(target), formats)


async def _read(name: GlossaryName, task: Task) -> tuple[Glossary, terms.Glossary]:
    try:
        blob = await task.glossaries.find(name.blob)
    except TooLong as error:
        raise GlossaryRefused(error.reason, "Divide it; the file starts by itself within ten minutes.") from error
    if blob is None:
        raise GlossaryRefused(f"The glossary {name.blob} was deleted a moment ago")
    return blob, terms.read_glossary(name, blob.data)


def _version(name: GlossaryName, blob: Glossary) -> str | None:
    """The version that an XLIFF file says it has; the other formats have none."""
    said = _XLIFF.search(blob.data[:LONGEST_BEGINNING]) if name.format == "XLIFF" else None
    return said[1].decode("ascii") if said else None


def _missing(blobs: Sequence[str], asked: str, task: Task) -> list[str]:
    """The warning that no glossary of that name serves the pair; NotReady where there is none of that name at all."""
    known = [blob for blob in blobs if any(reading.name == asked for reading in glossary_names(blob))]
    pair = f"{task.pair.source or 'an unnamed source'} to {task.pair.target}"
    if known:
        others = ", ".join(pairs_of(known, asked))
        return [f"The glossary {asked} was not applied: it has {others}, and not {pair}."]
    if asked == DEFAULT:
        return []
    raise NotReady(
        f"There is no glossary called {asked}",
        f"Put {asked}.en-es.tsv, or what the languages are, into the container of glossaries, or correct the "
        "brief and drop the file again; the file starts by itself within ten minutes.",
    )


def _useless(found: terms.Glossary, text: str | None) -> list[str]:
    """What the service does not say: that no term occurs in the text, or only in another case."""
    if not found.terms:
        return [f"The glossary {found.name.blob} was not applied: it has no term of these languages."]
    if text is None:
        return []
    occurring = Terms(found.terms).occurring(text)
    if occurring.exact:
        return []
    if occurring.other_case:
        lines = ", ".join(str(term.line) for term in occurring.other_case[:5])
        return [
            f"Of the glossary {found.name.blob} no term occurs in the text as it is written, only in another case "
            f"(lines {lines}): the service tells capitals from small letters."
        ]
    return [f"Of the glossary {found.name.blob} no term occurs in the text."]
