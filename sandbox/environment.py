"""The environment of the programs that the stack starts."""

import os

LOOPBACK = "127.0.0.1,localhost"


def own_environment() -> dict[str, str]:
    """This process's environment, with loopback exempt from any proxy, and Python's output unbuffered."""
    environment = dict(os.environ)
    for name in ("NO_PROXY", "no_proxy"):
        environment[name] = ",".join(filter(None, [os.environ.get(name), LOOPBACK]))
    return environment | {"PYTHONUNBUFFERED": "1"}
