"""What Azure Video Translation takes of a file, by api-version."""

import pytest

from shared.media.facts import MediaFacts
from shared.providers.video_limits import too_much
from shared.providers.video_options import GENERAL, LATEST, PREVIEW

GIGABYTE = 1024**3
UNKNOWN = MediaFacts()


@pytest.mark.parametrize(
    ("version", "largest", "said"), [(LATEST, 5 * GIGABYTE, "5 GB"), (PREVIEW, 500 * 1024**2, "500 MB")]
)
def test_a_file_may_have_so_many_bytes(version: str, largest: int, said: str) -> None:
    assert too_much(version, ".mp4", largest, UNKNOWN) is None
    assert f"at most {said}" in (too_much(version, ".mp4", largest + 1, UNKNOWN) or "")


@pytest.mark.parametrize(
    ("version", "longest", "said"), [(LATEST, 14400, "4 hours"), (GENERAL, 14400, "4 hours"), (PREVIEW, 3600, "60 min")]
)
def test_a_file_may_last_so_long(version: str, longest: int, said: str) -> None:
    assert too_much(version, ".mp4", 1, MediaFacts(duration=longest)) is None
    assert f"at most {said}" in (too_much(version, ".mp4", 1, MediaFacts(duration=longest + 1)) or "")


@pytest.mark.parametrize("extension", [".mp3", ".wav"])
def test_audio_came_with_the_first_general_version(extension: str) -> None:
    assert too_much(PREVIEW, extension, 1, UNKNOWN) is not None
    assert too_much(GENERAL, extension, 1, UNKNOWN) is None
