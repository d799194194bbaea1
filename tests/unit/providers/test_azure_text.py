"""Azure Text Translation: how a file goes through it, what is asked, and what each answer means."""

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import pytest

from shared.errors import AnswerLost, NotFound, Refused, SourceUnfit, Throttled
from shared.jobs.step import Step
from shared.outbox.beginnings import HEAD, why_not
from shared.providers import azure_text
from shared.providers.azure_text import CALLS_A_REQUEST, CALLS_MORE, LARGE, AzureText, AzureTextSettings
from shared.providers.http import LONGEST_CALL
from shared.providers.outcome import Finished, Found, Next, No, Yes
from shared.providers.task import Pair
from shared.providers.text_client import PREVIEW, VERSIONS
from shared.providers.text_steps import READ, SEND
from shared.subtitles import FORMATS
from tests.unit.providers.declared import Declared
from tests.unit.providers.texts import SRT, Place, Texts, provider
from tests.unit.providers.wire import DroppedVideo, some_work

DECLARED = Declared(AzureText(None), FORMATS, VERSIONS)
EN_DE = Pair("en-US", "de-DE")
LLM = {"deploymentName": "my-gpt"}
MANY = b"".join(
    f"{number}\n00:{number // 60:02}:{number % 60:02},000 --> 09:00:00,000\nCue {number}.\n\n".encode()
    for number in range(1, 1201)
)


def refused(status: int, code: str, _texts: list[str]) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": "No."}})


class TestFile:
    async def test_nothing_but_the_words_of_a_subtitle_file_is_changed(self) -> None:
        place = Place()
        result = place.result(await place.carry(provider(Texts())))
        assert result == (
            SRT.replace(b"The ships", b"de The ships")
            .replace(b"Two", b"de Two")
            .replace(b"Yes", b"de Yes")
            .replace(b"No.", b"de No.")
        )

    async def test_it_comes_back_under_its_own_extension_and_is_found_again(self) -> None:
        place, text = Place(name="films/Harbour.SRT"), provider(Texts())
        finished = await place.carry(text)
        assert [result.suffix for result in finished.results] == ["SRT"]
        assert await text.check(some_work(finished.operation or {}), place.scratch) == finished

    async def test_an_end_that_is_not_kept_any_more_is_told(self) -> None:
        with pytest.raises(NotFound):
            await provider(Texts()).check(some_work({"end": "gone"}), Place().scratch)

    async def test_texts_are_packed_into_as_few_requests_as_the_limits_allow(self) -> None:
        texts, place = Texts(), Place(MANY)
        await place.carry(provider(texts), {"context": "cue"})
        assert place.steps == ["read.0", "send.0", "send.1", "read.1"]
        assert sum(len(row["text"]) for row in texts.rows) == place.units["characters"]

    async def test_a_language_model_gets_smaller_requests_at_its_own_resource(self) -> None:
        texts, place = Texts(), Place(MANY)
        await place.carry(provider(texts, foundry=True), LLM | {"context": "cue", "tone": "formal"})
        assert len(texts.requests) == 24
        assert texts.rows[0]["targets"] == [{"language": "de", "deploymentName": "my-gpt", "tone": "formal"}]

    async def test_the_brief_s_own_limits_decide_how_lines_are_broken(self) -> None:
        place, limits = Place(), {"lines": {"length": 9, "count": 3, "charactersASecond": 99}}
        finished = await place.carry(provider(Texts()), limits)
        assert b"<i>de The\r\nships\r\ncame in</i>" in place.result(finished)
        assert finished.details["overReadingSpeed"] == 0

    @pytest.mark.parametrize(
        ("name", "data", "result"),
        [
            ("a.txt", b"One.\n\nTwo.\n", b"de One.\n\nde Two.\n"),
            ("a.md", b"---\ntitle: x\n---\n# One\n", b"---\ntitle: x\n---\n# de One\n"),
            ("a.html", b"<p class='x'>One</p>", b"<p class='x'>de One</p>"),
        ],
    )
    async def test_text_files_go_the_same_way(self, name: str, data: bytes, result: bytes) -> None:
        place = Place(data, name, "document")
        assert place.result(await place.carry(provider(Texts()))) == result

    @pytest.mark.parametrize(
        ("name", "data", "suffix"),
        [
            ("a.VTT", SRT, "srt"),
            ("a.ass", b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n", "vtt"),
            ("a.srt", b"0:00:01.000,0:00:02.000\nHello\n", "sbv"),
            ("a.srt", b"[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,Hello\n", "ass"),
            ("a.vtt", b'<tt><body><p begin="1s" end="2s">Hello</p></body></tt>', "ttml"),
        ],
    )
    async def test_what_is_misnamed_comes_back_under_its_right_name_and_is_published(
        self, name: str, data: bytes, suffix: str
    ) -> None:
        place = Place(data, name)
        finished = await place.carry(provider(Texts()))
        assert [result.suffix for result in finished.results] == [suffix]
        assert f"So the name of its translation ends in .{suffix}." in finished.warnings
        assert why_not(suffix, place.result(finished)[:HEAD]) is None

    async def test_a_file_without_words_costs_nothing_and_comes_back_as_it_was(self) -> None:
        texts, place = Texts(), Place(b"1\n00:00:01,000 --> 00:00:02,000\n...\n")
        finished = await place.carry(provider(texts))
        assert place.result(finished) == place.media.data
        assert "Nothing was translated: the file has no cue with words." in finished.warnings
        assert texts.requests == []

    async def test_a_head_without_a_cue_comes_back_as_it_was_with_a_warning(self) -> None:
        place = Place(b"WEBVTT\n\nNOTE nothing yet\n", "a.vtt")
        finished = await place.carry(provider(Texts()))
        assert place.result(finished) == place.media.data
        assert finished.warnings == ["Nothing was translated: the file has no cue with words."]

    async def test_what_no_player_shows_is_told_with_its_lines(self) -> None:
        cues = b"00:01.000 --> 00:02.000\nOne\n\n00:05.000 --> 00:03.000\nTwo\n"
        place = Place(b"WEBVTT\n\n" + cues + b"\nmore\n" * 5, "a.vtt")
        finished = await place.carry(provider(Texts()))
        assert b"de One" in place.result(finished)
        lines = "; ".join(f"the text on line {line} belongs to no cue" for line in (9, 11, 13, 15, 17))
        assert finished.warnings == [f"No player shows some of the file: {lines}; and 1 more."]

    async def test_times_that_cannot_be_read_are_refused_with_their_line_before_anything_is_paid(self) -> None:
        texts, place = Texts(), Place(b"WEBVTT\n\n00:05.000 -> 00:02.000\nHello\n", "a.vtt")
        with pytest.raises(SourceUnfit, match="Line 3 cannot be read as WebVTT: it looks like the times of a cue"):
            await place.carry(provider(texts))
        assert texts.requests == []

    async def test_what_is_not_what_it_is_called_is_refused_with_its_line_before_anything_is_paid(self) -> None:
        texts, place = Texts(), Place(b"<html><body>Not found</body></html>")
        with pytest.raises(SourceUnfit, match="Line 1 cannot be read as SubRip"):
            await place.carry(provider(texts))
        assert texts.requests == []

    async def test_a_file_of_too_many_requests_is_refused_before_anything_is_paid(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(azure_text, "MOST_REQUESTS", 1)
        texts = Texts()
        with pytest.raises(SourceUnfit, match="takes 2 requests"):
            await Place(MANY).carry(provider(texts), {"context": "cue"})
        assert texts.requests == []

    async def test_two_large_files_are_read_at_once_and_others_wait_their_turn(self) -> None:
        places = [Place() for _ in range(3)]
        for place in places:
            place.media.size = LARGE
        text = provider(Texts())
        found = await asyncio.gather(*(text.start(place.task(Step(name=READ))) for place in places))
        waiting = [each for each in found if isinstance(each, Next) and each.step.name == READ]
        assert [(each.step, each.operation, each.wait > 0) for each in waiting] == [(Step(name=READ), None, True)]
        assert place.result(await place.carry(text))

    async def test_the_source_is_read_once_and_then_from_staging(self) -> None:
        texts, place = Texts(), Place()
        first = await provider(texts).start(place.task(Step(name=READ)))
        assert isinstance(first, Next)
        place.media.data = b"changed"
        finished = await place.carry(provider(texts))
        assert b"de The ships" in place.result(finished)


class TestAsked:
    async def test_the_source_and_its_script_are_told_where_they_are_known(self) -> None:
        texts = Texts()
        await Place().carry(provider(texts), {"sourceScript": "Latn"})
        await Place().carry(provider(texts), pair=Pair(None, "de-DE"))
        assert [(row.get("language"), row.get("script")) for row in texts.rows[::4]] == [("en", "Latn"), (None, None)]

    async def test_each_version_and_host_is_asked_in_its_own_way(self) -> None:
        texts = Texts()
        host = "https://api.cognitive.microsofttranslator.com"
        await Place().carry(provider(texts, TEXT_API_VERSION=PREVIEW, TRANSLATOR_ENDPOINT=host), {"grade": "basic"})
        assert texts.paths == ["/languages", "/translate"]
        assert texts.rows[0]["targets"] == [{"language": "de", "grade": "basic"}]

    async def test_every_request_has_a_trace_id_that_says_what_was_asked(self) -> None:
        texts = Texts()
        await Place().carry(provider(texts))
        await Place().carry(provider(texts))
        first, second = (request.headers["X-ClientTraceId"] for request in texts.requests)
        assert first == second

    async def test_a_custom_model_has_more_time(self) -> None:
        texts = Texts()
        category = "12345678-1234-1234-1234-123456789012-GENERAL"
        await Place().carry(provider(texts), {"deploymentName": category})
        await Place().carry(provider(texts))
        custom, general = (request.extensions["timeout"]["read"] for request in texts.requests)
        assert custom > LONGEST_CALL > general

    async def test_the_share_of_characters_is_spent_evenly(self) -> None:
        texts, place = Texts(), Place(MANY)
        await place.carry(provider(texts, TEXT_CHARACTERS_A_MINUTE=6000), {"context": "cue"})
        sent = [sum(len(row["text"]) for row in rows) for rows in (texts.rows[:1000], texts.rows[1000:])]
        assert place.waits[1:] == pytest.approx([sent[0] / 100, sum(sent) / 100], abs=1)


class TestLanguages:
    @pytest.mark.parametrize(
        ("pair", "options", "reason"),
        [
            (Pair("en", "tlh-Latn"), {}, "does not translate tlh-Latn"),
            (Pair("yi", "de"), {}, "does not translate yi"),
            (Pair("en", "de"), {"script": "Latn"}, "does not write de in Latn; it has no other script"),
            (Pair("en", "sr"), {"script": "Grek"}, "it has Latn"),
            (Pair("en", "yua"), LLM, "No language model of Text Translation has yua"),
        ],
    )
    async def test_the_services_own_lists_count_and_nothing_is_paid(
        self, pair: Pair, options: dict[str, Any], reason: str
    ) -> None:
        texts = Texts()
        with pytest.raises(Refused, match=reason):
            await Place().carry(provider(texts, foundry=True), options, pair=pair)
        assert texts.requests == []

    async def test_who_allows_the_general_engine_may_have_a_language_that_no_model_has(self) -> None:
        texts = Texts()
        await Place().carry(provider(texts, foundry=True), LLM | {"allowFallback": True}, pair=Pair("en", "yua"))
        assert len(texts.requests) == 1

    async def test_they_are_asked_for_once_and_then_by_etag(self) -> None:
        texts = Texts()
        text = provider(texts)
        await Place().carry(text)
        await Place().carry(text, {"script": "Latn"}, pair=Pair("en", "sr"))
        assert texts.paths.count("/translator/text/languages") == 1


class TestLadder:
    async def test_what_comes_back_damaged_is_asked_again_in_another_way_and_at_last_keeps_its_source(self) -> None:
        texts = Texts(translate=lambda text: "" if "Two" in text else f"de {text}")
        place = Place()
        finished = await place.carry(provider(texts))
        assert b"\r\nTwo <b>of</b> them.\r\n" in place.result(finished)
        assert place.steps == ["read.0", "send.0", "read.1", "send.0", "read.2"]
        assert finished.details["keptCues"] == [
            {"cue": "cue 2 at 0:00:03.000 (line 6)", "why": "the translation is empty"}
        ]

    async def test_a_translation_of_which_nothing_can_be_used_fails(self) -> None:
        with pytest.raises(Refused, match="no translation of any cue") as refused:
            await Place().carry(provider(Texts(translate=lambda _: "")))
        assert refused.value.elsewhere


class TestTrouble:
    async def test_a_text_that_the_service_cannot_take_holds_up_no_other(self) -> None:
        def refuse(sent: list[str]) -> httpx.Response | None:
            return httpx.Response(502) if any("Yes" in text for text in sent) else None

        texts, place = Texts(refuse=refuse), Place()
        finished = await place.carry(provider(texts))
        result = place.result(finished)
        assert (b"- Yes." in result, b"de The ships" in result, b"de No." in result) == (True, True, True)
        assert finished.details["keptInSource"] == 1

    async def test_an_element_that_is_refused_has_its_request_halved_at_once(self) -> None:
        def refuse(sent: list[str]) -> httpx.Response | None:
            return refused(400, "400020", sent) if any("Yes" in text for text in sent) else None

        texts, place = Texts(refuse=refuse), Place()
        await place.carry(provider(texts))
        assert place.steps[:6] == ["read.0", "send.0", "send-0.0", "send-1.0", "send-10.0", "send-11.0"]

    async def test_a_service_that_never_answers_is_asked_no_more_often_than_the_cap(self) -> None:
        texts, place = Texts(refuse=lambda _: httpx.Response(502)), Place(MANY)
        with pytest.raises(Refused, match="the service gave no answer"):
            await place.carry(provider(texts), {"context": "cue"})
        assert len(texts.requests) <= CALLS_MORE + 2 * CALLS_A_REQUEST + 3

    async def test_other_refusals_end_it_and_a_throttled_request_is_left_to_the_engine(self) -> None:
        for status, code in ((503, "503000"), (408, "408001"), (429, "429001")):
            with pytest.raises(Throttled):
                await Place().carry(provider(Texts(refuse=partial(refused, status, code))))
        with pytest.raises(Refused, match="400036") as raised:
            await Place().carry(provider(Texts(refuse=partial(refused, 400, "400036"))))
        assert raised.value.elsewhere

    async def test_an_answer_is_kept_before_it_counts_and_found_by_its_step(self) -> None:
        texts, place = Texts(), Place()
        text = provider(texts)
        read = await text.start(place.task(Step(name=READ)))
        assert isinstance(read, Next)
        sent = Step(name=SEND)
        work = some_work(read.operation or {}, sent)
        assert await text.find(work, place.scratch) is Found.NOTHING
        done = await text.start(place.task(sent, operation=read.operation))
        assert isinstance(done, Next)
        found = replace(done, wait=0)
        assert await text.find(work, place.scratch) == found
        assert await text.find(some_work({}, Step(name=READ)), place.scratch) is Found.NOTHING
        again = await text.start(place.task(sent, operation=read.operation))
        assert (again, len(texts.requests)) == (found, 1)

    async def test_a_later_attempt_pays_only_for_what_was_not_answered(self) -> None:
        texts, place = Texts(), Place(MANY)
        await place.carry(provider(texts), {"context": "cue"})
        await place.carry(provider(texts), {"context": "cue"}, id="0123abcd.de-DE.a2")
        assert len(texts.requests) == 2

    async def test_what_is_not_in_staging_any_more_is_told(self) -> None:
        task = Place().task(Step(name=SEND), operation={"rounds": ["gone"], "requests": 1, "most": 50})
        with pytest.raises(NotFound):
            await provider(Texts()).start(task)
        assert await provider(Texts()).find(task, task.scratch) is Found.NOTHING

    async def test_reading_the_file_cannot_be_gone_without(self) -> None:
        assert await provider(Texts()).go_on_without(Place().task(Step(name=READ))) is None

    async def test_a_lost_answer_is_the_engines_to_send_again(self) -> None:
        place, text = Place(), provider(Texts(refuse=lambda _: httpx.Response(502)))
        read = await text.start(place.task(Step(name=READ)))
        assert isinstance(read, Next)
        with pytest.raises(AnswerLost):
            await text.start(place.task(read.step, operation=read.operation, lost=1))


class TestReceipt:
    async def carried(self, texts: Texts, options: dict[str, Any] | None = None, **given: Any) -> Finished:
        return await Place().carry(provider(texts, foundry=True), options, **given)

    async def test_it_counts_cues_and_names_requests_and_engines(self) -> None:
        details = (await self.carried(Texts(headers={"X-RequestId": "r1"}))).details
        assert (details["cues"], details["translated"], details["keptInSource"]) == (3, 3, 0)
        assert (details["engines"], details["requests"]) == ({"general": 1}, ["r1"])
        assert "detectedLanguages" not in details

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            (LLM, "by the general engine and not by the deployment my-gpt."),
            (LLM | {"tone": "formal", "gender": "male"}, "by the general engine, which heeds no tone or gender, and"),
            ({"deploymentName": "12345678-1234-1234-1234-123456789012-GENERAL"}, "not by the custom model"),
            ({"adaptiveDatasetId": "x"}, "the adaptive model"),
        ],
    )
    async def test_who_asked_for_another_engine_is_told_that_the_general_one_answered(
        self, options: dict[str, Any], named: str
    ) -> None:
        [warning] = (await self.carried(Texts(), options)).warnings
        assert warning.startswith("1 of 1 requests were answered by the general engine")
        assert named in warning

    async def test_an_unsure_language_is_a_warning_where_none_was_named(self) -> None:
        texts = Texts(more={"detectedLanguage": {"language": "nl", "score": 0.5}})
        unsure = await self.carried(texts, pair=Pair(None, "de-DE"))
        assert unsure.details["detectedLanguages"] == {"nl": 0.5}
        assert "nl (0.50)" in unsure.warnings[0]
        assert (await self.carried(texts)).warnings == []

    async def test_meters_that_differ_are_a_warning_and_the_metered_usage_counts(self) -> None:
        place = Place()
        headers = {"X-Metered-Usage": "7", "sourceCharactersCharged": "8"}
        finished = await place.carry(provider(Texts(headers=headers)))
        assert place.units == {"characters": 7.0}
        assert "X-Metered-Usage" in finished.warnings[0]

    async def test_an_encoding_that_cannot_hold_the_translation_is_told(self) -> None:
        place = Place("1\n00:00:01,000 --> 00:00:02,000\nCafé, très\n".encode("cp1252"))
        finished = await place.carry(provider(Texts(translate=lambda _: "カフェ")), pair=Pair("fr", "de"))
        assert "カフェ" in place.result(finished).decode()
        assert any("it is in utf-8" in warning for warning in finished.warnings)

    async def test_each_request_is_told_in_the_log_for_a_support_case_and_no_word_of_the_file(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO")
        await self.carried(Texts(headers={"X-RequestId": "r1"}))
        assert "films/harbour.srt: de-DE was translated by the request r1" in caplog.text
        assert "ships" not in caplog.text

    async def test_it_holds_no_word_of_the_file(self) -> None:
        finished = await self.carried(Texts(translate=lambda text: "" if "ships" in text else f"de {text}"))
        assert "ships" not in str((finished.details, finished.warnings, finished.operation))


class TestAccepted:
    @pytest.mark.parametrize("name", [f"a{extension}" for extension in FORMATS])
    def test_it_takes_every_format(self, name: str) -> None:
        assert provider(Texts()).accepts(DroppedVideo(name, "subtitles"), EN_DE, {}) == Yes()

    @pytest.mark.parametrize(
        ("name", "size", "options", "why"),
        [
            ("a.docx", 1, {}, "not .docx"),
            ("a.srt", 20_000_001, {}, "20000000 bytes"),
            ("a.srt", 1, {"profanityMarker": "Tag"}, "markup"),
            ("a.srt", 1, LLM, "FOUNDRY_ENDPOINT is not set"),
            ("a.srt", 1, {"tone": "formal"}, "FOUNDRY_ENDPOINT"),
        ],
    )
    def test_what_is_refused_before_anything_is_paid(
        self, name: str, size: int, options: dict[str, Any], why: str
    ) -> None:
        refused = provider(Texts()).accepts(DroppedVideo(name, "subtitles", size), EN_DE, options)
        assert isinstance(refused, No)
        assert why in refused.reason

    def test_a_tone_needs_the_deployment_that_has_it(self) -> None:
        refused = provider(Texts(), foundry=True).accepts(DroppedVideo("a.srt", "subtitles"), EN_DE, {"tone": "formal"})
        assert "deploymentName" in getattr(refused, "reason", "")

    def test_it_tells_what_the_service_will_not_do_or_will_do_otherwise(self) -> None:
        options = {"adaptiveDatasetId": "x", "referenceTextPairs": [{"source": "a", "target": "b"}], "script": "Latn"}
        found = provider(Texts(), foundry=True).accepts(DroppedVideo("a.srt", "subtitles"), Pair("en", "sr"), options)
        assert isinstance(found, Yes)
        assert [warning.split()[0] for warning in found.warnings] == ["referenceTextPairs", "The"]

    @pytest.mark.parametrize(
        ("options", "version", "mistakes"),
        [
            ({"grade": "basic"}, PREVIEW, []),
            ({"grade": "basic"}, VERSIONS[0], [f"is not a field of api-version {VERSIONS[0]}; {PREVIEW} has it"]),
            ({"textType": "Html"}, PREVIEW, ["belongs to the app"]),
            ({"tone": "rude"}, PREVIEW, ["input should be 'formal', 'informal' or 'neutral'"]),
            ({"referenceTextPairs": [{"source": "a", "target": "b"}] * 6}, PREVIEW, ["at most 5"]),
            ({"referenceTextPairs": [{"source": "a"}]}, PREVIEW, ["at least 2"]),
            (
                {"lines": {"count": 0}, "context": "page"},
                PREVIEW,
                ["greater than or equal to 1", "'sentence' or 'cue'"],
            ),
        ],
    )
    def test_a_brief_has_the_fields_of_the_version(
        self, options: dict[str, Any], version: str, mistakes: list[str]
    ) -> None:
        found = provider(Texts(), TEXT_API_VERSION=version).mistakes(options)
        assert len(found) == len(mistakes)
        assert all(said in wrong for (_, wrong), said in zip(found, mistakes, strict=True))

    def test_without_an_endpoint_it_is_off(self) -> None:
        off = AzureText.build(AzureTextSettings(), None)  # type: ignore[arg-type]  # nothing is built
        assert "TRANSLATOR_ENDPOINT is not set" in getattr(off.accepts(DroppedVideo("a.srt"), EN_DE, {}), "reason", "")
