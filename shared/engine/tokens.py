"""Signed callback addresses: a token names one translation and proves that we made the address."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

SIGNATURE_BYTES = 16


class CallbackTokens:
    """Makes callback addresses, and knows its own again.

    The first secret signs; all of them are accepted, so that a secret can be changed while jobs are open.
    """

    def __init__(self, base_url: str, secrets: Sequence[str]) -> None:
        self._base_url, self._secrets = base_url.rstrip("/"), tuple(secrets)

    def url(self, provider: str, work_id: str) -> str | None:
        """The address that `provider` is to call about the translation `work_id`; None while no secret is set."""
        if not self._secrets:
            return None
        return f"{self._base_url}/api/callbacks/{provider}/{work_id}.{_sign(self._secrets[0], provider, work_id)}"

    def work_id(self, provider: str, token: str) -> str | None:
        """The translation that a token was made for, or None when we did not make it."""
        work_id, _, signature = token.rpartition(".")
        # Every secret is compared, so that the time taken tells nothing about which one fits.
        good = [
            hmac.compare_digest(signature.encode(), _sign(secret, provider, work_id).encode())
            for secret in self._secrets
        ]
        return work_id if any(good) else None


def _sign(secret: str, provider: str, work_id: str) -> str:
    digest = hmac.digest(secret.encode(), f"{provider}\n{work_id}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:SIGNATURE_BYTES]).rstrip(b"=").decode()
