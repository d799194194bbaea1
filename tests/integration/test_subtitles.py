"""Subtitles and text files through the whole app, judged by the usual libraries."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pysubs2
import pytest
import srt
import webvtt

from tests.integration.person import Person

TARGET = "de-DE"
WORDS = "The lighthouse keeper counted"
SRT = (
    "\ufeff1\r\n00:00:01,000 --> 00:00:03,500\r\n<i>The lighthouse keeper counted</i>\r\n\r\n"
    "2\r\n00:00:03,600 --> 00:00:06,000\r\n<i>all the ships of the harbour.</i>\r\n\r\n"
    "3\r\n00:00:08,000 --> 00:00:10,000 X1:10 X2:20\r\nThere were <b>twelve</b> ships.\r\n\r\n"
    "4\r\n00:00:12,000 --> 00:00:13,000\r\n- Really?\r\n- {\\an8}Yes, 204 of them.\r\n"
)
VTT = (
    "WEBVTT - Harbour\n\nSTYLE\n::cue { color: yellow }\n\nNOTE The lighthouse keeper counted\n\n"
    "intro\n00:01.000 --> 00:03.500 align:start position:10%\n<v Keeper>The lighthouse keeper counted.\n\n"
    "00:04.000 --> 00:06.000 line:0\nNo <c.loud>ship</c> was missing.\n"
)
ASS = (
    "[Script Info]\nTitle: The lighthouse keeper counted\n\n"
    "[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Arial\n\n"
    "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    "Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,The lighthouse keeper counted\n"
    "Dialogue: 0,0:00:01.00,0:00:03.50,Default,,0,0,0,,{\\i1}The lighthouse keeper counted{\\i0}\n"
)
HARD = ["double", "move_tags", "drop_tags", "change_numbers", "break_placeholders"]


async def translated(person: Person, name: str, content: str, **brief: Any) -> tuple[str, dict[str, Any]]:
    """The result and the receipt of a file that was dropped."""
    await person.drop(f"{name}.translate.json", json.dumps({"source": "en-US", "targets": [TARGET]} | brief))
    await person.drop(name, content.encode())
    await person.told(name)
    receipt = await person.receipt(name, TARGET)
    assert receipt is not None
    assert receipt["status"] == "succeeded", receipt["problem"]
    [output] = receipt["outputs"]
    return (await person.read(output["name"])).decode(), receipt


def cues(lines: Sequence[str]) -> str:
    """A SubRip file of these lines, one a second."""
    times = [f"00:{number // 60:02}:{number % 60:02},000" for number in range(len(lines) + 1)]
    return "".join(
        f"{number + 1}\n{times[number]} --> {times[number + 1]}\n{line}\n\n" for number, line in enumerate(lines)
    )


async def charges(person: Person) -> list[dict[str, Any]]:
    """What the language models were paid for, request by request."""
    return await person.doubles.control(str(person.stack.addresses()["foundry"]), "charges")


async def test_a_subtitle_file_comes_back_with_its_cues_times_and_marks(person: Person) -> None:
    text, receipt = await translated(person, "subtitles/harbour.srt", SRT)
    before, after = list(srt.parse(SRT.removeprefix("\ufeff"))), list(srt.parse(text.removeprefix("\ufeff")))
    assert [(cue.index, cue.start, cue.end) for cue in after] == [(cue.index, cue.start, cue.end) for cue in before]
    assert text.startswith("\ufeff1\r\n")
    assert WORDS not in text
    assert receipt["outputs"][0]["name"] == "subtitles/harbour.de-DE.srt"
    details = receipt["details"]
    assert (details["cues"], details["translated"], details["keptInSource"]) == (4, 4, 0)
    assert details["engines"] == {"general": 1}
    assert receipt["provider"] == "azure-text"
    assert receipt["units"]["characters"] > 0


async def test_webvtt_keeps_its_head_notes_styles_and_settings(person: Person, tmp_path: Path) -> None:
    text, _ = await translated(person, "subtitles/harbour.vtt", VTT)
    (tmp_path / "a.vtt").write_text(text)
    (tmp_path / "b.vtt").write_text(VTT)
    after, before = (webvtt.read(str(tmp_path / name)).captions for name in ("a.vtt", "b.vtt"))
    assert [(cue.start, cue.end, cue.identifier) for cue in after] == [
        (cue.start, cue.end, cue.identifier) for cue in before
    ]
    assert text.startswith(VTT[: VTT.index("intro")])
    assert ("align:start position:10%\n<v Keeper>[de]" in text, "<c.loud>" in text) == (True, True)


async def test_substation_alpha_keeps_its_styles_and_comments(person: Person) -> None:
    text, _ = await translated(person, "subtitles/harbour.ass", ASS)
    [comment, line] = pysubs2.SSAFile.from_string(text).events
    assert comment.text == WORDS
    assert line.text.startswith("{\\i1}[de]")
    assert text[: text.index("Dialogue")] == ASS[: ASS.index("Dialogue")]


async def test_a_misnamed_file_comes_back_under_its_right_name(person: Person) -> None:
    text, receipt = await translated(person, "subtitles/misnamed.srt", ASS)
    assert receipt["outputs"][0]["name"] == "subtitles/misnamed.de-DE.ass"
    assert len(pysubs2.SSAFile.from_string(text).events) == 2
    assert receipt["warnings"][-1] == "So the name of its translation ends in .ass."


async def test_a_text_goes_there_where_the_route_says_so(person: Person) -> None:
    text, receipt = await translated(
        person, "subtitles/note.txt", f"{WORDS}.\n\nAll is well.\n", route={"document": ["azure-text"]}
    )
    assert receipt["provider"] == "azure-text"
    assert [line.startswith("[de]") for line in text.splitlines()] == [True, False, True]


async def test_whatever_the_service_breaks_no_cue_tag_or_number_is_lost(person: Person) -> None:
    control = f"{person.doubles.translator}/_control/hard"
    (await person.client.post(control, json={"ways": HARD, "share": 0.5, "seed": 3})).raise_for_status()
    try:
        text, receipt = await translated(person, "subtitles/hard.srt", SRT)
    finally:
        (await person.client.post(control, json={})).raise_for_status()
    after = list(srt.parse(text.removeprefix("\ufeff")))
    assert [cue.start for cue in after] == [cue.start for cue in srt.parse(SRT.removeprefix("\ufeff"))]
    assert ("204" in text, "{\\an8}" in text, text.count("<i>")) == (True, True, 2)
    assert len(receipt["details"]["keptCues"]) == receipt["details"]["keptInSource"]


async def test_trouble_on_the_way_is_gone_through_and_what_was_sent_twice_is_told(person: Person) -> None:
    when = {"path": "text/translate", "body": "patience"}
    rules = [{"do": "throttle", "retry_after": "1"}, {"do": "drop_after"}, {"do": "drop_after"}]
    await person.doubles.misbehave(person.doubles.translator, *(rule | {"when": when} for rule in rules))
    text, receipt = await translated(
        person, "subtitles/trouble.srt", SRT.replace("Really?", "A little patience?").replace("ships", "boats")
    )
    assert len(list(srt.parse(text.removeprefix("\ufeff")))) == 4
    assert (receipt["repeats"], receipt["details"]["keptInSource"]) == (2, 0)
    assert sum(receipt["details"]["engines"].values()) == 2  # the third time it is halved


async def test_a_language_model_keeps_to_tone_and_gender_and_gets_fifty_texts_at_once(person: Person) -> None:
    lines = [f"We counted {number} ships." for number in range(70)] + [f"{number} {WORDS * 4}." for number in range(60)]
    options = {"deploymentName": "my-gpt-4o-mini", "tone": "formal", "gender": "female", "context": "cue"}
    text, receipt = await translated(person, "subtitles/formal.srt", cues(lines), **{"azure-text": options})
    assert text.count("[de-formal-female]") == len(lines)
    assert receipt["warnings"] == []
    assert receipt["units"].keys() == {"instructionTokens", "sourceTokens", "responseTokens", "targetTokens"}
    sizes = [[item["characters"] for item in charge["items"]] for charge in await charges(person)]
    assert receipt["details"]["engines"] == {"language model": len(sizes)}
    assert (max(map(len, sizes)), sum(map(len, sizes))) == (50, len(lines))
    assert 4800 < max(map(sum, sizes)) <= 5000


async def test_two_variants_of_a_language_come_back_as_two_files(person: Person) -> None:
    genders = {"de-DE-x-woman": "female", "de-DE-x-man": "male"}
    brief = {
        "source": "en-US",
        "targets": list(genders),
        "azure-text": {"deploymentName": "my-gpt-4o-mini"},
        "perTarget": {target: {"azure-text": {"gender": gender}} for target, gender in genders.items()},
    }
    await person.drop("subtitles/doctor.srt.translate.json", json.dumps(brief))
    await person.drop("subtitles/doctor.srt", cues(["The doctor has left."]))
    assert (await person.told("subtitles/doctor.srt"))["status"] == "succeeded"
    for target, gender in genders.items():
        assert f"[de-{gender}]".encode() in await person.read(f"subtitles/doctor.{target}.srt")


async def test_who_asked_for_a_language_model_reads_in_the_receipt_that_it_did_not_answer(person: Person) -> None:
    rule = {"do": "fall_back", "when": {"body": "nobody at the helm"}}
    await person.doubles.misbehave(str(person.stack.addresses()["foundry"]), rule)
    options = {"deploymentName": "my-gpt-4o-mini", "tone": "formal"}
    content = cues(["There is nobody at the helm."])
    text, receipt = await translated(person, "subtitles/fallen-back.srt", content, **{"azure-text": options})
    assert "[de]" in text
    [warning] = receipt["warnings"]
    assert "the general engine, which heeds no tone, and not by the deployment my-gpt-4o-mini" in warning
    assert (receipt["details"]["engines"], receipt["units"].keys()) == ({"general": 1}, {"characters"})


@pytest.mark.parametrize(
    ("name", "content", "brief", "reason"),
    [
        ("subtitles/page.srt", "<html><body>Not found</body></html>", {}, "Line 1 cannot be read as SubRip"),
        ("subtitles/tone.srt", SRT, {"azure-text": {"tone": "formal"}}, "name its deployment in deploymentName"),
        ("subtitles/none.srt", SRT, {"azure-text": {"deploymentName": "gpt", "allowFallback": False}}, "400075"),
    ],
)
async def test_what_cannot_be_done_is_told_before_anything_is_paid(
    person: Person, name: str, content: str, brief: dict[str, Any], reason: str
) -> None:
    await person.drop(f"{name}.translate.json", json.dumps({"source": "en-US", "targets": [TARGET]} | brief))
    await person.drop(name, content)
    await person.told(name)
    receipt = await person.receipt(name, TARGET)
    assert receipt is not None
    assert (receipt["status"], receipt["units"]) == ("failed", {})
    assert reason in receipt["problem"]["reason"]


async def test_no_word_of_a_file_is_in_the_ledger(person: Person) -> None:
    jobs = person.storage.get_container_client("jobs")
    async for name in jobs.list_blob_names():
        assert WORDS.encode() not in await person.read(name, "jobs"), name
