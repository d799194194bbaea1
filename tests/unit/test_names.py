"""Blob names: which are safe, and how they fall into parts."""

from posixpath import normpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import NameRefused
from shared.languages import is_known
from shared.media.kinds import KINDS
from shared.names import LONGEST, BlobName, is_left_over
from shared.outbox.names import ResultNames, refused_receipt


@pytest.mark.parametrize(
    "name",
    [
        "intro.mp4",
        "talks/2026/intro.mp4",
        "no extension",
        "...",
        "a..b/c...",
        "Übersicht/發表 (1)?.mp4",
        "100%2F.mp4",
        "x" * LONGEST,
        "intro.es-ES.vtt",
        "folder.mp4/es-ES",
        "report.2026",
        ".es-ES",
        "a.mp4.xx-YY",
    ],
)
def test_a_good_name_is_taken_as_it_is(name: str) -> None:
    assert BlobName(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/intro.mp4",
        "talks/",
        "talks//intro.mp4",
        "./intro.mp4",
        "..",
        "../jobs/open/x",
        "talks/../../jobs/x",
        "talks/..",
        "talks\\..\\..\\jobs",
        "\\intro.mp4",
        "line\nbreak.mp4",
        "nul\0.mp4",
        "escape\x1b[2J.mp4",
        "delete\x7f.mp4",
        "next line\x85.mp4",
        "half a pair \ud800.mp4",
        "x" * (LONGEST + 1),
    ],
)
def test_a_name_that_could_reach_beyond_its_place_is_refused(name: str) -> None:
    with pytest.raises(NameRefused):
        BlobName(name)


@pytest.mark.parametrize("name", ["talks/a.mp4.es-ES", "a.b.c.zh-Hans", "notes.txt.de", "a.mp4.es-ES-x-female"])
def test_a_name_that_takes_the_place_of_anothers_receipt_is_refused(name: str) -> None:
    file, _, target = name.rpartition(".")
    assert ResultNames("claimed", file).receipt(target) == ResultNames("claimed", name).receipt()
    with pytest.raises(NameRefused, match="share its receipt"):
        BlobName(name)


def test_no_kind_of_file_ends_like_a_language() -> None:
    assert [extension for kind in KINDS.values() for extension in kind if is_known(extension.removeprefix("."))] == []


@given(st.text("a./\\\\ %\n", min_size=1))
def test_no_name_that_is_taken_leaves_its_container(name: str) -> None:
    try:
        place = "/inbox/" + BlobName(name).replace("\\", "/")
    except NameRefused:
        return
    assert normpath(place) == place


@pytest.mark.parametrize(
    ("name", "folder", "stem", "extension"),
    [
        ("talks/en/Intro.MP4", "talks/en", "talks/en/Intro", ".MP4"),
        ("intro.final.mp4", "", "intro.final", ".mp4"),
        ("v1.2/intro", "v1.2", "v1.2/intro", ""),
        ("talks/.hidden", "talks", "talks/.hidden", ""),
    ],
)
def test_the_parts_of_a_name(name: str, folder: str, stem: str, extension: str) -> None:
    parts = BlobName(name)
    assert (parts.folder, parts.stem, parts.extension) == (folder, stem, extension)


@pytest.mark.parametrize(
    ("name", "folders"), [("intro.mp4", [""]), ("a/intro.mp4", ["", "a"]), ("a/b/intro.mp4", ["", "a", "a/b"])]
)
def test_folders_come_from_the_root_down(name: str, folders: list[str]) -> None:
    assert BlobName(name).folders == folders


@pytest.mark.parametrize(
    ("name", "is_brief"),
    [
        ("translate.json", True),
        ("talks/translate.json", True),
        ("talks/intro.mp4.translate.json", True),
        ("talks/translate.json.mp4", False),
        ("talks/mistranslate.json", False),
        ("translate.json/intro.mp4", False),
    ],
)
def test_briefs_are_known_by_their_name(name: str, is_brief: bool) -> None:
    assert BlobName(name).is_brief is is_brief


@pytest.mark.parametrize(
    ("name", "is_it"),
    [
        ("talks/intro.mp4.crdownload", True),
        ("talks/intro.mp4.PART", True),
        ("~$report.docx", True),
        ("talks/.DS_Store", True),
        ("talks/intro.part.mp4", False),
        ("~$talks/intro.mp4", False),
    ],
)
def test_what_browsers_and_editors_leave_behind_is_known_by_its_name(name: str, is_it: bool) -> None:
    assert is_left_over(name) is is_it


def test_no_file_takes_the_receipt_of_a_refused_one() -> None:
    name = refused_receipt("../a").removesuffix(".translation.json")
    with pytest.raises(NameRefused, match="share its receipt"):
        BlobName(name)
    assert refused_receipt(name) != refused_receipt("../a")
    assert BlobName(f"talks/{name}") == f"talks/{name}"
