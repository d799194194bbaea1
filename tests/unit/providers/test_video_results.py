"""Where the files of an iteration lie, in which formats they are wanted, and how long they are kept."""

import pytest

from shared.providers.video_results import expires, results_of
from tests.unit.providers.wire import a_scratch

FOLDER = "0123abcd.es-ES.a1.i01"
ANSWER = {
    "result": {
        "translatedVideoFileUrl": "https://service.example/a.mp4?sig=1",
        "targetLocaleSubtitleWebvttFileUrl": "https://service.example/b.vtt?sig=1",
        "sourceLocaleSubtitleWebvttFileUrl": "https://service.example/c.vtt?sig=1",
    }
}


def test_what_lies_at_the_service_is_copied_by_storage() -> None:
    results = results_of(ANSWER, a_scratch(), FOLDER, []).results
    assert [(result.url, result.copied, result.staged) for result in results] == [
        (url, True, "") for url in ANSWER["result"].values()
    ]


@pytest.mark.parametrize("query", ["", "?sig=theirs"])
def test_what_was_pushed_into_staging_is_published_from_there(query: str) -> None:
    scratch = a_scratch()
    pushed = f"{scratch.address(f'{FOLDER}/es ES.mp4')}{query}"
    [film] = results_of({"result": {"translatedVideoFileUrl": pushed}}, scratch, FOLDER, []).results
    assert (film.staged, film.url, film.copied) == (scratch.blob(f"{FOLDER}/es ES.mp4"), "", False)


@pytest.mark.parametrize("place", ["other/a.mp4", f"{FOLDER}2/a.mp4"])
def test_an_address_elsewhere_in_staging_is_none_of_this_work(place: str) -> None:
    url = a_scratch().address(place)
    [film] = results_of({"result": {"translatedVideoFileUrl": url}}, a_scratch(), FOLDER, []).results
    assert (film.staged, film.url) == ("", url)


def test_each_kind_of_subtitles_comes_in_the_further_formats_that_are_wanted() -> None:
    results = results_of(ANSWER, a_scratch(), FOLDER, ["srt"]).results
    assert [(result.suffix, result.converted) for result in results] == [
        ("mp4", False),
        ("vtt", False),
        ("source.vtt", False),
        ("srt", True),
        ("source.srt", True),
    ]
    assert results[3].url == results[1].url


@pytest.mark.parametrize(
    ("answer", "moment"),
    [
        ({"expiresDateTime": "2026-12-24T09:00:00Z", "lastActionDateTime": "2026-11-01T09:00:00Z"}, "2026-12-24"),
        ({"lastActionDateTime": "2026-11-23T09:00:00.000Z"}, "2026-12-24"),
        ({"lastActionDateTime": "some day"}, None),
        ({}, None),
    ],
)
def test_the_end_is_what_the_service_says_or_the_earliest_that_is_documented(
    answer: dict[str, str], moment: str | None
) -> None:
    told = expires(answer)
    assert told is None if moment is None else told is not None and told.startswith(moment)
