"""Writes the table of docs/languages.md: what each provider calls each language, and what it does with it.

A test compares the two.
"""

from pathlib import Path

from shared.errors import LanguageRefused
from shared.languages import DUBBING_LOCALES, FURTHER_LANGUAGES, canonical, dubbing_locale, short_locale
from shared.providers.translator import translator_language
from shared.providers.video_locales import PERSONAL_VOICE, PHONEME_LEXICON, SOURCES, TARGETS

PAGE = Path("docs/languages.md")
HEAD = (
    "| tag | azure-video | from | to | with `PersonalVoice` | with a lexicon | vozo | azure-document |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
)
NO = "no"


def row(tag: str) -> str:
    """One language, by its canonical tag."""
    cells = (_code(tag), *_dubbed(tag), _vozo(tag), _code(translator_language(tag)))
    return f"| {' | '.join(cells)} |"


def table() -> str:
    """The whole table."""
    tags = sorted({canonical(tag) for tag in DUBBING_LOCALES | FURTHER_LANGUAGES}, key=str.casefold)
    return "\n".join([*HEAD, *map(row, tags)])


def _dubbed(tag: str) -> list[str]:
    """What Azure Video Translation calls it, and which parts it may have there."""
    try:
        locale = dubbing_locale(tag)
    except LanguageRefused:
        return [NO] * 5
    parts = (SOURCES, TARGETS, PERSONAL_VOICE, PHONEME_LEXICON)
    return [_code(locale), *("yes" if locale in can else NO for can in parts)]


def _vozo(tag: str) -> str:
    try:
        return _code(short_locale(tag))
    except LanguageRefused:
        return NO


def _code(text: str) -> str:
    return f"`{text}`"


if __name__ == "__main__":
    before = PAGE.read_text().partition(HEAD[0])[0]
    PAGE.write_text(f"{before}{table()}\n")
