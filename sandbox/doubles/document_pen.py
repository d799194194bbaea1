"""The pretended translator of documents: every piece of text gets accents and a label, terms of a glossary first."""

import re
from collections.abc import Mapping, Sequence

from sandbox.doubles.pseudo import accented, pseudo

_LETTER = re.compile(r"[^\W\d_]")


class Pen:
    """Translates the pieces of one document into one language, and counts what is charged.

    `terms` maps a source term to its target. They match whole words in the same case, and a whole piece in any.
    """

    def __init__(self, language: str, terms: Mapping[str, str] | None = None) -> None:
        """Begin with no character counted, and no text seen."""
        self.language = language
        self.characters = 0
        self.has_text = False
        self._terms = dict(terms or {})
        self._whole = {term.casefold(): target for term, target in self._terms.items()}
        longest_first = sorted(self._terms, key=len, reverse=True)
        self._pattern = re.compile("|".join(rf"(?<!\w){re.escape(term)}(?!\w)" for term in longest_first))

    def text(self, text: str) -> str:
        """One piece, translated. What has no letter stays as it is, and is counted like any other."""
        return self.runs([text])[0]

    def runs(self, texts: Sequence[str]) -> list[str]:
        """The runs of one paragraph, which keep their number; the first that has letters gets the label."""
        self.characters += sum(len(text) for text in texts)
        self.has_text = self.has_text or any(text.strip() for text in texts)
        translated = [self._with_terms(text) for text in texts]
        first = next((index for index, text in enumerate(texts) if _LETTER.search(text)), None)
        if first is not None:
            translated[first] = self._labelled(translated[first])
        return translated

    def _labelled(self, text: str) -> str:
        start = len(text) - len(text.lstrip())
        return f"{text[:start]}{pseudo('', self.language)}{text[start:]}"

    def _with_terms(self, text: str) -> str:
        if (whole := self._whole.get(text.strip().casefold())) is not None:
            return text.replace(text.strip(), whole)
        if not self._terms:
            return accented(text)
        pieces = [accented(piece) for piece in self._pattern.split(text)]
        found = [self._terms[term] for term in self._pattern.findall(text)]
        return "".join(piece + term for piece, term in zip(pieces, [*found, ""], strict=True))
