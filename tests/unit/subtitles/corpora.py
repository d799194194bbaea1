"""Where files that nobody here made may lie: beside the repository, or where BABELDROP_CORPORA says."""

import os
from pathlib import Path

import pytest

from tests.unit.infra import ROOT

CORPORA = Path(os.environ.get("BABELDROP_CORPORA") or ROOT.parent / "shared" / "corpora")


def corpus(name: str) -> Path:
    """The folder of a corpus; the test is skipped where it is not present."""
    folder = CORPORA / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is not present; BABELDROP_CORPORA names another place")
    return folder
