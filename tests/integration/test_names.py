"""Whatever people call their files: the results are called after them, or a receipt says why not."""

import asyncio
import unicodedata
from typing import Any

import pytest

from shared.names import LONGEST
from shared.outbox.names import refused_receipt
from tests.integration.person import Person

FOLDER = "names/en-US_to_de-DE/"
STEMS = (
    "two words",
    "trailing dot.",
    "a+b & c=d",
    "100%",
    "100%20",
    "%2E%2E%2Fup",
    "#1?x=y",
    "quotes ' and \" and <b>",
    "🎬 film",
    unicodedata.normalize("NFC", "Müller Übung"),
    unicodedata.normalize("NFD", "Müller Übung"),
    "發表",
    ".hidden",
    "film.de-DE",
    "..three...dots..",
    "n" * (LONGEST - len(FOLDER) - len(".mp4")),
)
LOUD, BACKSLASH = "LOUD.MP4", "back\\slash.mp4"
REFUSED = {
    FOLDER + "line\nbreak.mp4": "holds a control character",
    FOLDER + "delete\x7f.mp4": "holds a control character",
    FOLDER + "twice//slash.mp4": "has an empty part between slashes",
    FOLDER + "x" * 1000 + ".mp4": f"at most {LONGEST} can be translated",
}
UNTRANSLATED = {
    FOLDER + "Translate.json": "it looks like a brief, but has not the name of one",
    FOLDER + ".translate.json": "it looks like a brief, but has not the name of one",
    FOLDER + ".mp4": "files with no extension are not translated here",
    FOLDER + "film.mp4.translation.json": "it is a receipt of this app",
}
#: These folders are named like languages, but name no target.
WAITING = (
    "names/es-ES/film.mp4",
    "names/en-US to de-DE/film.mp4",
    "names/to_do/film.mp4",
    "names/Intro_to_AI/film.mp4",
)

type Told = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
async def told(person: Person, media: dict[str, bytes]) -> Told:
    """The receipts of all, by the name of the drop."""
    translated = [f"{FOLDER}{stem}.mp4" for stem in STEMS] + [FOLDER + LOUD, FOLDER + BACKSLASH]
    names = [*translated, *REFUSED, *UNTRANSLATED, *WAITING]
    await asyncio.gather(*(person.drop(name, media["film.mp4"]) for name in names))
    places = {name: refused_receipt(name).removesuffix(".translation.json") for name in REFUSED}
    places[FOLDER + BACKSLASH] = FOLDER + BACKSLASH.replace("\\", "/")
    return {name: await person.told(places.get(name, name), "succeeded", "refused", "waiting") for name in names}


@pytest.mark.parametrize("stem", STEMS, ids=lambda stem: ascii(stem)[:20])
async def test_results_are_called_after_the_file(told: Told, person: Person, stem: str) -> None:
    assert told[f"{FOLDER}{stem}.mp4"]["status"] == "succeeded"
    receipt = await person.receipt(f"{FOLDER}{stem}.mp4", "de-DE")
    assert receipt is not None
    suffixes = ("mp4", "vtt", "source.vtt", "metadata.vtt", "report.json")
    assert [output["name"] for output in receipt["outputs"]] == [
        f"{FOLDER}{stem}.de-DE.{suffix}" for suffix in suffixes
    ]
    assert set(await person.results(f"{FOLDER}{stem}.de-DE.mp4")) == {f"{FOLDER}{stem}.de-DE.mp4"}


async def test_an_extension_may_be_in_capitals(told: Told, person: Person) -> None:
    assert told[FOLDER + LOUD]["status"] == "succeeded"
    assert f"{FOLDER}LOUD.de-DE.mp4" in await person.results(f"{FOLDER}LOUD")


async def test_a_backslash_is_a_slash_as_storage_has_it(told: Told, person: Person) -> None:
    assert told[FOLDER + BACKSLASH]["status"] == "succeeded"
    assert f"{FOLDER}back/slash.de-DE.mp4" in await person.results(f"{FOLDER}back/")


@pytest.mark.parametrize("name", REFUSED, ids=lambda name: ascii(name)[:40])
async def test_a_name_that_cannot_be_used_is_told_with_what_to_do(told: Told, name: str) -> None:
    receipt = told[name]
    assert (receipt["status"], receipt["source"]["name"]) == ("refused", name)
    assert REFUSED[name] in receipt["problem"]["reason"]
    assert receipt["problem"]["advice"] == "Rename the file and drop it again."


@pytest.mark.parametrize("name", UNTRANSLATED)
async def test_what_is_no_source_is_told(told: Told, name: str) -> None:
    (problem,) = told[name]["problems"]
    assert told[name]["status"] == "refused"
    assert UNTRANSLATED[name] in problem["reason"]


@pytest.mark.parametrize("name", WAITING)
async def test_a_folder_that_only_looks_like_languages_names_no_target(told: Told, name: str) -> None:
    (problem,) = told[name]["problems"]
    assert told[name]["status"] == "waiting"
    assert f"{name} has no target language" in problem["reason"]


async def test_nothing_is_paid_for_what_is_refused_or_waits(told: Told, person: Person) -> None:
    ids = [told[name]["id"] for name in (*UNTRANSLATED, *WAITING)]
    assert [await person.bill(key) for key in ids] == [{}] * len(ids)
