"""Languages: BCP 47 tags in canonical form, and what each service calls them.

Canonical forms are langcodes' (RFC 5646): `ES-es` is `es-ES`, `iw` is `he`. What needs a guess is refused with the
choices.
"""

from collections.abc import Iterable

import langcodes

from shared.errors import LanguageRefused

#: Locales of Azure Video Translation, in its own spelling, as documented in August 2025:
#: https://learn.microsoft.com/azure/ai-services/speech-service/language-support?tabs=video-translation
DUBBING_LOCALES = frozenset(
    """
    af-ZA am-ET ar-AE ar-BH ar-DZ ar-EG ar-IQ ar-JO ar-KW ar-LB ar-LY ar-MA ar-OM ar-QA ar-SA ar-SY ar-TN ar-YE
    as-IN az-AZ bg-BG bn-BD bn-IN bs-BA ca-ES cs-CZ cy-GB da-DK de-AT de-CH de-DE el-GR en-AU en-CA en-GB en-HK
    en-IE en-IN en-KE en-NG en-NZ en-PH en-SG en-TZ en-US en-ZA es-AR es-BO es-CL es-CO es-CR es-CU es-DO es-EC
    es-ES es-GQ es-GT es-HN es-MX es-NI es-PA es-PE es-PR es-PY es-SV es-US es-UY es-VE et-EE eu-ES fa-IR fi-FI
    fil-PH fr-BE fr-CA fr-CH fr-FR ga-IE gl-ES gu-IN he-IL hi-IN hr-HR hu-HU hy-AM id-ID is-IS it-IT iu-CANS-CA
    iu-LATN-CA ja-JP jv-ID ka-GE kk-KZ km-KH kn-IN ko-KR lo-LA lt-LT lv-LV mk-MK ml-IN mn-MN mr-IN ms-MY mt-MT
    my-MM nb-NO ne-NP nl-BE nl-NL or-IN pa-IN pl-PL ps-AF pt-BR pt-PT ro-RO ru-RU si-LK sk-SK sl-SI so-SO sq-AL
    sr-LATN-RS sr-RS su-ID sv-SE sw-KE sw-TZ ta-IN ta-LK ta-MY ta-SG te-IN th-TH tr-TR uk-UA ur-IN ur-PK uz-UZ
    vi-VN wuu-CN yue-CN zh-CN zh-CN-GUANGXI zh-CN-henan zh-CN-liaoning zh-CN-shaanxi zh-CN-shandong
    zh-CN-sichuan zh-HK zh-TW zu-ZA
    """.split()
)
#: Languages of Azure Translator that no dubbing locale covers:
#: https://learn.microsoft.com/azure/ai-services/translator/language-support
FURTHER_LANGUAGES = frozenset(
    """
    ba bho bo brx ceb co doi dsb dv eo fa-AF fj fo fy gd gom gu ha haw hne hsb ht ig ikt iu ku ky la lb lg ln lug lzh
    mai mg mi mni mww ny nya oc otq rn run rw sa sc sd sm sn sr-Cyrl sr-Latn st te tg ti tk tlh-Latn tn tok ts tt
    ty ug uz xh yi yo yua zh-Hans zh-Hant mn-Cyrl mn-Mong
    """.split()
)

_SPELLING = {locale.casefold(): locale for locale in DUBBING_LOCALES}
_KNOWN = {tag.casefold() for tag in DUBBING_LOCALES | FURTHER_LANGUAGES} | {
    tag.partition("-")[0] for tag in DUBBING_LOCALES | FURTHER_LANGUAGES
}


def canonical(tag: str) -> str:
    """The tag in canonical form; LanguageRefused where it is no tag, or one that no service of ours knows."""
    try:
        standard = langcodes.standardize_tag(tag.strip())
    except ValueError as error:
        raise LanguageRefused(f"{tag!r} is not a BCP 47 language tag such as es-ES") from error
    if not is_known(standard):
        near = sorted(choices(standard.partition("-")[0]))
        hint = f"; known are {', '.join(near)}" if near else ""
        raise LanguageRefused(f"{tag!r} is a language that no translation service here knows{hint}")
    return standard


def without_variant(tag: str) -> str:
    """The tag that a service gets: `es-ES` for the variant `es-ES-x-female`."""
    return tag.partition("-x-")[0]


def is_known(tag: str) -> bool:
    """Whether a canonical tag is in the table."""
    return tag.casefold() in _KNOWN


def choices(language: str) -> set[str]:
    """The dubbing locales of a language: `pt` gives pt-BR and pt-PT."""
    return {locale for locale in DUBBING_LOCALES if locale.partition("-")[0] == language}


def dubbing_locale(tag: str) -> str:
    """What Azure Video Translation calls a canonical tag: a locale. A bare language must leave no choice."""
    if found := _SPELLING.get(tag.casefold()):
        return found
    candidates = sorted(choices(tag))
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        raise LanguageRefused(f"{tag!r} could be any of {', '.join(candidates)}: name one of them")
    known = sorted(choices(tag.partition("-")[0]))
    raise LanguageRefused(f"{tag!r} cannot be dubbed" + (f"; {', '.join(known)} can" if known else ""))


def short_locale(tag: str) -> str:
    """What Vozo calls a canonical tag: two letters, with or without a two-letter region."""
    language, *rest = tag.split("-")
    if len(language) != 2 or len(rest) > 1 or (rest and len(rest[0]) != 2):
        raise LanguageRefused(f"{tag!r} cannot be said as two letters and a region, such as zh-CN for zh-Hans")
    return tag


def folder_languages(folder: str) -> tuple[str | None, list[str]] | None:
    """Source and targets that a folder's name gives, or None when it is just a folder.

    `en-US_to_es-ES_fr-FR` and `to_es-ES` count, if every tag is known: `Intro_to_AI` is a folder about AI.
    """
    before, marker, after = f"_{folder}".partition("_to_")
    source, targets = before.removeprefix("_"), after.split("_")
    if not marker or not _all_known([source] if source else []) or not _all_known(targets):
        return None
    return (canonical(source) if source else None), [canonical(target) for target in targets]


def _all_known(tags: Iterable[str]) -> bool:
    """Whether each is a tag in use. A bare language counts only in its usual case, for `IT` is a department too."""
    return all(_is_tag(tag) for tag in tags)


def _is_tag(tag: str) -> bool:
    try:
        return canonical(tag) == tag or "-" in tag
    except LanguageRefused:
        return False
