"""The pretended detection of a language: by its script, the surer the more letters there are."""

import unicodedata
from collections import Counter

_LANGUAGES = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh-Hans",
    "HANGUL": "ko",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "HEBREW": "he",
    "THAI": "th",
    "DEVANAGARI": "hi",
    "GREEK": "el",
}
_SURE = 20


def detected(text: str) -> tuple[str, float]:
    """The language of `text`, and a score from 0 to 1: 1 from twenty letters on. Latin letters are English."""
    letters = [letter for letter in text if letter.isalpha()]
    found = Counter(_LANGUAGES.get(unicodedata.name(letter, "").split(" ")[0], "en") for letter in letters)
    if found["ja"]:  # kana is Japanese alone, among however many ideographs
        return "ja", _score(letters)
    return (found.most_common(1)[0][0] if found else "en"), _score(letters)


def _score(letters: list[str]) -> float:
    return round(min(1.0, len(letters) / _SURE), 2)
