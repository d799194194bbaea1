"""The files that a finished answer names, and what they are called."""

import pytest

from shared.providers import video_results, vozo
from shared.providers.results import named


@pytest.mark.parametrize(
    ("url", "suffix"),
    [
        ("https://x/a.wav?sig=1", "wav"),
        ("https://x/a.MP3", "mp3"),
        ("https://x/a.m4a#t=1", "m4a"),
        ("https://x/download?name=a.wav", "mp3"),
        ("https://x/a", "mp3"),
        ("https://x/a.html", "mp3"),
        ("https://x/a.svg", "mp3"),
        ("https://x/a.exe", "mp3"),
        ("https://x/a.mp4", "mp3"),
        ("https://x/.wav/", "mp3"),
        ("https://[x/y.wav", "mp3"),
    ],
)
def test_an_address_names_the_kind_among_those_that_it_may_be(url: str, suffix: str) -> None:
    for field, module in (("translatedAudioFileUrl", video_results), ("audio_url", vozo)):
        [result] = named({field: url}, module.RESULT_SUFFIXES, module.MEDIA).results
        assert (result.suffix, result.url) == (suffix, url)


def test_a_side_file_keeps_its_compound_suffix() -> None:
    answer = {"translatedVideoFileUrl": "https://x/a.mp4", "sourceLocaleSubtitleWebvttFileUrl": "https://x/b.html"}
    results = named(answer, video_results.RESULT_SUFFIXES, video_results.MEDIA, copied=True).results
    assert [(result.suffix, result.essential, result.copied) for result in results] == [
        ("mp4", True, True),
        ("source.vtt", False, True),
    ]
