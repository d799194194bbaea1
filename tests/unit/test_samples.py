"""The demo's samples."""

import json
from pathlib import Path

from sandbox.document_samples import CONTRACT, REPORT
from sandbox.samples import AUDIO, BRIEF, DOCUMENTS_BRIEF, FILMS_BRIEF, VIDEO, write_samples
from sandbox.subtitle_samples import FILM, TOUR
from shared.subtitles import scan


def test_the_samples_are_small_files_with_what_is_asked_for(tmp_path: Path) -> None:
    write_samples(tmp_path)
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {VIDEO, AUDIO, BRIEF, CONTRACT, REPORT, DOCUMENTS_BRIEF, FILM, TOUR, FILMS_BRIEF}
    assert (tmp_path / VIDEO).read_bytes()[4:8] == b"ftyp"
    assert (tmp_path / AUDIO).read_bytes()[:3] == b"ID3"
    assert sum((tmp_path / name).stat().st_size for name in files) < 500_000
    assert [len(scan((tmp_path / name).read_bytes(), name[-4:], "en")) for name in (FILM, TOUR)] == [6, 4]
    assert json.loads((tmp_path / BRIEF).read_text()) == {"source": "en-US", "targets": ["de-DE"]}
