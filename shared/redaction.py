"""Keeps out of words what opens doors: signed URLs, tokens, keys."""

import re
from collections.abc import Mapping
from typing import Any

SECRETS = (
    (re.compile(r"(https?://[^\s?\"'<>]+)\?[^\s\"'<>]*"), r"\1?…"),  # a URL's query: SAS tokens and keys travel there
    (re.compile(r"(/callbacks/\w+/)[^\s\"'/?]+"), r"\1…"),
    (re.compile(r"(?i)\b(bearer|sig=|code=)(\s*)[\w.%+/=~-]{8,}"), r"\1\2…"),
)


def redact(text: str) -> str:
    """The text without URL queries, bearer tokens, signatures and callback tokens."""
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


def redacted(value: Any) -> Any:
    """The same for the strings anywhere in a JSON value."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: redacted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [redacted(inner) for inner in value]
    return value
