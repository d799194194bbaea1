"""The Translator resource: who signs in how, whose host it is, and what it calls languages."""

from collections.abc import Awaitable, Callable
from unittest.mock import AsyncMock

import httpx
import pytest

from shared.languages import canonical
from shared.providers.http import Clients
from shared.providers.translator import TranslatorSettings, sign_in, translator_language

OWN, GLOBAL = "https://mine.cognitiveservices.azure.com", "https://api.cognitive.microsofttranslator.com"
REGIONAL = "https://westeurope.api.cognitive.microsoft.com"
KEY, REGION, BEARER = "Ocp-Apim-Subscription-Key", "Ocp-Apim-Subscription-Region", "Authorization"
RESOURCE = "Ocp-Apim-ResourceId"


async def sent(**settings: str) -> dict[str, str]:
    """The headers of sign-in that a request has."""
    token: Callable[[str], Awaitable[str]] = AsyncMock(return_value="token")
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200)))
    auth = sign_in(TranslatorSettings(**settings), Clients(client, token))
    request = (await client.get("https://x.example", auth=auth)).request
    names = (KEY, REGION, BEARER, RESOURCE)
    return {name: request.headers[name] for name in names if name in request.headers}


@pytest.mark.parametrize(
    ("settings", "headers"),
    [
        ({"TRANSLATOR_ENDPOINT": OWN}, {BEARER: "Bearer token"}),
        ({"TRANSLATOR_ENDPOINT": OWN, "TRANSLATOR_REGION": "westeurope"}, {BEARER: "Bearer token"}),
        ({"TRANSLATOR_ENDPOINT": OWN, "TRANSLATOR_KEY": "k"}, {KEY: "k"}),
        ({"TRANSLATOR_ENDPOINT": GLOBAL, "TRANSLATOR_KEY": "k"}, {KEY: "k"}),
        (
            {"TRANSLATOR_ENDPOINT": GLOBAL, "TRANSLATOR_KEY": "k", "TRANSLATOR_REGION": "westeurope"},
            {KEY: "k", REGION: "westeurope"},
        ),
        (
            {"TRANSLATOR_ENDPOINT": GLOBAL, "TRANSLATOR_REGION": "westeurope", "TRANSLATOR_RESOURCE_ID": "/sub/x"},
            {BEARER: "Bearer token", REGION: "westeurope", RESOURCE: "/sub/x"},
        ),
    ],
)
async def test_each_host_gets_the_headers_that_it_asks_for(settings: dict[str, str], headers: dict[str, str]) -> None:
    assert await sent(**settings) == headers


@pytest.mark.parametrize(
    ("endpoint", "own"), [(OWN, True), ("http://127.0.0.1:8080", True), (GLOBAL, False), (REGIONAL, False)]
)
def test_a_host_that_many_resources_share_is_known(endpoint: str, own: bool) -> None:
    assert TranslatorSettings(TRANSLATOR_ENDPOINT=endpoint).has_own_host is own


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("es-ES", "es"),
        ("es-MX", "es"),
        ("en", "en"),
        ("zh-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("pt-BR", "pt"),
        ("pt-PT", "pt-PT"),
        ("fr-CA", "fr-CA"),
        ("fr-BE", "fr"),
        ("sr-RS", "sr-Cyrl"),
        ("sr-Latn-RS", "sr-Latn"),
        ("mn-MN", "mn-Cyrl"),
        ("prs", "prs"),
        ("lug", "lug"),
        ("iw", "he"),
        ("nb-NO", "nb"),
    ],
)
def test_translator_has_its_own_codes(tag: str, code: str) -> None:
    assert translator_language(canonical(tag)) == code
