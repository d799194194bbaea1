"""Writes docs/receipt.schema.json from the forms of receipts. A test compares the two."""

import json
from pathlib import Path

from shared.outbox.forms import schema

if __name__ == "__main__":
    Path("docs/receipt.schema.json").write_text(json.dumps(schema(), indent=2) + "\n")
