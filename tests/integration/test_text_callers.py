"""Who may call the Text Translation double, and by which path: the host's role decides."""

from collections.abc import AsyncIterator

import pytest

from sandbox import identity
from tests.integration.doubles import TRANSLATOR_KEY
from tests.integration.text_client import KEY, Texts, bearer, element, texts

BASES = ("", "/translator/text", "/translator/text/v2026-06-06", "/translator/text/v3.0")
RESOURCE = "/subscriptions/0/resourceGroups/talks/providers/Microsoft.CognitiveServices/accounts/talks"
REGION = {"Ocp-Apim-Subscription-Region": "westeurope"}
NAMED = {"Ocp-Apim-ResourceId": RESOURCE}
GLOBAL = {"host": "global"}
REGIONAL = {"host": "global", "region": "westeurope", "resource_id": RESOURCE}
CUSTOM = {"host": "custom", "region": "westeurope", "resource_id": RESOURCE}
IN_QUERY = {"Subscription-Key": TRANSLATOR_KEY}


@pytest.fixture(scope="module")
async def double() -> AsyncIterator[Texts]:
    async with texts() as double:
        yield double


@pytest.fixture
async def service(double: Texts) -> Texts:
    await double.doubles.reset()
    return double


async def answered(service: Texts, headers: dict[str, str], query: dict[str, str]) -> int:
    answer = await service.post(element("Hello", "es"), headers=headers, query=query)
    if answer.status_code != 200:
        assert service.code(answer) == 401000
    return answer.status_code


@pytest.mark.parametrize(
    ("resource", "headers", "query"),
    [
        (GLOBAL, KEY, {}),
        (GLOBAL, {}, IN_QUERY),
        (REGIONAL, KEY | REGION, {}),
        (REGIONAL, {}, IN_QUERY | {"Subscription-Region": "WestEurope"}),
        (REGIONAL, bearer() | REGION | NAMED, {}),
        (CUSTOM, KEY, {}),
        (CUSTOM, KEY | REGION, {}),
        (CUSTOM, {}, IN_QUERY),
        (CUSTOM, bearer(), {}),
        ({"host": "private"}, bearer(), {}),
    ],
)
async def test_each_published_combination_of_headers_is_let_in(
    service: Texts, resource: dict[str, str], headers: dict[str, str], query: dict[str, str]
) -> None:
    await service.become(**resource)
    assert await answered(service, headers, query) == 200


@pytest.mark.parametrize(
    ("resource", "headers", "query"),
    [
        (GLOBAL, {}, {}),
        (GLOBAL, {"Ocp-Apim-Subscription-Key": "another"}, {}),
        (GLOBAL, {}, {"Subscription-Key": "another"}),
        (GLOBAL, bearer(), {}),
        (REGIONAL, KEY, {}),
        (REGIONAL, KEY | {"Ocp-Apim-Subscription-Region": "eastus"}, {}),
        (REGIONAL, bearer() | REGION, {}),
        (REGIONAL, bearer() | NAMED, {}),
        (REGIONAL, bearer() | REGION | {"Ocp-Apim-ResourceId": "another"}, {}),
        (CUSTOM, {}, {}),
        (CUSTOM, {"Authorization": "Bearer made-up"}, {}),
        (CUSTOM, {"Authorization": f"Bearer {identity.mint(identity.STORAGE)}"}, {}),
        (CUSTOM, {"Authorization": f"Bearer {identity.mint(identity.COGNITIVE_SERVICES, -1)}"}, {}),
        (CUSTOM, bearer() | {"Ocp-Apim-Subscription-Key": "another"}, {}),
    ],
)
async def test_other_callers_are_refused(
    service: Texts, resource: dict[str, str], headers: dict[str, str], query: dict[str, str]
) -> None:
    await service.become(**resource)
    assert await answered(service, headers, query) == 401
    assert await service.charges() == []


@pytest.mark.parametrize("base", BASES)
async def test_a_custom_domain_has_every_published_path(service: Texts, base: str) -> None:
    query = {"language": "ja", "fromScript": "Jpan", "toScript": "Latn"}
    body = service.body([{"text": "a"}])
    rows = service.body([element("Hello", "es")])
    assert (await service.call("POST", base + "/translate", json=rows)).status_code == 200
    assert (await service.call("POST", base + "/transliterate", query=query, json=body)).status_code == 200
    assert (await service.call("GET", base + "/languages", headers={})).status_code == 200


async def test_the_global_host_has_the_short_path_alone(service: Texts) -> None:
    await service.become(**GLOBAL)
    for base in BASES[1:]:
        assert service.code(await service.call("POST", base + "/translate", json=service.body([]))) == 404000


async def test_a_key_in_the_query_is_not_recorded(service: Texts) -> None:
    await answered(service, {}, IN_QUERY)
    assert TRANSLATOR_KEY not in str(await service.doubles.control(service.doubles.translator, "requests"))
