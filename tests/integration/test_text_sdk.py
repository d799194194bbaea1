"""Microsoft's own client, unmodified, is content with the Text Translation double."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from azure.ai.translation.text import TextTranslationClient
from azure.ai.translation.text.models import (
    InputTextItem,
    LanguageScope,
    ReferenceTextPair,
    TextType,
    TranslateInputItem,
    TranslationTarget,
)
from azure.core import MatchConditions
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotModifiedError

from tests.integration.doubles import TRANSLATOR_KEY
from tests.integration.text_client import FOUNDRY, Texts, texts


@pytest.fixture(scope="module")
async def double() -> AsyncIterator[Texts]:
    async with texts() as double:
        yield double


@pytest.fixture
async def service(double: Texts) -> Texts:
    await double.doubles.reset()
    return double
