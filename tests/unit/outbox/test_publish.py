"""Bringing results home: under the job's names, once, and never over what is not ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from shared.errors import ResultUnavailable, StorageTrouble
from shared.jobs.job import Job
from shared.jobs.step import Step
from shared.jobs.translation import State
from shared.names import LONGEST
from shared.outbox import publish as module
from shared.outbox.beginnings import HEAD
from shared.outbox.download import Download
from shared.outbox.publish import Delivered, Publisher
from shared.providers.outcome import Finished, Result
from tests.memory_container import MemoryAccount, MemoryContainer, Operation
from tests.unit.records import NOW, a_job, a_translation

VIDEO = Result("mp4", "https://service/video", copied=True)
SUBTITLES = Result("vtt", "https://service/subtitles", essential=False, copied=True)
STREAMED = Result("mp3", "https://service/audio")
FILM, BETTER, SOUND = b"\0\0\0 ftypisom", b"\0\0\0 ftypmp42", b"ID3\4"
WAV, PAGE = b"RIFF\x24\0\0\0WAVEfmt ", b"<!DOCTYPE html><html>expired"
HERE = "talks/intro.es-ES.mp4"
ELSEWHERE = f"talks/intro.{a_job().key[:8]}.es-ES.mp4"
#: A copy, and the Content-Type that it is given after it.
COPIED = [f"copy {HERE}", f"write {HERE}"]


class Home:
    """An outbox in memory, a web where results lie, and what was moved."""

    def __init__(self) -> None:
        self.account = MemoryAccount(lambda: NOW)
        self.outbox: MemoryContainer = self.account.container("outbox")
        self.staging: MemoryContainer = self.account.container("staging")
        self.account.web = {VIDEO.url: FILM, SUBTITLES.url: b"WEBVTT", STREAMED.url: SOUND}
        self.account.after = self._watch
        self.refused: set[str] = set()
        self.moved: list[str] = []

    async def deliver(self, *results: Result, step: int = 0, begun_in: int = 1, **given: Any) -> Delivered:
        """Deliver the results of one translation of the job talks/intro.mp4."""
        translation = a_translation(State.DELIVERING, step=Step(number=step), begun_in=begun_in)
        job: Job = a_job(translation, **given)
        publisher = Publisher(self.outbox, self.staging, self._fetch, self._beginning, lambda: NOW)
        return await publisher.deliver(job, translation, Finished(results), lambda: True)

    @property
    def files(self) -> dict[str, bytes]:
        """What lies in the outbox."""
        return {name: stored.data for name, stored in self.outbox.blobs.items()}

    @asynccontextmanager
    async def _fetch(self, url: str, start: int) -> AsyncIterator[Download]:
        async def pieces() -> AsyncIterator[bytes]:
            for byte in self.account.web[url][start:]:
                yield bytes([byte])

        yield Download(start, len(self.account.web[url]), "0" * 12, pieces())

    async def _beginning(self, url: str) -> bytes:
        if url in self.refused or url not in self.account.web:
            raise ResultUnavailable("a private address, or nothing there")
        return self.account.web[url][:HEAD]

    async def _watch(self, operation: Operation) -> None:
        if operation.changes:
            self.moved.append(f"{operation.kind} {operation.name}")


async def test_results_lie_beside_one_another_under_the_names_of_their_source() -> None:
    home = Home()
    delivered = await home.deliver(VIDEO, STREAMED, SUBTITLES)
    assert home.files == {HERE: FILM, "talks/intro.es-ES.mp3": SOUND, "talks/intro.es-ES.vtt": b"WEBVTT"}
    assert [(output.name, output.size) for output in delivered.outputs] == [
        (HERE, len(FILM)),
        ("talks/intro.es-ES.mp3", len(SOUND)),
        ("talks/intro.es-ES.vtt", 6),
    ]
    assert (delivered.missing, delivered.coming) == ((), False)


async def test_storage_copies_what_it_can_reach_and_the_rest_is_streamed_with_its_type() -> None:
    home = Home()
    delivered = await home.deliver(VIDEO, STREAMED)
    assert home.moved == [*COPIED, "write talks/intro.es-ES.mp3"]
    assert home.outbox.blobs["talks/intro.es-ES.mp3"].content_type == "audio/mpeg"
    assert [output.md5 is not None for output in delivered.outputs] == [True, True]


@pytest.mark.parametrize("given", [{}, {"replaces": True}])
async def test_delivering_again_moves_nothing(given: dict[str, Any]) -> None:
    home = Home()
    first = await home.deliver(VIDEO, STREAMED, **given)
    moved = [*home.moved]
    assert await home.deliver(VIDEO, STREAMED, replaces=True) == first
    assert home.moved == moved


@pytest.mark.parametrize("later", [{"version": "v2", "key": "f" * 24}, {"begun_in": 2}, {"step": 1}])
async def test_later_results_of_the_same_source_take_the_place_of_earlier_ones(later: dict[str, Any]) -> None:
    home = Home()
    await home.deliver(VIDEO)
    home.account.web[VIDEO.url] = BETTER
    await home.deliver(VIDEO, **later)
    assert home.files == {HERE: BETTER}


@pytest.mark.parametrize("metadata", [{}, {"babeldropsource": "talks/another.mp4"}])
@pytest.mark.parametrize("replaces", [False, True])
async def test_what_is_not_ours_is_left_alone(metadata: dict[str, str], replaces: bool) -> None:
    home = Home()
    home.outbox.put(HERE, b"a person's own", metadata=metadata)
    delivered = await home.deliver(VIDEO, replaces=replaces)
    assert home.files == {HERE: b"a person's own", ELSEWHERE: FILM}
    assert delivered.outputs[0].name == ELSEWHERE
    assert await home.deliver(VIDEO, replaces=replaces) == delivered


async def test_the_owner_is_known_whatever_characters_its_name_has() -> None:
    home = Home()
    name: dict[str, Any] = {"name": "vidéos/發表 1.mp4", "stem": "vidéos/發表 1", "replaces": True}
    await home.deliver(VIDEO, **name)
    home.account.web[VIDEO.url] = BETTER
    await home.deliver(VIDEO, **name, begun_in=2)
    assert home.files == {"vidéos/發表 1.es-ES.mp4": BETTER}
    assert all(str(value).isascii() for value in home.outbox.blobs["vidéos/發表 1.es-ES.mp4"].facts.metadata.values())


async def test_a_side_file_that_cannot_be_had_keeps_nothing_back() -> None:
    home = Home()
    del home.account.web[SUBTITLES.url]
    delivered = await home.deliver(VIDEO, SUBTITLES, STREAMED)
    assert sorted(home.files) == ["talks/intro.es-ES.mp3", HERE]
    [missing] = delivered.missing
    assert missing.startswith("vtt could not be fetched: ")


async def test_a_translated_file_that_cannot_be_had_is_no_delivery() -> None:
    home = Home()
    del home.account.web[VIDEO.url]
    with pytest.raises(ResultUnavailable):
        await home.deliver(VIDEO)
    assert home.files == {}


@pytest.mark.parametrize("result", [VIDEO, STREAMED])
async def test_an_address_that_may_not_be_asked_is_neither_copied_nor_fetched(result: Result) -> None:
    home = Home()
    home.refused = {result.url}
    with pytest.raises(ResultUnavailable, match="a private address"):
        await home.deliver(result)
    assert home.moved == []


async def test_a_long_copy_is_left_to_storage_and_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COPY_PAUSE", 0.0)
    home = Home()
    home.account.slow_copies = True
    assert (await home.deliver(VIDEO)).coming
    home.outbox.finish_copies()
    again = await home.deliver(VIDEO)
    assert (again.coming, [output.name for output in again.outputs]) == (False, [HERE])
    assert home.moved == COPIED


@pytest.mark.parametrize("status", ["failed", "aborted"])
async def test_a_copy_that_storage_gave_up_is_begun_again(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COPY_PAUSE", 0.0)
    home = Home()
    home.account.slow_copies = True
    await home.deliver(VIDEO)
    home.outbox.finish_copies(status)
    home.account.slow_copies = False
    assert not (await home.deliver(VIDEO)).coming
    assert home.moved == [f"copy {HERE}", *COPIED]


@pytest.mark.parametrize("bad", [b"", PAGE, b'{"error": "gone"}', b"whatever"])
@pytest.mark.parametrize("result", [VIDEO, STREAMED, Result("mp4", staged="made")])
async def test_a_result_that_is_not_what_it_is_called_is_no_delivery(result: Result, bad: bytes) -> None:
    home = Home()
    home.account.web[result.url] = bad
    home.staging.put("made", bad)
    home.moved.clear()
    with pytest.raises(ResultUnavailable, match="not what it should be"):
        await home.deliver(result)
    assert (home.files, home.moved) == ({}, [])


async def test_a_result_that_was_not_ready_is_delivered_when_it_is_looked_at_again() -> None:
    home = Home()
    home.account.web[VIDEO.url] = b""
    with pytest.raises(ResultUnavailable):
        await home.deliver(VIDEO)
    home.account.web[VIDEO.url] = FILM
    await home.deliver(VIDEO)
    assert home.files == {HERE: FILM}


async def test_a_side_file_that_is_a_page_of_regrets_is_left_out_and_told() -> None:
    home = Home()
    home.account.web[SUBTITLES.url] = PAGE
    delivered = await home.deliver(VIDEO, SUBTITLES)
    assert home.files == {HERE: FILM}
    assert delivered.missing == (
        "vtt could not be fetched: the result .vtt is not what it should be: it is a web page",
    )


@pytest.mark.parametrize("copied", [False, True])
async def test_a_wav_is_called_so_whatever_the_service_calls_it(copied: bool) -> None:
    home = Home()
    home.account.web[STREAMED.url] = WAV
    for _ in range(2):
        await home.deliver(replace(STREAMED, copied=copied))
        assert home.files == {"talks/intro.es-ES.wav": WAV}
    assert home.outbox.blobs["talks/intro.es-ES.wav"].content_type == "audio/wav"


async def test_a_result_in_staging_is_published_by_name_and_no_address_is_checked() -> None:
    """The storage account may have a private address: `_beginning` here refuses every address."""
    home = Home()
    home.account.web.clear()
    home.staging.put("made", FILM)
    home.moved.clear()
    delivered = await home.deliver(Result("mp4", staged="made"))
    assert (home.files, home.moved) == ({HERE: FILM}, COPIED)
    assert [output.name for output in delivered.outputs] == [HERE]


async def test_what_is_no_longer_in_staging_is_no_delivery() -> None:
    with pytest.raises(ResultUnavailable, match="no longer in staging"):
        await Home().deliver(Result("mp4", staged="made"))


async def test_two_results_with_one_suffix_are_both_kept() -> None:
    home = Home()
    other = Result("vtt", "https://service/other", essential=False, copied=True)
    home.account.web[other.url] = b"WEBVTT other"
    for _ in range(2):
        delivered = await home.deliver(VIDEO, SUBTITLES, other, replaces=True)
        assert home.files == {
            HERE: FILM,
            "talks/intro.es-ES.vtt": b"WEBVTT",
            "talks/intro.es-ES.3.vtt": b"WEBVTT other",
        }
        assert [output.name for output in delivered.outputs] == list(home.files)


async def test_a_result_that_turns_out_to_be_of_anothers_kind_takes_no_name_from_it() -> None:
    home = Home()
    wav = Result("wav", "https://service/wav")
    home.account.web |= {STREAMED.url: WAV, wav.url: WAV + b"2"}
    await home.deliver(STREAMED, wav)
    assert home.files == {"talks/intro.es-ES.1.wav": WAV, "talks/intro.es-ES.wav": WAV + b"2"}


async def test_a_copied_result_is_served_as_its_name_says_and_not_as_its_service_does() -> None:
    home = Home()
    assert home.account.type_of(VIDEO.url) == "text/html"
    await home.deliver(VIDEO, SUBTITLES)
    types = {name: stored.content_type for name, stored in home.outbox.blobs.items()}
    assert types == {HERE: "video/mp4", "talks/intro.es-ES.vtt": "text/vtt"}


async def test_a_copy_gets_its_type_also_where_its_process_ended_before() -> None:
    home = Home()

    async def die(operation: Operation) -> None:
        if operation.kind == "write":
            raise StorageTrouble("the process ended")

    home.account.before = die
    with pytest.raises(StorageTrouble):
        await home.deliver(VIDEO)
    home.account.before = home.account.after
    await home.deliver(VIDEO)
    assert home.outbox.blobs[HERE].content_type == "video/mp4"


async def test_the_longest_names_in_chinese_are_delivered() -> None:
    home = Home()
    stem = "譯" * (LONGEST - 4)
    given: dict[str, Any] = {"name": f"{stem}.mp4", "stem": stem}
    for _ in range(2):
        await home.deliver(VIDEO, **given)
    [stored] = home.outbox.blobs.values()
    assert stored.facts.name == f"{stem}.es-ES.mp4"
    assert sum(len(key) + len(value) for key, value in stored.facts.metadata.items()) < 2000


CUES = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHola\n"


@pytest.mark.parametrize("staged", [True, False])
async def test_subtitles_are_converted_on_their_way_home(staged: bool) -> None:
    home = Home()
    home.account.web[SUBTITLES.url] = CUES
    await home.staging.write("place/b.vtt", CUES)
    where = ("", "place/b.vtt") if staged else (SUBTITLES.url, "")
    await home.deliver(VIDEO, Result("srt", *where, essential=False, converted=True))
    assert home.files["talks/intro.es-ES.srt"] == b"1\n00:00:01,000 --> 00:00:02,000\nHola\n"


async def test_subtitles_that_cannot_be_converted_keep_nothing_back() -> None:
    home = Home()
    home.account.web[SUBTITLES.url] = b"no times"
    delivered = await home.deliver(VIDEO, Result("srt", SUBTITLES.url, essential=False, converted=True))
    assert [*home.files] == [HERE]
    assert delivered.missing[0].startswith("srt could not be fetched: Line 1 cannot be read as WebVTT")
