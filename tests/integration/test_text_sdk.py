"""Microsoft's own client, azure-ai-translation-text, works with the double as it is.

No release of it for Python speaks 2025-05-01-preview, which is tested with plain requests.
"""

import socket
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from azure.ai.translation.text.aio import TextTranslationClient
from azure.ai.translation.text.models import (
    InputTextItem,
    ReferenceTextPair,
    TextType,
    TranslateInputItem,
    TranslationTarget,
)
from azure.core import MatchConditions
from azure.core.credentials import AccessToken, AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotModifiedError
from azure.core.pipeline.transport import AioHttpTransport

from sandbox import identity
from tests.integration.doubles import TRANSLATOR_KEY
from tests.integration.text_client import FOUNDRY, Texts, texts

KEY = AzureKeyCredential(TRANSLATOR_KEY)
RESOURCE = "/subscriptions/0/resourceGroups/talks/providers/Microsoft.CognitiveServices/accounts/talks"


class Minted:
    """A credential whose tokens the doubles take."""

    async def get_token(self, *_scopes: str, **_more: Any) -> AccessToken:
        return AccessToken(identity.mint(identity.COGNITIVE_SERVICES), 2**32)

    async def close(self) -> None:
        """It holds nothing."""

    async def __aenter__(self) -> "Minted":
        return self

    async def __aexit__(self, *_: object) -> None:
        """It holds nothing."""


class Loopback(AbstractResolver):
    """Every name is this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """It holds nothing."""


@pytest.fixture(scope="module")
async def double() -> AsyncIterator[Texts]:
    async with texts() as double:
        yield double


@pytest.fixture
async def service(double: Texts) -> Texts:
    await double.doubles.reset()
    return double


@pytest.fixture
async def client(service: Texts) -> AsyncIterator[TextTranslationClient]:
    async with TextTranslationClient(endpoint=service.doubles.translator, credential=KEY) as client:
        yield client


async def test_texts_into_two_languages(client: TextTranslationClient) -> None:
    first, second = await client.translate(body=["Hello", "Good day"], to_language=["es", "fr"], from_language="en")
    assert [each.language for each in first.translations] == ["es", "fr"]
    assert second.translations[0].text.startswith("[es] ")
    assert second.translations[0].source_characters == len("Good day")


async def test_a_language_is_detected(client: TextTranslationClient) -> None:
    [row] = await client.translate(body=["This is a sentence in English"], to_language=["es"])
    assert row.detected_language is not None
    assert (row.detected_language.language, row.detected_language.score) == ("en", 1.0)


async def test_an_llm_with_every_option(client: TextTranslationClient, service: Texts) -> None:
    await service.become(**FOUNDRY)
    target = TranslationTarget(
        language="es",
        script="Latn",
        profanity_action="NoAction",
        profanity_marker="Asterisk",
        deployment_name="mine",
        allow_fallback=False,
        tone="formal",
        gender="female",
        adaptive_dataset_id="21000",
        reference_text_pairs=[ReferenceTextPair(source="Hi", target="Hola")],
    )
    item = TranslateInputItem(
        text="<p>Hello</p>", script="Latn", language="en", text_type=TextType.HTML, targets=[target]
    )
    [row] = await client.translate(body=[item])
    [translation] = row.translations
    assert translation.text == "<p>[es-formal-female] Ĥéļļö</p>"
    assert translation.source_characters is None
    assert translation.source_tokens == 3
    assert translation.target_tokens is not None
    assert translation.instruction_tokens is not None
    assert translation.response_tokens is not None


async def test_a_transliteration(client: TextTranslationClient) -> None:
    [row] = await client.transliterate(
        body=[InputTextItem(text="こんにちは")], language="ja", from_script="Jpan", to_script="Latn"
    )
    assert (row.script, row.text) == ("Latn", "(Latn) こんにちは")


async def test_languages_and_that_they_have_not_changed(client: TextTranslationClient) -> None:
    tags: list[str] = []
    found = await client.get_supported_languages(
        accept_language="fr", raw_response_hook=lambda response: tags.append(response.http_response.headers["ETag"])
    )
    assert found.translation is not None
    assert found.transliteration is not None
    assert found.translation["es"].name == "espagnol"
    assert found.translation["es"].models == found.models
    assert [script.code for script in found.transliteration["zh-Hans"].scripts[0].to_scripts] == ["Latn", "Hant"]
    with pytest.raises(ResourceNotModifiedError):
        await client.get_supported_languages(
            accept_language="fr", etag=tags[0], match_condition=MatchConditions.IfModified
        )


async def test_one_scope_of_the_languages(client: TextTranslationClient) -> None:
    found = await client.get_supported_languages(scope="translation")
    assert found.translation
    assert found.transliteration is None


async def test_the_trace_id_arrives(client: TextTranslationClient, service: Texts) -> None:
    trace = str(uuid.uuid4())
    await client.translate(body=["Hello"], to_language=["es"], client_trace_id=trace)
    assert [charge["trace_id"] for charge in await service.charges()] == [trace]


async def test_it_waits_as_long_as_it_is_told_to(client: TextTranslationClient, service: Texts) -> None:
    await service.misbehave("throttle", retry_after="0", times=2)
    assert await client.translate(body=["Hello"], to_language=["es"])
    assert await service.paid() == [1]


async def test_a_refusal_names_its_code(client: TextTranslationClient) -> None:
    with pytest.raises(HttpResponseError) as refused:
        await client.translate(body=["Hello"], to_language=["es-ES"])
    assert refused.value.error is not None
    assert (refused.value.status_code, refused.value.error.code) == (400, "400036")


async def test_a_wrong_key_is_refused(service: Texts) -> None:
    wrong = TextTranslationClient(endpoint=service.doubles.translator, credential=AzureKeyCredential("wrong"))
    async with wrong as client:
        with pytest.raises(ClientAuthenticationError):
            await client.translate(body=["Hello"], to_language=["es"])


async def test_a_regional_resource_on_the_global_host(service: Texts) -> None:
    await service.become(host="global", region="westeurope", resource_id=RESOURCE)
    endpoint = service.doubles.translator
    async with TextTranslationClient(endpoint=endpoint, credential=KEY, region="westeurope") as client:
        assert await client.translate(body=["Hello"], to_language=["es"])
    by_token = TextTranslationClient(endpoint=endpoint, credential=Minted(), region="westeurope", resource_id=RESOURCE)
    async with by_token as client:
        assert await client.translate(body=["Hello"], to_language=["es"], enforce_https=False)


async def test_a_custom_domain_by_the_path_that_it_makes(service: Texts) -> None:
    endpoint = f"http://talks.cognitiveservices.azure.com:{urlsplit(service.doubles.translator).port}"
    async with ClientSession(connector=TCPConnector(resolver=Loopback())) as session:
        transport = AioHttpTransport(session=session, session_owner=False, use_env_settings=False)
        client = TextTranslationClient(endpoint=endpoint, credential=Minted(), transport=transport)
        assert await client.translate(body=["Hello"], to_language=["es"], enforce_https=False)
    [request] = await service.doubles.control(service.doubles.translator, "requests")
    assert request["path"] == "/translator/text/v2026-06-06/translate"
