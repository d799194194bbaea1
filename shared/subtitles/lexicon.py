"""The terms of glossaries, as they are marked in what is sent and looked for in what comes back.

https://learn.microsoft.com/azure/ai-services/translator/text-translation/how-to/use-dynamic-dictionary
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from shared.briefs.terms import Found, Terms

#: A receipt that names more is read by nobody; the number is always whole.
MOST_NAMED = 100


@dataclass(frozen=True)
class Lexicon:
    """Terms to be looked for. `dictionary`: the service takes translations of terms between these two languages.

    Terms that are equal on both sides are marked as not to be translated, between whatever languages.
    """

    terms: Terms
    dictionary: bool

    def marked(self, text: str) -> Iterator[Found]:
        """The terms in a text that are to be marked, from left to right, none within another."""
        end = 0
        for found in self.terms.found(text):
            if found.start >= end and (self.dictionary or found.term.untranslated):
                yield found
                end = found.end

    def report(self, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
        """For the receipt: how many terms occur in the sources of these (source, translation) pairs, and were kept.

        A term is named by its line in the glossary, for the receipt holds no text of anybody's.
        """
        every = self.terms.adherence(pairs)
        lost = [each for each in every if each.kept < each.texts]
        return {
            "terms": len(every),
            "termsKept": len(every) - len(lost),
            "termsNotAlwaysKept": [
                {"line": each.term.line, "texts": each.texts, "kept": each.kept} for each in lost[:MOST_NAMED]
            ],
        }


def composed(text: str) -> str:
    """The text in the form in which terms are found."""
    return unicodedata.normalize("NFC", text)
