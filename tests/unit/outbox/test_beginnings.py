"""A file is what it is called only if it begins so. Real files say yes; pages, JSON and nothing at all say no."""

import io
import subprocess
import zipfile
from pathlib import Path

import imageio_ffmpeg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.outbox.beginnings import BEGINNINGS, HEAD, MAY_BE_PAGES, true_suffix, why_not
from shared.providers.results import KINDS
from shared.subtitles import scan
from tests.unit.subtitles.awkward import ACCEPTED, Awkward

FTYP = b"\0\0\0 ftyp"
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n"
SRT = b"1\r\n00:00:01,000 --> 00:00:02,000\r\nHello\r\n"
WAV = b"RIFF\x24\0\0\0WAVEfmt "
PAGE = b"<!DOCTYPE html><html><body>The link has expired.</body></html>"
ERROR = b'{"error": {"code": "BlobNotFound"}}'


ISO = {"mp4", "mov", "m4v", "m4a"}
#: Kinds that begin alike.
ALIKE = dict.fromkeys(ISO, ISO) | {"webm": {"mkv"}, "mkv": {"webm"}, "wmv": {"wma"}}


def zipped() -> bytes:
    """A ZIP archive, as the Office formats are."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return made.getvalue()


GOOD = [
    ("mp4", FTYP + b"isom"),
    ("mov", FTYP + b"qt  "),
    ("mov", b"\0\0\0\x08wide\0\0\0\0mdat"),
    ("m4a", FTYP + b"M4A "),
    ("mp3", b"ID3\x04\0\0"),
    ("mp3", b"\xff\xfb\x90\x64"),
    ("mp3", b"\xff\xf3\x48\xc4"),
    ("aac", b"\xff\xf1\x50\x80"),
    ("wav", WAV),
    ("wav", b"RF64\xff\xff\xff\xffWAVEds64"),
    ("webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81"),
    ("avi", b"RIFF\0\0\0\0AVI LIST"),
    ("ogg", b"OggS\0\x02"),
    ("flac", b"fLaC\0\0"),
    ("vtt", VTT),
    ("vtt", b"\xef\xbb\xbf" + VTT),
    ("source.vtt", b"00:00:01.000 --> 00:00:02.000\nno head line, as older samples of the service\n"),
    ("metadata.vtt", b"WEBVTT"),
    ("srt", SRT),
    ("srt", b"\xef\xbb\xbf\r\n" + SRT),
    ("srt", SRT.decode().encode("utf-16")),
    ("srt", SRT.decode().encode("utf-32")),
    ("ass", b"\xef\xbb\xbf[Script Info]\nTitle: x"),
    ("ass", b"; made by hand\n[script info]\n"),
    ("ass", b"[Events]\nFormat: Start, End, Text\n"),
    ("xml", '<?xml version="1.0"?><a/>'.encode("utf-16")),
    ("json", '[{"a": 1}]'.encode("utf-16")),
    ("report.json", b'{"minutes": 3}'),
    ("json", ERROR),
    ("docx", zipped()),
    ("pptx", zipped()),
    ("xlsx", zipped()),
    ("doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0"),
    ("pdf", b"%PDF-1.7"),
    ("xlf", b'<?xml version="1.0"?><xliff>'),
    ("html", PAGE),
    ("xml", b"<html xmlns='http://www.w3.org/1999/xhtml'/>"),
    ("txt", b"anything"),
    ("txt", PAGE),
    ("md", PAGE),
    ("csv", b"a,b\n"),
]


@pytest.mark.parametrize(("suffix", "head"), GOOD)
def test_what_begins_as_it_is_called_is_that(suffix: str, head: bytes) -> None:
    assert why_not(suffix, head) is None
    assert why_not(suffix.upper(), head) is None
    assert true_suffix(suffix, head) == suffix


@pytest.mark.parametrize("kind", ["mp4", "mov", "m4a", "mp3", "aac", "wav", "webm", "mkv", "ogg", "flac", "avi", "wmv"])
def test_real_media_begin_as_they_are_called(kind: str, tmp_path: Path) -> None:
    made = tmp_path / f"sound.{kind}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", "sine=duration=0.2", str(made)]
    subprocess.run(command, check=True)  # noqa: S603  # ffmpeg, in words of the test alone
    head = made.read_bytes()[:HEAD]
    assert why_not(kind, head) is None
    assert true_suffix(kind, head) == kind
    others = [other for other in BEGINNINGS if why_not(other, head) is None]
    assert set(others) <= {kind} | ALIKE.get(kind, set())


@pytest.mark.parametrize("suffix", sorted({*BEGINNINGS, "source.vtt", "txt", "html", "unheard-of"}))
def test_nothing_at_all_is_never_a_result(suffix: str) -> None:
    assert why_not(suffix, b"") == "it is empty"


@pytest.mark.parametrize(
    "page", [PAGE, b"\xef\xbb\xbf\r\n <HTML lang=en>", b"<head><title>404</title>", b"<!doctype  html>"]
)
@pytest.mark.parametrize("suffix", sorted({*BEGINNINGS, "unheard-of"} - MAY_BE_PAGES))
def test_a_web_page_is_nothing_but_one(suffix: str, page: bytes) -> None:
    assert why_not(suffix, page) == "it is a web page"
    assert true_suffix(suffix, page) == suffix


@pytest.mark.parametrize("suffix", sorted(BEGINNINGS.keys() - {"json"}))
def test_an_error_in_json_is_no_result(suffix: str) -> None:
    assert why_not(suffix, ERROR) == f"it is JSON, and does not begin like .{suffix}"


@pytest.mark.parametrize(
    ("suffix", "head"),
    [
        ("mp4", WAV),
        ("mp3", FTYP),
        ("vtt", b"Hello"),
        ("srt", b"1\n00:01 to 00:02"),
        ("docx", b"%PDF-"),
        ("mp3", b"\0" * 64),
    ],
)
def test_what_begins_like_something_else_is_not_what_it_is_called(suffix: str, head: bytes) -> None:
    assert why_not(suffix, head) == f"it does not begin like .{suffix}"


@pytest.mark.parametrize(
    ("suffix", "head", "true"),
    [
        ("mp3", WAV, "wav"),
        ("mp3", FTYP + b"M4A ", "m4a"),
        ("mp3", FTYP + b"mp42", "mp4"),
        ("mp3", b"OggS\0\x02", "ogg"),
        ("mp4", b"\x1a\x45\xdf\xa3", "webm"),
        ("mp4", b"\xff\xfb\x90\x64", "mp3"),
        ("srt", VTT, "vtt"),
        ("source.vtt", SRT, "source.srt"),
        ("DOCX", b"%PDF-1.7", "pdf"),
        ("mp4", b"\0" * 64, "mp4"),
        ("txt", WAV, "txt"),
    ],
)
def test_the_name_follows_the_beginning_where_that_is_plain(suffix: str, head: bytes, true: str) -> None:
    assert true_suffix(suffix, head) == true


def test_every_kind_that_an_address_may_say_is_known_by_its_beginning() -> None:
    assert {kind for kinds in KINDS.values() for kind in kinds} <= BEGINNINGS.keys()


@given(st.sampled_from(sorted(BEGINNINGS)) | st.text(max_size=8), st.binary(max_size=HEAD))
def test_any_bytes_are_judged_alike_by_both(suffix: str, head: bytes) -> None:
    true = true_suffix(suffix, head)
    assert true == suffix or (why_not(suffix, head) is not None and why_not(true, head) is None)


@pytest.mark.parametrize("file", ACCEPTED, ids=lambda file: file.name)
def test_every_subtitle_file_that_is_translated_may_be_delivered(file: Awkward) -> None:
    head = file.data[:HEAD]
    assert why_not(true_suffix(file.extension.removeprefix("."), head), head) is None


@pytest.mark.parametrize("times", ["0:0:1 --> 0:0:2", "00:00:01,5-->00:00:02,5", "1:00:01.5 --> 1:00:02.25"])
def test_times_of_subrip_as_people_write_them_are_known(times: str) -> None:
    data = f"1\n{times}\nHello\n".encode()
    assert scan(data, ".srt", "en")
    assert why_not("srt", data) is None
