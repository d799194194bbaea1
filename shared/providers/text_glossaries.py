"""The glossaries of a text file: chosen when it is first read, and the same until its end.

The service takes translations of terms as a dynamic dictionary where English is one of the languages and the source is
named, and a language model takes pairs as examples. What is not to be translated it takes between all languages.
https://learn.microsoft.com/azure/ai-services/translator/text-translation/how-to/use-dynamic-dictionary
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any

from shared.briefs.glossary import Term
from shared.briefs.terms import Terms
from shared.providers.document_glossaries import choose
from shared.providers.task import Task
from shared.providers.text_options import MOST_PAIRS, is_llm
from shared.providers.text_work import Kept
from shared.subtitles import Ask, Lexicon

ENGLISH = "en"


class Way(StrEnum):
    """How the service is told of a term that is to be translated."""

    DICTIONARY = "dictionary"
    EXAMPLES = "referenceTextPairs"
    NONE = "none"


class Glossaries(Kept):
    """The terms of all glossaries of a file, how they reach the service, and how the receipt names them."""

    terms: tuple[Term, ...] = ()
    way: Way = Way.NONE
    told: tuple[dict[str, str], ...] = ()
    warnings: tuple[str, ...] = ()

    def lexicon(self) -> Lexicon | None:
        """The terms, to be marked in what is sent; None where there is none."""
        return Lexicon(Terms(self.terms), dictionary=self.way is Way.DICTIONARY) if self.terms else None

    def details(self) -> dict[str, Any]:
        """For the receipt's details."""
        return {"glossaries": self.told, "glossariesBy": self.way} if self.told else {}

    def examples(self, asks: Sequence[Ask]) -> list[dict[str, str]]:
        """For a language model: pairs of the terms that occur most often in these texts."""
        if self.way is not Way.EXAMPLES:
            return []
        terms = Terms([term for term in self.terms if not term.untranslated])
        counted = Counter(found.term for ask in asks for found in terms.found(ask.text))
        return [{"source": term.source, "target": term.target} for term, _ in counted.most_common(MOST_PAIRS)]


async def glossaries_of(task: Task, called: Callable[[str], str]) -> Glossaries:
    """The glossaries that the brief names, with their terms. NotReady where one has mistakes or is not there.

    `called` is what the service calls a language. Of two glossaries with one term, the one that is named first counts.
    """
    found = await choose(task, called, _no_text, _always)
    if not found.applied:
        return Glossaries(warnings=found.warnings)
    by_source = {term.source: term for applied in reversed(found.applied) for term in applied.terms}
    terms, way = tuple(by_source.values()), _way(task, called)
    warnings = (*found.warnings, *_unused(task, terms, way))
    return Glossaries(terms=terms, way=way, told=tuple(found.told()), warnings=warnings)


def _way(task: Task, called: Callable[[str], str]) -> Way:
    if is_llm(task.options):
        return Way.NONE if task.options.get("referenceTextPairs") else Way.EXAMPLES
    source, target = task.pair
    has_english = source is not None and ENGLISH in (called(source), called(target))
    return Way.DICTIONARY if has_english else Way.NONE


def _unused(task: Task, terms: Sequence[Term], way: Way) -> Iterator[str]:
    """The warning that terms are not told to the service, and why."""
    if way is not Way.NONE or all(term.untranslated for term in terms):
        return
    if is_llm(task.options):
        yield "The glossary was only checked, not applied: the brief's own referenceTextPairs take its place."
    else:
        yield (
            "The glossary was only checked, not applied, but for terms that are not to be translated: the service "
            "takes translations of terms where English is one of the languages, and the brief names the source."
        )


async def _no_text() -> None:
    """The text is not looked at beforehand: the receipt counts the terms that occur."""


async def _always(_form: str) -> bool:
    """Every format of glossaries is read here."""
    return True
