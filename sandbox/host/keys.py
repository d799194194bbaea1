"""Access keys of the host.

https://learn.microsoft.com/azure/azure-functions/function-keys-how-to
"""

import hmac
from pathlib import Path

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from sandbox.host.errors import StartupError


class Keys(BaseModel):
    """The default function key, the master key, and the blob extension's system key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: str
    master: str
    blobs_extension: str

    def allow(self, level: str, request: web.Request) -> bool:
        """Whether the request carries a key for `ANONYMOUS`, `FUNCTION`, `ADMIN` or `BLOBS`."""
        accepted = {
            "ANONYMOUS": None,
            "FUNCTION": (self.default, self.master),
            "ADMIN": (self.master,),
            "BLOBS": (self.blobs_extension, self.master),
        }[level.upper()]
        return accepted is None or any(_same(key, _given(request)) for key in accepted)


def read_keys(path: Path) -> Keys:
    """Read the keys file; raise StartupError when it is missing or wrong."""
    try:
        return Keys.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StartupError(f"keys file: {error}") from error


def _given(request: web.Request) -> str:
    return request.headers.get("x-functions-key") or request.query.get("code", "")


def _same(key: str, given: str) -> bool:
    return hmac.compare_digest(key.encode(), given.encode())
