"""The operator's command for what a Speech resource holds: what it asks, and what a person reads."""

import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from shared.errors import Refused
from shared.providers.video_client import VideoClient
from tests.unit.providers.wire import Wire, answer
from tools.video_account import act, main, parser

FILMS = "/videotranslation/translations"
GOOD = {"id": "one", "displayName": "intro.mp4", "status": "Succeeded", "expiresDateTime": "2026-12-24T09:00:00Z"}
BAD = {
    "id": "two",
    "status": "Failed",
    "failureReason": "No speech was found.",
    "lastActionDateTime": "2026-11-23T09:00Z",
}
STOPPED = {"id": "three", "status": "Canceled"}
LISTED = answer(200, {"value": [GOOD, BAD, STOPPED]})
HUB = {"isEnabled": True, "eventHubNamespaceHostName": "n.servicebus.windows.net", "eventHubName": "e"}


async def said(wire: Wire, *arguments: str) -> str:
    """What the command prints."""
    shown = io.StringIO()
    await act(VideoClient(wire.service(), "2026-03-01"), parser().parse_args(arguments), Console(file=shown, width=200))
    return shown.getvalue()


async def test_everything_is_listed_with_the_time_until_which_it_is_kept() -> None:
    shown = await said(Wire(LISTED), "list")
    assert "2026-12-24T09:00:00Z" in shown
    assert "2026-12-24T09:00:00" in shown.partition("two")[2]
    assert "Failed: No speech was found." in shown


async def test_one_is_shown_whole_with_its_iterations() -> None:
    wire = Wire(answer(200, GOOD), answer(200, {"value": [{"id": "i01"}]}), answer(200, {"id": "i01", "result": {}}))
    shown: dict[str, Any] = json.loads(await said(wire, "show", "one"))
    assert (shown["id"], shown["iterations"]) == ("one", [{"id": "i01", "result": {}}])


async def test_those_that_are_named_are_deleted() -> None:
    wire = Wire(answer(204), answer(204))
    assert await said(wire, "delete", "one", "two") == "deleted one\ndeleted two\n"
    assert wire.asked == [f"DELETE {FILMS}/one", f"DELETE {FILMS}/two"]


async def test_what_came_to_nothing_is_deleted_in_one_go_and_nothing_else() -> None:
    wire = Wire(LISTED, answer(204), answer(204))
    await said(wire, "delete", "--ended-badly")
    assert wire.asked[1:] == [f"DELETE {FILMS}/two", f"DELETE {FILMS}/three"]


@pytest.mark.parametrize(
    ("how", "given", "asked"),
    [
        ("show", answer(200, HUB), "GET /videotranslation/configurations/event-hub"),
        ("remove", answer(204), "DELETE /videotranslation/configurations/event-hub"),
        ("ping", answer(200), "POST /videotranslation/configurations/event-hub:ping"),
    ],
)
async def test_the_event_hub_is_within_reach(how: str, given: httpx.Response, asked: str) -> None:
    wire = Wire(given)
    await said(wire, "event-hub", how)
    assert wire.asked == [asked]


async def test_the_event_hub_is_set_from_a_file(tmp_path: Path) -> None:
    file, wire = tmp_path / "hub.json", Wire(answer(200, HUB))
    file.write_text(json.dumps(HUB))
    assert json.loads(await said(wire, "event-hub", "set", "--file", str(file))) == HUB
    assert wire.body() == HUB


async def test_setting_it_without_a_file_says_what_is_needed() -> None:
    with pytest.raises(Refused, match="--file"):
        await said(Wire(), "event-hub", "set")


def test_without_an_address_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SPEECH_ENDPOINT", raising=False)
    assert main(["list"]) == 1
    assert "Set SPEECH_ENDPOINT" in capsys.readouterr().out
