"""The pretended translation of one text: accents and a label, with the service's own rules for HTML and profanity.

Terms of the dynamic dictionary are honoured in HTML alone, with a source language given and English on one side.
"""

import re

from sandbox.doubles import text_markup
from sandbox.doubles.pseudo import accented, pseudo
from sandbox.doubles.text_hard import Hardness
from sandbox.doubles.text_rules import Element, Target

_PROFANITY = re.compile(r"\b(?:bloody|crap|damn)\b", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_ENGLISH = "en"


def translated(element: Element, target: Target, label: str, hardness: Hardness) -> str:
    """The element in the target language, under that label. Raises Refused where its HTML is not well-formed."""
    pen = _Pen(target, label)
    if element.text_type == "Html":
        text = text_markup.translated(element.text, pen.text, dictionary=_has_dictionary(element, target))
    else:
        text = pen.text(element.text)
    return hardness.harden(text, target.language)


def _has_dictionary(element: Element, target: Target) -> bool:
    if element.language is None:
        return False
    return _ENGLISH in {language.lower().partition("-")[0] for language in (element.language, target.language)}


class _Pen:
    """Translates the pieces of one text, of which the first that has letters gets the label."""

    def __init__(self, target: Target, label: str) -> None:
        self._target, self._label = target, label

    def text(self, text: str) -> str:
        pieces = re.split(_PROFANITY, text)
        words = [self._profanity(found[0]) for found in _PROFANITY.finditer(text)]
        written = "".join(accented(piece) + word for piece, word in zip(pieces, [*words, ""], strict=True))
        if not self._label or not _LETTER.search(text):
            return written
        label, self._label = pseudo("", self._label), ""
        start = len(text) - len(text.lstrip())
        return f"{written[:start]}{label}{written[start:]}"

    def _profanity(self, word: str) -> str:
        if self._target.profanity_action == "NoAction":
            return accented(word)
        if self._target.profanity_action == "Deleted":
            return ""
        return "***" if self._target.profanity_marker == "Asterisk" else f"<profanity>{accented(word)}</profanity>"
