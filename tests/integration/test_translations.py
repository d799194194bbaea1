"""The main job: a file is dropped, its translations and their receipts come back. Each event comes twice."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import BlobBlock

from sandbox.doubles.cues import parse_srt, parse_webvtt
from tests.integration.doubles import ffmpeg
from tests.integration.person import Person

FILM, TALK = "main/en-US_to_es-ES_fr-FR/welcome.mp4", "main/podcast/interview.mp3"
STEM = FILM.removesuffix(".mp4")
TWINS = "main/en-US_to_de-DE/intro.mp4", "main/en-US_to_de-DE/intro.mp3"
SAME, FORCED, NEWER = (f"main/en-US_to_de-DE/{name}.mp4" for name in ("same", "forced", "newer"))
DROPPED = (FILM, TALK, *TWINS, SAME, FORCED, NEWER)
SUBTITLES = ("vtt", "source.vtt")


@dataclass
class Round:
    """Receipts by name, of the drops and of their translations."""

    drops: dict[str, dict[str, Any]]
    person: Person

    async def translation(self, name: str, target: str) -> dict[str, Any]:
        receipt = await self.person.receipt(name, target)
        assert receipt is not None
        return receipt


def newer(film: bytes) -> bytes:
    """The same film with other bytes: an empty box at its end, which players skip."""
    return film + b"\0\0\0\x08free"


@pytest.fixture(scope="module")
async def first(person: Person, media: dict[str, bytes]) -> AsyncIterator[Round]:
    """Everything dropped at once."""
    contents = {".mp4": media["film.mp4"], ".mp3": media["talk.mp3"]}
    person.stack.events.duplicate = 2
    await person.drop("main/podcast/translate.json", '{"source": "en-US", "targets": ["de-DE"]}')
    await asyncio.gather(*(person.drop(name, contents[name[-4:]]) for name in DROPPED))
    yield Round({name: await person.told(name) for name in DROPPED}, person)
    person.stack.events.duplicate = 1


@pytest.fixture(scope="module")
async def again(first: Round, media: dict[str, bytes]) -> Round:
    """Three of them dropped a second time: the same, the same by force, and another version."""
    person, film = first.person, media["film.mp4"]
    unchanged = await person.drop(SAME, film)
    changed = {FORCED: await person.drop(FORCED, film, force="true"), NEWER: await person.drop(NEWER, newer(film))}
    await person.accepted(SAME, unchanged)
    receipts = {name: await person.told(name, etag=etag) for name, etag in changed.items()}
    return Round(receipts | {SAME: await person.told(SAME)}, person)


async def test_every_file_comes_back(first: Round) -> None:
    assert {receipt["status"] for receipt in first.drops.values()} == {"succeeded"}


async def test_a_video_into_two_languages_leaves_these_files_and_no_others(first: Round) -> None:
    suffixes = ("mp4", "vtt", "source.vtt", "metadata.vtt", "report.json")
    expected = {f"{STEM}.{target}.{suffix}" for target in ("es-ES", "fr-FR") for suffix in suffixes}
    receipts = {f"{FILM}{target}.translation.json" for target in ("", ".es-ES", ".fr-FR")}
    assert await first.person.results("main/en-US_to_es-ES_fr-FR/") == expected | receipts


@pytest.mark.parametrize("target", ["es-ES", "fr-FR"])
async def test_a_translated_video_plays_and_is_in_its_language(first: Round, tmp_path: Path, target: str) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(await first.person.read(f"{STEM}.{target}.mp4"))
    report = await ffmpeg("-i", str(film), "-f", "null", "-")
    assert f"[{target}] pseudo-dubbed" in report
    assert "Video:" in report
    assert "Audio:" in report


async def test_its_subtitles_parse_and_the_target_s_are_translated(first: Round) -> None:
    texts = [(await first.person.read(f"{STEM}.es-ES.{suffix}")).decode() for suffix in SUBTITLES]
    target, source = (parse_webvtt(text) for text in texts)
    assert all(cue.text.startswith("[es-ES] ") for cue in target)
    assert [cue.start for cue in source] == [cue.start for cue in target]


async def test_an_audio_file_comes_back_from_vozo_with_subtitles(first: Round, tmp_path: Path) -> None:
    receipt = await first.translation(TALK, "de-DE")
    assert receipt["provider"] == "vozo"
    names = [output["name"] for output in receipt["outputs"]]
    assert names == ["main/podcast/interview.de-DE.mp3", "main/podcast/interview.de-DE.srt"]
    talk = tmp_path / "talk.mp3"
    talk.write_bytes(await first.person.read(names[0]))
    assert "[de-DE] pseudo-dubbed" in await ffmpeg("-i", str(talk), "-f", "null", "-")
    assert parse_srt((await first.person.read(names[1])).decode())


async def test_the_receipt_of_a_translation_says_what_was_made_from_what(first: Round, media: dict[str, bytes]) -> None:
    receipt = await first.translation(FILM, "es-ES")
    assert (receipt["status"], receipt["target"], receipt["provider"]) == ("succeeded", "es-ES", "azure-video")
    assert receipt["source"]["name"] == FILM
    assert receipt["source"]["size"] == len(media["film.mp4"])
    assert receipt["source"]["language"] == "en-US"
    assert (receipt["attempt"], len(receipt["iterations"]), receipt["warnings"]) == (1, 1, [])
    accepted, started, ended = (datetime.fromisoformat(receipt[name]) for name in ("accepted", "started", "ended"))
    assert accepted <= started < ended
    assert "problem" not in receipt


async def test_the_receipt_of_a_drop_lists_its_translations(first: Round) -> None:
    receipt = first.drops[FILM]
    lines = [(line["target"], line["status"], line["provider"]) for line in receipt["translations"]]
    assert lines == [("es-ES", "succeeded", "azure-video"), ("fr-FR", "succeeded", "azure-video")]
    assert receipt["problems"] == []


async def test_two_sources_that_want_the_same_names_get_distinct_ones(first: Round) -> None:
    receipts = [await first.translation(name, "de-DE") for name in TWINS]
    outputs = [output["name"] for receipt in receipts for output in receipt["outputs"]]
    assert len(outputs) == len(set(outputs))
    assert set(outputs) < await first.person.results("main/en-US_to_de-DE/")
    whole_names = [name for name in TWINS if any(output.startswith(f"{name}.") for output in outputs)]
    assert len(whole_names) == 1


async def test_events_that_come_twice_are_paid_once(first: Round) -> None:
    ids = [first.drops[name]["id"] for name in DROPPED if name.endswith("mp4") and name not in (FORCED, NEWER)]
    bills = [await first.person.bill(part) for part in (*ids, "main/podcast", "main/en-US_to_de-DE/intro.mp3")]
    assert all(bills)
    assert {count for bill in bills for count in bill.values()} == {1}


async def test_the_same_content_dropped_again_is_not_paid_again(again: Round) -> None:
    assert again.drops[SAME]["attempt"] == 1
    assert set((await again.person.bill(again.drops[SAME]["id"])).values()) == {1}


async def test_force_starts_the_same_content_once_more(again: Round) -> None:
    starts = await again.person.bill(again.drops[FORCED]["id"])
    translations = sorted(key.rpartition("/")[2] for key in starts if "iterations" not in key)
    assert [name.rpartition(".")[2] for name in translations] == ["a1", "a2"]
    assert (await again.translation(FORCED, "de-DE"))["attempt"] == 2


async def test_a_newer_version_replaces_the_results_under_the_same_names(again: Round, first: Round) -> None:
    receipt = await again.translation(NEWER, "de-DE")
    assert receipt["source"]["version"] != first.drops[NEWER]["source"]["version"]
    assert receipt["outputs"][0]["name"] == NEWER.replace(".mp4", ".de-DE.mp4")
    marks = await again.person.storage.get_blob_client("outbox", receipt["outputs"][0]["name"]).get_blob_properties()
    assert again.drops[NEWER]["id"] in marks.metadata["babeldropwork"]


async def test_of_two_versions_only_the_newest_is_paid_for_whatever_the_order_of_events(
    person: Person, media: dict[str, bytes]
) -> None:
    name = "main/en-US_to_de-DE/hasty.mp3"
    async with person.stack.events.reversing():
        await person.drop(name, media["talk.mp3"])
        etag = await person.drop(name, media["talk.mp3"] + bytes(128))
    receipt = await person.told(name, "succeeded", etag=etag)
    assert receipt["source"]["size"] == len(media["talk.mp3"]) + 128
    assert list((await person.bill("/hasty.mp3")).values()) == [1]


async def test_a_file_that_is_uploaded_in_blocks_is_known_by_a_hash_of_its_content(
    person: Person, media: dict[str, bytes]
) -> None:
    name = "main/en-US_to_de-DE/blocks.mp3"
    blob = person.storage.get_blob_client("inbox", name)
    await blob.stage_block("YQ==", media["talk.mp3"][:9000])
    await blob.stage_block("Yg==", media["talk.mp3"][9000:])
    committed = await blob.commit_block_list([BlobBlock("YQ=="), BlobBlock("Yg==")])
    etag = str(committed["etag"]).strip('"')
    receipt = await person.told(name, "succeeded", etag=etag)
    digest = hashlib.sha256(media["talk.mp3"]).hexdigest()
    assert receipt["source"]["version"] == f"sha256-{digest}/{len(media['talk.mp3'])}"
    assert list((await person.bill("/blocks.mp3")).values()) == [1]
