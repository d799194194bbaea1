"""The identity endpoint: what it gives, whom it refuses, and that azure-identity understands it."""

from collections.abc import AsyncIterator

import httpx
import pytest
from azure.identity.aio import ManagedIdentityCredential

from sandbox import identity
from tests.integration.doubles import HEADER, Doubles, running

QUERY = {"api-version": identity.API_VERSION, "resource": identity.STORAGE, "client_id": identity.PRINCIPAL}


@pytest.fixture(scope="module")
async def doubles() -> AsyncIterator[Doubles]:
    async with running() as started:
        yield started


async def ask(doubles: Doubles, query: dict[str, str], header: str | None = HEADER) -> httpx.Response:
    headers = {"X-IDENTITY-HEADER": header} if header is not None else {}
    return await doubles.client.get(f"{doubles.identity}/msi/token", params=query, headers=headers)


async def test_a_token_is_for_the_resource_that_was_asked_for(doubles: Doubles) -> None:
    answer = (await ask(doubles, QUERY)).json()
    claims = identity.check(answer["access_token"], identity.STORAGE)
    assert answer["expires_on"] == str(claims["exp"])
    assert (answer["resource"], answer["token_type"]) == (identity.STORAGE, "Bearer")


@pytest.mark.parametrize("header", [None, "", "wrong"])
async def test_a_missing_or_wrong_header_is_401(doubles: Doubles, header: str | None) -> None:
    assert (await ask(doubles, QUERY, header)).status_code == 401


@pytest.mark.parametrize(
    "change", [{"api-version": "2018-02-01"}, {"resource": "https://example.org"}, {"client_id": "me"}]
)
async def test_anything_else_that_is_wrong_is_400(doubles: Doubles, change: dict[str, str]) -> None:
    assert (await ask(doubles, QUERY | change)).status_code == 400


async def test_azure_identity_gets_its_tokens_here(doubles: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{doubles.identity}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", HEADER)
    async with ManagedIdentityCredential(client_id=identity.PRINCIPAL) as credential:
        token = await credential.get_token("https://cognitiveservices.azure.com/.default")
    assert identity.check(token.token, identity.COGNITIVE_SERVICES)["tid"] == identity.TENANT


@pytest.mark.parametrize(
    "token", [identity.mint(identity.STORAGE), identity.mint(identity.COGNITIVE_SERVICES, -60), "made up"]
)
def test_a_token_for_another_audience_an_old_one_and_a_made_up_one_are_refused(token: str) -> None:
    with pytest.raises(identity.TokenRefused):
        identity.check(token, identity.COGNITIVE_SERVICES)


async def test_it_can_be_told_to_be_down(doubles: Doubles) -> None:
    await doubles.misbehave(doubles.identity, {"do": "status", "status": 500})
    assert [(await ask(doubles, QUERY)).status_code for _ in range(2)] == [500, 200]
