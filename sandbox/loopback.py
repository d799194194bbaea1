"""HTTP clients for programs of this machine."""

import ssl
from typing import Any

import httpx


def loopback_client(**options: Any) -> httpx.AsyncClient:
    """A client for `http://` addresses of this machine, with httpx's options. It asks no proxy and trusts no authority.

    By itself, httpx reads the certificates of all authorities for each client, which takes longer than most requests.
    """
    return httpx.AsyncClient(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False, **options)
