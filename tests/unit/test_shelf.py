from pathlib import Path

import pytest
from pydantic import BaseModel

from sandbox.doubles.shelf import Shelf


class Work(BaseModel):
    title: str
    pages: int = 1


class Other(BaseModel):
    name: str


def test_what_is_kept_is_there_for_the_next_process_until_it_is_removed(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "works", Work)
    shelf.keep("a", Work(title="ü"))
    shelf.keep("a", Work(title="ü", pages=2))
    shelf.keep("b", Work(title="b"))
    shelf.remove("b")
    shelf.remove("never there")
    assert Shelf(tmp_path / "works", Work).load() == {"a": Work(title="ü", pages=2)}


def test_cleared_it_is_empty(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, Work)
    shelf.keep("a", Work(title="a"))
    shelf.clear()
    assert shelf.load() == {}


def test_what_was_kept_in_another_form_is_left_out_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Shelf(tmp_path, Other).keep("old", Other(name="old"))
    Shelf(tmp_path, Work).keep("new", Work(title="new"))
    assert list(Shelf(tmp_path, Work).load()) == ["new"]
    assert "old.json is not read" in caplog.text
