"""Keeps out of words what opens doors: signed URLs, tokens, keys. By how they look, and those of the app by value."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

SLASH = r"(?:/|\\/|%2F)"  # as it is, as JSON may escape it, as an address quotes it
VALUE = r"[\w.%+/=~\\-]{8,}"
#: Names whose value is a secret wherever they stand: in a query, a header, or JSON.
NAMES = r"sig|signature|authorization|access_token|api[_-]?key|ocp-apim-subscription-key|x-functions-key"
SECRETS = (
    # A URL's query: SAS tokens and keys travel there. The bound keeps the time linear.
    (re.compile(rf"(?i)(https?:{SLASH}{SLASH}[^\s?\"'<>]{{1,2000}})\?[^\s\"'<>]*"), r"\1?…"),
    (re.compile(rf"(?i)(callbacks{SLASH}[\w-]+{SLASH})[^\s\"'<>\\/?&]+"), r"\1…"),
    (re.compile(rf"(?i)\b((?:{NAMES})\\?[\"']?\s*[:=]\s*\\?[\"']?(?:bearer\s+)?){VALUE}"), r"\1…"),
    (re.compile(rf"(?i)\b(bearer|code=)(\s*){VALUE}"), r"\1\2…"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), "…"),  # a JSON Web Token
)
SECRET_NAME = re.compile(NAMES, re.IGNORECASE)
SHORTEST = 8  # characters; a shorter secret would black out ordinary words

_known: list[re.Pattern[str]] = []


def know(secrets: Iterable[str | None]) -> None:
    """Keep these values out of words from now on, in place of those known before; the composition root calls it."""
    forms = {form for secret in secrets if secret and len(secret) >= SHORTEST for form in _forms(secret)}
    longest_first = sorted(forms, key=len, reverse=True)
    _known[:] = [re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)] if forms else []


def redact(text: str) -> str:
    """The text without the app's own secrets, URL queries, tokens, keys and signatures."""
    for pattern in _known:
        text = pattern.sub("…", text)
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


def redacted(value: Any) -> Any:
    """The same for the strings anywhere in a JSON value, and without what stands under a secret's name."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {redact(key): "…" if SECRET_NAME.fullmatch(key) else redacted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [redacted(inner) for inner in value]
    return value


def _forms(secret: str) -> set[str]:
    """The secret as it is, in an address and in JSON."""
    return {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], secret.replace("/", "\\/")}
