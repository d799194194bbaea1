"""The queries of docs/queries.md, which the workbook shows as well."""

import re

from tests.unit.documents import DOCS

PAGE = (DOCS / "queries.md").read_text()


def queries() -> dict[str, str]:
    """Each query by the heading above it."""
    sections = [part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE) if "\n```kusto\n" in part]
    return {part.splitlines()[0]: part.split("\n```kusto\n")[1].split("\n```")[0] for part in sections}
