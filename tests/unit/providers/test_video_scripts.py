"""A person's own subtitles and lexicon: checked before anything is paid, and pinned to what was checked."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from shared.engine.glossaries import GlossaryContainer
from shared.errors import NotReady
from shared.jobs.iterations import Edit
from shared.jobs.step import Step
from shared.providers.azure_video import AzureVideo
from shared.providers.task import Pair, Task
from shared.providers.video_access import SIGNED, Access
from shared.providers.video_options import GENERAL, LATEST
from tests.memory_container import MemoryContainer
from tests.unit.providers.wire import Wire, a_task, answer
from tests.unit.records import NOW

ITERATION = Step(name="iteration", number=1)
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHola\n"
SRT = b"1\n00:00:01,000 --> 00:00:02,000\nHola\n"
PLS = b'<?xml version="1.0"?><lexicon version="1.0"/>'


async def asked(options: dict[str, Any], **files: bytes) -> Task:
    """The first iteration under these options; `files` lie in the container for glossaries, `talk_vtt` as talk.vtt."""
    container = MemoryContainer("glossaries")
    for name, data in files.items():
        await container.write(name.replace("_", "."), data)
    return a_task(ITERATION, options=options, glossaries=GlossaryContainer(container, NOW))


def given(kind: str, file: str = "talk.vtt", **more: Any) -> dict[str, Any]:
    return {"subtitles": {"file": file, "kind": kind}, **more}


async def sent(task: Task, version: str = LATEST, access: Access = SIGNED) -> dict[str, Any]:
    """The input of the iteration as it is sent."""
    wire = Wire(answer(201, {}))
    await AzureVideo(wire.service(), version, access).start(task)
    found: dict[str, Any] = wire.body()["input"]
    return found


async def pinned(task: Task) -> bytes:
    """The only copy that was made."""
    [name] = [name async for name in task.scratch.list()]
    return await task.scratch.read(name) or b""


@pytest.mark.parametrize(("kind", "called"), [("target", "TargetLocaleSubtitle"), ("source", "SourceLocaleSubtitle")])
async def test_subtitles_are_handed_over_with_their_kind_and_keep_their_times(kind: str, called: str) -> None:
    task = await asked(given(kind), talk_vtt=VTT)
    body = await sent(task)
    assert body["webvttFile"]["kind"] == called
    assert body["webvttFile"]["url"].startswith(task.scratch.address("given/"))
    assert "until=" in body["webvttFile"]["url"]
    assert body["adjustWebvttAlignment"] is False
    assert await pinned(task) == VTT


async def test_the_brief_may_have_their_times_moved_all_the_same() -> None:
    task = await asked(given("target", iteration={"adjustWebvttAlignment": True}), talk_vtt=VTT)
    assert (await sent(task))["adjustWebvttAlignment"] is True


async def test_an_older_version_never_moves_them_and_has_no_word_for_it() -> None:
    assert "adjustWebvttAlignment" not in await sent(await asked(given("target"), talk_vtt=VTT), GENERAL)


async def test_the_service_may_read_them_by_its_identity() -> None:
    body = await sent(await asked(given("target"), talk_vtt=VTT), access=Access(by_identity=True))
    assert "?" not in body["webvttFile"]["url"]


@pytest.mark.parametrize("data", [SRT, b"\xef\xbb\xbf" + VTT, b"\n" + VTT.removeprefix(b"WEBVTT\n\n")])
async def test_what_is_plainly_subtitles_becomes_webvtt_with_its_first_line(data: bytes) -> None:
    name = "talk.srt" if data is SRT else "talk.vtt"
    task = await asked(given("target", name), **{name.replace(".", "_"): data})
    await sent(task)
    made = await pinned(task)
    assert made.startswith(b"WEBVTT\n\n")
    assert b"Hola" in made


@pytest.mark.parametrize("step", [Step(), ITERATION], ids=str)
@pytest.mark.parametrize(
    ("options", "files", "reason"),
    [
        (given("target"), {}, "talk.vtt, which is not in the container for glossaries"),
        (given("target", "../talk.vtt"), {}, "names a file that cannot be"),
        (given("target"), {"talk_vtt": b"WEBVTX\n\nno times\n"}, "talk.vtt: Line 1 cannot be read as WebVTT"),
        (
            given("target"),
            {"talk_vtt": VTT.replace(b"02.000", b"0x.000")},
            "talk.vtt: Line 3 cannot be read as WebVTT: it looks like the times of a cue, but those are written 00:01",
        ),
        (given("target"), {"talk_vtt": b"WEBVTT\n\nNOTE later\n"}, "talk.vtt: no line gives the times of a cue"),
        (
            given("target"),
            {"talk_vtt": VTT + b"\n00:03.000 -> 00:04.000\nHola\n"},
            "talk.vtt: Line 6 cannot be read as WebVTT: it looks like the times of a cue",
        ),
        (
            given("target"),
            {"talk_vtt": VTT + b"\nand the rest of it\n"},
            "talk.vtt: the text on line 6 belongs to no cue",
        ),
        (given("target"), {"talk_vtt": VTT.replace(b"02.000", b"00.500")}, "(line 3) ends before it begins"),
        (given("target", "talk.srt"), {"talk_srt": SRT.replace(b"02,000", b"0x,000")}, "talk.srt: "),
        (given("target", "talk.txt"), {"talk_txt": VTT}, "not named .vtt or .srt"),
        (given("metadata"), {"talk_vtt": VTT}, "talk.vtt: cue 1 at 0:00:01.000 (line 3): its text is no JSON object"),
        (
            given("metadata", "talk.srt"),
            {"talk_srt": SRT.replace(b"Hola", b'{"translatedText": "<i>A</i> & B"}')},
            "talk.srt is SubRip; metadata must be WebVTT",
        ),
        ({"lexicon": "names.xml"}, {"names_xml": b"<html/>"}, "no pronunciation lexicon"),
    ],
)
async def test_what_a_person_must_mend_is_told_before_anything_is_sent(
    options: dict[str, Any], files: dict[str, bytes], reason: str, step: Step
) -> None:
    wire, task = Wire(), await asked(options, **files)
    with pytest.raises(NotReady) as told:
        await AzureVideo(wire.service()).start(replace(task, step=step))
    assert reason in told.value.reason
    assert wire.requests == []


async def test_a_lexicon_is_read_by_a_signed_address() -> None:
    task = await asked({"lexicon": "names.xml"}, names_xml=PLS)
    body = await sent(task)
    assert "until=" in body["ttsCustomLexiconFileUrl"]
    assert await pinned(task) == PLS


async def test_a_mended_file_is_read_and_not_the_one_before() -> None:
    task = await asked(given("target"), talk_vtt=VTT)
    first = await sent(task)
    other = await asked(given("target"), talk_vtt=VTT.replace(b"Hola", b"Buenas"))
    second = await sent(a_task(ITERATION, options=task.options, glossaries=other.glossaries, scratch=task.scratch))
    assert first["webvttFile"]["url"] != second["webvttFile"]["url"]


class TestACorrection:
    EDIT = Edit(
        name="talks/intro.es-ES.vtt", etag="0x1", version="v", target="es-ES", kind="metadata", pinned="edits/a.vtt"
    )

    async def input(self, options: Mapping[str, Any], version: str = LATEST, access: Access = SIGNED) -> dict[str, Any]:
        task = replace(await asked({}), step=Step(name="iteration", number=2), edit=self.EDIT, options=options)
        return await sent(task, version, access)

    async def test_its_iteration_is_made_of_the_checked_copy_with_the_earlier_settings(self) -> None:
        body = await self.input({"iteration": {"subtitleFontSize": 20}})
        assert body["webvttFile"]["kind"] == "MetadataJson"
        assert "/edits/a.vtt" in body["webvttFile"]["url"]
        assert "until=" in body["webvttFile"]["url"]
        assert (body["subtitleFontSize"], body["adjustWebvttAlignment"]) == (20, False)

    async def test_the_service_moves_its_times_where_the_brief_says_so(self) -> None:
        assert (await self.input({"iteration": {"adjustWebvttAlignment": True}}))["adjustWebvttAlignment"] is True

    async def test_it_takes_the_place_of_the_briefs_own_script(self) -> None:
        assert (await self.input(given("target")))["webvttFile"]["kind"] == "MetadataJson"

    async def test_an_older_version_has_no_word_for_moving_times(self) -> None:
        assert "adjustWebvttAlignment" not in await self.input({}, GENERAL)

    async def test_the_service_may_read_it_by_its_own_identity(self) -> None:
        body = await self.input({}, access=Access(by_identity=True))
        assert body["webvttFile"]["url"] == a_task().scratch.address("edits/a.vtt")

    async def test_its_ids_have_its_number(self) -> None:
        wire = Wire(answer(201, {}))
        task = replace(await asked({}), step=Step(name="iteration", number=2), edit=self.EDIT)
        operation = await AzureVideo(wire.service()).start(task)
        assert wire.asked == ["PUT /videotranslation/translations/0123abcd.es-ES.a1/iterations/i02"]
        assert operation == {"id": "0123abcd.es-ES.a1.i02", "formats": []}

    def test_subrip_is_converted_and_what_is_malformed_is_refused_with_its_line(self) -> None:
        provider, pair = AzureVideo(Wire().service()), Pair("en-US", "es-ES")
        assert provider.edited("intro.es-ES.srt", SRT, "target", pair) == VTT.replace(b"00:0", b"00:00:0")
        with pytest.raises(NotReady, match="Line 3"):
            provider.edited("intro.es-ES.vtt", VTT.replace(b"02.000", b"0x.000"), "target", pair)
