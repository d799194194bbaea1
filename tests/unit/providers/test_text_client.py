"""Requests to Azure Text Translation, and how its answers are read."""

from typing import Any

import httpx
import pytest

from shared.errors import AnswerLost, ProviderError
from shared.providers.text_client import LANGUAGE_MODEL, LATEST, PREVIEW, SERVICE, TextClient
from shared.subtitles import Ask
from tests.unit.providers.wire import Wire

ASKS = [Ask("0.0.t", "one <b>1</b>", "Html"), Ask("1.0.p", "two", "Plain")]
EACH = pytest.mark.parametrize("version", [LATEST, PREVIEW])


def item(text: str, **more: Any) -> dict[str, Any]:
    return {
        "detectedLanguage": {"language": "en", "score": 0.7},
        "translations": [{"language": "de", "text": text, **more}],
    }


def answer(version: str, *items: Any, **headers: str) -> httpx.Response:
    return httpx.Response(200, json=list(items) if version == PREVIEW else {"value": list(items)}, headers=headers)


@EACH
async def test_each_api_version_is_asked_in_its_own_form(version: str) -> None:
    wire = Wire(answer(version, item("eins"), item("zwei")))
    found = await TextClient(wire.service(SERVICE), version).translate(ASKS, "en", {"language": "de"})
    rows = [
        {"text": "one <b>1</b>", "textType": "Html", "targets": [{"language": "de"}], "language": "en"},
        {"text": "two", "textType": "Plain", "targets": [{"language": "de"}], "language": "en"},
    ]
    assert wire.body() == (rows if version == PREVIEW else {"inputs": rows})
    assert wire.requests[0].url.params["api-version"] == version
    assert found.texts == ["eins", "zwei"]


async def test_a_shared_host_has_the_short_path_and_a_custom_domain_the_long_one() -> None:
    wire = Wire(answer(LATEST, item("a"), item("b")), answer(LATEST, item("a"), item("b")))
    for own_host in (True, False):
        await TextClient(wire.service(SERVICE), own_host=own_host).translate(ASKS, None, {"language": "de"})
    assert wire.asked == ["POST /translator/text/translate", "POST /translate"]
    assert "language" not in wire.body()["inputs"][0]


async def test_the_metered_usage_is_what_was_charged() -> None:
    headers = {"X-Metered-Usage": "12", "sourceCharactersCharged": "11", "X-MT-System": "Team", "X-RequestId": "r1"}
    wire = Wire(answer(LATEST, item("a", sourceCharacters=5), item("b", sourceCharacters=6), **headers))
    found = await TextClient(wire.service(SERVICE)).translate(ASKS, None, {"language": "de"})
    assert (found.units, found.engine, found.request) == ({"characters": 12.0}, "general", "r1")
    assert found.meters_differ
    assert found.scores == {"en": 0.7}


async def test_tokens_are_added_up_under_their_names() -> None:
    wire = Wire(answer(LATEST, item("a", sourceTokens=3), item("b", sourceTokens=4)))
    found = await TextClient(wire.service(SERVICE)).translate(ASKS, None, {"language": "de"})
    assert found.units == {"sourceTokens": 7.0}
    assert found.engine == LANGUAGE_MODEL


async def test_a_language_model_may_count_characters_beside_its_tokens_as_the_page_shows() -> None:
    counters = {"instructionTokens": 319, "responseTokens": 34, "sourceCharacters": 72}
    headers = {"sourceTokensCharged": "638", "targetTokensCharged": "67", "sourceCharactersCharged": "144"}
    wire = Wire(answer(LATEST, item("La doctora", **counters), item("El doctor", **counters), **headers))
    found = await TextClient(wire.service(SERVICE)).translate(ASKS, None, {"language": "es"})
    assert found.units == {"characters": 144.0, "instructionTokens": 638.0, "responseTokens": 68.0}
    assert (found.engine, found.meters_differ) == (LANGUAGE_MODEL, False)


async def test_the_pages_own_names_of_counters_are_understood_and_an_adaptive_model_charges_both_sides() -> None:
    texts = item("a", promptTokens=3), item("b", sourceCharacters=4, targetChaaracters=5)
    wire = Wire(answer(LATEST, *texts, **{"X-MT-System": "Custom"}))
    found = await TextClient(wire.service(SERVICE)).translate(ASKS, None, {"language": "de"})
    assert found.units == {"characters": 9.0, "instructionTokens": 3.0, "targetCharacters": 5.0}


async def test_another_script_is_what_the_text_is_written_in() -> None:
    latin = {"script": "Latn", "text": "jedan"}
    wire = Wire(answer(LATEST, item("један", transliteration=latin), item("dva")))
    found = await TextClient(wire.service(SERVICE)).translate(ASKS, "en", {"language": "sr-Cyrl", "script": "Latn"})
    assert found.texts == ["jedan", "dva"]


@pytest.mark.parametrize(
    "lost",
    [
        httpx.Response(200, content=b"not JSON"),
        httpx.Response(200, json={"value": None}),
        answer(LATEST, item("eins")),
        answer(LATEST, item("eins"), {"translations": []}),
        httpx.Response(502),
        httpx.ReadTimeout("no answer"),
    ],
)
async def test_an_answer_that_does_not_hold_every_text_is_lost(lost: httpx.Response | Exception) -> None:
    with pytest.raises(AnswerLost):
        await TextClient(Wire(lost).service(SERVICE)).translate(ASKS, "en", {"language": "de"})


@pytest.mark.parametrize("text", ["The diagnosis is confidential.", "Geheime\nDiagnose"])
@pytest.mark.parametrize("status", [400, 429, 500])
async def test_what_the_service_says_of_a_text_is_told_without_the_text(text: str, status: int) -> None:
    refusal = {"error": {"code": 400077, "message": f"The text '{text}' is too long."}}
    client = TextClient(Wire(*[httpx.Response(status, json=refusal)] * 2).service(SERVICE))
    with pytest.raises(ProviderError) as translated:
        await client.translate([Ask("0.0.t", text, "Plain")], "en", {"language": "de"})
    with pytest.raises(ProviderError) as transliterated:
        await client.transliterate([text], "sr", "Cyrl", "Latn")
    for error in (translated.value, transliterated.value):
        words = " ".join([*error.reason.split(), *str(error).split()])
        assert " ".join(text.split()) not in words
        assert "400077" in error.reason


async def test_other_words_of_the_service_are_told() -> None:
    refusal = {"error": {"code": 400036, "message": "The target language is not valid."}}
    client = TextClient(Wire(httpx.Response(400, json=refusal)).service(SERVICE))
    with pytest.raises(ProviderError, match="The target language is not valid"):
        await client.translate(ASKS, "en", {"language": "de"})
