"""Azure Video Translation: what is sent, and what each answer means.

https://learn.microsoft.com/rest/api/aiservices/videotranslation/translation-operations
"""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from shared.errors import (
    AnswerLost,
    Canceled,
    Denied,
    NotFound,
    ProviderError,
    Refused,
    ResultUnavailable,
    Throttled,
    Unreachable,
)
from shared.jobs.step import Step
from shared.providers.azure_video import AzureVideo, suffix
from shared.providers.options import Fields
from shared.providers.outcome import Failed, Finished, Found, Next, No, Outcome, Running, Yes
from shared.providers.task import Pair
from shared.providers.video_access import SIGNED, Access
from shared.providers.video_limits import INPUT_FIELD
from shared.providers.video_options import ITERATION as UNDER
from shared.providers.video_options import ITERATION_FIELDS, LEXICON_ID, TRANSLATION_FIELDS, VERSIONS
from shared.providers.video_results import RESULT_SUFFIXES
from tests.unit.documents import code_words, provider_page, rows
from tests.unit.providers.declared import Declared
from tests.unit.providers.wire import WORK_ID, DroppedVideo, Wire, a_scratch, a_task, answer, some_work

LATEST, GENERAL, PREVIEW = VERSIONS
SOME_ID = "9f1c0f5e-8a4e-4c9b-9a36-3f0b1c2d4e5f"
ITERATION = Step(name="iteration", number=1)
TRANSLATION_PATH = f"/videotranslation/translations/{WORK_ID}"
ITERATION_PATH = f"{TRANSLATION_PATH}/iterations/i01"
OPERATION_PATH = f"/videotranslation/operations/{WORK_ID}"
ADDRESS = "https://storage.example/inbox/talks/intro.mp4?sig=secret"
KEPT = answer(200, {"status": "Succeeded", "expiresDateTime": "2026-12-24T09:00:00Z"})
GONE, NOTHING = answer(404, {"error": {"code": "NotFound", "message": "no such thing"}}), answer(204)


DECLARED = Declared(
    AzureVideo(None),
    INPUT_FIELD,
    VERSIONS,
    RESULT_SUFFIXES.values(),
)


def azure_video(wire: Wire, version: str = LATEST, access: Access = SIGNED) -> AzureVideo:
    return AzureVideo(wire.service("Speech"), version, access)


def state(status: str | None, **more: Any) -> httpx.Response:
    return answer(200, ({"status": status} if status else {}) | more)


class TestStart:
    @pytest.mark.parametrize("status", [200, 201])
    async def test_the_translation_is_put_under_our_own_ids(self, status: int) -> None:
        wire = Wire(answer(status, {"id": "whatever"}))
        operation = await azure_video(wire).start(a_task())
        [request] = wire.requests
        assert operation == {"id": f"{WORK_ID}.t", "formats": []}
        assert wire.asked == [f"PUT {TRANSLATION_PATH}"]
        assert request.url.params["api-version"] == LATEST
        assert request.headers["Operation-Id"] == f"{WORK_ID}.t"
        assert wire.body() == {
            "displayName": "intro.mp4",
            "input": {
                "sourceLocale": "en-US",
                "targetLocale": "es-ES",
                "voiceKind": "PlatformVoice",
                "videoFileUrl": ADDRESS,
            },
        }

    async def test_the_iteration_is_a_step_of_its_own(self) -> None:
        wire = Wire(answer(201, {"id": "i01"}))
        options = {"voiceKind": "PersonalVoice", "iteration": {"exportSubtitleInVideo": True}}
        operation = await azure_video(wire).start(a_task(ITERATION, options=options))
        assert operation == {"id": f"{WORK_ID}.i01", "formats": []}
        assert wire.asked == [f"PUT {ITERATION_PATH}"]
        assert wire.requests[0].headers["Operation-Id"] == f"{WORK_ID}.i01"
        assert wire.body() == {"input": {"exportSubtitleInVideo": True}}

    @pytest.mark.parametrize(
        ("name", "field"), [("a.mp4", "videoFileUrl"), ("a.mp3", "audioFileUrl"), ("a.WAV", "audioFileUrl")]
    )
    async def test_the_field_of_the_file_is_told_by_its_kind(self, name: str, field: str) -> None:
        wire = Wire(answer(201, {}))
        await azure_video(wire).start(a_task(media=DroppedVideo(name)))
        assert [key for key in wire.body()["input"] if key.endswith("FileUrl")] == [field]

    async def test_without_a_source_the_service_detects_it(self) -> None:
        wire = Wire(answer(201, {}))
        await azure_video(wire).start(a_task(pair=Pair(None, "es-ES")))
        assert "sourceLocale" not in wire.body()["input"]

    async def test_options_of_the_brief_are_passed_on_and_never_replace_what_is_ours(self) -> None:
        wire = Wire(answer(201, {}))
        options = {
            "speakerCount": 2,
            "voiceKind": "PersonalVoice",
            "targetLocale": "fr-FR",
            "videoFileUrl": "https://evil",
        }
        await azure_video(wire).start(a_task(options=options))
        sent = wire.body()["input"]
        assert (sent["speakerCount"], sent["voiceKind"]) == (2, "PersonalVoice")
        assert (sent["targetLocale"], sent["videoFileUrl"]) == ("es-ES", ADDRESS)

    @pytest.mark.parametrize("client_id", [None, SOME_ID])
    async def test_the_service_may_read_the_file_by_its_own_identity(self, client_id: str | None) -> None:
        wire = Wire(answer(201, {}))
        await azure_video(wire, access=Access(by_identity=True, client_id=client_id)).start(a_task())
        sent = wire.body()["input"]
        assert sent["inputFileSourceKind"] == "AzureStorageBlobManagedIdentity"
        assert sent["videoFileUrl"] == "https://storage.example/inbox/talks/intro.mp4"
        assert sent.get("inputFileAzureStorageBlobManagedIdentityClientId") == client_id

    @pytest.mark.parametrize("client_id", [None, SOME_ID])
    async def test_the_service_may_push_results_into_a_place_of_the_work_alone(self, client_id: str | None) -> None:
        wire, task = Wire(answer(201, {})), a_task(ITERATION)
        await azure_video(wire, access=Access(pushes=True, client_id=client_id)).start(task)
        sent = wire.body()["input"]
        assert sent["pushResultToAzureStorageBlobDirUrl"] == task.scratch.address(f"{WORK_ID}.i01")
        assert sent.get("pushResultToAzureStorageBlobManagedIdentityClientId") == client_id

    async def test_what_is_there_already_under_our_own_ids_is_ours(self) -> None:
        wire = Wire(answer(409), answer(404), state("Running"))
        assert await azure_video(wire).start(a_task()) == {"id": f"{WORK_ID}.t", "formats": []}

    async def test_what_is_refused_while_an_earlier_iteration_is_at_work_is_tried_again(self) -> None:
        wire = Wire(answer(409), answer(404), answer(404))
        with pytest.raises(Throttled) as refused:
            await azure_video(wire).start(a_task(Step(name="iteration", number=3)))
        assert "an earlier iteration" in refused.value.advice

    @pytest.mark.parametrize(
        ("given", "error"),
        [
            (answer(400), Refused),
            (answer(403), Denied),
            (answer(429), Throttled),
            (answer(500), AnswerLost),
            (httpx.ReadTimeout("slow"), AnswerLost),
            (httpx.ConnectError("refused"), Unreachable),
        ],
    )
    async def test_a_start_that_may_have_been_taken_is_told_from_one_that_was_not(
        self, given: httpx.Response | Exception, error: type[ProviderError]
    ) -> None:
        wire = Wire(given)
        with pytest.raises(error):
            await azure_video(wire).start(a_task())
        assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("step", "resource"), [(Step(), f"GET {TRANSLATION_PATH}"), (ITERATION, f"GET {ITERATION_PATH}")]
)
@pytest.mark.parametrize("absent", [GONE, NOTHING])
async def test_a_lost_start_is_found_by_its_ids(step: Step, resource: str, absent: httpx.Response) -> None:
    operation = f"GET {OPERATION_PATH}.{suffix(step)}"
    for answers, asked in (([state("Running")], 1), ([absent, state("Running")], 2), ([absent, absent], 2)):
        wire = Wire(*answers)
        answered = await azure_video(wire).find(some_work({}, step), a_scratch())
        assert wire.asked == [operation, resource][:asked]
        assert answered == (
            Found.NOTHING if answers[-1] is absent else {"id": f"{WORK_ID}.{suffix(step)}", "formats": []}
        )


@pytest.mark.parametrize(("step", "lost"), [(Step(), ITERATION), (ITERATION, Step(name="iteration", number=2))])
async def test_an_iteration_whose_answer_was_lost_has_its_subtitles_in_each_form_that_the_brief_names(
    step: Step, lost: Step
) -> None:
    fields = {"translatedVideoFileUrl": "mp4", "targetLocaleSubtitleWebvttFileUrl": "vtt"}
    made = {"result": {field: f"https://speech.example/a.{suffix}" for field, suffix in fields.items()}}
    wire = Wire(answer(201, {}), state("Running"), state("Succeeded"), state("Succeeded", **made), answer(200, {}))
    video = azure_video(wire)
    before = await video.start(a_task(step, options={"subtitleFormats": ["srt"]}))
    assert isinstance(before, dict)
    found = await video.find(some_work(before, lost), a_scratch())
    assert isinstance(found, dict)
    outcome = await video.check(some_work(found, lost), a_scratch())
    assert isinstance(outcome, Finished)
    assert [result.suffix for result in outcome.results] == ["mp4", "vtt", "srt"]


class TestCheck:
    async def outcome(
        self, *answers: httpx.Response, step: Step = ITERATION, version: str = LATEST, **remembered: Any
    ) -> Outcome:
        wire = Wire(*answers)
        work = some_work({"id": f"{WORK_ID}.{suffix(step)}", **remembered}, step)
        outcome = await azure_video(wire, version).check(work, a_scratch())
        resource = ITERATION_PATH if step.number else TRANSLATION_PATH
        asked = [f"GET {OPERATION_PATH}.{suffix(step)}", f"GET {resource}", f"GET {TRANSLATION_PATH}"]
        assert wire.asked == asked[: len(answers)]
        return outcome

    @pytest.mark.parametrize("status", ["NotStarted", "Running", "Resting", None])
    async def test_any_state_but_an_end_is_still_running(self, status: str | None) -> None:
        assert isinstance(await self.outcome(state(status, id="x")), Running)

    @pytest.mark.parametrize("status", ["NotStarted", "Running", "Resting"])
    async def test_the_operation_may_end_a_little_before_the_resource_does(self, status: str) -> None:
        assert isinstance(await self.outcome(state("Succeeded"), state(status)), Running)

    async def test_after_the_translation_comes_its_iteration(self) -> None:
        made = answer(200, {"status": "Succeeded", "id": WORK_ID})
        assert await self.outcome(state("Succeeded"), made, step=Step()) == Next(ITERATION)

    @pytest.mark.parametrize("step", [Step(), ITERATION])
    @pytest.mark.parametrize("status", ["Failed", "Canceled"])
    async def test_a_failure_is_told_with_the_services_reason(self, status: str, step: Step) -> None:
        outcome = await self.outcome(state(status), state(status, failureReason="No speech was found."), step=step)
        assert isinstance(outcome, Failed)
        assert isinstance(outcome.error, Canceled if status == "Canceled" else Refused)
        of_work = f"({WORK_ID}.{suffix(step)})"
        assert outcome.error.reason == f"Azure Video Translation: {status}: No speech was found. {of_work}"

    async def test_a_failure_without_a_reason_says_so(self) -> None:
        outcome = await self.outcome(state("Failed"), state(None, id="x"))
        assert isinstance(outcome, Failed)
        assert outcome.error.reason.startswith("Azure Video Translation: Failed: the service gives no reason (")

    async def test_results_come_with_the_media_first(self) -> None:
        urls = {
            "reportFileUrl": "https://x/7",
            "metadataJsonWebvttFileUrl": "https://x/5",
            "sourceLocaleSubtitleWebvttFileUrl": "https://x/4",
            "targetLocaleSubtitleWebvttFileUrl": "https://x/3",
            "targetLocaleAdvancedSubtitleFileUrl": "https://x/6",
            "translatedAudioFileUrl": "https://x/2",
            "translatedVideoFileUrl": "https://x/1",
            "somethingNewFileUrl": "https://x/8",
        }
        outcome = await self.outcome(state("Succeeded"), state("Succeeded", result=urls), KEPT)
        assert isinstance(outcome, Finished)
        assert [(result.suffix, result.url, result.essential) for result in outcome.results] == [
            ("mp4", "https://x/1", True),
            ("mp3", "https://x/2", True),
            ("vtt", "https://x/3", False),
            ("source.vtt", "https://x/4", False),
            ("metadata.vtt", "https://x/5", False),
            ("ass", "https://x/6", False),
            ("report.json", "https://x/7", False),
        ]
        assert all(result.copied for result in outcome.results)

    async def test_the_receipt_gets_the_ids_and_how_long_the_service_keeps_it(self) -> None:
        made = state("Succeeded", result={"translatedVideoFileUrl": "https://x/1"})
        outcome = await self.outcome(state("Succeeded"), made, KEPT, request="abc")
        assert isinstance(outcome, Finished)
        assert outcome.details == {
            "translation": WORK_ID,
            "operation": f"{WORK_ID}.i01",
            "request": "abc",
            "expiresDateTime": "2026-12-24T09:00:00Z",
        }

    async def test_an_older_version_names_no_date_so_that_the_shortest_time_is_told(self) -> None:
        made = state(
            "Succeeded", result={"translatedVideoFileUrl": "https://x/1"}, lastActionDateTime="2026-11-23T09:00:00Z"
        )
        outcome = await self.outcome(state("Succeeded"), made, version=GENERAL)
        assert isinstance(outcome, Finished)
        assert outcome.details["expiresDateTime"] == "2026-12-24T09:00:00+00:00"

    @pytest.mark.parametrize("result", [None, {}, {"targetLocaleSubtitleWebvttFileUrl": "https://x/3"}])
    async def test_a_success_without_the_translated_file_is_asked_about_again(self, result: Any) -> None:
        with pytest.raises(ResultUnavailable):
            await self.outcome(state("Succeeded"), state("Succeeded", result=result))

    @pytest.mark.parametrize("absent", [GONE, NOTHING])
    async def test_an_operation_that_is_forgotten_leaves_its_work_to_be_seen(self, absent: httpx.Response) -> None:
        assert isinstance(await self.outcome(absent, state("Succeeded"), step=Step()), Next)

    @pytest.mark.parametrize("absent", [GONE, NOTHING])
    async def test_work_that_the_service_does_not_know_is_lost(self, absent: httpx.Response) -> None:
        with pytest.raises(NotFound):
            await self.outcome(absent, absent)


@pytest.mark.parametrize("operation", [{"id": f"{WORK_ID}.i01"}, {}], ids=["of this attempt", "of an earlier one"])
@pytest.mark.parametrize("given", [NOTHING, GONE])
async def test_what_is_forgotten_is_deleted_with_all_its_iterations(
    given: httpx.Response, operation: Mapping[str, Any]
) -> None:
    wire = Wire(given)
    await azure_video(wire).forget(some_work(operation, ITERATION))
    assert wire.asked == [f"DELETE {TRANSLATION_PATH}"]


@pytest.mark.parametrize(
    ("media", "source", "target", "reason"),
    [
        (DroppedVideo("a.mp4"), "en-US", "es-ES", None),
        (DroppedVideo("a.MP3"), None, "da", None),
        (DroppedVideo("a.mov"), "en-US", "es-ES", "it takes .mp3, .mp4, .wav, not .mov"),
        (DroppedVideo("a.mp4"), "en-US", "es", "'es' could be any of"),
        (DroppedVideo("a.mp4"), "pt", "es-ES", "'pt' could be any of pt-BR, pt-PT"),
        (DroppedVideo("a.mp4"), "en-US", "ha", "'ha' cannot be dubbed"),
        (DroppedVideo("a.mp4"), "bn-BD", "es-ES", "bn-BD cannot be dubbed from; bn-IN can"),
        (DroppedVideo("a.mp4"), "en-US", "wuu-CN", "wuu-CN cannot be dubbed into"),
    ],
)
def test_it_says_what_it_takes(media: DroppedVideo, source: str | None, target: str, reason: str | None) -> None:
    said = azure_video(Wire()).accepts(media, Pair(source, target), {})
    assert said == Yes() if reason is None else isinstance(said, No) and said.reason.startswith(reason)


@pytest.mark.parametrize(
    ("options", "target", "reason"),
    [
        ({"voiceKind": "PersonalVoice"}, "es-AR", "es-AR cannot be dubbed into with a PersonalVoice; es-"),
        ({"voiceKind": "PersonalVoice"}, "es-ES", None),
        ({"iteration": {LEXICON_ID: SOME_ID}}, "uk-UA", "uk-UA cannot be dubbed into with a lexicon"),
        ({"iteration": {LEXICON_ID: SOME_ID}}, "de-DE", None),
        ({"iteration": {LEXICON_ID: None}}, "uk-UA", None),
    ],
)
def test_what_a_language_cannot_be_asked_for_is_refused(
    options: dict[str, Any], target: str, reason: str | None
) -> None:
    said = azure_video(Wire()).accepts(DroppedVideo(), Pair("en-US", target), options)
    assert said == Yes() if reason is None else isinstance(said, No) and said.reason.startswith(reason)


@pytest.mark.parametrize(("name", "source"), [("a.mp3", "en-US"), ("a.mp4", None)])
def test_the_oldest_version_takes_only_films_in_a_known_language(name: str, source: str | None) -> None:
    pair = Pair(source, "es-ES")
    refused = azure_video(Wire(), PREVIEW).accepts(DroppedVideo(name), pair, {})
    assert isinstance(refused, No)
    assert "2024-05-20-preview" in refused.reason
    assert azure_video(Wire(), GENERAL).accepts(DroppedVideo(name), pair, {}) == Yes()


async def test_without_an_endpoint_it_is_off_and_says_so() -> None:
    off = AzureVideo(None)
    assert off.accepts(DroppedVideo(), Pair("en-US", "es-ES"), {}) == No(
        "it is off: the app setting SPEECH_ENDPOINT is not set"
    )
    with pytest.raises(Denied, match="SPEECH_ENDPOINT"):
        await off.start(a_task())


@pytest.mark.parametrize(
    ("options", "since"),
    [
        ({"speakerCount": 2}, PREVIEW),
        ({"iteration": {"exportSubtitleInVideo": True}}, PREVIEW),
        ({"enableLipSync": True}, GENERAL),
        ({"iteration": {"subtitlePrimaryColor": "#FFFFFF"}}, GENERAL),
        ({"iteration": {LEXICON_ID: SOME_ID}}, GENERAL),
        ({"iteration": {"adjustWebvttAlignment": False}}, LATEST),
    ],
)
def test_a_field_is_taken_from_the_version_that_brought_it(options: dict[str, Any], since: str) -> None:
    assert {version for version in VERSIONS if not azure_video(Wire(), version).mistakes(options)} == {
        version for version in VERSIONS if version >= since
    }


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"speakerCount": True}, "speakerCount"),
        ({"iteration": {"subtitleOutlineColor": "white"}}, "iteration.subtitleOutlineColor"),
        (
            {"iteration": {"adjustBackgroundVolumeMultiplier": float("inf")}},
            "iteration.adjustBackgroundVolumeMultiplier",
        ),
        ({"iteration": {"webvttFile": {"url": "https://evil.example"}}}, "iteration.webvttFile"),
        ({"inputFileAzureStorageBlobManagedIdentityClientId": "x"}, "inputFileAzureStorageBlobManagedIdentityClientId"),
        ({"autoCreateFirstIteration": True}, "autoCreateFirstIteration"),
        ({"speakerCount": 2**31}, "speakerCount"),
        ({"iteration": {LEXICON_ID: "mine"}}, f"iteration.{LEXICON_ID}"),
        ({"lexicon": "names.xml", "iteration": {LEXICON_ID: SOME_ID}}, "lexicon"),
        ({"subtitleFormats": ["vtt"]}, "subtitleFormats"),
    ],
)
def test_options_that_cannot_be_right_are_named(options: dict[str, Any], path: str) -> None:
    [(where, _)] = azure_video(Wire()).mistakes(options)
    assert where == path


def test_a_field_of_a_later_version_is_refused_with_that_version() -> None:
    [(path, wrong)] = azure_video(Wire(), GENERAL).mistakes({"iteration": {"subtitleVerticalMargin": 5}})
    assert path == "iteration.subtitleVerticalMargin"
    assert wrong == "is a field of api-version 2026-03-01 and later; SPEECH_API_VERSION is 2025-05-20"


def test_a_lexicon_by_file_is_refused_where_no_address_is_signed() -> None:
    by_identity = azure_video(Wire(), access=Access(by_identity=True))
    [(path, wrong)] = by_identity.mistakes({"lexicon": "names.xml"})
    assert path == "lexicon"
    assert "SOURCE_ACCESS is identity" in wrong
    assert azure_video(Wire()).mistakes({"lexicon": "names.xml"}) == []


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"lexicon": "names.xml", "iteration": {LEXICON_ID: SOME_ID}}, "lexicon"),
        ({"subtitles": {"file": "a.vtt"}}, "subtitles.kind"),
        ({"subtitles": {"kind": "target"}}, "subtitles.file"),
        ({"subtitles": {"file": "a.SRT", "kind": "metadata"}}, "subtitles.file"),
    ],
)
def test_what_the_layers_of_a_brief_come_to_is_checked_too(options: dict[str, Any], path: str) -> None:
    [(where, _)] = azure_video(Wire()).merged_mistakes(options, "video")
    assert where == path


@pytest.mark.parametrize("status", [400, 403])
async def test_a_refused_start_says_which_resources_may_do_this_at_all(status: int) -> None:
    with pytest.raises(ProviderError) as refused:
        await azure_video(Wire(answer(status))).start(a_task())
    assert "tier S0" in refused.value.advice
    assert "PersonalVoice" in refused.value.advice


async def test_names_and_notes_stand_beside_the_inputs() -> None:
    wire = Wire(answer(201, {}), answer(201, {}))
    options = {
        "displayName": "Intro",
        "description": "for Ana",
        "iteration": {"description": "loud", "speakerCount": 2},
    }
    await azure_video(wire).start(a_task(options=options))
    await azure_video(wire).start(a_task(ITERATION, options=options))
    assert (wire.body()["displayName"], wire.body()["description"]) == ("Intro", "for Ana")
    assert not {"displayName", "description", "iteration"} & set(wire.body()["input"])
    assert wire.body(1) == {"description": "loud", "input": {"speakerCount": 2}}


async def test_the_id_of_the_request_is_remembered_for_a_support_case() -> None:
    wire = Wire(answer(201, {}, {"apim-request-id": "abc"}))
    assert await azure_video(wire).start(a_task()) == {"id": f"{WORK_ID}.t", "formats": [], "request": "abc"}


def names_of(fields: Mapping[str, Any]) -> list[str]:
    """The fields that hold a value, with their path."""
    inner = {name: kind.allowed if isinstance(kind, Fields) else [""] for name, kind in fields.items()}
    return [f"{name}.{each}".removesuffix(".") for name, within in inner.items() for each in within]


def test_the_page_says_which_version_brought_a_field() -> None:
    told = {code_words(row[0])[0]: row[2] for row in rows(provider_page(AzureVideo.name), "Fields in a brief")}
    first = {name: version for version, fields in TRANSLATION_FIELDS.items() for name in names_of(fields)}
    second = {f"{UNDER}.{name}": version for version, fields in ITERATION_FIELDS.items() for name in fields}
    assert told == first | second
