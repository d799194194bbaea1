"""What the stack keeps for its next start."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.app_settings import Ports
from sandbox.kept import keep, kept, kept_ports
from sandbox.ports import free_ports


def test_what_was_made_once_stays_and_what_it_lacks_is_added(tmp_path: Path) -> None:
    assert kept(tmp_path / "state" / "keys.json", lambda: {"a": 1}) == {"a": 1}
    assert kept(tmp_path / "state" / "keys.json", lambda: {"a": 2, "b": 3}) == {"a": 1, "b": 3}
    assert kept(tmp_path / "state" / "keys.json", dict) == {"a": 1, "b": 3}


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    keep(tmp_path / "keys.json", {})
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0


def test_ports_stay_unless_something_has_taken_one(tmp_path: Path) -> None:
    first = Ports.choose(tmp_path, host=7071)
    first.keep(tmp_path)
    assert Ports.choose(tmp_path, host=7072) == replace(first, host=7072)
    with socket.create_server(("127.0.0.1", first.speech)):
        assert Ports.choose(tmp_path).speech != first.speech


@pytest.mark.parametrize("taken", [0, 1])
def test_ports_that_go_together_are_kept_together(tmp_path: Path, taken: int) -> None:
    ports = free_ports(2)
    keep(tmp_path / "ports.json", {"blob": ports[0], "queue": ports[1]})
    with socket.create_server(("127.0.0.1", ports[taken])):
        assert kept_ports(tmp_path / "ports.json") == {}
    assert kept_ports(tmp_path / "ports.json") == {"blob": ports[0], "queue": ports[1]}
