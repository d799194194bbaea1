"""Which terms of a glossary occur in a text, and which a translation kept.

Services match terms by their case and say nothing where none occurs. They promise no term, and report none: so the
translation is looked at afterwards.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from shared.briefs.glossary import Term

#: Scripts that put no space between words, or join particles to them (Korean): a term may begin anywhere in them.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


class Occurring(NamedTuple):
    """Terms that occur in a text as they are written, and those that occur only in another case."""

    exact: tuple[Term, ...]
    other_case: tuple[Term, ...]


class Found(NamedTuple):
    """Where a term stands in a text: before the character `end`, from `start` on."""

    start: int
    end: int
    term: Term


class Adherence(NamedTuple):
    """Of a term: the texts that have it, and those of them whose translation has its target."""

    term: Term
    texts: int
    kept: int


class Terms:
    """The terms of a glossary, ready to be looked for: a megabyte of text takes up to three seconds."""

    def __init__(self, terms: Collection[Term]) -> None:
        """Index the terms by their sources."""
        self._terms = {_plain(term.source): term for term in terms}
        self._exact = _Index(self._terms)
        self._folded = _Index(source.casefold() for source in self._terms)

    def occurring(self, text: str) -> Occurring:
        """The terms in a text, as whole words, in the glossary's order."""
        plain = _plain(text)
        exact, folded = self._exact.within(plain), self._folded.within(plain.casefold())
        return Occurring(
            tuple(term for source, term in self._terms.items() if source in exact),
            tuple(term for source, term in self._terms.items() if source not in exact and source.casefold() in folded),
        )

    def found(self, text: str) -> Iterator[Found]:
        """Where the terms stand in a text of composed characters, the leftmost first, of these the longest."""
        for start, end in sorted(self._exact.spans(text), key=lambda span: (span[0], -span[1])):
            yield Found(start, end, self._terms[text[start:end]])

    def adherence(self, pairs: Iterable[tuple[str, str]]) -> list[Adherence]:
        """How each term fared that occurs in the sources of these (source, translation) pairs.

        A target counts in any case and with any ending, for sentences begin with a capital and words are inflected;
        a term that is not to be translated counts only as it is written.
        """
        texts: dict[str, int] = defaultdict(int)
        kept: dict[str, int] = defaultdict(int)
        for source, translation in pairs:
            plain = _plain(translation)
            folded = plain.casefold()
            for key in self._exact.within(_plain(source)):
                texts[key] += 1
                kept[key] += _is_kept(self._terms[key], plain, folded)
        return [Adherence(term, texts[key], kept[key]) for key, term in self._terms.items() if key in texts]


class _Index:
    """Finds words of a fixed set in a text, in one pass over it."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in self._words:
            lengths[word[:1]].add(len(word))
        self._lengths = {first: sorted(several) for first, several in lengths.items()}

    def within(self, text: str) -> set[str]:
        """Those that the text has as whole words."""
        return {text[start:end] for start, end in self.spans(text)}

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where they stand, one within another, too."""
        edges = _edges(text)
        for start, first in enumerate(text):
            if edges[start] and (lengths := self._lengths.get(first)):
                for end in (start + length for length in lengths if start + length < len(edges)):
                    if edges[end] and text[start:end] in self._words:
                        yield start, end


def _is_kept(term: Term, plain: str, folded: str) -> bool:
    target = _plain(term.target)
    return target in plain if term.untranslated else target.casefold() in folded


def _edges(text: str) -> list[bool]:
    """For each position between characters, the two ends included, whether no word goes on there."""
    kinds = {character: _in_word(character) for character in set(text)}
    inside = [False, *(kinds[character] for character in text), False]
    return [not (before and after) for before, after in pairwise(inside)]


def _in_word(character: str) -> bool:
    return (character.isalnum() or unicodedata.category(character)[0] == "M") and not _UNSPACED.match(character)


def _plain(text: str) -> str:
    """Composed characters: a text and a glossary may write é in different ways."""
    return unicodedata.normalize("NFC", text)
