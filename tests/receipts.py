"""Receipts as any test reads them: each is held against the published schema."""

import json
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator

from tests.unit.documents import DOCS

SCHEMA: dict[str, Any] = json.loads((DOCS / "receipt.schema.json").read_text())


def closed(part: Any) -> Any:
    """The schema without room for fields that it does not name: programs read past those, the app writes none."""
    if isinstance(part, list):
        return [closed(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    inner = {name: closed(value) for name, value in part.items()}
    return {"additionalProperties": False} | inner if isinstance(part.get("properties"), dict) else inner


STRICT = Draft202012Validator(closed(SCHEMA))


def read_receipt(content: bytes | str) -> dict[str, Any]:
    """The receipt, which must be as published."""
    _validate(content)
    receipt: dict[str, Any] = json.loads(content)
    return receipt


@lru_cache(4096)
def _validate(content: bytes | str) -> None:
    """Once for each content: the ledger's model reads the same few a hundred thousand times."""
    STRICT.validate(json.loads(content))
