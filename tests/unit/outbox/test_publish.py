"""Bringing results home: under the job's names, once, and never over what is not ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from shared.errors import ResultUnavailable
from shared.jobs.job import Job
from shared.jobs.translation import State, Step
from shared.outbox import publish as module
from shared.outbox.publish import Delivered, Publisher
from shared.providers.base import Finished, Result
from tests.memory_container import MemoryAccount, MemoryContainer, Operation
from tests.unit.records import NOW, a_job, a_translation

VIDEO = Result("mp4", "https://service/video", copied=True)
SUBTITLES = Result("vtt", "https://service/subtitles", essential=False, copied=True)
STREAMED = Result("mp3", "https://service/audio")
HERE = "talks/intro.es-ES.mp4"
ELSEWHERE = f"talks/intro.{a_job().key[:8]}.es-ES.mp4"


class Home:
    """An outbox in memory, a web where results lie, and what was moved."""

    def __init__(self) -> None:
        self.account = MemoryAccount(lambda: NOW)
        self.outbox: MemoryContainer = self.account.container("outbox")
        self.staging: MemoryContainer = self.account.container("staging")
        self.account.web = {VIDEO.url: b"film", SUBTITLES.url: b"WEBVTT", STREAMED.url: b"sound"}
        self.account.after = self._watch
        self.refused: set[str] = set()
        self.moved: list[str] = []

    async def deliver(self, *results: Result, step: int = 0, begun_in: int = 1, **given: Any) -> Delivered:
        """Deliver the results of one translation of the job talks/intro.mp4."""
        translation = a_translation(State.DELIVERING, step=Step(number=step), begun_in=begun_in)
        job: Job = a_job(translation, **given)
        publisher = Publisher(self.outbox, self.staging, self._fetch, self._check, lambda: NOW)
        return await publisher.deliver(job, translation, Finished(results))

    @property
    def files(self) -> dict[str, bytes]:
        """What lies in the outbox."""
        return {name: stored.data for name, stored in self.outbox.blobs.items()}

    @asynccontextmanager
    async def _fetch(self, url: str) -> AsyncIterator[AsyncIterator[bytes]]:
        async def pieces() -> AsyncIterator[bytes]:
            for byte in self.account.web[url]:
                yield bytes([byte])

        yield pieces()

    async def _check(self, url: str) -> None:
        if url in self.refused:
            raise ResultUnavailable("a private address")

    async def _watch(self, operation: Operation) -> None:
        if operation.changes:
            self.moved.append(f"{operation.kind} {operation.name}")


async def test_results_lie_beside_one_another_under_the_names_of_their_source() -> None:
    home = Home()
    delivered = await home.deliver(VIDEO, STREAMED, SUBTITLES)
    assert home.files == {HERE: b"film", "talks/intro.es-ES.mp3": b"sound", "talks/intro.es-ES.vtt": b"WEBVTT"}
    assert [(output.name, output.size) for output in delivered.outputs] == [
        (HERE, 4),
        ("talks/intro.es-ES.mp3", 5),
        ("talks/intro.es-ES.vtt", 6),
    ]
    assert (delivered.missing, delivered.copying) == ((), False)


async def test_storage_copies_what_it_can_reach_and_the_rest_is_streamed_with_its_type() -> None:
    home = Home()
    delivered = await home.deliver(VIDEO, STREAMED)
    assert home.moved == [f"copy {HERE}", "stream talks/intro.es-ES.mp3"]
    assert home.outbox.blobs["talks/intro.es-ES.mp3"].content_type == "audio/mpeg"
    assert [output.md5 is not None for output in delivered.outputs] == [True, False]


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
    home.account.web[VIDEO.url] = b"better film"
    await home.deliver(VIDEO, **later)
    assert home.files == {HERE: b"better film"}


@pytest.mark.parametrize("metadata", [{}, {"babeldropsource": "talks/another.mp4"}])
@pytest.mark.parametrize("replaces", [False, True])
async def test_what_is_not_ours_is_left_alone(metadata: dict[str, str], replaces: bool) -> None:
    home = Home()
    home.outbox.put(HERE, b"a person's own", metadata=metadata)
    delivered = await home.deliver(VIDEO, replaces=replaces)
    assert home.files == {HERE: b"a person's own", ELSEWHERE: b"film"}
    assert delivered.outputs[0].name == ELSEWHERE
    assert await home.deliver(VIDEO, replaces=replaces) == delivered


async def test_the_owner_is_known_whatever_characters_its_name_has() -> None:
    home = Home()
    name: dict[str, Any] = {"name": "vidéos/發表 1.mp4", "stem": "vidéos/發表 1", "replaces": True}
    await home.deliver(VIDEO, **name)
    home.account.web[VIDEO.url] = b"better film"
    await home.deliver(VIDEO, **name, begun_in=2)
    assert home.files == {"vidéos/發表 1.es-ES.mp4": b"better film"}
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
    assert (await home.deliver(VIDEO)).copying
    home.outbox.finish_copies()
    again = await home.deliver(VIDEO)
    assert (again.copying, [output.name for output in again.outputs]) == (False, [HERE])
    assert home.moved == [f"copy {HERE}"]


@pytest.mark.parametrize("status", ["failed", "aborted"])
async def test_a_copy_that_storage_gave_up_is_begun_again(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COPY_PAUSE", 0.0)
    home = Home()
    home.account.slow_copies = True
    await home.deliver(VIDEO)
    home.outbox.finish_copies(status)
    home.account.slow_copies = False
    assert not (await home.deliver(VIDEO)).copying
    assert home.moved == [f"copy {HERE}", f"copy {HERE}"]
