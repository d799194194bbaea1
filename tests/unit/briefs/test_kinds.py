"""Kinds of files."""

import pytest

from shared.briefs.kinds import kind_of
from shared.names import BlobName


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.mp4", "video"),
        ("a.MOV", "video"),
        ("a.mp3", "audio"),
        ("a.docx", "document"),
        ("a.srt", "subtitles"),
        ("a.vtt", "subtitles"),
        ("a.exe", ""),
        ("mp4", ""),
        (".mp4", ""),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_extension(name: str, kind: str) -> None:
    assert kind_of(BlobName(name)) == kind
