"""Words that multiply the number before them: `1.5 million`, `150万`, `15 लाख`.

From the Unicode CLDR, version 47, compact decimal formats: https://cldr.unicode.org
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

#: Written right behind the digits, and behind one another: `2千万`.
_JOINED: Mapping[int, str] = {
    10: "十",
    10**2: "百",
    10**3: "千 천 พัน ພັນ ထောင် ពាន់",
    10**4: "万 萬 만 หมื่น သောင်း",
    10**5: "แสน ແສນ သိန်း",
    10**6: "ล้าน ລ້ານ သန်း លាន",
    10**7: "ကုဋေ",
    10**8: "億 亿 억",
    10**9: "ຕື້ ប៊ីលាន",
}
#: Words of their own. Of the abbreviations only those that are no other unit.
_APART: Mapping[int, str] = {
    10**3: """
        тыс тис хил tys tis
        afe bin duisend duizend ezer hezar hiljada hiljade inkulungwane k kun libo mhíle mie mii mijë mil mila miler
        milers mille millier min ming míle müň nghìn ribu tausend thousand tisoč tisuća tisuće tisíc tisíca tisíce tuhat
        tuhatta tusen tusind tysac tysiąc tysiąca tysiące tysięcy túsund tūkstantis tūkstančiai tūkstančio tūkstančių
        tūkstotis tūkstoši tūkstošu þúsund χιλιάδα χιλιάδες илјада илјади мең миң мың мянга тисяч тисяча тисячі тысяч
        тысяча тысячи хиляди хиљада хиљаде հազար אלף آلاف ألف مىڭ هزار ھزار ہزار रोजा हज़ार हजार হাজার হাজাৰ ਹਜ਼ਾਰ હજાર
        ହଜାର ஆயிரம் వేయి వేలు ಸಾವಿರ ആയിരം ათასი ሽሕ ẹgbẹ̀rún ሺ
    """,
    10**2: "শত",
    10**4: "mano",
    10**5: "kilu لاکھ लाख লাখ ਲੱਖ લાખ lakh",
    10**6: """
        млн mln
        isigidi juta m mhilliún milhão milhões milijon milijona milijonai milijonas milijone milijoni milijono milijonov
        milijonų milijun milijuna milioane milioi milion miliona milionaj milione milioni milionow milions milionu
        miliony milionów milionů miliwn milió milión milióna miliónov milióny miljoen miljon miljoner miljoni miljonit
        miljons miljonu miljoona miljoonaa million millionen millioner millions millió millión milliónir milliún milljón
        milljónir millones millón millóns milyan milyon mio mn mílíọ̀nù triệu εκατομμύρια εκατομμύριο милион милиона
        милиони миллион миллиона миллионов мільйон мільйона мільйони мільйонів сая միլիոն מיליון ملايين ملين مليون
        مىليون میلیون दशलक्ष निजुत নিযুত ନିୟୁତ மில்லியன் మిలియన్ మిలియన్లు ಮಿಲಿಯನ್ ദശലക്ഷം მილიონი ሚሊዮን ሚልዮን
    """,
    10**7: "کروڑ करोड करोड़ कोटी কোটি ਕਰੋੜ કરોડ crore",
    10**9: """
        млрд mld mia mdr b
        bhilliún bilhão bilhões bilion biliwn billion billiún bilyan bilyon bilíọ̀nù bn mbilliún miliar miliard miliarda
        miliarde miliardi miliardo miliardow miliardy miliardów miliardźe miliarźe milijard milijarda milijardai
        milijardas milijarde milijardi milijardo milijardų miliárd miljard miljarder miljardi miljardia miljardit
        miljards miljardu milliard milliarde milliarden milliarder milliardir milliards milliárd milljarðar milljarður
        milyar milyard mrd piliona tỷ δισεκατομμύρια δισεκατομμύριο милиард милиарда милијарда милијарде милијарди
        миллиард миллиарда миллиардов мільярд мільярда мільярди мільярдів тэрбум միլիարդ מיליארד ارب بلين مليار مىليارد
        میلیارد अब्ज अरब बिलियन ਅਰਬ અબજ ଶହକୋଟି பில்லியன் బిలియన్ బిలియన్లు ಬಿಲಿಯನ್ ബില്യൺ მილიარდი ቢሊዮን ቢልዮን
    """,
    10**11: "کھرب खरब खर्व ਖਰਬ નિખર્વ",
}


def _by_word(table: Mapping[int, str]) -> dict[str, int]:
    return {unicodedata.normalize("NFC", word): value for value, words in table.items() for word in words.split()}


_VALUES = _by_word(_JOINED) | _by_word(_APART)


def _one_of(words: Mapping[str, int]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_LONGEST = 40  # characters of two words


@cache
def _word() -> "re.Pattern[str]":
    """One of them. It is compiled when the first number is met, for that takes 10 ms."""
    return re.compile(
        rf"\s?(?:(?:de|na) )?(?:({_one_of(_by_word(_JOINED))})|({_one_of(_by_word(_APART))})(?![^\W\d_]))"
    )


def multipliers(behind: str) -> tuple[set[int], int]:
    """By how much the words right behind a number multiply it, by the first one or the first two; and where they end.

    The end is counted in characters of the text in form NFC.
    """
    text = unicodedata.normalize("NFC", behind[:_LONGEST]).lower()
    if not (first := _word().match(text)):
        return set(), 0
    value = _VALUES[first[1] or first[2]]
    second = _word().match(text, first.end())
    return ({value, value * _VALUES[second[1] or second[2]]}, second.end()) if second else ({value}, first.end())
