"""The workbook asks the questions of the page, all of them and as they stand there."""

import json
import re
from typing import Any

import pytest

from tests.unit.infra import SECOND_PHASES, resources
from tests.unit.queries import queries


def items(phase: str) -> list[dict[str, Any]]:
    """The workbook's parts."""
    [workbook] = resources(phase, "Microsoft.Insights/workbooks")
    found: list[dict[str, Any]] = json.loads(workbook["properties"]["serializedData"])["items"]
    return found


@pytest.mark.parametrize("phase", SECOND_PHASES)
def test_the_page_is_the_only_source_of_the_queries(phase: str) -> None:
    shown = {each["content"]["title"]: each["content"]["query"] for each in items(phase) if each["type"] == 3}
    filled_in = {
        title: query.replace("<file>", "{file}").replace("<job>", "{job}") for title, query in queries().items()
    }
    assert shown == filled_in, "write the snapshots again: make snapshots"


def test_what_a_query_leaves_open_is_asked_of_the_person() -> None:
    [asked] = [each["content"]["parameters"] for each in items("after-code") if each["type"] == 9]
    names = {parameter["name"] for parameter in asked}
    left_open = {name for query in queries().values() for name in re.findall(r"<(\w+)>", query)}
    assert left_open
    assert names == {*left_open, "time"}


def test_what_operators_ask_for_most_is_there() -> None:
    text = " ".join(queries())
    for words in ("How much gets done", "How long from drop to result", "by state", "wait for a brief, or are held"):
        assert words in text
    for words in ("charge for, by day", "oldest that is due", "throttled", "Why do translations fail"):
        assert words in text
