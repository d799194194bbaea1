"""What Azure Video Translation can do with each of its locales, as documented in August 2025.

https://learn.microsoft.com/azure/ai-services/speech-service/language-support?tabs=video-translation
"""

from collections.abc import Set

from shared.languages import DUBBING_LOCALES, NOT_OFFERED, choices

_ONLY_TARGETS = frozenset("as-IN bn-BD or-IN pa-IN ta-LK ta-MY ta-SG ur-IN ur-PK".split())
_NO_PERSONAL_VOICE = frozenset(
    """
    af-ZA ar-AE ar-BH ar-DZ ar-IQ ar-JO ar-KW ar-LB ar-LY ar-MA ar-OM ar-QA ar-SY ar-TN ar-YE as-IN az-AZ bn-BD cy-GB
    en-HK en-KE en-NG en-NZ en-PH en-SG en-TZ en-ZA es-AR es-BO es-CL es-CO es-CR es-CU es-DO es-EC es-GQ es-GT es-HN
    es-NI es-PA es-PE es-PR es-PY es-SV es-US es-UY es-VE fa-IR ga-IE gu-IN hy-AM is-IS ka-GE kk-KZ km-KH kn-IN lo-LA
    lt-LT lv-LV ml-IN mn-MN mr-IN mt-MT my-MM or-IN pa-IN si-LK so-SO sq-AL sr-RS su-ID sw-TZ ta-LK ta-MY ta-SG ur-IN
    ur-PK uz-UZ yue-CN zh-CN-GUANGXI
    """.split()
)
_NO_PHONEMES = frozenset(
    """
    af-ZA am-ET ar-AE as-IN az-AZ bn-BD bn-IN bs-BA cy-GB et-EE eu-ES fa-IR fil-PH ga-IE gl-ES gu-IN hy-AM is-IS jv-ID
    ka-GE kk-KZ km-KH kn-IN lo-LA lt-LT lv-LV mk-MK ml-IN mn-MN mr-IN mt-MT my-MM ne-NP or-IN pa-IN ps-AF si-LK so-SO
    sq-AL sr-RS su-ID sw-KE sw-TZ uk-UA ur-IN ur-PK uz-UZ yue-CN zh-CN-GUANGXI zu-ZA
    """.split()
)
#: The locales that can be dubbed from, into, into with a personal voice, and into with a lexicon of phonemes.
TARGETS = DUBBING_LOCALES - NOT_OFFERED
SOURCES = TARGETS - _ONLY_TARGETS
PERSONAL_VOICE = TARGETS - _NO_PERSONAL_VOICE
PHONEME_LEXICON = TARGETS - _NO_PHONEMES
MOST_NAMED = 8


def refusal(locale: str, can: Set[str], what: str) -> str | None:
    """None where the locale is one of those that can, or why not: `what` it cannot be, and the nearest that can."""
    if locale in can:
        return None
    near = [other for other in choices(locale) if other in can][:MOST_NAMED]
    return f"{locale} {what}" + (f"; {', '.join(near)} can" if near else "")
