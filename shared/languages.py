"""Languages: BCP 47 tags in canonical form, and what each service calls them.

Canonical forms are langcodes' (RFC 5646): `ES-es` is `es-ES`, `iw` is `he`. A script that goes without saying is left
out where the table has the tag without it: `zh-Hant-TW` is `zh-TW`. What needs a guess is refused with the choices.

A variant of a language is a private-use tag, `es-ES-x-female`: two translations into one language. Services do not know
it.
"""

import re
from collections.abc import Set
from functools import lru_cache

import langcodes

from shared.errors import LanguageAmbiguous, LanguageRefused

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
#: Locales that the same table lists, and offers neither as a source nor as a target. They are passed on to the service,
#: which may offer them by now, but recommended to nobody.
NOT_OFFERED = frozenset(
    """
    iu-CANS-CA iu-LATN-CA sr-LATN-RS wuu-CN zh-CN-henan zh-CN-liaoning zh-CN-shaanxi zh-CN-shandong zh-CN-sichuan
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
_TABLE = DUBBING_LOCALES | FURTHER_LANGUAGES
_KNOWN = {tag.casefold() for tag in _TABLE} | {tag.partition("-")[0] for tag in _TABLE}
_OF_LANGUAGE = {
    language: frozenset(tag for tag in _TABLE if tag.partition("-")[0] == language)
    for language in {tag.partition("-")[0] for tag in _TABLE}
}
_VARIANT = re.compile(r"[A-Za-z0-9]{1,8}")
LONGEST_TAG = 35  # characters, as RFC 5646 (4.4.1) recommends; longer ones are not even parsed


def canonical(tag: str) -> str:
    """The tag in canonical form; LanguageRefused where it is no tag, or one that no service of ours knows."""
    if found := canonical_or_none(tag):
        return found
    shown = repr(tag) if len(tag) <= LONGEST_TAG else f"{tag[:LONGEST_TAG]!r}..."
    try:
        standard = _standard(tag)
    except ValueError as error:
        raise LanguageRefused(
            f"{shown} is not a BCP 47 language tag such as es-ES{_near(tag[:LONGEST_TAG])}"
        ) from error
    language, marker, variant = standard.partition("-x-")
    if marker and not _VARIANT.fullmatch(variant):
        raise LanguageRefused(
            f"{shown} has more than one part after x; a variant is one word of up to 8 letters or digits, "
            "such as es-ES-x-female"
        )
    raise LanguageRefused(f"{shown} is a language that no translation service here knows{_near(language)}")


@lru_cache(maxsize=1000)
def canonical_or_none(tag: str) -> str | None:
    """The tag in canonical form, or None where `canonical` refuses it: quickly, for it looks for no choices."""
    try:
        standard = _standard(tag)
    except ValueError:
        return None
    language, marker, variant = standard.partition("-x-")
    if not is_known(language):
        language = _without_plain_script(language)
    found = f"{language}{marker}{variant}"
    return found if is_known(found) else None


def without_variant(tag: str) -> str:
    """The tag that a service gets: `es-ES` for the variant `es-ES-x-female`."""
    return tag.partition("-x-")[0]


def is_known(tag: str) -> bool:
    """Whether a tag in canonical form is in the table, be it a variant or not. Capital or small letters are alike."""
    language, marker, variant = tag.casefold().partition("-x-")
    return language in _KNOWN and (not marker or _VARIANT.fullmatch(variant) is not None)


def choices(tag: str) -> list[str]:
    """The dubbing locales that are offered of a tag's language, the nearest first: `pt` gives pt-BR and pt-PT."""
    return _by_distance(tag, DUBBING_LOCALES - NOT_OFFERED)


def dubbing_locale(tag: str) -> str:
    """What Azure Video Translation calls a canonical tag: a locale. A bare language must leave no choice."""
    if found := _SPELLING.get(tag.casefold()):
        return found
    offered = choices(tag)
    if "-" in tag or not offered:
        raise LanguageRefused(f"{tag!r} cannot be dubbed" + (f"; {', '.join(offered)} can" if offered else ""))
    if len(offered) > 1:
        raise LanguageAmbiguous(f"{tag!r} could be any of {', '.join(offered)}: name one of them")
    return offered[0]


def short_locale(tag: str) -> str:
    """What Vozo calls a canonical tag: two letters, with or without a two-letter region."""
    language, *rest = tag.split("-")
    if len(language) != 2 or len(rest) > 1 or (rest and len(rest[0]) != 2):
        raise LanguageRefused(f"{tag!r} cannot be said as two letters and a region, such as zh-CN for zh-Hans")
    return tag


def folder_languages(folder: str) -> tuple[str | None, list[str]] | None:
    """Source and targets that a folder's name gives, as they are written, or None when it is just a folder.

    `en-US_to_es-ES_fr-FR` and `to_es-ES` count; `Intro_to_AI` is a folder about AI. A folder plainly names languages as
    soon as one part is a known tag with a hyphen, the source is a known tag in its usual case, or there is no source
    and all targets are. The other parts may then be unknown, and whoever reads them says so.
    """
    before, marker, after = f"_{folder}".partition("_to_")
    source, targets = before.removeprefix("_"), after.split("_")
    if not marker or not after:
        return None
    has_locale = any("-" in part and _is_tag(part) for part in (source, *targets))
    if has_locale or (_is_tag(source) if source else all(map(_is_tag, targets))):
        return source or None, targets
    return None


def _is_tag(written: str) -> bool:
    """Whether it is a known tag. A bare language counts in small letters only, for `IT` is a department too."""
    return canonical_or_none(written) is not None and ("-" in written or written.islower())


def _standard(tag: str) -> str:
    """The tag as langcodes writes it; ValueError where it is none."""
    if len(tag) > LONGEST_TAG:
        raise ValueError(f"a tag has at most {LONGEST_TAG} characters")
    return langcodes.standardize_tag(tag.strip())


def _language(tag: str) -> str:
    return re.split("[-_]", tag.casefold())[0]


def _without_plain_script(tag: str) -> str:
    """`zh-TW` for `zh-Hant-TW`: without a script that the rest of the tag implies; else the tag as it is."""
    parts = langcodes.Language.get(tag)
    bare = langcodes.Language.make(language=parts.language, territory=parts.territory)
    return bare.to_tag() if parts.script and bare.maximize().script == parts.script else tag


def _near(tag: str) -> str:
    """Half a sentence with the known tags near an unknown one, the nearest first: those of its language.

    Where there are none, those of a country are meant perhaps: `jp` is Japan, and its language is `ja`.
    """
    of_country = sorted(
        locale for locale in DUBBING_LOCALES - NOT_OFFERED if locale.endswith(f"-{_language(tag).upper()}")
    )
    near = _by_distance(tag, _TABLE - NOT_OFFERED) or of_country
    return f"; known are {', '.join(near)}" if near else ""


def _by_distance(tag: str, others: Set[str]) -> list[str]:
    """Those of a tag's language, the nearest first, as CLDR measures how well speakers of one understand the other."""
    asked = tag if langcodes.tag_is_valid(tag) else _language(tag)
    same = _OF_LANGUAGE.get(_language(tag), frozenset()) & others
    return sorted(same, key=lambda other: (langcodes.tag_distance(asked, other), other))
