"""Ports for programs that are yet to be started."""

import asyncio
from pathlib import Path

import pytest

from sandbox import ports
from sandbox.ports import CHOICE, HOST, PortTaken, free_ports, is_free

OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")


async def test_a_server_can_listen_on_a_port_that_was_chosen_just_now() -> None:
    [port] = free_ports(1)
    assert is_free(port)
    async with await asyncio.start_server(lambda *_: None, HOST, port):
        assert not is_free(port)


def test_no_port_is_chosen_twice_within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    few = free_ports(3)
    start = max(few) + 1
    monkeypatch.setattr(ports, "CHOICE", range(start, start + 6))
    chosen = free_ports(2) + free_ports(2)
    assert len(set(chosen)) == 4
    with pytest.raises(PortTaken, match="fewer than 3 are free"):
        free_ports(3)


@pytest.mark.skipif(not OUTGOING.exists(), reason="this system does not tell which ports outgoing connections get")
def test_no_outgoing_connection_gets_such_a_port() -> None:
    assert CHOICE.stop <= int(OUTGOING.read_text().split()[0])
