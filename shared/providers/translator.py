"""What the two services of an Azure Translator resource have in common: settings, sign-in, names of languages.

https://learn.microsoft.com/azure/ai-services/translator/text-translation/reference/authentication
https://learn.microsoft.com/azure/ai-services/translator/language-support
"""

import re
from urllib.parse import urlsplit

import langcodes

from shared.providers.http import COGNITIVE_SERVICES, Clients, HeadersAuth
from shared.providers.settings import Address, ProviderSettings, Secret

#: Hosts that many resources share. They are told which one is meant, and serve no documents.
_SHARED_HOST = re.compile(
    r"api(-\w+)?\.cognitive\.microsofttranslator\.\w+|api\.translator\.azure\.\w+|\w+\.api\.cognitive\.microsoft\.\w+"
)
#: Codes of Translator that are more than a language; the script, or the country, decides.
_WITH_SCRIPT = frozenset({"iu-Latn", "mn-Cyrl", "mn-Mong", "sr-Cyrl", "sr-Latn", "tlh-Latn", "tlh-Piqd"}) | frozenset(
    {"zh-Hans", "zh-Hant"}
)
_WITH_COUNTRY = frozenset({"fr-CA", "pt-PT"})
#: Where Translator keeps a code that BCP 47 has given up for another.
_OWN_CODES = {"fa-AF": "prs", "lg": "lug", "ny": "nya", "rn": "run"}


class TranslatorSettings(ProviderSettings):
    """The app settings of the resource. Without a key the app signs in by its identity.

    The region and the resource's id are for a host that many resources share.
    """

    TRANSLATOR_ENDPOINT: Address | None = None
    TRANSLATOR_KEY: Secret | None = None
    TRANSLATOR_REGION: str | None = None
    TRANSLATOR_RESOURCE_ID: str | None = None

    @property
    def has_own_host(self) -> bool:
        """Whether the endpoint is the resource's own, a custom domain."""
        return not _SHARED_HOST.fullmatch(urlsplit(self.TRANSLATOR_ENDPOINT or "").hostname or "")


def sign_in(settings: TranslatorSettings, clients: Clients) -> HeadersAuth:
    """Signs in by the key, or by a token of the app's identity, and tells a shared host which resource is meant."""
    key = settings.TRANSLATOR_KEY
    headers = {"Ocp-Apim-Subscription-Key": key}
    if key or not settings.has_own_host:
        headers["Ocp-Apim-Subscription-Region"] = settings.TRANSLATOR_REGION
    if not key and not settings.has_own_host:
        headers["Ocp-Apim-ResourceId"] = settings.TRANSLATOR_RESOURCE_ID
    given = {name: value for name, value in headers.items() if value}
    return HeadersAuth(given, None if key else clients.entra(COGNITIVE_SERVICES))


def translator_language(tag: str) -> str:
    """What Translator calls a canonical tag: `es` for es-ES, `zh-Hans` for zh-CN, `pt-PT` for itself.

    Languages that it does not have are passed on, for it may have them by now; it refuses them free of charge.
    """
    if tag in _WITH_COUNTRY or tag in _OWN_CODES:
        return _OWN_CODES.get(tag, tag)
    full = langcodes.Language.get(tag).maximize()
    with_script = f"{full.language}-{full.script}"
    language = tag.partition("-")[0]
    return with_script if with_script in _WITH_SCRIPT else _OWN_CODES.get(language, language)
