"""The Text Translation double: what it answers, which engine worked, and what it charges."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.doubles import running
from tests.integration.text_client import FOUNDRY, KEY, LATEST, VERSIONS, Texts, element, texts

CATEGORY = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-TECH"


@pytest.fixture(scope="module")
async def double() -> AsyncIterator[Texts]:
    async with texts() as double:
        yield double


@pytest.fixture(params=VERSIONS)
async def service(double: Texts, request: pytest.FixtureRequest) -> Texts:
    await double.doubles.reset()
    return Texts(double.doubles, request.param)


async def test_texts_come_back_in_their_order_with_each_target_in_its_order(service: Texts) -> None:
    first, second = await service.translate(element("One two", "es", "fr"), element("Three", "de"))
    assert [row["language"] for row in first["translations"]] == ["es", "fr"]
    assert first["translations"][0]["text"].startswith("[es] ")
    assert second["translations"][0]["text"].startswith("[de] ")


async def test_a_language_may_be_asked_for_twice(service: Texts) -> None:
    await service.become(**FOUNDRY)
    row = element("Hello you", "es")
    row["targets"] = [{"language": "es", "deploymentName": "mine", "gender": each} for each in ("female", "male")]
    translations = (await service.translate(row))[0]["translations"]
    assert [each["text"].partition(" ")[0] for each in translations] == ["[es-female]", "[es-male]"]


async def test_names_of_properties_may_be_of_either_case(service: Texts) -> None:
    row = {"Text": "Hello", "LANGUAGE": "en", "TextType": "html", "Targets": [{"Language": "es"}]}
    assert (await service.translate(row))[0]["translations"][0]["text"].startswith("[es]")
    if service.version == LATEST:
        assert (await service.call("POST", "/translate", json={"Inputs": [row]})).status_code == 200


async def test_a_language_that_was_not_named_is_detected_with_a_score(service: Texts) -> None:
    async def found(text: str) -> dict[str, Any]:
        row = {"text": text, "targets": [{"language": "es"}]}
        detected: dict[str, Any] = (await service.translate(row))[0]["detectedLanguage"]
        return detected

    assert await found("A sentence that is long enough") == {"language": "en", "score": 1.0}
    assert await found("Ja") == {"language": "en", "score": 0.1}
    assert (await found("ひらがなと漢字"))["language"] == "ja"
    assert (await found("Привет, мир"))["language"] == "ru"
    assert await found("123") == {"language": "en", "score": 0.0}
    await service.misbehave("unsure")
    assert (await found("A sentence that is long enough"))["score"] == 0.3


async def test_characters_are_charged_for_each_target(service: Texts) -> None:
    answer = await service.post(element("Hello", "es", "fr"), element("you", "es", "fr"))
    assert answer.headers["X-Metered-Usage"] == "16"
    assert answer.headers["sourceCharactersCharged"] == "16"
    assert answer.headers["X-MT-System"] == "Team,Team"
    assert uuid.UUID(answer.headers["X-RequestId"])
    assert service.results(answer)[0]["translations"][0]["sourceCharacters"] == 5


async def test_an_llm_is_charged_by_tokens_and_heeds_tone_and_gender(service: Texts) -> None:
    await service.become(**FOUNDRY)
    answer = await service.post(element("Hello you", "es", deploymentName="mine", tone="formal", gender="female"))
    row = service.results(answer)[0]["translations"][0]
    assert row["text"].startswith("[es-formal-female] ")
    assert {"instructionTokens", "sourceTokens", "responseTokens", "targetTokens"} < row.keys()
    assert "sourceCharacters" not in row
    assert answer.headers["X-MT-System"] == "Custom"
    assert answer.headers["X-Metered-Usage"] == "0"
    assert answer.headers["sourceTokensCharged"] == str(row["sourceTokens"])
    assert answer.headers["targetTokensCharged"] == str(row["targetTokens"])


@pytest.mark.parametrize(
    ("target", "fate"),
    [
        ({"language": "es", "deploymentName": "mine"}, "fall_back"),
        ({"language": "es", "deploymentName": "another"}, None),
        ({"language": "yua", "deploymentName": "mine"}, None),
        ({"language": "es", "deploymentName": CATEGORY}, None),
        ({"language": "es", "tone": "formal"}, None),
        ({"language": "es", "gender": "male"}, None),
    ],
)
async def test_what_falls_back_is_told_by_system_and_counters_alone(
    service: Texts, target: dict[str, Any], fate: str | None
) -> None:
    await service.become(**FOUNDRY)
    if fate:
        await service.misbehave(fate)
    answer = await service.post({"text": "Hello", "language": "en", "targets": [target]})
    row = service.results(answer)[0]["translations"][0]
    assert answer.headers["X-MT-System"] == "Team"
    assert row.keys() == {"language", "text", "sourceCharacters"}
    if fate:
        await service.misbehave(fate)
    forbidden = {"text": "Hello", "language": "en", "targets": [target | {"allowFallback": False}]}
    code = 400079 if target.get("deploymentName") == CATEGORY else 400075
    assert await service.refused(forbidden) == code


@pytest.mark.parametrize("resource", [{}, FOUNDRY | {"host": "private"}])
async def test_an_llm_is_refused_without_a_foundry_and_over_a_private_endpoint(
    service: Texts, resource: dict[str, Any]
) -> None:
    await service.become(**resource)
    assert await service.refused(element("Hello", "es", deploymentName="mine")) == 400075


async def test_a_custom_model_translates_its_pairs(service: Texts) -> None:
    await service.become(custom={CATEGORY: ["en-es"]})
    answer = await service.post(element("Hello", "es", "fr", deploymentName=CATEGORY))
    assert answer.headers["X-MT-System"] == "Custom,Team"
    assert answer.headers["X-Metered-Usage"] == "10"


async def test_an_adaptive_model_charges_both_sides(service: Texts) -> None:
    await service.become(datasets={"21000": "en-es"}, **FOUNDRY)
    answer = await service.post(element("Hello", "es", adaptiveDatasetId="21000"))
    row = service.results(answer)[0]["translations"][0]
    assert row["targetCharacters"] == len(row["text"])
    assert answer.headers["X-Metered-Usage"] == str(5 + len(row["text"]))
    assert answer.headers["targetCharactersCharged"] == str(len(row["text"]))


async def test_reference_pairs_win_over_a_data_set(service: Texts) -> None:
    await service.become(**FOUNDRY)
    assert await service.refused(element("Hello", "es", adaptiveDatasetId="1")) == 400000
    pairs = [{"source": "Hi", "target": "Hola"}]
    assert await service.text("Hello", adaptiveDatasetId="1", referenceTextPairs=pairs)


async def test_html_keeps_its_tags_and_what_is_not_to_be_translated(service: Texts) -> None:
    html = 'Bring <b>me</b> a <span class="notranslate">beer</span> &amp; <i translate="no">rum</i>'
    text = await service.text(html, html=True)
    assert text.startswith("[es] ")
    assert '<span class="notranslate">beer</span>' in text
    assert '<i translate="no">rum</i>' in text
    assert "&amp;" in text
    assert "beer" not in await service.text(html)


async def test_a_dictionary_is_heeded_in_html_from_a_source_that_was_named_and_beside_english(service: Texts) -> None:
    html = 'A <mstrans:dictionary translation="Wort">word</mstrans:dictionary>'
    assert "Wort" in await service.text(html, "de", html=True)
    assert "<mstrans" not in await service.text(html, "de", html=True)
    undetected = {"text": html, "textType": "Html", "targets": [{"language": "de"}]}
    no_english = {"text": html, "textType": "Html", "language": "fr", "targets": [{"language": "de"}]}
    for row in (undetected, no_english, element(html, "de")):
        assert "<mstrans" in (await service.translate(row))[0]["translations"][0]["text"]


async def test_profanity_is_marked_or_deleted_where_that_is_asked_for(service: Texts) -> None:
    text = "That damn cat"
    assert "***" in await service.text(text, profanityAction="Marked")
    marked = await service.text(text, profanityAction="Marked", profanityMarker="Tag")
    assert "<profanity>" in marked
    deleted = await service.text(text, profanityAction="Deleted")
    assert len(deleted) == len(await service.text(text)) - len("damn")


async def test_a_script_that_is_not_the_usual_one_comes_beside_the_text(service: Texts) -> None:
    row = (await service.translate(element("Hello", "sr-Cyrl", script="Latn")))[0]["translations"][0]
    assert row["transliteration"] == {"script": "Latn", "text": f"(Latn) {row['text']}"}
    usual = (await service.translate(element("Hello", "es", script="Latn")))[0]["translations"][0]
    assert "transliteration" not in usual
    await service.misbehave("bare_script")
    bare = (await service.translate(element("Hello", "sr-Cyrl", script="Latn")))[0]["translations"][0]
    assert bare["text"].startswith("(Latn) ")
    assert "transliteration" not in bare


async def test_texts_are_transliterated(service: Texts) -> None:
    query = {"language": "ja", "fromScript": "Jpan", "toScript": "Latn"}
    answer = await service.call("POST", "/transliterate", query=query, json=service.body([{"text": "こんにちは"}]))
    assert service.results(answer) == [{"text": "(Latn) こんにちは", "script": "Latn"}]


async def test_languages_are_listed_for_everybody_in_the_scopes_and_names_that_are_asked_for(service: Texts) -> None:
    answer = await service.call("GET", "/languages", headers={"Accept-Language": "fr"})
    groups = answer.json()
    other = "models" if service.version == LATEST else "dictionary"
    assert groups.keys() == {"translation", "transliteration", other}
    assert groups["translation"]["es"]["name"] == "espagnol"
    assert groups["translation"]["ar"]["dir"] == "rtl"
    assert groups["translation"]["zh-Hans"]["nativeName"] == "简体中文"
    scoped = await service.call("GET", "/languages", query={"scope": "translation,transliteration"})
    assert list(scoped.json()) == ["translation", "transliteration"]
    assert scoped.json()["translation"]["es"]["name"] == "Spanish"


async def test_models_are_listed_by_the_latest_version(double: Texts) -> None:
    groups = (await double.call("GET", "/languages")).json()
    assert "gpt-4o-mini" in groups["models"]
    assert groups["translation"]["es"]["models"] == groups["models"]
    assert groups["translation"]["yua"]["models"] == []


async def test_languages_that_have_not_changed_are_not_sent_again(service: Texts) -> None:
    first = await service.call("GET", "/languages")
    again = await service.call("GET", "/languages", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    french = {"If-None-Match": first.headers["ETag"], "Accept-Language": "fr"}
    assert (await service.call("GET", "/languages", headers=french)).status_code == 200


async def test_what_is_paid_twice_is_known_by_request_and_by_text(service: Texts) -> None:
    trace = str(uuid.uuid4())
    await service.post(element("Hello", "es"), query={"ClientTraceId": trace})
    await service.post(element("Hello", "es"), element("you", "es"))
    await service.post(element("Hello", "es"), headers={**KEY, "X-ClientTraceId": trace})
    assert sorted(await service.paid()) == [1, 2]
    charges = await service.charges()
    assert [charge["trace_id"] for charge in charges] == [trace, None, trace]
    digests = [item["digest"] for charge in charges for item in charge["items"]]
    assert len(digests) == 4
    assert len(set(digests)) == 2
    assert "Hello" not in str(charges)


async def test_the_answer_to_paid_work_can_be_lost(service: Texts) -> None:
    await service.misbehave("drop_after", when={"path": "/translate"})
    with pytest.raises(httpx.TransportError):
        await service.post(element("Hello", "es"))
    await service.post(element("Hello", "es"))
    assert await service.paid() == [2]


async def test_it_can_be_told_to_answer_oddly(service: Texts) -> None:
    await service.become(**FOUNDRY)
    await service.misbehave("short_answer")
    assert len(await service.translate(element("a", "es"), element("b", "es"))) == 1
    await service.misbehave("odd_meter")
    answer = await service.post(element("Hello", "es"))
    assert answer.headers["X-Metered-Usage"] != answer.headers["sourceCharactersCharged"]
    await service.misbehave("other_names")
    row = (await service.translate(element("Hello", "es", deploymentName="mine")))[0]["translations"][0]
    assert "promptTokens" in row
    await service.misbehave("body", body={"odd": True})
    assert (await service.post(element("Hello", "es"))).json() == {"odd": True}


async def test_translations_are_damaged_on_demand_and_the_same_each_time(service: Texts) -> None:
    rows = [element(f"Text number {number}", "es") for number in range(40)]
    plain = await service.translate(*rows)
    await service.harden("empty", share=0.5)
    damaged = await service.translate(*rows)
    lost = [row["translations"][0]["text"] == "" for row in damaged]
    assert 0 < sum(lost) < len(rows)
    assert [row for row, gone in zip(damaged, lost, strict=True) if not gone] == [
        row for row, gone in zip(plain, lost, strict=True) if not gone
    ]
    assert await service.translate(*rows) == damaged
    await service.harden("empty", share=0.5, seed=1)
    assert await service.translate(*rows) != damaged


async def test_charges_outlast_the_process_until_they_are_reset(tmp_path: Path) -> None:
    async with running(folder=tmp_path) as doubles:
        await Texts(doubles).post(element("Hello", "es"))
        before = await Texts(doubles).charges()
    async with running(folder=tmp_path) as doubles:
        await Texts(doubles).post(element("Hello", "es"))
        assert (await Texts(doubles).charges())[:1] == before
        assert await Texts(doubles).paid() == [2]
        kept = texts_of_files(tmp_path)
        assert len(kept) == 2
        assert not any("Hello" in text for text in kept)
        await doubles.reset()
    async with running(folder=tmp_path) as doubles:
        assert await Texts(doubles).charges() == []


def texts_of_files(folder: Path) -> list[str]:
    return [path.read_text() for path in folder.rglob("*.json")]
