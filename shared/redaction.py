"""What is done to words before they are kept or shown.

What opens doors is kept out of them: signed URLs, tokens, keys, by how they look, and those of the app by value. And
text from outside is made fit to be stored.
"""

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

#: Half of a surrogate pair, which no encoding takes, and control characters other than tab and the ends of lines.
NOT_STORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

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


def storable(text: str) -> str:
    """The text with a replacement character for each that cannot be stored everywhere."""
    return NOT_STORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def shortened(text: str, longest: int) -> str:
    """At most that many characters of the text; an ellipsis says that there were more."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _forms(secret: str) -> set[str]:
    """The secret as it is, in an address and in JSON."""
    return {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], secret.replace("/", "\\/")}
