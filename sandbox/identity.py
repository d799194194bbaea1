"""The token endpoint of a managed identity, in the form that App Service and Functions give to a process.

Follows https://learn.microsoft.com/azure/app-service/overview-managed-identity (REST endpoint reference,
api-version 2019-08-01). Its tokens are signed with a key of this process, so that the doubles beside it can
tell their own tokens from made-up ones. Azurite reads the claims only.
"""

import re
import secrets
import time
from dataclasses import dataclass
from typing import Any

import jwt
from aiohttp import web

STORAGE = "https://storage.azure.com"
COGNITIVE_SERVICES = "https://cognitiveservices.azure.com"
RESOURCES = (STORAGE, COGNITIVE_SERVICES)
API_VERSION = "2019-08-01"
GRANTED_SECONDS = 24 * 3600
TENANT = "5f2f1c0a-2b3d-4d0e-9a57-0c6f3f0b7a11"
PRINCIPAL = "c1d7a4de-90f6-4f0e-8f5a-3a4d0d6c2b22"
ISSUER = f"https://sts.windows.net/{TENANT}/"
CLAIMS = ["aud", "iss", "iat", "nbf", "exp", "oid", "tid"]

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_KEY = secrets.token_bytes(32)


class TokenRefused(Exception):
    """The token is not one of ours, is for somebody else, or has run out; the text says which."""


def mint(resource: str, lifetime: int = 3600) -> str:
    """A bearer token for `resource`, valid for `lifetime` seconds from now (negative: one that has run out)."""
    now = int(time.time())
    claims = {
        "aud": resource,
        "iss": ISSUER,
        "iat": now,
        "nbf": now,
        "exp": now + lifetime,
        "oid": PRINCIPAL,
        "sub": PRINCIPAL,
        "tid": TENANT,
    }
    return jwt.encode(claims, _KEY, algorithm="HS256")


def check(token: str, audience: str) -> dict[str, Any]:
    """The claims of a token that this process minted for `audience`.

    Raises TokenRefused for a wrong signature, audience or issuer, a missing claim, or a token that has run out.
    """
    either_form = [audience.rstrip("/"), audience.rstrip("/") + "/"]
    try:
        return jwt.decode(token, _KEY, ["HS256"], audience=either_form, issuer=ISSUER, options={"require": CLAIMS})
    except jwt.PyJWTError as error:
        raise TokenRefused(str(error)) from error


@dataclass(frozen=True)
class Identity:
    """The endpoint: who may ask (`header`), and for which identity (`client_id`; None accepts any GUID)."""

    header: str
    client_id: str | None = None

    def routes(self) -> list[web.RouteDef]:
        """What it serves: `GET /msi/token`."""
        return [web.get("/msi/token", self.token)]

    async def token(self, request: web.Request) -> web.Response:
        """Answer with a token as JSON, or with 401 (wrong header) or 400 (anything else that is wrong)."""
        if not secrets.compare_digest(request.headers.get("X-IDENTITY-HEADER", ""), self.header):
            return _refusal(401, "The X-IDENTITY-HEADER header is missing or wrong.")
        if fault := self._fault(request):
            return _refusal(400, fault)
        return web.json_response(_grant(request.query["resource"]))

    def _fault(self, request: web.Request) -> str | None:
        if request.query.get("api-version") != API_VERSION:
            return f"api-version must be {API_VERSION}."
        if request.query.get("resource", "").rstrip("/") not in RESOURCES:
            return f"resource must be one of {', '.join(RESOURCES)}."
        if not self._knows(request.query.get("client_id")):
            return "No managed identity with this client_id is assigned."
        return None

    def _knows(self, client_id: str | None) -> bool:
        if client_id is None:
            return True
        if self.client_id is None:
            return _GUID.fullmatch(client_id) is not None
        return client_id.lower() == self.client_id.lower()


def _grant(resource: str) -> dict[str, str]:
    return {
        "access_token": mint(resource, GRANTED_SECONDS),
        "expires_on": str(int(time.time()) + GRANTED_SECONDS),
        "resource": resource,
        "token_type": "Bearer",
    }


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response({"statusCode": status, "message": message}, status=status)
