"""A provider's part of a brief, against the provider's own table of fields."""

from typing import Any, Literal

import pytest

from shared.providers.options import BELONGS_TO_THE_APP, Fields, together

FIELDS = Fields(
    {
        "voice": Literal["warm", "cold"],
        "speakers": int,
        "volume": float,
        "box": Fields({"x": float}, frozenset({"id"})),
    },
    frozenset({"address"}),
)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"voice": "warm", "speakers": 2, "volume": 0.5, "box": {"x": 1}},
        {"voice": None, "box": None},
        {"box": {"x": None}},
    ],
)
def test_what_fits_the_table_or_unsets_is_right(options: dict[str, Any]) -> None:
    assert list(FIELDS.mistakes(options)) == []


@pytest.mark.parametrize(
    ("options", "mistakes"),
    [
        ("warm", [("", "must be an object")]),
        ({"box": [1]}, [("box", "must be an object with x")]),
        ({"speakers": "2"}, [("speakers", "input should be a valid integer")]),
        ({"speakers": True}, [("speakers", "input should be a valid integer")]),
        ({"voice": "loud"}, [("voice", "input should be 'warm' or 'cold'")]),
        ({"speeker": 2}, [("speeker", "is not a field here; did you mean 'speakers'?")]),
        ({"qqq": 2}, [("qqq", "is not a field here; known are box, speakers, voice, volume")]),
        ({"qqq": None}, [("qqq", "is not a field here; known are box, speakers, voice, volume")]),
        ({"x": 0.5}, [("x", "is not a field here, but within box")]),
        ({"box": {"volume": 1}}, [("box.volume", "is not a field here, but one level above")]),
        ({"address": "https://evil.example"}, [("address", BELONGS_TO_THE_APP)]),
        ({"address": None}, [("address", BELONGS_TO_THE_APP)]),
        ({"box": {"id": 1, "y": 2}}, [("box.id", BELONGS_TO_THE_APP), ("box.y", "is not a field here; known are x")]),
    ],
)
def test_every_mistake_is_told_with_its_path(options: Any, mistakes: list[tuple[str, str]]) -> None:
    assert list(FIELDS.mistakes(options)) == mistakes


def test_the_fields_of_several_versions_are_those_that_any_has() -> None:
    old = Fields({"voice": str, "box": Fields({"x": float})}, frozenset({"address"}))
    new = Fields({"speakers": int, "box": Fields({"y": float})}, frozenset({"id"}))
    assert together([old, new]) == Fields(
        {"voice": str, "speakers": int, "box": Fields({"x": float, "y": float})}, frozenset({"address", "id"})
    )
