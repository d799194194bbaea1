"""Ports of this machine's loopback."""

import socket
from itertools import chain, islice
from random import SystemRandom

HOST = "127.0.0.1"
#: Below what systems take for outgoing connections, so that none of those gets a port before its program listens.
CHOICE = range(20_000, 32_768)


class PortTaken(Exception):
    """Something else listens on the port."""


def free_ports(count: int) -> list[int]:
    """As many different ports that nothing listens on, and that no other call chooses within the next minute."""
    start = SystemRandom().randrange(len(CHOICE))
    ports = list(islice(filter(_take, chain(CHOICE[start:], CHOICE[:start])), count))
    if len(ports) < count:
        raise PortTaken(f"Of the ports {CHOICE.start} to {CHOICE.stop - 1}, fewer than {count} are free.")
    return ports


def _take(port: int) -> bool:
    """Whether the port could be had; then a connection of it lingers for a minute, which others see who choose."""
    try:
        with socket.socket() as probe:
            probe.bind((HOST, port))
        # Servers may listen beside what lingers, for this socket and theirs both say SO_REUSEADDR.
        with socket.create_server((HOST, port)) as server, socket.create_connection((HOST, port)):
            server.accept()[0].close()  # whoever closes first lingers
    except OSError:
        return False
    return True


def is_free(port: int) -> bool:
    """Whether nothing listens on `port`."""
    with socket.socket() as probe:
        # A port whose last user has just ended is free, though some of its connections may linger.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def require_free(port: int) -> None:
    """Raise PortTaken when something listens on `port`."""
    if not is_free(port):
        raise PortTaken(f"Port {port} is taken by another program. Choose another: make run BABELDROP_PORT={port + 1}")
