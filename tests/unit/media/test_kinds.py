import pytest

from shared.languages import is_known
from shared.media.kinds import KINDS, kind_of
from shared.names import BlobName


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a/talk.MP4", "video"),
        ("talk.flac", "audio"),
        ("lease.docx", "document"),
        ("notes.mdtext", "document"),
        ("talk.es-ES.ass", "subtitles"),
        ("talk.dfxp", "subtitles"),
        ("program.exe", ""),
        ("mp4", ""),
    ],
)
def test_the_extension_tells_the_kind(name: str, kind: str) -> None:
    assert kind_of(BlobName(name)) == kind


def test_an_extension_is_of_one_kind() -> None:
    every = [extension for extensions in KINDS.values() for extension in extensions]
    assert len(every) == len(set(every))


def test_no_kind_of_file_ends_like_a_language() -> None:
    assert [extension for kind in KINDS.values() for extension in kind if is_known(extension.removeprefix("."))] == []
