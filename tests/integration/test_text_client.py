"""The client of Azure Text Translation against the strict double, and a file that is carried through it."""

from collections.abc import AsyncIterator

import pytest

from shared.providers.http import HeaderAuth, Service
from shared.providers.text_client import SERVICE, TextClient
from shared.subtitles import NMT, Ask, Plan, Settled, limits_for, pack, scan, settle, splice, verify
from tests.integration.doubles import TRANSLATOR_KEY
from tests.integration.text_client import VERSIONS, Texts, texts

SRT = b"1\n00:00:01,000 --> 00:00:02,000\n<i>The ships came in</i>\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo of them.\n"
VTT = b"WEBVTT\n\nNOTE stays\n\n00:01.000 --> 00:02.000 align:left\nThe ships came in.\n"
TARGET = {"language": "de"}


@pytest.fixture(scope="module")
async def double() -> AsyncIterator[Texts]:
    async with texts() as double:
        yield double


@pytest.fixture(params=VERSIONS)
async def service(double: Texts, request: pytest.FixtureRequest) -> Texts:
    await double.doubles.reset()
    return Texts(double.doubles, request.param)


def client_of(double: Texts, *, own_host: bool = True) -> TextClient:
    auth = HeaderAuth("Ocp-Apim-Subscription-Key", TRANSLATOR_KEY)
    outside = Service(SERVICE, double.doubles.translator, auth, double.doubles.client)
    return TextClient(outside, double.version, own_host=own_host)


async def test_both_versions_are_understood_at_a_custom_domain_and_charged_what_is_told(service: Texts) -> None:
    asks = [Ask("0.0.p", "One two", "Plain"), Ask("1.0.t", "<b>Three</b>", "Html")]
    found = await client_of(service).translate(asks, "en", TARGET)
    assert len(found.texts) == 2
    assert found.texts[0].startswith("[de]")
    assert found.units == {"characters": float(len("One two") + len("<b>Three</b>"))}
    assert found.request


async def test_a_shared_host_is_asked_by_its_own_path(service: Texts) -> None:
    await service.become(host="global")
    found = await client_of(service, own_host=False).translate([Ask("0.0.p", "One", "Plain")], "en", TARGET)
    assert found.texts[0].startswith("[de]")


@pytest.mark.parametrize(("extension", "data"), [(".srt", SRT), (".vtt", VTT)])
async def test_a_file_goes_through_the_service_and_keeps_its_cues(service: Texts, extension: str, data: bytes) -> None:
    document = scan(data, extension, "en")
    plan, limits, answers = Plan.of(document), limits_for("de"), dict[str, str | None]()
    for _ in range(4):
        rounds = [settle(unit, answers, "de", limits) for unit in plan]
        asks = [ask for found in rounds if not isinstance(found, Settled) for ask in found]
        for numbers in pack([len(ask.text) for ask in asks], NMT):
            sent = [asks[number] for number in numbers]
            translated = await client_of(service).translate(sent, "en", TARGET)
            answers |= {ask.key: text for ask, text in zip(sent, translated.texts, strict=True)}
    settled = [found for found in rounds if isinstance(found, Settled)]
    spliced = splice(document, (cue for found in settled for cue in found.payloads.items()))
    verify(document, spliced)
    assert len(settled) == len(plan)
    assert any(found.payloads for found in settled)
    assert b"[de]" in spliced.data
