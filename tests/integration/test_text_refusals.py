"""What the Text Translation double refuses, with which code, and what it lets pass just before."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.integration.text_client import FOUNDRY, KEY, LATEST, PREVIEW, VERSIONS, Texts, element, texts


@pytest.fixture(scope="module")
async def double() -> AsyncIterator[Texts]:
    async with texts() as double:
        yield double


@pytest.fixture(params=VERSIONS)
async def service(double: Texts, request: pytest.FixtureRequest) -> Texts:
    await double.doubles.reset()
    return Texts(double.doubles, request.param)


def without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


ONE = element("Hello", "es")
FIVE = [{"source": "a", "target": "b"}] * 5


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (without(ONE, "text"), 400005),
        (ONE | {"text": None}, 400005),
        (ONE | {"text": 5}, 400005),
        (without(ONE, "targets"), 400036),
        (ONE | {"targets": []}, 400036),
        (ONE | {"targets": [{}]}, 400036),
        (element("Hello", "es-ES"), 400036),
        (element("Hello", "xx"), 400036),
        (ONE | {"language": "en-US"}, 400035),
        (ONE | {"textType": "Markdown"}, 400071),
        (ONE | {"script": "Cyrl"}, 400006),
        (without(ONE, "language") | {"script": "Latn"}, 400018),
        (element("Hello", "es", script="Cyrl"), 400004),
        (element("Hello", "es", tone="rude"), 400000),
        (element("Hello", "es", gender="none"), 400000),
        (element("Hello", "es", profanityAction="Beep"), 400000),
        (element("Hello", "es", profanityMarker="Stars"), 400000),
        (element("Hello", "es", allowFallback="false"), 400000),
        (element("Hello", "es", referenceTextPairs=[*FIVE, *FIVE]), 400000),
        (element("Hello", "es", referenceTextPairs=[{"source": "a"}]), 400000),
        (element("Hello", "es", category="x"), 400000),
        (ONE | {"to": "es"}, 400000),
        (element("<i>Hello", "es") | {"textType": "Html"}, 400020),
        (element("Hello</i>", "es") | {"textType": "Html"}, 400020),
        (element("2 < 3", "es") | {"textType": "Html"}, 400020),
    ],
)
async def test_an_element_that_is_wrong_is_refused_and_nothing_is_paid(
    service: Texts, row: dict[str, Any], code: int
) -> None:
    await service.become(**FOUNDRY)
    assert await service.refused(ONE, row) == code
    assert await service.charges() == []


async def test_the_text_of_a_refused_element_is_not_repeated(service: Texts) -> None:
    answer = await service.post(element("<i>secret", "es") | {"textType": "Html"})
    assert "secret" not in answer.text
    assert "secret" not in (await service.post(element("Hello", "es") | {"text": {"secret": 1}})).text


async def test_a_grade_is_known_to_the_preview_alone(double: Texts) -> None:
    await double.doubles.reset()
    preview, latest = Texts(double.doubles, PREVIEW), Texts(double.doubles, LATEST)
    assert await preview.translate(element("Hello", "es", grade="basic"))
    assert await latest.refused(element("Hello", "es", grade="basic")) == 400000


@pytest.mark.parametrize("content", [b"", b"{", b'"text"', b"null", b'{"inputs": 5}', b'{"more": [], "inputs": []}'])
async def test_a_body_of_another_form_is_refused(service: Texts, content: bytes) -> None:
    headers = KEY | {"Content-Type": "application/json"}
    answer = await service.call("POST", "/translate", content=content, headers=headers)
    assert service.code(answer) == 400074


async def test_each_version_refuses_the_form_of_the_other(double: Texts) -> None:
    preview, latest = Texts(double.doubles, PREVIEW), Texts(double.doubles, LATEST)
    assert preview.code(await preview.call("POST", "/translate", json=latest.body([ONE]))) == 400074
    assert latest.code(await latest.call("POST", "/translate", json=preview.body([ONE]))) == 400074


async def test_an_empty_array_is_refused(service: Texts) -> None:
    assert await service.refused() == 400005


async def test_an_empty_text_comes_back_empty(service: Texts) -> None:
    assert (await service.translate(element("", "es")))[0]["translations"][0]["text"] == ""


@pytest.mark.parametrize("media_type", ["text/plain", "application/json; charset=utf-16"])
async def test_another_content_type_is_refused(service: Texts, media_type: str) -> None:
    content = json.dumps(service.body([ONE]))
    answer = await service.call("POST", "/translate", content=content, headers=KEY | {"Content-Type": media_type})
    assert service.code(answer) == 415000


@pytest.mark.parametrize("version", ["", "3.0", "2025-10-01-preview", "2026-06-07"])
async def test_an_unknown_api_version_is_refused(double: Texts, version: str) -> None:
    answer = await double.call("POST", "/translate", query={"api-version": version}, json=double.body([ONE]))
    assert double.code(answer) == 400021


@pytest.mark.parametrize("query", [{"to": "es"}, {"from": "en"}, {"category": "general"}])
async def test_options_of_older_versions_in_the_query_are_refused(service: Texts, query: dict[str, str]) -> None:
    assert await service.refused(ONE, query=query) == 400000


async def test_a_trace_id_is_a_guid(service: Texts) -> None:
    assert await service.refused(ONE, query={"ClientTraceId": "mine"}) == 400043
    assert await service.refused(ONE, headers=KEY | {"X-ClientTraceId": "mine"}) == 400043


async def test_a_thousand_elements_are_taken_and_no_more(service: Texts) -> None:
    assert len(await service.translate(*[ONE] * 1000)) == 1000
    assert await service.refused(*[ONE] * 1001) == 400072


async def test_fifty_thousand_characters_are_taken_times_the_targets_and_no_more(service: Texts) -> None:
    assert await service.text("a" * 50_000)
    assert await service.refused(element("a" * 50_001, "es")) == 400050
    assert await service.translate(element("a" * 25_000, "es", "fr"))
    assert await service.refused(element("a" * 25_001, "es", "fr")) == 400077
    assert await service.refused(element("a" * 30_000, "es"), element("a" * 30_000, "es")) == 400077


async def test_an_llm_takes_fifty_elements_and_five_thousand_characters(service: Texts) -> None:
    await service.become(**FOUNDRY)
    by_llm = {"deploymentName": "mine"}
    assert len(await service.translate(*[element("a" * 100, "es", **by_llm)] * 50)) == 50
    assert await service.refused(*[element("a", "es", **by_llm)] * 51) == 400072
    assert await service.refused(element("a" * 5_001, "es", **by_llm)) == 400050
    assert await service.refused(element("a" * 2_501, "es", "fr", **by_llm)) == 400077


async def test_ten_elements_and_five_thousand_characters_are_transliterated_and_no_more(service: Texts) -> None:
    query = {"language": "ja", "fromScript": "Jpan", "toScript": "Latn"}

    async def code(*sizes: int) -> int:
        rows = [{"text": "a" * size} for size in sizes]
        answer = await service.call("POST", "/transliterate", query=query, json=service.body(rows))
        return 0 if answer.status_code == 200 else service.code(answer)

    assert await code(*[500] * 10) == 0
    assert await code(*[1] * 11) == 400072
    assert await code(5_001) == 400050
    assert await code(3_000, 3_000) == 400077


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"fromScript": "Jpan", "toScript": "Latn"}, 400003),
        ({"language": "ja", "toScript": "Latn"}, 400018),
        ({"language": "ja", "fromScript": "Jpan"}, 400004),
        ({"language": "es", "fromScript": "Latn", "toScript": "Cyrl"}, 400080),
        ({"language": "ja", "fromScript": "Latn", "toScript": "Cyrl"}, 400080),
        ({"language": "ja", "fromScript": "Jpan", "toScript": "Latn", "scope": "x"}, 400000),
    ],
)
async def test_a_transliteration_that_there_is_not_is_refused(service: Texts, query: dict[str, str], code: int) -> None:
    answer = await service.call("POST", "/transliterate", query=query, json=service.body([{"text": "a"}]))
    assert service.code(answer) == code


async def test_an_unknown_scope_is_refused(service: Texts) -> None:
    unknown = "dictionaries" if service.version == LATEST else "models"
    for scope in (unknown, f"translation,{unknown}"):
        assert service.code(await service.call("GET", "/languages", query={"scope": scope})) == 400001


async def test_more_characters_than_the_rate_are_put_off_until_the_window_has_room(service: Texts) -> None:
    await service.become(rate={"characters": 100})
    assert await service.text("a" * 60)
    refused = await service.post(element("a" * 60, "es"))
    assert service.code(refused) == 429001
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert await service.text("a" * 40)
    assert [charge["items"][0]["characters"] for charge in await service.charges()] == [60, 40]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"do": "throttle", "retry_after": "7"}, 429000),
        ({"do": "status", "status": 500}, 500000),
        ({"do": "status"}, 503000),
        ({"do": "status", "status": 401}, 401000),
        ({"do": "status", "status": 403}, 403001),
        ({"do": "status", "status": 408}, 408001),
    ],
)
async def test_it_misbehaves_in_its_own_dialect(service: Texts, rule: dict[str, Any], code: int) -> None:
    await service.doubles.misbehave(service.doubles.translator, rule)
    answer = await service.post(ONE)
    assert service.code(answer) == code
    assert answer.headers.get("Retry-After") == rule.get("retry_after")
    assert await service.charges() == []
    assert (await service.post(ONE)).status_code == 200


async def test_what_is_told_to_hang_is_cut_off_unpaid(service: Texts) -> None:
    await service.misbehave("hang", seconds=0.01)
    with pytest.raises(httpx.TransportError):
        await service.post(ONE)
    assert await service.charges() == []


async def test_another_method_and_another_path_are_refused(service: Texts) -> None:
    assert service.code(await service.call("GET", "/translate")) == 405000
    assert (await service.call("POST", "/detect", json=[])).status_code == 404
    assert (await service.call("POST", "/translator/text/translates", json=[])).status_code == 404
