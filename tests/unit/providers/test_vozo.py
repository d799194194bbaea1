"""Vozo: what is sent, and what each answer means. A start cannot be repeated, and errors may come with status 200.

https://www.vozo.ai/docs/api_reference/endpoints/translate_dub/create
"""

from typing import Any

import httpx
import pytest

from shared.engine.glossaries import GlossaryContainer
from shared.errors import (
    AnswerLost,
    Denied,
    NotFound,
    NotReady,
    PersonNeeded,
    ProviderError,
    Refused,
    ResultUnavailable,
    SourceUnfit,
    Throttled,
    Unreachable,
)
from shared.providers import vozo as module
from shared.providers.outcome import Failed, Finished, Found, No, Outcome, Running, Yes
from shared.providers.task import Pair
from shared.providers.vozo import Vozo
from shared.providers.vozo_account import PERIOD, PROBE, Account
from tests.memory_container import MemoryContainer
from tests.unit.providers.declared import Declared
from tests.unit.providers.wire import DroppedVideo, Wire, a_scratch, a_task, answer, some_work
from tests.unit.records import NOW

CALLBACK = "https://app.example/api/callbacks/vozo/token"
CHALLENGE_FAILED = {"code": 1301, "message": "Callback Challenge failed."}
POST, GET = "POST /v1/media/translate", "GET /v1/media/translate/t1"
WORK = some_work({"task_id": "t1"})
DECLARED = Declared(Vozo(None), module.EXTENSIONS, [module.TRANSLATE.split("/")[1]], module.RESULT_SUFFIXES.values())


def vozo(wire: Wire) -> Vozo:
    return Vozo(wire.service("Vozo"))


class TestStart:
    async def test_a_task_is_posted(self) -> None:
        wire = Wire(answer(200, {"task_id": "t1"}))
        assert await vozo(wire).start(a_task(callback_url=CALLBACK)) == {"task_id": "t1"}
        assert wire.asked == [POST]
        assert wire.body() == {
            "media_type": "video",
            "media_url": "https://storage.example/inbox/talks/intro.mp4?sig=secret",
            "source_language": "en-US",
            "target_language": "es-ES",
            "export_type": "auto",
            "callback_url": CALLBACK,
        }

    async def test_what_is_not_known_is_left_to_vozo(self) -> None:
        wire = Wire(answer(200, {"task_id": "t1"}))
        await vozo(wire).start(a_task(pair=Pair(None, "es-ES"), media=DroppedVideo("a.mp3", "audio")))
        assert (wire.body()["source_language"], wire.body()["media_type"]) == ("auto", "audio")
        assert "callback_url" not in wire.body()

    async def test_options_of_the_brief_are_passed_on_and_never_replace_what_is_ours(self) -> None:
        wire = Wire(answer(200, {"task_id": "t1"}))
        options = {"export_type": "all", "user_prompt": "warm", "callback_url": "https://evil", "target_language": "fr"}
        await vozo(wire).start(a_task(options=options, callback_url=CALLBACK))
        sent = wire.body()
        assert (sent["export_type"], sent["user_prompt"]) == ("all", "warm")
        assert (sent["callback_url"], sent["target_language"]) == (CALLBACK, "es-ES")

    @pytest.mark.parametrize("status", [200, 400])
    async def test_where_the_callback_cannot_be_reached_the_task_is_started_without(self, status: int) -> None:
        wire = Wire(answer(status, CHALLENGE_FAILED), answer(200, {"task_id": "t1"}))
        assert await vozo(wire).start(a_task(callback_url=CALLBACK)) == {"task_id": "t1"}
        first, second = wire.body(0), wire.body(1)
        assert first == second | {"callback_url": CALLBACK}

    async def test_there_is_no_third_try(self) -> None:
        wire = Wire(answer(400, CHALLENGE_FAILED), answer(400, CHALLENGE_FAILED))
        with pytest.raises(Refused):
            await vozo(wire).start(a_task(callback_url=CALLBACK))
        assert wire.asked == [POST, POST]

    @pytest.mark.parametrize(
        "body",
        [{"task_id": "71"}, {"task_id": 71, "code": 0}, {"code": 0, "message": "ok", "data": {"task_id": "71"}}],
    )
    async def test_the_task_may_come_in_an_envelope(self, body: dict[str, Any]) -> None:
        assert await vozo(Wire(answer(200, body))).start(a_task()) == {"task_id": "71"}

    @pytest.mark.parametrize("status", [200, 400])
    @pytest.mark.parametrize(
        ("code", "error"),
        [
            (5, Refused),
            ("5", Refused),
            (7, PersonNeeded),
            (104, PersonNeeded),
            (814, PersonNeeded),
            (1000, AnswerLost),
            (1302, PersonNeeded),
            (1304, Throttled),
            (1305, PersonNeeded),
            (1503, PersonNeeded),
            (99_999, Refused),
        ],
    )
    async def test_what_the_codes_of_a_refused_start_mean(
        self, code: int | str, error: type[ProviderError], status: int
    ) -> None:
        wire = Wire(answer(status, {"code": code, "message": "No."}))
        with pytest.raises(ProviderError) as refused:
            await vozo(wire).start(a_task(callback_url=CALLBACK))
        assert type(refused.value) is error
        assert str(code) in refused.value.reason
        assert wire.asked == [POST]

    @pytest.mark.parametrize(
        ("given", "error"),
        [
            (answer(401), Denied),
            (answer(429), Throttled),
            (answer(500), AnswerLost),
            (answer(200, {}), AnswerLost),
            (answer(200, {"data": None}), AnswerLost),
            (httpx.Response(200, text="<html>"), AnswerLost),
            (httpx.ReadTimeout("slow"), AnswerLost),
            (httpx.ConnectError("refused"), Unreachable),
        ],
    )
    async def test_a_start_that_may_have_been_taken_is_never_repeated(
        self, given: httpx.Response | Exception, error: type[ProviderError]
    ) -> None:
        wire = Wire(given)
        with pytest.raises(error):
            await vozo(wire).start(a_task(callback_url=CALLBACK))
        assert wire.asked == [POST]


async def test_nobody_can_tell_whether_a_lost_start_was_taken() -> None:
    assert await vozo(Wire()).find(WORK, a_scratch()) is Found.UNKNOWN


class TestCheck:
    async def outcome(self, body: Any, status: int = 200) -> Outcome:
        wire = Wire(answer(status, body))
        outcome = await vozo(wire).check(WORK, a_scratch())
        assert wire.asked == [GET]
        return outcome

    @pytest.mark.parametrize(
        "status", ["queuing", "preprocessing", "transcribing", "translating", "dubbing", "rendering", "proofreading"]
    )
    async def test_any_state_but_an_end_is_still_running(self, status: str) -> None:
        assert await self.outcome({"status": status}) == Running()

    async def test_results_come_with_what_their_addresses_call_them(self) -> None:
        urls = {
            "subtitle_url": "https://x/a.srt?sig=1",
            "video_url": "https://x/a.MOV?sig=1",
            "audio_url": "https://x/download?name=a.wav",
        }
        outcome = await self.outcome({"data": {"status": "done", "result": urls}})
        assert isinstance(outcome, Finished)
        assert [(result.suffix, result.url, result.essential) for result in outcome.results] == [
            ("mov", urls["video_url"], True),
            ("mp3", urls["audio_url"], True),
            ("srt", urls["subtitle_url"], False),
        ]
        assert not any(result.copied for result in outcome.results)
        assert outcome.details == {"task": WORK.operation["task_id"]}

    @pytest.mark.parametrize("result", [None, {}, {"video_url": ""}, {"subtitle_url": "https://x/a.srt"}])
    async def test_done_without_the_translated_file_is_asked_about_again(self, result: Any) -> None:
        with pytest.raises(ResultUnavailable):
            await self.outcome({"status": "done", "result": result})

    @pytest.mark.parametrize(
        ("body", "error", "words"),
        [
            ({"err_code": 10001, "err_message": "no video stream"}, SourceUnfit, "10001: no video stream"),
            ({"err_code": "10002", "err_message": "no audio stream"}, SourceUnfit, "10002: no audio stream"),
            ({"err_code": 10003, "err_message": "transcoding"}, Refused, "10003: transcoding"),
            ({"code": 7, "message": "no"}, Refused, "7: no"),
            ({}, Refused, "no code: no reason given"),
        ],
    )
    async def test_a_failure_is_told_with_vozos_words(
        self, body: dict[str, Any], error: type[ProviderError], words: str
    ) -> None:
        outcome = await self.outcome({"status": "failed"} | body)
        assert isinstance(outcome, Failed)
        assert type(outcome.error) is error
        assert outcome.error.reason == f"Vozo: failed: {words} (task {WORK.operation['task_id']})"

    @pytest.mark.parametrize(
        ("status", "body", "error"),
        [
            (404, None, NotFound),
            (500, None, Unreachable),
            (429, None, Throttled),
            (200, {"code": 1000, "message": "internal"}, Unreachable),
            (400, {"code": 1302, "message": "revoked"}, PersonNeeded),
        ],
    )
    async def test_trouble_with_the_question_is_no_failure_of_the_task(
        self, status: int, body: Any, error: type[ProviderError]
    ) -> None:
        with pytest.raises(error):
            await self.outcome(body, status)


class TestAdopt:
    async def test_a_task_that_a_callback_names_is_taken_once_vozo_confirms_it(self) -> None:
        wire = Wire(answer(200, {"status": "queuing"}))
        assert await vozo(wire).adopt(WORK, {"task_id": "t1", "status": "done"}) == {"task_id": "t1"}
        assert wire.asked == [GET]

    @pytest.mark.parametrize("given", [answer(404), answer(400, {"code": 5}), answer(200, {"code": 5})])
    async def test_a_task_that_vozo_does_not_know_is_not(self, given: httpx.Response) -> None:
        assert await vozo(Wire(given)).adopt(WORK, {"task_id": "t1"}) is None

    @pytest.mark.parametrize(
        "hint",
        [{}, {"task_id": None}, {"task_id": ""}, {"task_id": "../../keys"}, {"task_id": "t1?x=1"}, {"task_id": ["t1"]}],
    )
    async def test_a_hint_that_is_no_task_is_not_even_asked_about(self, hint: dict[str, Any]) -> None:
        wire = Wire()
        assert await vozo(wire).adopt(WORK, hint) is None
        assert wire.asked == []


@pytest.mark.parametrize(
    ("media", "source", "target", "reason"),
    [
        (DroppedVideo("a.mp4"), "en-US", "es", None),
        (DroppedVideo("a.M4A", "audio"), None, "zh-CN", None),
        (DroppedVideo("a.mkv"), "en-US", "es", "it takes .avi, .m4a"),
        (DroppedVideo("a.mp4"), "en-US", "fil", "'fil' cannot be said"),
        (DroppedVideo("a.mp4"), "zh-Hans", "es", "'zh-Hans' cannot be said"),
        (DroppedVideo("a.mp4", duration=7200), "en", "es", None),
        (DroppedVideo("a.mp4", duration=7201), "en", "es", "it takes at most 2 hours"),
    ],
)
def test_it_says_what_it_takes(media: DroppedVideo, source: str | None, target: str, reason: str | None) -> None:
    said = vozo(Wire()).accepts(media, Pair(source, target), {})
    assert said == Yes() if reason is None else isinstance(said, No) and said.reason.startswith(reason)


def test_without_a_key_it_is_off_and_says_so() -> None:
    assert Vozo(None).accepts(DroppedVideo(), Pair("en", "es"), {}) == No(
        "it is off: the app setting VOZO_API_KEY is not set"
    )


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"export_type": "gif"}, "export_type"),
        ({"speaker_number": {"min": "one"}}, "speaker_number.min"),
        ({"ocr_text_box": {"x": 2}}, "ocr_text_box.x"),
        ({"subtitle_url": "https://evil.example/a.srt"}, "subtitle_url"),
        ({"media_url": "https://evil.example/a.mp4"}, "media_url"),
        ({"speaker_number": {"min": 3, "max": 2}}, "speaker_number.min"),
        ({"ocr_text_box": {"x": 0.6, "width": 0.5}}, "ocr_text_box.width"),
        ({"ocr_text_box": {"y": 0.6, "height": 0.5}}, "ocr_text_box.height"),
        ({"ocr_text_box": {"x": 0}, "subtitles": {"file": "a.srt"}}, "ocr_text_box"),
        ({"subtitles": {"usage": "final"}}, "subtitles.usage"),
    ],
)
def test_options_that_cannot_be_right_are_named(options: dict[str, Any], path: str) -> None:
    [(where, _)] = vozo(Wire()).mistakes(options)
    assert where == path


BOX = {"x": 0.1, "y": 0.8, "width": 0.8, "height": 0.2}
SPEECH = DroppedVideo("a.mp3", "audio")
SRT = b"1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:02,000 --> 00:00:03,000\nyou\n"


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"ocr_text_box": BOX | {"x": None}}, "ocr_text_box.x"),
        ({"ocr_text_box": BOX, "subtitles": {"file": "a.srt", "usage": "original"}}, "ocr_text_box"),
        ({"subtitles": {"file": "a.srt"}}, "subtitles.usage"),
    ],
)
def test_what_the_layers_of_a_brief_come_to_is_checked_too(options: dict[str, Any], path: str) -> None:
    [(where, _)] = vozo(Wire()).merged_mistakes(options, "video")
    assert where == path


def test_what_excludes_each_other_for_videos_does_not_for_audio_files_that_get_one_of_the_two() -> None:
    options = {"ocr_text_box": BOX, "subtitles": {"file": "a.srt", "usage": "original"}}
    assert vozo(Wire()).merged_mistakes(options, "audio") == []


@pytest.mark.parametrize("options", [{"export_type": "all"}, {"export_type": "video"}, {"ocr_text_box": BOX}])
async def test_what_is_for_videos_does_not_refuse_the_audio_files_of_a_folder(options: dict[str, Any]) -> None:
    wire = Wire(answer(200, {"task_id": "t1"}))
    said = vozo(wire).accepts(SPEECH, Pair("en", "es"), options)
    assert isinstance(said, Yes)
    assert next(iter(options)) in said.warnings[0]
    await vozo(wire).start(a_task(options=options, media=SPEECH))
    assert wire.body()["export_type"] == "auto"
    assert "ocr_text_box" not in wire.body()
    assert vozo(wire).accepts(DroppedVideo(), Pair("en", "es"), options) == Yes()


async def with_subtitles(data: bytes, **facts: Any) -> Any:
    """The body of a start whose brief names subtitles with this content."""
    container, wire = MemoryContainer("glossaries"), Wire(answer(200, {"task_id": "t1"}))
    await container.write("talk.srt", data)
    options = {"subtitles": {"file": "talk.srt", "usage": "original"}}
    glossaries, media = GlossaryContainer(container, NOW), DroppedVideo(**facts)
    await vozo(wire).start(a_task(options=options, glossaries=glossaries, media=media))
    return wire.body()


async def test_subtitles_of_a_persons_own_are_handed_over_by_address() -> None:
    sent = await with_subtitles(SRT, duration=3.0)
    assert "/given/" in sent["subtitle_url"]
    assert sent["subtitle_usage_type"] == "original"
    assert "subtitles" not in sent


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            SRT.replace(b"00:00:02,000 --> 00:00:03", b"00:00:01,900 --> 00:00:03"),
            "cue 2 at 0:00:01.900 (line 6) begins",
        ),
        (SRT.replace(b"--> 00:00:02,000", b"--> 00:00:00,500"), "cue 1 at 0:00:01.000 (line 2) ends before it begins"),
        (SRT.replace(b"00:00:03,000", b"00:00:04,000"), "cue 2 at 0:00:02.000 (line 6) ends after 3 seconds"),
        (b"no times", "talk.srt: Line 1 cannot be read as SubRip"),
    ],
)
async def test_what_vozo_would_refuse_of_them_is_told_before_it_is_asked(data: bytes, reason: str) -> None:
    with pytest.raises(NotReady) as told:
        await with_subtitles(data, duration=3.0)
    assert reason in told.value.reason


async def test_subtitles_may_last_two_hours_where_the_media_does_not_say() -> None:
    with pytest.raises(NotReady, match="two hours"):
        await with_subtitles(SRT.replace(b"00:00:03,000", b"02:00:03,000"))


async def refused(wire: Wire, account: Account) -> ProviderError:
    with pytest.raises(ProviderError) as told:
        await Vozo(wire.service("Vozo"), account).start(a_task())
    return told.value


async def test_while_a_person_is_needed_one_start_is_tried_now_and_then_and_the_rest_follow() -> None:
    now = 0.0
    account, empty = Account(lambda: now), answer(400, {"code": 104, "message": "Insufficient credits."})
    wire = Wire(empty, empty, answer(200, {"task_id": "t1"}), answer(200, {"task_id": "t2"}))
    first = await refused(wire, account)
    assert (type(first), first.wait) == (PersonNeeded, PERIOD)
    now = 100.0
    second = await refused(wire, account)
    assert (second.reason, second.advice, second.wait) == (first.reason, first.advice, PERIOD - 100)
    assert len(wire.requests) == 1
    now = PERIOD
    assert (await refused(wire, account)).wait == PERIOD
    now = 2 * PERIOD
    assert await Vozo(wire.service("Vozo"), account).start(a_task()) == {"task_id": "t1"}
    assert await Vozo(wire.service("Vozo"), account).start(a_task()) == {"task_id": "t2"}


def test_only_one_tries_at_a_time() -> None:
    now = 0.0
    account = Account(lambda: now)
    account.refuse(PersonNeeded("no credits"))
    now = PERIOD
    account.check()
    with pytest.raises(PersonNeeded) as told:
        account.check()
    assert told.value.wait == PROBE
