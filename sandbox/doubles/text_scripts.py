"""Scripts: which Text Translation converts into which, and in which a language is usually written.

Follows the table of transliteration on the page on language support. The pretended conversion only marks the text.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import langcodes

_TO_LATIN = "as bn gu hi kn ml mr ne or pa sd si ta te ur ar fa el be bg kk mk mn-Cyrl ru tt uk ky"
_OF: dict[str, Mapping[str, Sequence[str]]] = {
    "he": {"Hebr": ["Latn"], "Latn": ["Hebr"]},
    "ja": {"Jpan": ["Latn"], "Latn": ["Jpan"]},
    "ko": {"Kore": ["Latn"], "Latn": ["Kore"]},
    "sr-Cyrl": {"Cyrl": ["Latn"]},
    "sr-Latn": {"Latn": ["Cyrl"]},
    "th": {"Thai": ["Latn"], "Latn": ["Thai"]},
    "zh-Hans": {"Hans": ["Latn", "Hant"], "Latn": ["Hans"]},
    "zh-Hant": {"Hant": ["Latn", "Hans"], "Latn": ["Hant"]},
}
_WHOLE = {"ja": "Jpan", "ko": "Kore"}
RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Thaa"})


def usual_script(code: str) -> str:
    """The script that the language is written in, as ISO 15924 names it."""
    return _WHOLE.get(code) or str(langcodes.get(code).maximize().script)


def direction(script: str) -> str:
    """`rtl` or `ltr`."""
    return "rtl" if script in RIGHT_TO_LEFT else "ltr"


@cache
def transliterable() -> dict[str, Mapping[str, Sequence[str]]]:
    """For each language, from which script into which others."""
    both_ways = {code: usual_script(code) for code in _TO_LATIN.split()}
    found = {code: {own: ["Latn"], "Latn": [own]} for code, own in both_ways.items()}
    return dict(sorted({**found, **_OF}.items()))


def conversions(language: str) -> Mapping[str, Sequence[str]]:
    """The same for one language, in either case; nothing for one that is always written in one script."""
    return next((scripts for code, scripts in transliterable().items() if code.lower() == language.lower()), {})


def transliterated(text: str, script: str) -> str:
    """`text`, marked as if it were in that script. What is empty stays so."""
    return f"({script}) {text}" if text.strip() else text
