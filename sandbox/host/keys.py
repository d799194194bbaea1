"""Access keys of the host.

https://learn.microsoft.com/azure/azure-functions/function-keys-how-to
"""

import hmac
from http import HTTPStatus
from pathlib import Path

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from sandbox.host.function import StartupError


class Keys(BaseModel):
    """The default function key, the master key, and the blob extension's system key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: str
    master: str
    blobs_extension: str

    def refusal(self, level: str, request: web.Request) -> HTTPStatus | None:
        """Why the request may not pass a door of level `ANONYMOUS`, `FUNCTION`, `ADMIN` or `BLOBS`; None if it may.

        The host's own doors tell a key of another kind from a wrong one.
        """
        level, given = level.upper(), request.headers.get("x-functions-key") or request.query.get("code", "")
        accepted = {
            "FUNCTION": (self.default, self.master),
            "ADMIN": (self.master,),
            "BLOBS": (self.blobs_extension, self.master),
        }
        if level == "ANONYMOUS" or _is_one(given, *accepted[level]):
            return None
        is_known = level != "FUNCTION" and _is_one(given, self.default, self.master, self.blobs_extension)
        return HTTPStatus.FORBIDDEN if is_known else HTTPStatus.UNAUTHORIZED


def read_keys(path: Path) -> Keys:
    """Read the keys file; raise StartupError when it is missing or wrong."""
    try:
        return Keys.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StartupError(f"keys file: {error}") from error


def _is_one(given: str, *keys: str) -> bool:
    return any(hmac.compare_digest(key.encode(), given.encode()) for key in keys)
