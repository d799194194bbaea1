import pydantic
import pytest

from shared.media.facts import MediaFacts


def test_only_what_is_known_is_serialised() -> None:
    assert MediaFacts(duration=90.5, image_pages=0).model_dump() == {"duration": 90.5, "image_pages": 0}
    assert MediaFacts().model_dump_json() == "{}"


def test_a_field_of_a_newer_version_survives() -> None:
    kept = '{"pages":3,"warnings":["long"],"colours":false}'
    assert MediaFacts.model_validate_json(kept).model_dump_json() == kept


def test_facts_do_not_change() -> None:
    with pytest.raises(pydantic.ValidationError):
        MediaFacts().pages = 3
