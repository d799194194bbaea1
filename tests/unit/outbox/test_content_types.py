"""What a result is served as: what its name says."""

import pytest

from shared.media.kinds import KINDS
from shared.outbox.content_types import OTHER, content_type


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("talks/intro.es-ES.mp4", "video/mp4"),
        ("intro.es-ES.MP3", "audio/mpeg"),
        ("intro.es-ES.source.vtt", "text/vtt"),
        ("deck.es-ES.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("page.es-ES.html", "text/html"),
        ("unheard.of", OTHER),
        ("none", OTHER),
    ],
)
def test_the_name_says_what_it_is(name: str, expected: str) -> None:
    assert content_type(name) == expected


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_all_media_are_served_as_media(kind: str) -> None:
    assert {content_type(f"x{extension}").partition("/")[0] for extension in KINDS[kind]} <= {"video", "audio"}
