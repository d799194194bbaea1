"""Ports of this machine's loopback."""

import socket
from contextlib import ExitStack

HOST = "127.0.0.1"


class PortTaken(Exception):
    """Something else listens on the port."""


def free_ports(count: int) -> list[int]:
    """As many different ports that nothing listens on just now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in sockets]


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
