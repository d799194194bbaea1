"""Who may call an Azure AI service: whoever has its key, or an Entra token for its audience."""

import secrets

from aiohttp import web

from sandbox import identity

KEY_HEADER = "Ocp-Apim-Subscription-Key"


class NotAllowed(Exception):
    """The caller has neither; the message says what is wrong."""


def check_caller(request: web.Request, key: str | None) -> None:
    """Raise NotAllowed unless the request shows `key` (None: there is no key), or a token that identity.py minted."""
    given = request.headers.get(KEY_HEADER)
    if given is not None and key is not None and secrets.compare_digest(given, key):
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer":
        raise NotAllowed("a bearer token is needed")
    try:
        identity.check(token, identity.COGNITIVE_SERVICES)
    except identity.TokenRefused as error:
        raise NotAllowed(str(error)) from error
